package sns

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// page is how many topics or subscriptions one call returns. [SNS-03]
const page = 100

// topicName [SNS-02]: letters, digits, hyphens and underscores, 256 at the most.
var topicName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

// displayName is the one attribute of a topic that is imitated.
const displayName = "DisplayName"

// create [SNS-01]: a topic that exists is returned as it is, unless it is asked for with other attributes.
func (s *SNS) create(region string, in *sdk.CreateTopicInput) (*sdk.CreateTopicOutput, error) {
	if err := checkCreate(in); err != nil {
		return nil, err
	}
	arn := prefix(region) + *in.Name
	display, given := in.Attributes[displayName]
	i, exists := s.search(arn)
	if !exists {
		s.topics = slices.Insert(s.topics, i, &topic{arn: arn, display: display})
	}
	if given && s.topics[i].display != display {
		return nil, invalid("Attributes Reason: Topic already exists with different attributes")
	}
	return &sdk.CreateTopicOutput{TopicArn: &arn}, nil
}

func checkCreate(in *sdk.CreateTopicInput) error {
	for name := range in.Attributes {
		if name != displayName {
			return fmt.Errorf("create a topic with the attribute %s: %w", name, awsapi.Unknown(in))
		}
	}
	if in.DataProtectionPolicy != nil || len(in.Tags) > 0 || strings.HasSuffix(aws.ToString(in.Name), ".fifo") {
		return fmt.Errorf("create a topic with tags or policies, or one that keeps an order: %w", awsapi.Unknown(in))
	}
	if !topicName.MatchString(aws.ToString(in.Name)) {
		return invalid("Topic Name")
	}
	return nil
}

// list [SNS-03]: in pages; in which order is not documented. [SNS-05] Each Region has topics of its own.
func (s *SNS) list(region string, in *sdk.ListTopicsInput) (*sdk.ListTopicsOutput, error) {
	var here []types.Topic
	for _, t := range s.topics {
		if strings.HasPrefix(t.arn, prefix(region)) {
			here = append(here, types.Topic{TopicArn: aws.String(t.arn)})
		}
	}
	shown, next, err := turn(here, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &sdk.ListTopicsOutput{Topics: shown, NextToken: next}, nil
}

// turn returns the page that a token stands for, and the token of the next one.
func turn[T any](all []T, token *string) (shown []T, next *string, err error) {
	from := 0
	if token != nil {
		from, err = strconv.Atoi(*token)
	}
	if err != nil || from < 0 || from > len(all) {
		return nil, nil, invalid("NextToken")
	}
	if rest := all[from:]; len(rest) <= page {
		return rest, nil, nil
	}
	return all[from : from+page], aws.String(strconv.Itoa(from + page)), nil
}

// attributes [SNS-06]: all of them are strings. AWS adds policies, which are not imitated.
func (s *SNS) attributes(region string, in *sdk.GetTopicAttributesInput) (*sdk.GetTopicAttributesOutput, error) {
	t, err := s.find(region, in.TopicArn)
	if err != nil {
		return nil, err
	}
	confirmed := 0
	for _, sub := range t.subscriptions {
		if sub.confirmed {
			confirmed++
		}
	}
	return &sdk.GetTopicAttributesOutput{Attributes: map[string]string{
		"TopicArn": t.arn, "Owner": owner, displayName: t.display, "SubscriptionsDeleted": "0",
		"SubscriptionsConfirmed": strconv.Itoa(confirmed),
		"SubscriptionsPending":   strconv.Itoa(len(t.subscriptions) - confirmed),
	}}, nil
}
