package sandbox

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdkscheduler "github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/catnap-dev/catnap/internal/sandbox/deployment"
	"github.com/catnap-dev/catnap/internal/sandbox/iam"
)

// createSchedules makes them in EventBridge Scheduler, by its rules.
func (s *Sandbox) createSchedules(ctx context.Context, d deployment.Deployment) error {
	for _, name := range d.ScheduleGroups {
		if _, err := s.Scheduler.Handle(ctx, &sdkscheduler.CreateScheduleGroupInput{Name: &name}); err != nil {
			return fmt.Errorf("create schedule group %s: %w", name, err)
		}
	}
	for _, schedule := range d.Schedules {
		if _, err := s.Scheduler.Handle(ctx, creation(schedule)); err != nil {
			return fmt.Errorf("create schedule %s: %w", schedule.Name, err)
		}
		for code, arn := range s.functions {
			if schedule.Function == arn {
				s.schedules[code] = schedule.Name
			}
		}
	}
	return nil
}

// creation asks for a schedule without retries: catnap's have none.
func creation(s deployment.Schedule) *sdkscheduler.CreateScheduleInput {
	target := &types.Target{
		Arn: &s.Function, RoleArn: &s.Role, RetryPolicy: &types.RetryPolicy{MaximumRetryAttempts: aws.Int32(0)},
	}
	if s.Input != "" {
		target.Input = &s.Input
	}
	if s.DeadLetter != "" {
		target.DeadLetterConfig = &types.DeadLetterConfig{Arn: &s.DeadLetter}
	}
	in := &sdkscheduler.CreateScheduleInput{
		Name: &s.Name, ScheduleExpression: &s.Expression, Target: target,
		FlexibleTimeWindow: &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
	}
	if s.Group != "" {
		in.GroupName = &s.Group
	}
	if !s.Start.IsZero() {
		in.StartDate = &s.Start
	}
	return in
}

// mayInvoke asks what the role of a schedule, which is given by its ARN, allows. [IAM-11]
func (s *Sandbox) mayInvoke(roleARN, functionARN string) error {
	return s.guard.Use(roleARN, iam.Request{Action: "lambda:InvokeFunction", Resources: []string{functionARN}})
}

// Reap invokes the reaper once, as its schedule does.
func (s *Sandbox) Reap(ctx context.Context) error {
	if err := s.Scheduler.Fire(ctx, s.schedules["reaper"]); err != nil {
		return fmt.Errorf("invoke the reaper: %w", err)
	}
	return nil
}

// Guard invokes the cost guard once, as its schedule does.
func (s *Sandbox) Guard(ctx context.Context) error {
	if err := s.Scheduler.Fire(ctx, s.schedules["costguard"]); err != nil {
		return fmt.Errorf("invoke the cost guard: %w", err)
	}
	return nil
}
