package sandbox_test

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/catnap-dev/catnap/internal/ecsctl"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

// All, ByWakerTargetGroup, Frozen and NoteWake make the meeting the settings' store; Minutes makes it the meter, for
// which it has been quiet.
func (m *meeting) All(context.Context) ([]settings.Service, error) {
	return []settings.Service{m.svc}, nil
}

func (m *meeting) ByWakerTargetGroup(context.Context, string) (settings.Service, error) {
	return m.svc, nil
}

func (m *meeting) Frozen(context.Context) (time.Time, error) { return time.Time{}, nil }

func (m *meeting) ServiceFrozen(context.Context, string) (time.Time, error) { return time.Time{}, nil }

func (m *meeting) NoteWake(context.Context, string, policy.Wake) error { return nil }

func (m *meeting) Minutes(_ context.Context, _ settings.Service, from, now time.Time) ([]policy.Minute, error) {
	var quiet []policy.Minute
	for at := from; at.Before(now); at = at.Add(time.Minute) {
		quiet = append(quiet, policy.Minute{Start: at, Settled: true})
	}
	return quiet, nil
}

type meetingECS struct{ m *meeting }

func (e meetingECS) DescribeServices(ctx context.Context, _ *ecs.DescribeServicesInput, _ ...func(*ecs.Options)) (*ecs.DescribeServicesOutput, error) {
	defer e.m.gate(ctx, "DescribeServices")()
	return &ecs.DescribeServicesOutput{Services: []ecstypes.Service{{
		ServiceName: aws.String("service"), Status: aws.String("ACTIVE"),
		DesiredCount: e.m.desired, RunningCount: e.m.running(),
	}}}, nil
}

func (m *meeting) running() int32 {
	if m.target {
		return 1
	}
	return 0
}

func (e meetingECS) UpdateService(ctx context.Context, in *ecs.UpdateServiceInput, _ ...func(*ecs.Options)) (*ecs.UpdateServiceOutput, error) {
	defer e.m.gate(ctx, fmt.Sprintf("UpdateService %d", *in.DesiredCount))()
	e.m.desired = *in.DesiredCount
	if e.m.desired == 0 && e.m.sudden {
		e.m.target = false
	}
	return &ecs.UpdateServiceOutput{}, nil
}

func (meetingECS) ListTasks(context.Context, *ecs.ListTasksInput, ...func(*ecs.Options)) (*ecs.ListTasksOutput, error) {
	return &ecs.ListTasksOutput{}, nil
}

func (meetingECS) DescribeTasks(context.Context, *ecs.DescribeTasksInput, ...func(*ecs.Options)) (*ecs.DescribeTasksOutput, error) {
	return &ecs.DescribeTasksOutput{}, nil
}

func (meetingECS) GetTaskProtection(context.Context, *ecs.GetTaskProtectionInput, ...func(*ecs.Options)) (*ecs.GetTaskProtectionOutput, error) {
	return &ecs.GetTaskProtectionOutput{}, nil
}

type meetingELB struct{ m *meeting }

func (e meetingELB) DescribeRules(ctx context.Context, in *elb.DescribeRulesInput, _ ...func(*elb.Options)) (*elb.DescribeRulesOutput, error) {
	if in.RuleArns[0] == e.m.svc.BypassRule { // never changes: nobody can meet there
		return &elb.DescribeRulesOutput{Rules: []elbtypes.Rule{{Conditions: []elbtypes.RuleCondition{{
			Field: aws.String("http-header"), HttpHeaderConfig: &elbtypes.HttpHeaderConditionConfig{
				HttpHeaderName: aws.String(ecsctl.BypassHeader), Values: []string{"secret"},
			},
		}}}}}, nil
	}
	defer e.m.gate(ctx, "DescribeRules")()
	return &elb.DescribeRulesOutput{Rules: []elbtypes.Rule{{Conditions: e.m.conditions}}}, nil
}

func (e meetingELB) ModifyRule(ctx context.Context, in *elb.ModifyRuleInput, _ ...func(*elb.Options)) (*elb.ModifyRuleOutput, error) {
	defer e.m.gate(ctx, "ModifyRule "+in.Conditions[0].PathPatternConfig.Values[0])()
	e.m.conditions = in.Conditions
	return &elb.ModifyRuleOutput{}, nil
}

func (e meetingELB) DescribeTargetHealth(ctx context.Context, _ *elb.DescribeTargetHealthInput, _ ...func(*elb.Options)) (*elb.DescribeTargetHealthOutput, error) {
	defer e.m.gate(ctx, "DescribeTargetHealth")()
	out := &elb.DescribeTargetHealthOutput{}
	if e.m.target {
		out.TargetHealthDescriptions = []elbtypes.TargetHealthDescription{{
			TargetHealth: &elbtypes.TargetHealth{State: elbtypes.TargetHealthStateEnumHealthy},
		}}
	}
	return out, nil
}
