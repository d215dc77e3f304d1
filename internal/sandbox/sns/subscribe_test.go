package sns_test

import (
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/google/go-cmp/cmp"
)

const first = alarms + ":00000000-0000-4000-a000-000000000001"

func TestSubscriptionIsPendingUntilConfirmed(t *testing.T) {
	in(t, func(w world) {
		w.topic()
		arns := []string{w.subscribe("email", "me@example.com"), w.subscribe("email", "me@example.com")}
		if diff := cmp.Diff([]string{"pending confirmation", "pending confirmation"}, arns); diff != "" {
			t.Errorf("ARNs before it is confirmed (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"email me@example.com PendingConfirmation"}, w.listed()); diff != "" {
			t.Errorf("before it is confirmed (-want +got):\n%s", diff)
		}
		out, err := w.Subscribe(t.Context(), &sdk.SubscribeInput{
			TopicArn: new(alarms), Protocol: new("email"), Endpoint: new("me@example.com"), ReturnSubscriptionArn: true,
		})
		if err != nil || *out.SubscriptionArn != first {
			t.Errorf("got %v, %v", out, err)
		}
		confirmed := []int{w.Confirm("you@example.com"), w.Confirm("me@example.com"), w.Confirm("me@example.com")}
		if diff := cmp.Diff([]int{0, 1, 0}, confirmed); diff != "" {
			t.Errorf("confirmed (-want +got):\n%s", diff)
		}
		if arn := w.subscribe("email", "me@example.com"); arn != first {
			t.Errorf("subscribed again: %s", arn)
		}
		if diff := cmp.Diff([]string{"email me@example.com " + first}, w.listed()); diff != "" {
			t.Errorf("after it is confirmed (-want +got):\n%s", diff)
		}
	})
}

// listed are the topic's subscriptions, as ListSubscriptionsByTopic tells them.
func (w world) listed() (all []string) {
	w.t.Helper()
	in := &sdk.ListSubscriptionsByTopicInput{TopicArn: new(alarms)}
	out, err := w.ListSubscriptionsByTopic(w.t.Context(), in)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, s := range out.Subscriptions {
		all = append(all, *s.Protocol+" "+*s.Endpoint+" "+*s.SubscriptionArn)
	}
	return all
}

func TestEndpoints(t *testing.T) {
	in(t, func(w world) {
		w.topic()
		const mail = "Invalid parameter: Email address"
		const address = "Invalid parameter: Endpoint must match the specified protocol"
		for _, test := range []struct{ protocol, endpoint, want string }{
			{"email-json", "me@example.com", ""},
			{"http", "http://example.com", ""},
			{"email", "me", mail}, {"email", "@example.com", mail}, {"email", "me@", mail}, {"email", "a@b.c;d@e.f", mail},
			{"https", "http://example.com", address}, {"http", "example.com", address}, {"https", "", address},
			{"pigeon", "coop", "Invalid parameter: Amazon SNS does not support this protocol string: pigeon"},
		} {
			_, err := w.Subscribe(t.Context(), &sdk.SubscribeInput{
				TopicArn: new(alarms), Protocol: &test.protocol, Endpoint: &test.endpoint,
			})
			if test.want == "" && err == nil {
				continue
			}
			w.refuses(err, "InvalidParameter: "+test.want)
		}
	})
}
