package ecsctl

import (
	"context"
	"fmt"
	"slices"
	"strings"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

// catnapPattern keeps the status reachable whether the rule is armed or not.
const catnapPattern = "/.catnap/*"

const pathField = "path-pattern"

// wakerRule is the waker rule with the conditions that are not catnap's: a host header of the user's is kept.
type wakerRule struct {
	policy.Rule
	others []elbtypes.RuleCondition
}

func (c *Controller) rule(ctx context.Context, svc settings.Service) (wakerRule, error) {
	found, err := c.describeRule(ctx, svc.WakerRule)
	if err != nil {
		return wakerRule{}, err
	}
	return parseRule(found.Conditions), nil
}

// Armed tells whether the waker rule matches the service's traffic.
func (c *Controller) Armed(ctx context.Context, svc settings.Service) (bool, error) {
	rule, err := c.rule(ctx, svc)
	return rule.Armed, err
}

func (c *Controller) describeRule(ctx context.Context, arn string) (elbtypes.Rule, error) {
	out, err := c.elb.DescribeRules(ctx, &elb.DescribeRulesInput{RuleArns: []string{arn}})
	if err != nil {
		return elbtypes.Rule{}, fmt.Errorf("describe rule %s: %w", arn, err)
	}
	if len(out.Rules) != 1 {
		return elbtypes.Rule{}, fmt.Errorf("describe rule %s: got %d rules", arn, len(out.Rules))
	}
	return out.Rules[0], nil
}

// BypassHeader is the header by which the bypass rule knows a request of catnap's own.
const BypassHeader = "X-Catnap-Bypass"

// BypassSecret reads the header's value from the bypass rule, where it stands anyway: a copy elsewhere could differ.
func (c *Controller) BypassSecret(ctx context.Context, svc settings.Service) (string, error) {
	found, err := c.describeRule(ctx, svc.BypassRule)
	if err != nil {
		return "", err
	}
	for _, condition := range found.Conditions {
		header := condition.HttpHeaderConfig
		if header != nil && strings.EqualFold(value(header.HttpHeaderName), BypassHeader) && len(header.Values) > 0 {
			return header.Values[0], nil
		}
	}
	return "", fmt.Errorf("bypass rule %s has no condition for the header %s", svc.BypassRule, BypassHeader)
}

func parseRule(conditions []elbtypes.RuleCondition) wakerRule {
	var rule wakerRule
	for _, condition := range conditions {
		if value(condition.Field) != pathField {
			rule.others = append(rule.others, resendable(condition))
			continue
		}
		for _, pattern := range pathValues(condition) {
			if mark, ok := parseMark(pattern); ok {
				rule.Mark = mark
			} else if pattern != catnapPattern {
				rule.Armed = true
			}
		}
	}
	return rule
}

func pathValues(condition elbtypes.RuleCondition) []string {
	if condition.PathPatternConfig != nil {
		return condition.PathPatternConfig.Values
	}
	return condition.Values
}

// resendable drops the old form of a condition's values: DescribeRules returns both forms, ModifyRule takes one.
func resendable(condition elbtypes.RuleCondition) elbtypes.RuleCondition {
	if condition.HostHeaderConfig != nil {
		condition.Values = nil
	}
	return condition
}

// writeRule replaces the conditions as a whole, as ModifyRule does with every property it is given.
func (c *Controller) writeRule(ctx context.Context, svc settings.Service, rule wakerRule) error {
	field := pathField
	path := elbtypes.RuleCondition{
		Field:             &field,
		PathPatternConfig: &elbtypes.PathPatternConditionConfig{Values: patterns(svc, rule.Rule)},
	}
	_, err := c.elb.ModifyRule(ctx, &elb.ModifyRuleInput{
		RuleArn: &svc.WakerRule, Conditions: append(slices.Clone(rule.others), path),
	})
	if err != nil {
		return fmt.Errorf("modify waker rule of %s: %w", svc.Name, err)
	}
	return nil
}

func patterns(svc settings.Service, rule policy.Rule) []string {
	values := []string{catnapPattern}
	if rule.Armed {
		values = slices.Clone(svc.Patterns)
		if !slices.Contains(values, "/*") {
			values = append(values, catnapPattern)
		}
	}
	return append(values, formatMark(rule.Mark))
}
