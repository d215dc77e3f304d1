package sns

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// What stands for the ARN of a subscription that is not confirmed yet. [SNS-09] AWS spells it in two ways.
const (
	pendingAnswer = "pending confirmation"
	pendingListed = "PendingConfirmation"
)

type subscription struct {
	arn, protocol, endpoint string
	confirmed               bool
}

// subscribe [SNS-09]: a mailbox or address must confirm; until then it gets nothing, and its ARN is not told unless
// asked for. Subscribing again gives the same subscription.
func (s *SNS) subscribe(region string, in *sdk.SubscribeInput) (*sdk.SubscribeOutput, error) {
	if len(in.Attributes) > 0 {
		return nil, fmt.Errorf("subscribe with attributes: %w", awsapi.Unknown(in))
	}
	t, err := s.find(region, in.TopicArn)
	if err != nil {
		return nil, err
	}
	protocol, endpoint := aws.ToString(in.Protocol), aws.ToString(in.Endpoint)
	if err := checkEndpoint(protocol, endpoint, in); err != nil {
		return nil, err
	}
	sub := t.subscribed(protocol, endpoint)
	if sub.confirmed || in.ReturnSubscriptionArn {
		return &sdk.SubscribeOutput{SubscriptionArn: aws.String(sub.arn)}, nil
	}
	return &sdk.SubscribeOutput{SubscriptionArn: aws.String(pendingAnswer)}, nil
}

// subscribed returns the subscription of an endpoint, a new one if there is none.
func (t *topic) subscribed(protocol, endpoint string) *subscription {
	same := func(sub *subscription) bool { return sub.protocol == protocol && sub.endpoint == endpoint }
	if i := slices.IndexFunc(t.subscriptions, same); i >= 0 {
		return t.subscriptions[i]
	}
	id := fmt.Sprintf(":00000000-0000-4000-a000-%012d", len(t.subscriptions)+1)
	sub := &subscription{arn: t.arn + id, protocol: protocol, endpoint: endpoint}
	t.subscriptions = append(t.subscriptions, sub)
	return sub
}

// checkEndpoint [SNS-10].
func checkEndpoint(protocol, endpoint string, in any) error {
	switch protocol {
	case "email", "email-json":
		if name, host, ok := strings.Cut(endpoint, "@"); !ok || name == "" || host == "" || strings.ContainsAny(host, "@ ;") {
			return invalid("Email address")
		}
	case "http", "https":
		if !strings.HasPrefix(endpoint, protocol+"://") {
			return invalid("Endpoint must match the specified protocol")
		}
	case "sms", "sqs", "application", "lambda", "firehose":
		return fmt.Errorf("subscribe by %s: %w", protocol, awsapi.Unknown(in))
	default:
		return invalid("Amazon SNS does not support this protocol string: " + protocol)
	}
	return nil
}

// subscriptions lists those of a topic, in pages [SNS-03].
func (s *SNS) subscriptions(
	region string, in *sdk.ListSubscriptionsByTopicInput,
) (*sdk.ListSubscriptionsByTopicOutput, error) {
	t, err := s.find(region, in.TopicArn)
	if err != nil {
		return nil, err
	}
	all := make([]types.Subscription, 0, len(t.subscriptions))
	for _, sub := range t.subscriptions {
		arn := pendingListed
		if sub.confirmed {
			arn = sub.arn
		}
		all = append(all, types.Subscription{
			SubscriptionArn: aws.String(arn), TopicArn: aws.String(t.arn), Owner: aws.String(owner),
			Protocol: aws.String(sub.protocol), Endpoint: aws.String(sub.endpoint),
		})
	}
	shown, next, err := turn(all, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &sdk.ListSubscriptionsByTopicOutput{Subscriptions: shown, NextToken: next}, nil
}
