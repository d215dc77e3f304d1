package deployment

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/catnap-dev/catnap/internal/cloudformation"
	"github.com/catnap-dev/catnap/internal/sandbox/alb"
)

// targetGroup is AWS::ElasticLoadBalancingV2::TargetGroup.
type targetGroup struct {
	Name       string
	TargetType string
	Protocol   string
	Targets    []struct {
		ID string `cfn:"Id"`
	}
	TargetGroupAttributes      []attribute
	HealthCheckEnabled         *bool
	HealthCheckPath            string
	HealthCheckProtocol        string
	HealthCheckPort            string
	HealthCheckIntervalSeconds int
	HealthCheckTimeoutSeconds  int
	HealthyThresholdCount      int
	UnhealthyThresholdCount    int
	Matcher                    struct {
		Codes string `cfn:"HttpCode"`
	}
	Port  ignored // ECS registers targets with ports of their own
	VpcID ignored `cfn:"VpcId"`
	Tags  ignored
}

func (l *loader) targetGroup(r cloudformation.Resource) (cloudformation.Physical, error) {
	var p targetGroup
	if err := r.Decode(&p); err != nil {
		return cloudformation.Physical{}, err
	}
	group, err := p.read()
	if err != nil {
		return cloudformation.Physical{}, err
	}
	group.Name = p.Name
	if group.Name == "" {
		group.Name = shortName(fmt.Sprint(cloudformation.Identify(l.place, r).Attributes["TargetGroupName"]))
	}
	arn := l.lb.TargetGroupARN(group.Name)
	if group.Kind == alb.Lambda {
		if err := l.checkPermission(r.Name, arn, group.FunctionARN); err != nil {
			return cloudformation.Physical{}, err
		}
	}
	if p.TargetType == instance {
		l.Machines = arn
	}
	l.TargetGroups = append(l.TargetGroups, group)
	return cloudformation.Physical{ID: arn, Attributes: map[string]any{
		"TargetGroupArn": arn, "TargetGroupName": group.Name, "TargetGroupFullName": arn[strings.LastIndex(arn, ":")+1:],
		"LoadBalancerArns": []any{l.lb.ARN()},
	}}, nil
}

// shortName is what CloudFormation makes of a name that is too long for a target group: its beginning and its end.
func shortName(name string) string {
	const most = 32
	if len(name) <= most {
		return name
	}
	end := name[len(name)-12:]
	return strings.Trim(name[:most-len(end)-1], "-") + "-" + end
}

// instance is the target type of EC2's machines. What is registered in such a group is the sandbox's, at an address, so
// it becomes one of addresses.
const instance = "instance"

// read is the group without its name.
func (p targetGroup) read() (alb.TargetGroup, error) {
	group := alb.TargetGroup{
		Kind: alb.Kind(p.TargetType),
		HealthCheck: alb.HealthCheck{
			Path: p.HealthCheckPath, Matcher: p.Matcher.Codes, Healthy: p.HealthyThresholdCount,
			Unhealthy: p.UnhealthyThresholdCount,
			Interval:  time.Duration(p.HealthCheckIntervalSeconds) * time.Second,
			Timeout:   time.Duration(p.HealthCheckTimeoutSeconds) * time.Second,
		},
	}
	switch group.Kind {
	case alb.IP, instance:
		group.Kind = alb.IP
		return p.withIPs(group)
	case alb.Lambda:
		return p.withFunction(group)
	default:
		return group, unimitated("TargetType", p.TargetType, "ip, instance and lambda")
	}
}

const (
	multiValueHeaders   = "lambda.multi_value_headers.enabled"
	deregistrationDelay = "deregistration_delay.timeout_seconds"
)

func (p targetGroup) withIPs(group alb.TargetGroup) (alb.TargetGroup, error) {
	switch {
	case p.Protocol != "HTTP":
		return group, unimitated("Protocol", p.Protocol, "HTTP")
	case p.HealthCheckProtocol != "" && p.HealthCheckProtocol != "HTTP":
		return group, unimitated("HealthCheckProtocol", p.HealthCheckProtocol, "HTTP")
	case p.HealthCheckPort != "" && p.HealthCheckPort != "traffic-port":
		return group, unimitated("HealthCheckPort", p.HealthCheckPort, "traffic-port")
	case p.HealthCheckEnabled != nil && !*p.HealthCheckEnabled:
		return group, unimitated("HealthCheckEnabled", "false", "true")
	case len(p.Targets) > 0:
		return group, unimitated("Targets", fmt.Sprint(p.Targets), "those that ECS or Auto Scaling registers")
	}
	rest, delay := cut(p.TargetGroupAttributes, deregistrationDelay)
	if delay != "" {
		seconds, err := strconv.Atoi(delay)
		if err != nil {
			return group, unimitated(deregistrationDelay, delay, "whole seconds")
		}
		group.DeregistrationDelay = time.Duration(seconds) * time.Second
		if seconds == 0 {
			group.DeregistrationDelay = -1 // the package alb's word for none
		}
	}
	return group, checkAttributes(rest, targetGroupAttributes)
}

func (p targetGroup) withFunction(group alb.TargetGroup) (alb.TargetGroup, error) {
	switch {
	case len(p.Targets) != 1:
		return group, unimitated("Targets", fmt.Sprint(p.Targets), "one function")
	case p.HealthCheckEnabled != nil && *p.HealthCheckEnabled: // off is what AWS does unless it is asked
		return group, unimitated("HealthCheckEnabled", "true", "false")
	}
	group.FunctionARN = p.Targets[0].ID
	rest, multi := cut(p.TargetGroupAttributes, multiValueHeaders)
	group.MultiValueHeaders = multi == "true"
	return group, checkAttributes(rest, targetGroupAttributes)
}

// cut takes an attribute out of a list.
func cut(list []attribute, key string) (rest []attribute, value string) {
	for _, a := range list {
		if a.Key == key {
			value = a.Value
		} else {
			rest = append(rest, a)
		}
	}
	return rest, value
}
