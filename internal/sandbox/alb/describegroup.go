package alb

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

func (lb *LoadBalancer) describeTargetGroups(
	in *elb.DescribeTargetGroupsInput,
) (*elb.DescribeTargetGroupsOutput, error) {
	if in.LoadBalancerArn != nil && *in.LoadBalancerArn != lb.ARN() {
		return nil, loadBalancerNotFound(*in.LoadBalancerArn)
	}
	arns := slices.Clone(in.TargetGroupArns)
	for _, name := range in.Names {
		arns = append(arns, groupARN(lb.options.Name, name))
	}
	for _, arn := range arns {
		if _, err := lb.group(arn); err != nil {
			return nil, err
		}
	}
	chosen := []types.TargetGroup{}
	for _, g := range lb.groups {
		asked := len(arns) == 0 || slices.Contains(arns, g.arn)
		if asked && (in.LoadBalancerArn == nil || lb.used(g)) {
			chosen = append(chosen, lb.describeGroup(g))
		}
	}
	groups, next, err := page(chosen, in.Marker, in.PageSize)
	if err != nil {
		return nil, err
	}
	return &elb.DescribeTargetGroupsOutput{TargetGroups: groups, NextMarker: next}, nil
}

// describeGroup is a group as AWS shows it. One that nothing refers to belongs to no load balancer.
func (lb *LoadBalancer) describeGroup(g *group) types.TargetGroup {
	out := types.TargetGroup{
		TargetGroupArn: aws.String(g.arn), TargetGroupName: aws.String(g.Name), TargetType: types.TargetTypeEnum(g.Kind),
		LoadBalancerArns: []string{}, HealthCheckEnabled: aws.Bool(g.Kind == IP),
		HealthCheckPath:            aws.String(g.HealthCheck.Path),
		HealthCheckIntervalSeconds: seconds(g.HealthCheck.Interval),
		HealthCheckTimeoutSeconds:  seconds(g.HealthCheck.Timeout),
		HealthyThresholdCount:      aws.Int32(int32(g.HealthCheck.Healthy)),   // at most 10
		UnhealthyThresholdCount:    aws.Int32(int32(g.HealthCheck.Unhealthy)), // at most 10
		Matcher:                    &types.Matcher{HttpCode: aws.String(g.HealthCheck.Matcher)},
	}
	if lb.used(g) {
		out.LoadBalancerArns = []string{lb.ARN()}
	}
	if g.Kind == IP {
		out.Protocol, out.Port = types.ProtocolEnumHttp, aws.Int32(80)
		out.HealthCheckProtocol, out.HealthCheckPort = types.ProtocolEnumHttp, aws.String("traffic-port")
	}
	return out
}

func (lb *LoadBalancer) describeTargetGroupAttributes(
	in *elb.DescribeTargetGroupAttributesInput,
) (*elb.DescribeTargetGroupAttributesOutput, error) {
	g, err := lb.group(aws.ToString(in.TargetGroupArn))
	if err != nil {
		return nil, err
	}
	attribute := func(key, v string) types.TargetGroupAttribute {
		return types.TargetGroupAttribute{Key: aws.String(key), Value: aws.String(v)}
	}
	attributes := []types.TargetGroupAttribute{attribute("stickiness.enabled", "false")}
	if g.Kind == Lambda {
		multi := strconv.FormatBool(g.MultiValueHeaders)
		attributes = append(attributes, attribute("lambda.multi_value_headers.enabled", multi))
	} else {
		delay := fmt.Sprint(int(g.DeregistrationDelay / time.Second))
		attributes = append(attributes, attribute("deregistration_delay.timeout_seconds", delay),
			attribute("load_balancing.algorithm.type", "round_robin"))
	}
	return &elb.DescribeTargetGroupAttributesOutput{Attributes: attributes}, nil
}

// describeTargetHealth shows all targets, or those asked for. [ALB-15] One that is not registered is "unused", and
// that is no error.
func (lb *LoadBalancer) describeTargetHealth(
	in *elb.DescribeTargetHealthInput,
) (*elb.DescribeTargetHealthOutput, error) {
	g, err := lb.group(aws.ToString(in.TargetGroupArn))
	if err != nil {
		return nil, err
	}
	all := g.describeTargets()
	if len(in.Targets) == 0 {
		return &elb.DescribeTargetHealthOutput{TargetHealthDescriptions: all}, nil
	}
	chosen := make([]types.TargetHealthDescription, 0, len(in.Targets))
	for _, asked := range in.Targets {
		i := slices.IndexFunc(all, func(d types.TargetHealthDescription) bool { return is(*d.Target, asked) })
		if i < 0 {
			chosen = append(chosen, types.TargetHealthDescription{Target: &asked, TargetHealth: notRegistered.describe()})
			continue
		}
		chosen = append(chosen, all[i])
	}
	return &elb.DescribeTargetHealthOutput{TargetHealthDescriptions: chosen}, nil
}

// is says whether a target is the one asked for; without a port, the id is enough.
func is(t, asked types.TargetDescription) bool {
	return aws.ToString(t.Id) == aws.ToString(asked.Id) && (asked.Port == nil || *asked.Port == aws.ToInt32(t.Port))
}

// describeTargets shows every target. [ALB-16] The function of a Lambda group is "unavailable": its checks are off.
func (g *group) describeTargets() []types.TargetHealthDescription {
	if g.Kind == Lambda {
		function := &types.TargetDescription{Id: aws.String(g.FunctionARN)}
		return []types.TargetHealthDescription{{Target: function, TargetHealth: uncheckedFunction.describe()}}
	}
	out := make([]types.TargetHealthDescription, 0, len(g.targets))
	for _, t := range g.targets {
		_, port, _ := net.SplitHostPort(t.addr) // Register has checked it
		number, _ := strconv.ParseInt(port, 10, 32)
		out = append(out, types.TargetHealthDescription{
			Target:          &types.TargetDescription{Id: aws.String(t.id), Port: aws.Int32(int32(number))},
			HealthCheckPort: aws.String(port), TargetHealth: t.health.describe(),
		})
	}
	return out
}

func (h health) describe() *types.TargetHealth {
	out := &types.TargetHealth{State: h.State, Reason: h.Reason}
	if h.Description != "" {
		out.Description = aws.String(h.Description)
	}
	return out
}
