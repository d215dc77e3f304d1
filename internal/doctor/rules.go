package doctor

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/catnap-dev/catnap/internal/paths"
)

// readListener reads all rules of the waker rule's listener: an ALB has 100 at the most.
func (e *Examiner) readListener(ctx context.Context, f *Facts) error {
	listener := listenerOf(f.Service.WakerRule)
	pages := elb.NewDescribeRulesPaginator(e.ELB, &elb.DescribeRulesInput{ListenerArn: &listener})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("describe rules of %s: %w", listener, err)
		}
		for _, r := range page.Rules {
			f.Rules = append(f.Rules, ruleOf(r))
		}
	}
	return nil
}

// listenerOf is the listener of a rule: their ARNs differ in one word, and in the rule's own id at the end.
func listenerOf(rule string) string {
	return strings.Replace(rule[:max(strings.LastIndex(rule, "/"), 0)], ":listener-rule/", ":listener/", 1)
}

func ruleOf(r types.Rule) Rule {
	rule := Rule{ARN: aws.ToString(r.RuleArn), Priority: Last}
	if n, err := strconv.Atoi(aws.ToString(r.Priority)); err == nil {
		rule.Priority = n
	}
	for _, a := range r.Actions {
		rule.add(a)
	}
	rule.Patterns, _ = paths.Split(r.Conditions)
	for _, c := range r.Conditions {
		if c.HttpHeaderConfig != nil {
			rule.Headers = append(rule.Headers, aws.ToString(c.HttpHeaderConfig.HttpHeaderName))
		}
	}
	return rule
}

// add notes an action. A forward names its group by itself, or several in its configuration, which then has that one
// too.
func (r *Rule) add(a types.Action) {
	switch a.Type {
	case types.ActionTypeEnumAuthenticateCognito, types.ActionTypeEnumAuthenticateOidc:
		r.Authenticates = true
	case types.ActionTypeEnumForward:
		if a.ForwardConfig == nil {
			r.TargetGroups = append(r.TargetGroups, aws.ToString(a.TargetGroupArn))
			return
		}
		for _, group := range a.ForwardConfig.TargetGroups {
			r.TargetGroups = append(r.TargetGroups, aws.ToString(group.TargetGroupArn))
		}
	default: // redirects and fixed answers forward to nobody
	}
}
