package cutover_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/catnap-dev/catnap/internal/cutover"
	"github.com/catnap-dev/catnap/internal/settings"
)

var noon = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC) // 1772366400

const noonMark = "/.catnap/ec2/since/1772366400"

// listener has one rule, and the targets behind it.
type listener struct {
	rule    types.Rule
	targets []types.TargetHealthDescription
	err     error
}

func (l *listener) DescribeRules(
	_ context.Context, in *elb.DescribeRulesInput, _ ...func(*elb.Options),
) (*elb.DescribeRulesOutput, error) {
	if in.RuleArns[0] != "rule" {
		return nil, &types.RuleNotFoundException{}
	}
	return &elb.DescribeRulesOutput{Rules: []types.Rule{l.rule}}, l.err
}

func (l *listener) ModifyRule(
	_ context.Context, in *elb.ModifyRuleInput, _ ...func(*elb.Options),
) (*elb.ModifyRuleOutput, error) {
	if l.err != nil {
		return nil, l.err
	}
	if in.Conditions != nil {
		l.rule.Conditions = in.Conditions
	}
	return &elb.ModifyRuleOutput{}, nil
}

func (l *listener) DescribeTargetHealth(
	_ context.Context, in *elb.DescribeTargetHealthInput, _ ...func(*elb.Options),
) (*elb.DescribeTargetHealthOutput, error) {
	if *in.TargetGroupArn != "group" {
		return nil, &types.TargetGroupNotFoundException{}
	}
	return &elb.DescribeTargetHealthOutput{TargetHealthDescriptions: l.targets}, l.err
}

func service() settings.Service {
	return settings.Service{Name: "web", EC2Rule: "rule", EC2TargetGroup: "group", Patterns: []string{"/*"}}
}

func paths(values ...string) types.RuleCondition {
	return types.RuleCondition{
		Field: aws.String("path-pattern"), PathPatternConfig: &types.PathPatternConditionConfig{Values: values},
	}
}

func host() types.RuleCondition {
	return types.RuleCondition{
		Field: aws.String("host-header"), Values: []string{"shop.example"}, // DescribeRules has the old form, too
		HostHeaderConfig: &types.HostHeaderConditionConfig{Values: []string{"shop.example"}},
	}
}

