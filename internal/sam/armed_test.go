package sam

import (
	"context"
	"testing"
	"time"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"            //nolint:depguard // see TestArmed
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types" //nolint:depguard // see TestArmed
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/ecsctl"
)

// listener answers with the template's rules, and keeps what catnap writes.
type listener struct {
	*elb.Client // for the calls that are not made

	stack   stack
	written [][]string
}

func (l *listener) DescribeRules(
	_ context.Context, in *elb.DescribeRulesInput, _ ...func(*elb.Options),
) (*elb.DescribeRulesOutput, error) {
	name := map[any]string{l.stack.ref("WakerRule"): "WakerRule", l.stack.ref("BypassRule"): "BypassRule"}[in.RuleArns[0]]
	values := l.stack.conditions(name)
	rule := elbtypes.Rule{}
	if paths := values["path-pattern"]; paths != nil {
		rule.Conditions = append(rule.Conditions, elbtypes.RuleCondition{
			Field: new("path-pattern"), PathPatternConfig: &elbtypes.PathPatternConditionConfig{Values: paths},
		})
	}
	if hosts := values["host-header"]; hosts != nil {
		rule.Conditions = append(rule.Conditions, elbtypes.RuleCondition{
			Field: new("host-header"), HostHeaderConfig: &elbtypes.HostHeaderConditionConfig{Values: hosts},
		})
	}
	if secrets := values["http-header"]; secrets != nil {
		header := &elbtypes.HttpHeaderConditionConfig{HttpHeaderName: new(ecsctl.BypassHeader), Values: secrets}
		rule.Conditions = append(rule.Conditions, elbtypes.RuleCondition{Field: new("http-header"), HttpHeaderConfig: header})
	}
	return &elb.DescribeRulesOutput{Rules: []elbtypes.Rule{rule}}, nil
}

func (l *listener) ModifyRule(
	_ context.Context, in *elb.ModifyRuleInput, _ ...func(*elb.Options),
) (*elb.ModifyRuleOutput, error) {
	for _, condition := range in.Conditions {
		if condition.HostHeaderConfig != nil {
			l.written = append(l.written, condition.HostHeaderConfig.Values)
		} else {
			l.written = append(l.written, condition.PathPatternConfig.Values)
		}
	}
	return &elb.ModifyRuleOutput{}, nil
}

// TestArmed: catnap takes the rules as the template makes them: armed, without a mark, the host kept, and the secret
// found. It speaks with the package that talks to AWS, so it needs the SDK's structs.
func TestArmed(t *testing.T) {
	for _, host := range []string{"", "*.example.com"} {
		s := load(t).deployed("PathPatterns", "/a,/b/*", "HostHeader", host)
		set, err := s.settings()
		if err != nil {
			t.Fatal(err)
		}
		rules := &listener{stack: s}
		control := ecsctl.New(nil, rules, time.Unix(1_800_000_000, 0).UTC)
		if armed, err := control.Armed(t.Context(), set); err != nil || !armed {
			t.Errorf("armed %v, %v", armed, err)
		}
		if secret, err := control.BypassSecret(t.Context(), set); err != nil || secret != stackUUID {
			t.Errorf("secret %q, %v", secret, err)
		}
		if err := control.Arm(t.Context(), set, time.Time{}); err != nil {
			t.Fatal(err)
		}
		want := [][]string{{"/a", "/b/*", "/.catnap/*", "/.catnap/since/1800000000/active/0"}}
		if host != "" {
			want = append([][]string{{host}}, want...)
		}
		if diff := cmp.Diff(want, rules.written); diff != "" {
			t.Errorf("written to the rule (-want +got):\n%s", diff)
		}
	}
}
