// Package sns is Amazon SNS on a laptop: topics whose messages are kept, to be looked at.
//
// Numbers in brackets, as in [SNS-03], name the imitated behaviours; a test of this package shows each.
//
// Nothing is delivered: no e-mail is sent and no address called. Who confirmed a subscription is noted as a recipient.
// It does not know FIFO topics, message structures, filters, policies, encryption, tags, text messages, and subscribers
// other than mailboxes and web addresses: what asks for one of these is refused loudly. It counts the attributes of a
// message in its size and forgets them, and does not imitate retries and the number of topics an account may have.
package sns

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

const (
	// home is the Region of calls that name none.
	home = "eu-west-3"
	// owner is the account that all topics belong to.
	owner = "000000000000"
	// kept is how many messages are kept, of all topics together.
	kept = 1000
)

// SNS holds the topics of one account. The zero value is ready.
type SNS struct {
	Clock clock.Clock
	// Published is told of each message; nil drops it. It may call back.
	Published func(Message)

	mu        sync.Mutex
	topics    []*topic // sorted by ARN
	messages  []Message
	published int
}

// Message is one that was published.
type Message struct {
	ID, Topic     string // the topic's ARN
	Subject, Text string
	At            time.Time
	// To are the endpoints of confirmed subscriptions: the mailboxes and addresses that AWS would send it to.
	To []string
}

type topic struct {
	arn, display  string
	subscriptions []*subscription // in the order in which they came
}

var _ awsapi.Core = (*SNS)(nil)

// Handle implements awsapi.Core.
func (s *SNS) Handle(ctx context.Context, input any) (any, error) {
	region := cmp.Or(awsapi.Region(ctx), home)
	if in, ok := input.(*sdk.PublishInput); ok {
		return answer(s.publish(region, in))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch in := input.(type) {
	case *sdk.CreateTopicInput:
		return answer(s.create(region, in))
	case *sdk.ListTopicsInput:
		return answer(s.list(region, in))
	case *sdk.GetTopicAttributesInput:
		return answer(s.attributes(region, in))
	case *sdk.SubscribeInput:
		return answer(s.subscribe(region, in))
	case *sdk.ListSubscriptionsByTopicInput:
		return answer(s.subscriptions(region, in))
	}
	return nil, awsapi.Unknown(input)
}

// answer keeps a nil output from becoming an interface that is not nil.
func answer[T any](out *T, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Messages returns what was published lately, oldest first.
func (s *SNS) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := slices.Clone(s.messages)
	for i := range all {
		all[i].To = slices.Clone(all[i].To)
	}
	return all
}

// Confirm does what the link in SNS's mail does, for all subscriptions of an endpoint. It returns how many were
// pending.
func (s *SNS) Confirm(endpoint string) (confirmed int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.topics {
		for _, sub := range t.subscriptions {
			if sub.endpoint == endpoint && !sub.confirmed {
				sub.confirmed = true
				confirmed++
			}
		}
	}
	return confirmed
}

// find [SNS-04]: a topic that does not exist is NotFound; what is not the ARN of a topic of the Region in which the
// call is made is an invalid parameter.
func (s *SNS) find(region string, arn *string) (*topic, error) {
	name, ok := strings.CutPrefix(aws.ToString(arn), prefix(region))
	if !ok {
		return nil, invalid("TopicArn")
	}
	if !topicName.MatchString(name) {
		return nil, invalid("Topic Name")
	}
	if i, ok := s.search(*arn); ok {
		return s.topics[i], nil
	}
	return nil, &types.NotFoundException{Message: aws.String("Topic does not exist")}
}

func (s *SNS) search(arn string) (int, bool) {
	return slices.BinarySearchFunc(s.topics, arn, func(t *topic, arn string) int { return strings.Compare(t.arn, arn) })
}

func prefix(region string) string { return "arn:aws:sns:" + region + ":" + owner + ":" }

func invalid(what string) error {
	return &types.InvalidParameterException{Message: aws.String("Invalid parameter: " + what)}
}