func TestLook(t *testing.T) {
	tests := map[string]struct {
		conditions []types.RuleCondition
		side       cutover.Side
		since      time.Time
	}{
		"on":                       {[]types.RuleCondition{paths("/*", noonMark)}, cutover.EC2, noon},
		"off":                      {[]types.RuleCondition{paths(noonMark)}, cutover.ECS, noon},
		"on for some paths":        {[]types.RuleCondition{paths("/shop/*", noonMark)}, cutover.EC2, noon},
		"the mark comes first":     {[]types.RuleCondition{paths(noonMark, "/*")}, cutover.EC2, noon},
		"never switched, on":       {[]types.RuleCondition{paths("/*")}, cutover.EC2, time.Time{}},
		"never switched, off":      {[]types.RuleCondition{paths("/.catnap/ec2/since/0")}, cutover.ECS, time.Time{}},
		"no path: matches all":     {[]types.RuleCondition{host()}, cutover.EC2, time.Time{}},
		"no condition":             {nil, cutover.EC2, time.Time{}},
		"with a host name, off":    {[]types.RuleCondition{host(), paths(noonMark)}, cutover.ECS, noon},
		"something like a mark":    {[]types.RuleCondition{paths("/.catnap/ec2/since/x")}, cutover.EC2, time.Time{}},
		"a mark with more behind":  {[]types.RuleCondition{paths(noonMark + "/*")}, cutover.EC2, time.Time{}},
		"the waker rule's mark":    {[]types.RuleCondition{paths("/.catnap/since/1/active/1")}, cutover.EC2, time.Time{}},
		"patterns in the old form": {[]types.RuleCondition{{Field: aws.String("path-pattern"), Values: []string{noonMark}}}, cutover.ECS, noon},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := &listener{rule: types.Rule{Conditions: test.conditions}}
			got, err := cutover.New(l, time.Now).Look(t.Context(), service())
			if diff := cmp.Diff(cutover.State{Side: test.side, Since: test.since}, got); diff != "" || err != nil {
				t.Errorf("error %v, state (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestLookAtTargets(t *testing.T) {
	l := &listener{rule: types.Rule{Conditions: []types.RuleCondition{paths(noonMark)}}}
	l.targets = []types.TargetHealthDescription{
		{
			Target:       &types.TargetDescription{Id: aws.String("i-1")},
			TargetHealth: &types.TargetHealth{State: types.TargetHealthStateEnumHealthy},
		},
		{
			Target: &types.TargetDescription{Id: aws.String("i-2")},
			TargetHealth: &types.TargetHealth{
				State: types.TargetHealthStateEnumUnhealthy, Description: aws.String("Request timed out"),
			},
		},
		{},
	}
	got, err := cutover.New(l, time.Now).Look(t.Context(), service())
	want := []cutover.Target{{ID: "i-1", State: "healthy"}, {"i-2", "unhealthy", "Request timed out"}, {}}
	if diff := cmp.Diff(want, got.Targets); diff != "" || err != nil {
		t.Errorf("error %v, targets (-want +got):\n%s", err, diff)
	}
	if got.Healthy() != 1 {
		t.Errorf("%d healthy", got.Healthy())
	}
}

// TestTo: what is written is what is read, in one form, with the user's own conditions.
func TestTo(t *testing.T) {
	kept := host()
	kept.Values = nil
	svc := service()
	svc.Patterns = []string{"/shop/*", "/api/*"}
	for side, patterns := range map[cutover.Side][]string{
		cutover.ECS: {noonMark}, cutover.EC2: {"/shop/*", "/api/*", noonMark},
	} {
		l := &listener{rule: types.Rule{Conditions: []types.RuleCondition{host(), paths("/old")}}}
		s := cutover.New(l, func() time.Time { return noon.Add(999 * time.Millisecond) })
		for range 2 { // again: nothing piles up
			if err := s.To(t.Context(), svc, side); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff([]types.RuleCondition{kept, paths(patterns...)}, l.rule.Conditions, cmpopts.IgnoreUnexported(
			types.RuleCondition{}, types.HostHeaderConditionConfig{}, types.PathPatternConditionConfig{},
		)); diff != "" {
			t.Errorf("to %s (-want +got):\n%s", side, diff)
		}
		if state, err := s.Look(t.Context(), svc); err != nil || state.Side != side || !state.Since.Equal(noon) {
			t.Errorf("reads %+v after a switch to %s (%v)", state, side, err)
		}
	}
	if len(svc.Patterns) != 2 {
		t.Errorf("the settings became %v", svc.Patterns)
	}
}

func TestErrors(t *testing.T) {
	failed := errors.New("AccessDenied")
	l := &listener{err: failed}
	s := cutover.New(l, time.Now)
	if _, err := s.Look(t.Context(), service()); !errors.Is(err, failed) {
		t.Errorf("look: %v", err)
	}
	if err := s.To(t.Context(), service(), cutover.ECS); !errors.Is(err, failed) {
		t.Errorf("switch: %v", err)
	}
	bare := service()
	bare.EC2Rule = ""
	_, err := s.Look(t.Context(), bare)
	if _, ok := errors.AsType[*cutover.NoSideError](err); !ok {
		t.Errorf("without a rule: %v", err)
	}
	gone := service()
	gone.EC2TargetGroup = "other"
	_, err = cutover.New(&listener{}, time.Now).Look(t.Context(), gone)
	if _, ok := errors.AsType[*types.TargetGroupNotFoundException](err); !ok {
		t.Errorf("without the group: %v", err)
	}
}

func TestDecide(t *testing.T) {
	healthy, sick := cutover.Target{ID: "i-1", State: "healthy"}, cutover.Target{ID: "i-2", State: "unhealthy"}
	tests := map[string]struct {
		state             cutover.State
		to                cutover.Side
		served, unchecked bool
		want              cutover.Step
	}{
		"there already, ECS":         {cutover.State{Side: cutover.ECS}, cutover.ECS, false, false, cutover.StepNone},
		"there already, EC2":         {cutover.State{Side: cutover.EC2}, cutover.EC2, false, true, cutover.StepNone},
		"to ECS that is asleep":      {cutover.State{Side: cutover.EC2}, cutover.ECS, false, false, cutover.StepWake},
		"to ECS that is awake":       {cutover.State{Side: cutover.EC2}, cutover.ECS, true, false, cutover.StepSwitch},
		"to ECS, whatever it does":   {cutover.State{Side: cutover.EC2}, cutover.ECS, false, true, cutover.StepSwitch},
		"to EC2 without targets":     {cutover.State{Side: cutover.ECS}, cutover.EC2, true, false, cutover.StepRefuse},
		"to EC2 that is sick":        {cutover.State{Side: cutover.ECS, Targets: []cutover.Target{sick}}, cutover.EC2, true, false, cutover.StepRefuse},
		"to EC2, whatever it does":   {cutover.State{Side: cutover.ECS, Targets: []cutover.Target{sick}}, cutover.EC2, true, true, cutover.StepSwitch},
		"to EC2 of which one serves": {cutover.State{Side: cutover.ECS, Targets: []cutover.Target{sick, healthy}}, cutover.EC2, false, false, cutover.StepSwitch},
	}
	for name, test := range tests {
		if got := cutover.Decide(test.state, test.to, test.served, test.unchecked); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

func TestHealth(t *testing.T) {
	targets := []cutover.Target{{ID: "i-1", State: "healthy"}, {"i-2", "unhealthy", "Request timed out"}}
	for want, state := range map[string]cutover.State{
		"the EC2 target group has no target":                   {},
		"i-1 is healthy, i-2 is unhealthy (Request timed out)": {Targets: targets},
	} {
		if got := state.Health(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
