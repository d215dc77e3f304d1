package ecsctl

import (
	"context"
	"fmt"
	"slices"
	"strings"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/catnap-dev/catnap/internal/paths"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

// catnapPattern keeps the status reachable whether the rule is armed or not.
const catnapPattern = "/.catnap/*"

// wakerRule is the waker rule with the conditions that are not catnap's: a host header of the user's is kept.
type wakerRule struct {
	policy.Rule
	others []elbtypes.RuleCondition
}

func (c *Controller) rule(ctx context.Context, svc settings.Service) (wakerRule, error) {
	found, err := paths.Describe(ctx, c.elb, svc.WakerRule)
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

// BypassHeader is the header by which the bypass rule knows a request of catnap's own.
const BypassHeader = "X-Catnap-Bypass"

// BypassSecret reads the header's value from the bypass rule, where it stands anyway: a copy elsewhere could differ.
func (c *Controller) BypassSecret(ctx context.Context, svc settings.Service) (string, error) {
	found, err := paths.Describe(ctx, c.elb, svc.BypassRule)
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
	patterns, others := paths.Split(conditions)
	rule := wakerRule{others: others}
	for _, pattern := range patterns {
		if mark, ok := parseMark(pattern); ok {
			rule.Mark = mark
		} else if pattern != catnapPattern {
			rule.Armed = true
		}
	}
	return rule
}

// writeRule replaces the conditions as a whole, as ModifyRule does with every property it is given.
func (c *Controller) writeRule(ctx context.Context, svc settings.Service, rule wakerRule) error {
	_, err := c.elb.ModifyRule(ctx, &elb.ModifyRuleInput{
		RuleArn: &svc.WakerRule, Conditions: paths.Join(patterns(svc, rule.Rule), rule.others),
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
