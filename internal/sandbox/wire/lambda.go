package wire

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// lambdaService [WIRE-26]: Lambda speaks REST, too, with the date of the operation's version at the beginning of the
// path. Callers of the older models put a slash behind the list of functions.
func lambdaService(c *lambda.Client) *service {
	const functions = "/2015-03-31/functions"
	qualified := map[string]string{"Qualifier": "Qualifier"}
	listed := map[string]string{
		"FunctionVersion": "FunctionVersion", "Marker": "Marker", "MasterRegion": "MasterRegion", "MaxItems": "MaxItems",
	}
	return &service{
		scope: "lambda", member: asItIs, missing: missing{shape: "ValidationException", text: nullText},
		statuses: map[string]int{
			"AccessDeniedException":          http.StatusForbidden, // [IAM-06]
			"InvalidParameterValueException": http.StatusBadRequest, "ResourceNotFoundException": http.StatusNotFound,
			"ThrottlingException": http.StatusTooManyRequests, "TooManyRequestsException": http.StatusTooManyRequests,
		},
		routes: []route{
			{http.MethodGet, functions, "ListFunctions", listed},
			{http.MethodGet, functions + "/", "ListFunctions", listed},
			{http.MethodGet, functions + "/{FunctionName}/configuration", "GetFunctionConfiguration", qualified},
			{http.MethodGet, functions + "/{FunctionName}/policy", "GetPolicy", qualified},
			{http.MethodGet, "/2019-09-30/functions/{FunctionName}/concurrency", "GetFunctionConcurrency", nil},
		},
		operations: table(
			of(c.ListFunctions), of(c.GetFunctionConfiguration), of(c.GetPolicy), of(c.GetFunctionConcurrency),
		),
	}
}
