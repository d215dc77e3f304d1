package wire

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// iamService [WIRE-27]: IAM speaks the query protocol, and tells of what does not exist by 404.
func iamService(c *iam.Client) *service {
	return &service{
		scope: "iam", version: "2010-05-08", xmlns: "https://iam.amazonaws.com/doc/2010-05-08/", member: asItIs,
		missing:    missing{shape: "ValidationError", text: nullText},
		statuses:   map[string]int{"NoSuchEntity": http.StatusNotFound},
		operations: table(of(c.SimulatePrincipalPolicy)),
	}
}
