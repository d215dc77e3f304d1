package iam

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// ofLambda: what describes a function is checked against that function.
func ofLambda(input any) Request {
	r := Request{Action: "lambda:" + awsapi.Operation(input)}
	var name *string
	switch in := input.(type) {
	case *lambda.GetFunctionConfigurationInput:
		name = in.FunctionName
	case *lambda.GetFunctionConcurrencyInput:
		name = in.FunctionName
	case *lambda.GetPolicyInput:
		name = in.FunctionName
	default: // a list
		return r
	}
	r.Resources = []string{full(aws.ToString(name), "lambda", "function:")}
	return r
}

// ofIAM: a simulation is checked against the role that it is about.
func ofIAM(input any) Request {
	r := Request{Action: "iam:" + awsapi.Operation(input)}
	if in, ok := input.(*iam.SimulatePrincipalPolicyInput); ok {
		r.Resources = []string{aws.ToString(in.PolicySourceArn)}
	}
	return r
}
