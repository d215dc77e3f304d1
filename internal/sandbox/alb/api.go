package alb

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// Handle answers the ELBv2 calls that catnap and its tests make.
func (lb *LoadBalancer) Handle(_ context.Context, input any) (any, error) {
	lb.mu.Lock()
	defer lb.unlock()
	switch in := input.(type) {
	case *elb.DescribeRulesInput:
		return lb.describeRules(in)
	case *elb.ModifyRuleInput:
		return lb.modifyRule(in)
	case *elb.DescribeTargetHealthInput:
		return lb.describeTargetHealth(in)
	case *elb.DescribeTargetGroupsInput:
		return lb.describeTargetGroups(in)
	case *elb.DescribeTargetGroupAttributesInput:
		return lb.describeTargetGroupAttributes(in)
	case *elb.DescribeLoadBalancersInput:
		return lb.describeLoadBalancers(in)
	case *elb.DescribeListenersInput:
		return lb.describeListeners(in)
	}
	return nil, awsapi.Unknown(input)
}

// modifyRule changes a rule. [ALB-10] Unknown rules, and the default one, can't be.
func (lb *LoadBalancer) modifyRule(in *elb.ModifyRuleInput) (*elb.ModifyRuleOutput, error) {
	arn := aws.ToString(in.RuleArn)
	if arn == lb.defaultRuleARN() {
		message := fmt.Sprintf("Default rule '%s' cannot be modified", arn)
		return nil, &types.OperationNotPermittedException{Message: aws.String(message)}
	}
	r, err := lb.rule(arn)
	if err != nil {
		return nil, err
	}
	if in.Transforms != nil || in.ResetTransforms != nil {
		return nil, unsupported("transforms")
	}
	var conditions []condition
	if in.Conditions != nil {
		if conditions, err = parseConditions(in.Conditions); err != nil {
			return nil, err
		}
	}
	group, err := lb.forwardsTo(in.Actions)
	if err != nil {
		return nil, err
	}
	lb.modify(r, conditions, group)
	return &elb.ModifyRuleOutput{Rules: []types.Rule{r.describe()}}, nil
}

func (lb *LoadBalancer) rule(arn string) (*rule, error) {
	for _, r := range lb.rules {
		if r.arn == arn {
			return r, nil
		}
	}
	return nil, ruleNotFound(arn)
}

func ruleNotFound(arn string) error {
	message := fmt.Sprintf("Rule '%s' not found", arn)
	return &types.RuleNotFoundException{Message: aws.String(message)}
}

// forwardsTo is the target group of the only action there may be, or "" if no actions are given.
func (lb *LoadBalancer) forwardsTo(actions []types.Action) (string, error) {
	if actions == nil {
		return "", nil
	}
	if len(actions) != 1 || actions[0].Type != types.ActionTypeEnumForward {
		return "", unsupported("anything but one action of the type forward")
	}
	arn := aws.ToString(actions[0].TargetGroupArn)
	if config := actions[0].ForwardConfig; config != nil {
		if len(config.TargetGroups) != 1 {
			return "", unsupported("weighted target groups")
		}
		if stickiness := config.TargetGroupStickinessConfig; stickiness != nil && aws.ToBool(stickiness.Enabled) {
			return "", unsupported("stickiness")
		}
		arn = aws.ToString(config.TargetGroups[0].TargetGroupArn)
	}
	_, err := lb.group(arn)
	return arn, err
}

// page is one page of a list. [ALB-14] The marker is opaque to callers.
func page[T any](all []T, marker *string, size *int32) ([]T, *string, error) {
	from, limit := 0, len(all)
	if marker != nil {
		offset, err := strconv.Atoi(*marker)
		if err != nil || offset < 0 || offset > len(all) {
			return nil, nil, invalid("The marker '%s' is not valid", *marker)
		}
		from = offset
	}
	if size != nil {
		if *size < 1 || *size > 400 {
			return nil, nil, invalid("Page size '%d' must be between 1 and 400", *size)
		}
		limit = int(*size)
	}
	to := min(from+limit, len(all))
	if to == len(all) {
		return all[from:to], nil, nil
	}
	return all[from:to], aws.String(strconv.Itoa(to)), nil
}
