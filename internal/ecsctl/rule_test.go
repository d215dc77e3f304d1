package ecsctl_test

import (
	"context"
	"strings"
	"testing"
	"time"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/catnap-dev/catnap/internal/ecsctl"
	"github.com/catnap-dev/catnap/internal/policy"
)

func TestArmAndDisarmWriteTheDocumentedPatterns(t *testing.T) {
	for _, test := range []struct {
		name            string
		patterns        []string
		armed, disarmed string
	}{
		{"everything", []string{"/*"}, "/* MARK", "/.catnap/* MARK"},
		{"one", []string{"/shop/*"}, "/shop/* /.catnap/* MARK", "/.catnap/* MARK"},
		{"three", []string{"/a", "/b/*", "/c?"}, "/a /b/* /c? /.catnap/* MARK", "/.catnap/* MARK"},
		{"four with everything", []string{"/a", "/*", "/b", "/c"}, "/a /* /b /c MARK", "/.catnap/* MARK"},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(_ *testing.T, w *world) {
				w.svc.Patterns = test.patterns
				w.healthy()
				mark := w.mark(0, -3*time.Minute, 0)
				for range 2 { // again: nothing piles up
					w.switchTo(true, strings.Replace(test.armed, "MARK", mark, 1))
				}
				for range 2 {
					w.switchTo(false, strings.Replace(test.disarmed, "MARK", mark, 1))
				}
			})
		})
	}
}

// switchTo arms or disarms the rule, after an activity three minutes ago.
func (w *world) switchTo(armed bool, want string) {
	w.t.Helper()
	active := time.Now().Add(-3 * time.Minute)
	var undone bool
	var err error
	if armed {
		err = w.control.Arm(w.t.Context(), w.svc, active)
	} else {
		undone, err = w.disarm(w.t.Context(), active)
	}
	if undone || err != nil {
		w.t.Errorf("undone %t, %v", undone, err)
	}
	w.expectRule(want)
	if got := w.observe().Rule.Armed; got != armed {
		w.t.Errorf("armed: %t", got)
	}
}

func TestArmKeepsFailuresAndAnUnknownActivity(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.write(false, w.mark(-time.Hour, -2*time.Hour, 4))
		if err := w.control.Arm(t.Context(), w.svc, time.Time{}); err != nil {
			t.Fatal(err)
		}
		want := policy.Rule{Armed: true, Mark: policy.Mark{Since: time.Now().UTC(), Failures: 4}}
		if diff := cmp.Diff(want, w.observe().Rule); diff != "" {
			t.Errorf("rule (-want +got):\n%s", diff)
		}
		w.expectCalls("DescribeRules", "ModifyRule /*")
	})
}

