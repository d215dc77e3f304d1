package sns

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

const (
	mostSubject = 100
	mostMessage = 256 << 10
)

// publish keeps a message for those who confirmed their subscriptions. [SNS-11] A message without any is accepted, too.
// [SNS-12] A repeated call is another message.
func (s *SNS) publish(region string, in *sdk.PublishInput) (*sdk.PublishOutput, error) {
	m, err := s.keep(region, in)
	if err != nil {
		return nil, err
	}
	if s.Published != nil {
		s.Published(m)
	}
	return &sdk.PublishOutput{MessageId: &m.ID}, nil
}

func (s *SNS) keep(region string, in *sdk.PublishInput) (Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := checkPublish(in); err != nil {
		return Message{}, err
	}
	t, err := s.find(region, cmp.Or(in.TopicArn, in.TargetArn))
	if err != nil {
		return Message{}, err
	}
	s.published++
	m := Message{
		ID:    fmt.Sprintf("00000000-0000-4000-9000-%012d", s.published),
		Topic: t.arn, Subject: aws.ToString(in.Subject), Text: *in.Message, At: s.Clock.Now().UTC(),
	}
	for _, sub := range t.subscriptions {
		if sub.confirmed {
			m.To = append(m.To, sub.endpoint)
		}
	}
	s.messages = append(s.messages, m)
	if excess := len(s.messages) - kept; excess > 0 {
		s.messages = slices.Delete(s.messages, 0, excess)
	}
	return m, nil
}

func checkPublish(in *sdk.PublishInput) error {
	ordered := in.MessageDeduplicationId != nil || in.MessageGroupId != nil
	switch {
	case in.PhoneNumber != nil || in.MessageStructure != nil || ordered:
		return fmt.Errorf("publish to a phone, by protocol or in an order: %w", awsapi.Unknown(in))
	case in.TopicArn == nil && in.TargetArn == nil:
		return invalid("TopicArn or TargetArn Reason: no value for required parameter")
	case aws.ToString(in.Message) == "": // [SNS-07]
		return invalid("Empty message")
	case size(in) > mostMessage: // [SNS-07]
		return invalid("Message too long")
	case in.Subject != nil && !isSubject(*in.Subject):
		return invalid("Subject")
	}
	return nil
}

// size [SNS-07]: 256 KB in bytes, for text and attributes together.
func size(in *sdk.PublishInput) int {
	n := len(aws.ToString(in.Message))
	for name, a := range in.MessageAttributes {
		n += len(name) + len(aws.ToString(a.DataType)) + len(aws.ToString(a.StringValue)) + len(a.BinaryValue)
	}
	return n
}

// isSubject [SNS-08]: one to 100 printable ASCII characters, which do not begin with a space. Today's API model takes
// UTF-8, and says "less than 100"; the older rules are kept here, as AWS sends e-mail by them.
func isSubject(subject string) bool {
	printable := func(r rune) bool { return r >= ' ' && r <= '~' }
	return subject != "" && len(subject) <= mostSubject && subject[0] != ' ' &&
		!strings.ContainsFunc(subject, func(r rune) bool { return !printable(r) })
}
