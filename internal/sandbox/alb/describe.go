package alb

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// describeRules shows rules as they were last asked for, whatever the nodes follow. [ALB-12]
func (lb *LoadBalancer) describeRules(in *elb.DescribeRulesInput) (*elb.DescribeRulesOutput, error) {
	all := lb.allRules()
	switch {
	case (in.ListenerArn != nil) == (len(in.RuleArns) > 0):
		return nil, invalid("You must specify either listener ARN or rule ARNs")
	case in.ListenerArn != nil && *in.ListenerArn != lb.ListenerARN():
		return nil, listenerNotFound(*in.ListenerArn)
	}
	chosen := make([]types.Rule, 0, len(all))
	for _, arn := range in.RuleArns {
		i := slices.IndexFunc(all, func(r types.Rule) bool { return *r.RuleArn == arn })
		if i < 0 {
			return nil, ruleNotFound(arn) // [ALB-13]
		}
		chosen = append(chosen, all[i])
	}
	if in.ListenerArn != nil {
		chosen = all
	}
	rules, next, err := page(chosen, in.Marker, in.PageSize)
	if err != nil {
		return nil, err
	}
	return &elb.DescribeRulesOutput{Rules: rules, NextMarker: next}, nil
}

func (lb *LoadBalancer) allRules() []types.Rule {
	all := make([]types.Rule, 0, len(lb.rules)+1)
	for _, r := range lb.rules {
		all = append(all, r.describe())
	}
	return append(all, types.Rule{
		RuleArn: aws.String(lb.defaultRuleARN()), Priority: aws.String("default"), IsDefault: aws.Bool(true),
		Conditions: []types.RuleCondition{}, Actions: lb.defaultActions(),
	})
}

func (r *rule) describe() types.Rule {
	conditions := make([]types.RuleCondition, 0, len(r.wanted.conditions))
	for _, c := range r.wanted.conditions {
		conditions = append(conditions, c.describe())
	}
	return types.Rule{
		RuleArn: aws.String(r.arn), Priority: aws.String(strconv.Itoa(r.priority)), IsDefault: aws.Bool(false),
		Conditions: conditions, Actions: []types.Action{forwardTo(r.wanted.group)},
	}
}

// forwardTo is a forward action in both the forms that AWS shows.
func forwardTo(targetGroupARN string) types.Action {
	only := types.TargetGroupTuple{TargetGroupArn: aws.String(targetGroupARN), Weight: aws.Int32(1)}
	return types.Action{
		Type: types.ActionTypeEnumForward, TargetGroupArn: aws.String(targetGroupARN), Order: aws.Int32(1),
		ForwardConfig: &types.ForwardActionConfig{
			TargetGroups:                []types.TargetGroupTuple{only},
			TargetGroupStickinessConfig: &types.TargetGroupStickinessConfig{Enabled: aws.Bool(false)},
		},
	}
}

func (lb *LoadBalancer) defaultActions() []types.Action {
	if _, err := lb.group(lb.fallback); err == nil {
		return []types.Action{forwardTo(lb.fallback)}
	}
	unavailable := &types.FixedResponseActionConfig{StatusCode: aws.String("503"), ContentType: aws.String("text/html")}
	return []types.Action{{Type: types.ActionTypeEnumFixedResponse, FixedResponseConfig: unavailable, Order: aws.Int32(1)}}
}

func (lb *LoadBalancer) describeLoadBalancers(
	in *elb.DescribeLoadBalancersInput,
) (*elb.DescribeLoadBalancersOutput, error) {
	for _, arn := range in.LoadBalancerArns {
		if arn != lb.ARN() {
			return nil, loadBalancerNotFound(arn)
		}
	}
	for _, name := range in.Names {
		if name != lb.options.Name {
			return nil, loadBalancerNotFound(name)
		}
	}
	return &elb.DescribeLoadBalancersOutput{LoadBalancers: []types.LoadBalancer{{
		LoadBalancerArn: aws.String(lb.ARN()), LoadBalancerName: aws.String(lb.options.Name),
		DNSName:       aws.String(lb.DNSName()),
		Scheme:        types.LoadBalancerSchemeEnumInternetFacing,
		Type:          types.LoadBalancerTypeEnumApplication,
		IpAddressType: types.IpAddressTypeIpv4,
		State:         &types.LoadBalancerState{Code: types.LoadBalancerStateEnumActive},
	}}}, nil
}

func (lb *LoadBalancer) describeListeners(in *elb.DescribeListenersInput) (*elb.DescribeListenersOutput, error) {
	if in.LoadBalancerArn != nil && *in.LoadBalancerArn != lb.ARN() {
		return nil, loadBalancerNotFound(*in.LoadBalancerArn)
	}
	for _, arn := range in.ListenerArns {
		if arn != lb.ListenerARN() {
			return nil, listenerNotFound(arn)
		}
	}
	return &elb.DescribeListenersOutput{Listeners: []types.Listener{{
		ListenerArn: aws.String(lb.ListenerARN()), LoadBalancerArn: aws.String(lb.ARN()),
		Port: aws.Int32(80), Protocol: types.ProtocolEnumHttp, DefaultActions: lb.defaultActions(),
	}}}, nil
}

func listenerNotFound(arn string) error {
	message := fmt.Sprintf("Listener '%s' not found", arn)
	return &types.ListenerNotFoundException{Message: aws.String(message)}
}

func loadBalancerNotFound(name string) error {
	message := fmt.Sprintf("Load balancer '%s' not found", name)
	return &types.LoadBalancerNotFoundException{Message: aws.String(message)}
}

func seconds(d time.Duration) *int32 { return aws.Int32(int32(d / time.Second)) } // at most an hour
