package sns_test

import (
	"fmt"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

func TestCreatingATopicAgainReturnsIt(t *testing.T) {
	in(t, func(w world) {
		w.topic()
		w.subscribe("email", "me@example.com")
		w.topic()
		named := &sdk.CreateTopicInput{Name: new("alarms"), Attributes: map[string]string{"DisplayName": "Alarms"}}
		_, err := w.CreateTopic(t.Context(), named)
		w.refuses(err, "InvalidParameter: Invalid parameter: Attributes Reason: "+
			"Topic already exists with different attributes")
		list, err := w.ListTopics(t.Context(), &sdk.ListTopicsInput{})
		if err != nil || len(list.Topics) != 1 {
			t.Errorf("got %v, %v", list, err)
		}
		subscribed, err := w.ListSubscriptionsByTopic(t.Context(), &sdk.ListSubscriptionsByTopicInput{TopicArn: new(alarms)})
		if err != nil || len(subscribed.Subscriptions) != 1 {
			t.Errorf("the topic was made anew: %v, %v", subscribed, err)
		}
	})
}

func TestTopicNames(t *testing.T) {
	in(t, func(w world) {
		for _, name := range []string{"a", "A-b_9", strings.Repeat("x", 256)} {
			if _, err := w.CreateTopic(t.Context(), &sdk.CreateTopicInput{Name: &name}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, name := range []string{"", "a b", "a.b", "é", strings.Repeat("x", 257)} {
			_, err := w.CreateTopic(t.Context(), &sdk.CreateTopicInput{Name: &name})
			w.refuses(err, "InvalidParameter: Invalid parameter: Topic Name")
		}
	})
}

func TestPagesOfAHundred(t *testing.T) {
	in(t, func(w world) {
		w.topic()
		for i := range 250 {
			if _, err := w.CreateTopic(t.Context(), &sdk.CreateTopicInput{Name: new(fmt.Sprintf("t%d", i))}); err != nil {
				t.Fatal(err)
			}
			w.subscribe("email", fmt.Sprintf("%d@example.com", i))
		}
		if diff := cmp.Diff([]int{100, 100, 51}, w.topicPages()); diff != "" {
			t.Errorf("pages of topics (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]int{100, 100, 50}, w.subscriptionPages()); diff != "" {
			t.Errorf("pages of subscriptions (-want +got):\n%s", diff)
		}
		for _, token := range []string{"x", "-1", "1000"} {
			_, err := w.ListTopics(t.Context(), &sdk.ListTopicsInput{NextToken: &token})
			w.refuses(err, "InvalidParameter: Invalid parameter: NextToken")
		}
	})
}

// topicPages counts the topics of each page, none of which comes twice.
func (w world) topicPages() (pages []int) {
	w.t.Helper()
	seen := map[string]bool{}
	for all := sdk.NewListTopicsPaginator(w.Client, &sdk.ListTopicsInput{}); all.HasMorePages(); {
		out, err := all.NextPage(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		pages = append(pages, len(out.Topics))
		for _, topic := range out.Topics {
			if seen[*topic.TopicArn] {
				w.t.Errorf("%s comes twice", *topic.TopicArn)
			}
			seen[*topic.TopicArn] = true
		}
	}
	return pages
}

func (w world) subscriptionPages() (pages []int) {
	w.t.Helper()
	in := &sdk.ListSubscriptionsByTopicInput{TopicArn: new(alarms)}
	for all := sdk.NewListSubscriptionsByTopicPaginator(w.Client, in); all.HasMorePages(); {
		out, err := all.NextPage(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		pages = append(pages, len(out.Subscriptions))
	}
	return pages
}

func TestTopicThatIsNotThere(t *testing.T) {
	in(t, func(w world) {
		w.topic()
		for arn, want := range map[string]string{
			alarms + "2":        "NotFound: Topic does not exist",
			"alarms":            "InvalidParameter: Invalid parameter: TopicArn",
			"":                  "InvalidParameter: Invalid parameter: TopicArn",
			alarms + ":00000-0": "InvalidParameter: Invalid parameter: Topic Name", // of a subscription
			strings.Replace(alarms, "eu-west-3", "us-east-1", 1): "InvalidParameter: Invalid parameter: TopicArn",
		} {
			_, err := w.Publish(t.Context(), &sdk.PublishInput{TopicArn: &arn, Message: new("a")})
			w.refuses(err, want)
			_, err = w.GetTopicAttributes(t.Context(), &sdk.GetTopicAttributesInput{TopicArn: &arn})
			w.refuses(err, want)
			_, err = w.ListSubscriptionsByTopic(t.Context(), &sdk.ListSubscriptionsByTopicInput{TopicArn: &arn})
			w.refuses(err, want)
			_, err = w.Subscribe(t.Context(), &sdk.SubscribeInput{
				TopicArn: &arn, Protocol: new("email"), Endpoint: new("a@b.c"),
			})
			w.refuses(err, want)
		}
	})
}

func TestTopicsOfARegion(t *testing.T) {
	in(t, func(w world) {
		w.topic()
		east := client(w.SNS, "us-east-1")
		made, err := east.CreateTopic(t.Context(), &sdk.CreateTopicInput{Name: new("bills")})
		if err != nil {
			t.Fatal(err)
		}
		there, err := east.ListTopics(t.Context(), &sdk.ListTopicsInput{})
		if err != nil || len(there.Topics) != 1 || *there.Topics[0].TopicArn != "arn:aws:sns:us-east-1:000000000000:bills" {
			t.Errorf("got %v, %v", there, err)
		}
		if _, err = east.Publish(t.Context(), &sdk.PublishInput{TopicArn: made.TopicArn, Message: new("a")}); err != nil {
			t.Error(err)
		}
		_, err = w.Publish(t.Context(), &sdk.PublishInput{TopicArn: made.TopicArn, Message: new("a")})
		w.refuses(err, "InvalidParameter: Invalid parameter: TopicArn")
	})
}

func TestTopicAttributes(t *testing.T) {
	in(t, func(w world) {
		w.topic()
		w.subscribe("email", "me@example.com")
		w.subscribe("email", "you@example.com")
		w.subscribe("https", "https://example.com/")
		w.Confirm("me@example.com")
		out, err := w.GetTopicAttributes(t.Context(), &sdk.GetTopicAttributesInput{TopicArn: new(alarms)})
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{
			"TopicArn": alarms, "Owner": "000000000000", "DisplayName": "", "SubscriptionsConfirmed": "1",
			"SubscriptionsPending": "2", "SubscriptionsDeleted": "0",
		}
		if diff := cmp.Diff(want, out.Attributes); diff != "" {
			t.Errorf("attributes (-want +got):\n%s", diff)
		}
	})
}

// What is not imitated is refused, and not silently left out.
func TestWhatIsNotImitatedIsRefused(t *testing.T) {
	in(t, func(w world) {
		w.topic()
		message, mail, me := new("a"), new("email"), new("me@example.com")
		for _, input := range []any{
			&sdk.DeleteTopicInput{TopicArn: new(alarms)},
			&sdk.CreateTopicInput{Name: new("a.fifo")},
			&sdk.CreateTopicInput{Name: new("a"), Attributes: map[string]string{"KmsMasterKeyId": "k"}},
			&sdk.CreateTopicInput{Name: new("a"), Tags: []types.Tag{{Key: new("k"), Value: new("v")}}},
			&sdk.PublishInput{PhoneNumber: new("+330"), Message: message},
			&sdk.PublishInput{TopicArn: new(alarms), Message: message, MessageStructure: new("json")},
			&sdk.PublishInput{TopicArn: new(alarms), Message: message, MessageGroupId: new("g")},
			&sdk.SubscribeInput{TopicArn: new(alarms), Protocol: new("sqs"), Endpoint: new("arn:aws:sqs:x")},
			&sdk.SubscribeInput{
				TopicArn: new(alarms), Protocol: mail, Endpoint: me, Attributes: map[string]string{"FilterPolicy": "{}"},
			},
		} {
			_, err := w.Handle(t.Context(), input)
			if !isUnknown(err) {
				t.Errorf("%s: got %v", awsapi.Operation(input), err)
			}
		}
	})
}
