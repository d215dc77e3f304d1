package wire

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/sns"
)

// snsService speaks the query protocol only. [WIRE-25] The HTTP statuses of its errors are in its API model.
func snsService(c *sns.Client) *service {
	return &service{
		scope: "sns", version: "2010-03-31", xmlns: "http://sns.amazonaws.com/doc/2010-03-31/",
		member: asItIs, missing: missing{shape: "ValidationError", text: nullText},
		statuses: map[string]int{
			"AuthorizationError": http.StatusForbidden, "NotFound": http.StatusNotFound,
			"SubscriptionLimitExceeded": http.StatusForbidden, "TopicLimitExceeded": http.StatusForbidden,
		},
		operations: table(
			of(c.CreateTopic), of(c.Publish), of(c.Subscribe), of(c.ListTopics), of(c.ListSubscriptionsByTopic),
			of(c.GetTopicAttributes),
		),
	}
}
