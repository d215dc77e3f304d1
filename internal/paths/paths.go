// Package paths reads and writes the path patterns of one listener rule and keeps its other conditions, which are the
// user's. What the patterns mean is the business of packages ecsctl and cutover.
package paths

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

type describer interface {
	DescribeRules(context.Context, *elb.DescribeRulesInput, ...func(*elb.Options)) (*elb.DescribeRulesOutput, error)
}

var _ describer = (*elb.Client)(nil)

// Describe reads one rule.
func Describe(ctx context.Context, api describer, arn string) (types.Rule, error) {
	out, err := api.DescribeRules(ctx, &elb.DescribeRulesInput{RuleArns: []string{arn}})
	if err != nil {
		return types.Rule{}, fmt.Errorf("describe rule %s: %w", arn, err)
	}
	if len(out.Rules) != 1 {
		return types.Rule{}, fmt.Errorf("describe rule %s: got %d rules", arn, len(out.Rules))
	}
	return out.Rules[0], nil
}

const field = "path-pattern"

// Split takes the path patterns out of a rule's conditions. The others are in the form in which they can be sent back.
func Split(conditions []types.RuleCondition) (patterns []string, others []types.RuleCondition) {
	for _, condition := range conditions {
		if aws.ToString(condition.Field) == field {
			patterns = append(patterns, values(condition)...)
		} else {
			others = append(others, resendable(condition))
		}
	}
	return patterns, others
}

// Join is the whole list of conditions: ModifyRule replaces what it is given as a whole.
func Join(patterns []string, others []types.RuleCondition) []types.RuleCondition {
	return append(slices.Clone(others), types.RuleCondition{
		Field: aws.String(field), PathPatternConfig: &types.PathPatternConditionConfig{Values: patterns},
	})
}

func values(condition types.RuleCondition) []string {
	if condition.PathPatternConfig != nil {
		return condition.PathPatternConfig.Values
	}
	return condition.Values
}

// resendable drops the old form of a condition's values: DescribeRules returns both forms, ModifyRule takes one.
func resendable(condition types.RuleCondition) types.RuleCondition {
	if condition.HostHeaderConfig != nil {
		condition.Values = nil
	}
	return condition
}
