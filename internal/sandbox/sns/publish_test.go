package sns_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/sandbox/sns"
)

func isUnknown(err error) bool {
	api, ok := errors.AsType[smithy.APIError](err)
	return ok && api.ErrorCode() == "UnknownOperationException"
}

func (w world) publish(subject, text string) error {
	_, err := w.Publish(w.t.Context(), &sdk.PublishInput{TopicArn: new(alarms), Subject: &subject, Message: &text})
	return err
}

// A message goes to those who have confirmed at that moment, and may go to nobody.
func TestMessagesAreKeptForWhoConfirmed(t *testing.T) {
	in(t, func(w world) {
		w.topic()
		var told []string
		w.Published = func(m sns.Message) { told = append(told, fmt.Sprint(m.Subject, len(w.Messages()))) }
		for _, step := range []func(){
			func() {}, func() { w.subscribe("email", "me@example.com") }, func() { w.Confirm("me@example.com") },
		} {
			step()
			if err := w.publish("80 %", "é\n"); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour)
		}
		begin := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
		message := func(n int, to ...string) sns.Message {
			return sns.Message{
				ID: fmt.Sprintf("00000000-0000-4000-9000-%012d", n), Topic: alarms, Subject: "80 %", Text: "é\n",
				At: begin.Add(time.Duration(n-1) * time.Hour), To: to,
			}
		}
		want := []sns.Message{message(1), message(2), message(3, "me@example.com")}
		if diff := cmp.Diff(want, w.Messages()); diff != "" {
			t.Errorf("messages (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"80 %1", "80 %2", "80 %3"}, told); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}

func TestRepeatedPublishIsAnotherMessage(t *testing.T) {
	in(t, func(w world) {
		w.topic()
		ids := map[string]bool{}
		for range 1500 {
			out, err := w.Publish(t.Context(), &sdk.PublishInput{TargetArn: new(alarms), Message: new("again")})
			if err != nil {
				t.Fatal(err)
			}
			ids[*out.MessageId] = true
		}
		all := w.Messages()
		if len(ids) != 1500 || len(all) != 1000 || !strings.HasSuffix(all[999].ID, "1500") {
			t.Errorf("%d messages, %d kept, the last %+v", len(ids), len(all), all[len(all)-1])
		}
	})
}

func TestMessageSize(t *testing.T) {
	in(t, func(w world) {
		w.topic()
		text := strings.Repeat("é", 128<<10) // two bytes each
		if err := w.publish("s", text); err != nil {
			t.Error(err)
		}
		w.refuses(w.publish("s", text+"a"), "InvalidParameter: Invalid parameter: Message too long")
		w.refuses(w.publish("s", ""), "InvalidParameter: Invalid parameter: Empty message")
		attributes := map[string]types.MessageAttributeValue{"a": {DataType: new("String"), StringValue: new("b")}}
		for length, want := range map[int]bool{256<<10 - 8: true, 256<<10 - 7: false} {
			_, err := w.Publish(t.Context(), &sdk.PublishInput{
				TopicArn: new(alarms), Message: new(strings.Repeat("x", length)), MessageAttributes: attributes,
			})
			if (err == nil) != want {
				t.Errorf("%d bytes and 8 of attributes: %v", length, err)
			}
		}
	})
}

func TestSubjects(t *testing.T) {
	in(t, func(w world) {
		w.topic()
		for _, subject := range []string{"a", "catnap: 80 % of 25.00 USD ~", strings.Repeat("x", 100)} {
			if err := w.publish(subject, "text"); err != nil {
				t.Errorf("%q: %v", subject, err)
			}
		}
		for _, subject := range []string{"", " a", "a\nb", "a\tb", "déjà", "a\x7f", strings.Repeat("x", 101)} {
			w.refuses(w.publish(subject, "text"), "InvalidParameter: Invalid parameter: Subject")
		}
		_, err := w.Publish(t.Context(), &sdk.PublishInput{Message: new("a")})
		w.refuses(err, "InvalidParameter: Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter")
		if n := len(w.Messages()); n != 3 {
			t.Errorf("%d messages are kept", n)
		}
	})
}
