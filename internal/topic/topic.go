// Package topic sends messages to people through an SNS topic. What they say, and whether they were sent before, is the
// sender's business.
package topic

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sns"
)

type snsAPI interface {
	Publish(context.Context, *sns.PublishInput, ...func(*sns.Options)) (*sns.PublishOutput, error)
}

var _ snsAPI = (*sns.Client)(nil)

// Publisher publishes to topics of its Region.
type Publisher struct {
	sns snsAPI
}

// NewPublisher returns a publisher.
func NewPublisher(client snsAPI) *Publisher { return &Publisher{client} }

// maxSubject is SNS's own limit.
const maxSubject = 100

// Publish sends a message. A subject is of ASCII, without line breaks, and cut at 100 characters: SNS refuses others.
func (p *Publisher) Publish(ctx context.Context, arn, subject, text string) error {
	subject = cut(subject)
	_, err := p.sns.Publish(ctx, &sns.PublishInput{TopicArn: &arn, Subject: &subject, Message: &text})
	if err != nil {
		return fmt.Errorf("publish to %s: %w", arn, err)
	}
	return nil
}

func cut(subject string) string {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, subject)
	return plain[:min(len(plain), maxSubject)]
}
