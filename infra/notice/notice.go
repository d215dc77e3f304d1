// Package notice is the topic that CloudWatch's alarms are told to, and whoever reads them.
package notice

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssnssubscriptions"

	"github.com/catnap-dev/catnap/infra/nag"
)

// NewTopic makes a topic that this account's alarms may publish to. The e-mail address gets a message that its owner
// has to confirm; without one the topic has no reader yet.
func NewTopic(stack awscdk.Stack, id, name, email string) awssns.Topic {
	topic := awssns.NewTopic(stack, &id, &awssns.TopicProps{DisplayName: &name, EnforceSSL: new(true)})
	// A topic with a policy of its own has not the one by which the account's services may publish.
	topic.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        new("Alarms"),
		Actions:    &[]*string{new("sns:Publish")},
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(new("cloudwatch.amazonaws.com"), nil)},
		Resources:  &[]*string{topic.TopicArn()},
		Conditions: &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": stack.Account()}},
	}))
	nag.ExcuseL2(topic, "AwsSolutions-SNS2", "CloudWatch's alarms cannot use AWS's own key for SNS, and a key of one's "+
		"own is 1 USD a month, more than the rest of catnap. The messages are names and numbers of metrics.")
	if email != "" {
		topic.AddSubscription(awssnssubscriptions.NewEmailSubscription(&email, nil))
	}
	return topic
}
