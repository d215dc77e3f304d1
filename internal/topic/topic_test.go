package topic_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/catnap-dev/catnap/internal/topic"
)

type box struct {
	got  *sns.PublishInput
	fail error
}

func (b *box) Publish(_ context.Context, in *sns.PublishInput, _ ...func(*sns.Options)) (*sns.PublishOutput, error) {
	b.got = in
	return &sns.PublishOutput{}, b.fail
}

// TestPublish: a subject is what SNS takes, and the text is as it was given.
func TestPublish(t *testing.T) {
	b := &box{}
	subject := "80 %\nof 25 €" + strings.Repeat("x", 100)
	if err := topic.NewPublisher(b).Publish(t.Context(), "arn:t", subject, "25 €\nall"); err != nil {
		t.Fatal(err)
	}
	if *b.got.TopicArn != "arn:t" || *b.got.Message != "25 €\nall" || len(*b.got.Subject) != 100 ||
		!strings.HasPrefix(*b.got.Subject, "80 %?of 25 ?xx") {
		t.Errorf("published %q to %s", *b.got.Subject, *b.got.TopicArn)
	}
	b.fail = errors.New("api error NotFound")
	err := topic.NewPublisher(b).Publish(t.Context(), "arn:t", "a", "b")
	if !errors.Is(err, b.fail) || !strings.HasPrefix(err.Error(), "publish to arn:t: ") {
		t.Errorf("error %v", err)
	}
}
