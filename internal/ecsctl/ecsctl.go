// Package ecsctl observes one managed service (ECS, target health, the waker rule) and acts on it: start, stop, arm,
// disarm.
//
// Start, Stop and Disarm carry the protocol by which a waker and a reaper that meet cannot both win: each writes its
// own word first (the rule, or the desired count) and then reads the other's. The package decides nothing; when to act
// is package policy's business. SDK types stop here.
package ecsctl

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"golang.org/x/sync/errgroup"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

type ecsAPI interface {
	DescribeServices(context.Context, *ecs.DescribeServicesInput, ...func(*ecs.Options)) (*ecs.DescribeServicesOutput, error)
	UpdateService(context.Context, *ecs.UpdateServiceInput, ...func(*ecs.Options)) (*ecs.UpdateServiceOutput, error)
	ListTasks(context.Context, *ecs.ListTasksInput, ...func(*ecs.Options)) (*ecs.ListTasksOutput, error)
	DescribeTasks(context.Context, *ecs.DescribeTasksInput, ...func(*ecs.Options)) (*ecs.DescribeTasksOutput, error)
	GetTaskProtection(context.Context, *ecs.GetTaskProtectionInput, ...func(*ecs.Options)) (*ecs.GetTaskProtectionOutput, error)
}

type elbAPI interface {
	DescribeRules(context.Context, *elb.DescribeRulesInput, ...func(*elb.Options)) (*elb.DescribeRulesOutput, error)
	ModifyRule(context.Context, *elb.ModifyRuleInput, ...func(*elb.Options)) (*elb.ModifyRuleOutput, error)
	DescribeTargetHealth(context.Context, *elb.DescribeTargetHealthInput, ...func(*elb.Options)) (*elb.DescribeTargetHealthOutput, error)
}

var (
	_ ecsAPI = (*ecs.Client)(nil)
	_ elbAPI = (*elb.Client)(nil)
)

// Controller observes services and acts on them. It keeps nothing between two calls.
type Controller struct {
	ecs ecsAPI
	elb elbAPI
	now func() time.Time
}

// New returns a controller. now gives the times that it writes into marks.
func New(ecsClient ecsAPI, elbClient elbAPI, now func() time.Time) *Controller {
	return &Controller{ecs: ecsClient, elb: elbClient, now: now}
}

// Observe looks at one service: its counts, the waker rule and, when a task may run, the health of its targets.
func (c *Controller) Observe(ctx context.Context, svc settings.Service) (policy.Snapshot, error) {
	counts, err := c.Counts(ctx, []settings.Service{svc})
	if err != nil {
		return policy.Snapshot{}, err
	}
	return c.Complete(ctx, svc, counts[svc.Name])
}

// Complete adds to a snapshot from Counts what has to be asked for each service by itself. A service without desired
// tasks has no target worth asking about.
func (c *Controller) Complete(ctx context.Context, svc settings.Service, s policy.Snapshot) (policy.Snapshot, error) {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		rule, err := c.rule(ctx, svc)
		s.Rule = rule.Rule
		return err
	})
	if s.Desired > 0 {
		group.Go(func() (err error) {
			s.Healthy, err = c.Healthy(ctx, svc)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return policy.Snapshot{}, err
	}
	return s, nil
}

// Healthy counts the healthy targets of the service target group.
func (c *Controller) Healthy(ctx context.Context, svc settings.Service) (int, error) {
	out, err := c.elb.DescribeTargetHealth(ctx, &elb.DescribeTargetHealthInput{TargetGroupArn: &svc.TargetGroup})
	if err != nil {
		return 0, fmt.Errorf("describe target health of %s: %w", svc.Name, err)
	}
	return countHealthy(out), nil
}
