package iam

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// ofSNS: what lists is checked against the topic that it is about, or "*" for all of them.
func ofSNS(input any) Request {
	r := Request{Action: "sns:" + awsapi.Operation(input)}
	switch in := input.(type) {
	case *sns.PublishInput:
		r.Resources = []string{aws.ToString(in.TopicArn)}
	case *sns.CreateTopicInput:
		r.Resources = []string{arn("sns", aws.ToString(in.Name))}
	case *sns.SubscribeInput:
		r.Resources = []string{aws.ToString(in.TopicArn)}
	case *sns.GetTopicAttributesInput:
		r.Resources = []string{aws.ToString(in.TopicArn)}
	case *sns.ListSubscriptionsByTopicInput:
		r.Resources = []string{aws.ToString(in.TopicArn)}
	}
	return r
}