func TestTheUsersConditionsAreKeptInOneForm(t *testing.T) {
	host := elbtypes.RuleCondition{
		Field: new("host-header"), HostHeaderConfig: &elbtypes.HostHeaderConditionConfig{Values: []string{"shop.example"}},
	}
	header := elbtypes.RuleCondition{
		Field: new("http-header"), HttpHeaderConfig: &elbtypes.HttpHeaderConditionConfig{
			HttpHeaderName: new("X-Tenant"), Values: []string{"a"},
		},
	}
	bubble(t, func(t *testing.T, w *world) {
		w.modify(host, paths("/.catnap/*", w.mark(-time.Hour, -time.Hour, 0)), header)
		want := &elb.ModifyRuleInput{
			RuleArn:    &w.svc.WakerRule, // and no Actions
			Conditions: []elbtypes.RuleCondition{host, header, paths("/*", w.mark(0, -time.Minute, 0))},
		}
		for range 2 {
			if err := w.control.Arm(t.Context(), w.svc, time.Now().Add(-time.Minute)); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff([]*elb.ModifyRuleInput{want, want}, w.wrote, cmpopts.IgnoreUnexported(
			elb.ModifyRuleInput{}, elbtypes.RuleCondition{}, elbtypes.HostHeaderConditionConfig{},
			elbtypes.HttpHeaderConditionConfig{}, elbtypes.PathPatternConditionConfig{},
		)); diff != "" {
			t.Errorf("writes (-want +got):\n%s", diff)
		}
	})
}

// shown answers DescribeRules with conditions as they are.
type shown struct{ conditions []elbtypes.RuleCondition }

func (s shown) DescribeRules(
	context.Context, *elb.DescribeRulesInput, ...func(*elb.Options),
) (*elb.DescribeRulesOutput, error) {
	return &elb.DescribeRulesOutput{Rules: []elbtypes.Rule{{Conditions: s.conditions}}}, nil
}

func (shown) ModifyRule(context.Context, *elb.ModifyRuleInput, ...func(*elb.Options)) (*elb.ModifyRuleOutput, error) {
	panic("not expected")
}

func (shown) DescribeTargetHealth(
	context.Context, *elb.DescribeTargetHealthInput, ...func(*elb.Options),
) (*elb.DescribeTargetHealthOutput, error) {
	panic("not expected")
}

func TestRuleIsReadInEitherForm(t *testing.T) {
	mark := policy.Mark{Since: time.Unix(50, 0).UTC(), Active: time.Unix(40, 0).UTC()}
	const text = "/.catnap/since/50/active/40"
	old := func(values ...string) elbtypes.RuleCondition {
		return elbtypes.RuleCondition{Field: new("path-pattern"), Values: values}
	}
	for name, test := range map[string]struct {
		conditions []elbtypes.RuleCondition
		want       policy.Rule
	}{
		"old form, armed":    {[]elbtypes.RuleCondition{old("/*", text)}, policy.Rule{Armed: true, Mark: mark}},
		"old form, disarmed": {[]elbtypes.RuleCondition{old("/.catnap/*", text)}, policy.Rule{Mark: mark}},
		"new form, armed":    {[]elbtypes.RuleCondition{paths(text, "/*")}, policy.Rule{Armed: true, Mark: mark}},
		"unmarked, armed":    {[]elbtypes.RuleCondition{paths("/*")}, policy.Rule{Armed: true}},
		"unmarked, disarmed": {[]elbtypes.RuleCondition{paths("/.catnap/*")}, policy.Rule{}},
		"only a mark":        {[]elbtypes.RuleCondition{paths(text)}, policy.Rule{Mark: mark}},
		"no path":            {[]elbtypes.RuleCondition{{Field: new("host-header"), Values: []string{"a.b"}}}, policy.Rule{}},
		"no conditions":      {nil, policy.Rule{}},
		"no field":           {[]elbtypes.RuleCondition{{}}, policy.Rule{}},
	} {
		bubble(t, func(t *testing.T, w *world) {
			control := ecsctl.New(nil, shown{test.conditions}, time.Now)
			got, err := control.Complete(t.Context(), w.svc, policy.Snapshot{})
			if diff := cmp.Diff(test.want, got.Rule); diff != "" || err != nil {
				t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
			}
		})
	}
}

func TestBypassSecret(t *testing.T) {
	header := func(name string, values ...string) elbtypes.RuleCondition {
		return elbtypes.RuleCondition{
			Field:            new("http-header"),
			HttpHeaderConfig: &elbtypes.HttpHeaderConditionConfig{HttpHeaderName: &name, Values: values},
		}
	}
	bubble(t, func(t *testing.T, w *world) {
		if got, err := w.control.BypassSecret(t.Context(), w.svc); got != secret || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
		for want, conditions := range map[string][]elbtypes.RuleCondition{
			"one": {paths("/x"), header("X-Other", "zero"), header("x-catnap-BYPASS", "one", "two")},
			"":    {paths("/x"), header("X-Catnap-Bypass"), {HttpHeaderConfig: &elbtypes.HttpHeaderConditionConfig{}}},
		} {
			got, err := ecsctl.New(nil, shown{conditions}, time.Now).BypassSecret(t.Context(), w.svc)
			if got != want || (err == nil) != (want != "") {
				t.Errorf("got %q, %v, want %q", got, err, want)
			}
			if err != nil && err.Error() != "bypass rule "+w.svc.BypassRule+" has no condition for the header X-Catnap-Bypass" {
				t.Errorf("got %v", err)
			}
		}
		w.fail("DescribeRules", 1)
		_, err := w.control.BypassSecret(t.Context(), w.svc)
		expectError(t, err, "describe rule "+w.svc.BypassRule+": ")
	})
}

// none is an answer without rules: AWS has an error for it, but a nil dereference in the waker would be worse.
type none struct{ shown }

func (none) DescribeRules(
	context.Context, *elb.DescribeRulesInput, ...func(*elb.Options),
) (*elb.DescribeRulesOutput, error) {
	return &elb.DescribeRulesOutput{}, nil
}

func TestARuleThatIsNotThere(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		err := ecsctl.New(nil, none{}, time.Now).Arm(t.Context(), w.svc, time.Now())
		if want := "describe rule " + w.svc.WakerRule + ": got 0 rules"; err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		w.svc.WakerRule = "arn:gone"
		err = w.control.Arm(t.Context(), w.svc, time.Now())
		if _, ok := err.(interface{ Unwrap() error }); !ok || !strings.HasPrefix(err.Error(), "describe rule arn:gone: ") {
			t.Errorf("got %v", err)
		}
	})
}
