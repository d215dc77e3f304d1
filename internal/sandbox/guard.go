package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	runtime "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/catnap-dev/catnap/internal/costguard"
	"github.com/catnap-dev/catnap/internal/meter"
	"github.com/catnap-dev/catnap/internal/sandbox/deployment"
	"github.com/catnap-dev/catnap/internal/settings"
	"github.com/catnap-dev/catnap/internal/topic"
)

const topicName = "catnap-alarms"

// newCostGuard makes an instance of the function, as its main does.
func (s *Sandbox) newCostGuard(f deployment.Function) runtime.Handler {
	clients := s.clients(s.Backplane, s.ECS, f.Name)
	guard := costguard.New(s.store(f, clients),
		meter.NewReader(clients.Billing, clients.CloudWatch, clients.ECS), topic.NewPublisher(clients.SNS), s.Clock.Now,
		s.Log.With(slog.String("actor", "costguard")))
	guard.Topic, guard.Region, guard.Name = f.Env[deployment.TopicVariable], region, f.Env[deployment.PrefixVariable]
	return runtime.NewHandler(guard.Handle)
}

// writeBudget writes the settings of the guard, if there is a budget, as an operator would.
func (s *Sandbox) writeBudget() error {
	if s.Budget == 0 {
		return nil
	}
	b := settings.DefaultBudget()
	b.Limit, b.BillingLag = s.Budget, settings.Duration(s.Bill.Behind)
	text, err := json.Marshal(b)
	if err != nil {
		return fmt.Errorf("write budget: %w", err)
	}
	if _, _, err := settings.ParseBudget(text); err != nil {
		return err
	}
	s.SSM.Set(s.Prefix()+"/budget", string(text))
	return nil
}

// createTopic makes the one that the guard's messages go to.
func (s *Sandbox) createTopic(ctx context.Context) error {
	out, err := s.SNS.Handle(ctx, &sns.CreateTopicInput{Name: new(topicName)})
	if err != nil {
		return fmt.Errorf("create topic %s: %w", topicName, err)
	}
	s.topic = *out.(*sns.CreateTopicOutput).TopicArn //nolint:forcetypeassert // the core's answer to this input
	return nil
}

// createTopics makes those of a template.
func (s *Sandbox) createTopics(ctx context.Context, names []string) error {
	for _, name := range names {
		if _, err := s.SNS.Handle(ctx, &sns.CreateTopicInput{Name: &name}); err != nil {
			return fmt.Errorf("create topic %s: %w", name, err)
		}
	}
	return nil
}
