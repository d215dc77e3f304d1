package deployment

import (
	"fmt"

	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/catnap-dev/catnap/internal/cloudformation"
	"github.com/catnap-dev/catnap/internal/sandbox/alb"
)

// attribute is one of a load balancer's, a listener's or a target group's.
type attribute struct{ Key, Value string }

// loadBalancer stands for the sandbox's one.
func (l *loader) loadBalancer(r cloudformation.Resource) (cloudformation.Physical, error) {
	var p struct {
		Type                                        string
		LoadBalancerAttributes                      []attribute
		Name, Scheme, SecurityGroups, Subnets, Tags ignored
		IPAddressType                               ignored `cfn:"IpAddressType"`
	}
	if err := r.Decode(&p); err != nil {
		return cloudformation.Physical{}, err
	}
	if p.Type != "" && p.Type != "application" {
		return cloudformation.Physical{}, unimitated("Type", p.Type, "application")
	}
	if err := checkAttributes(p.LoadBalancerAttributes, loadBalancerAttributes); err != nil {
		return cloudformation.Physical{}, err
	}
	return cloudformation.Physical{ID: l.lb.ARN(), Attributes: map[string]any{
		"LoadBalancerArn": l.lb.ARN(), "LoadBalancerName": l.lb.Name(), "LoadBalancerFullName": l.lb.Dimension(),
		"DNSName": l.host, "CanonicalHostedZoneID": "Z0000000000000000000", "SecurityGroups": []any{"sg-00000000000000000"},
	}}, nil
}

// The attributes that make no difference here, with the one value for which that is so, "" for any. All others are
// errors.
var (
	loadBalancerAttributes = map[string]string{
		"deletion_protection.enabled": "", "idle_timeout.timeout_seconds": "60", "access_logs.s3.enabled": "",
		"connection_logs.s3.enabled": "", "routing.http2.enabled": "", "routing.http.drop_invalid_header_fields.enabled": "",
	}
	targetGroupAttributes = map[string]string{
		"stickiness.enabled": "false", "load_balancing.algorithm.type": "round_robin", "slow_start.duration_seconds": "0",
		"stickiness.type": "",
	}
)

func checkAttributes(given []attribute, harmless map[string]string) error {
	for _, a := range given {
		value, known := harmless[a.Key]
		if !known || value != "" && value != a.Value {
			return fmt.Errorf("the attribute %s with the value %q is not imitated", a.Key, a.Value)
		}
	}
	return nil
}

// action is a rule's, in either of its two forms.
type action struct {
	Type           string
	TargetGroupArn string
	ForwardConfig  *struct {
		TargetGroups []struct {
			TargetGroupArn string
			Weight         ignored // of one group
		}
		TargetGroupStickinessConfig struct {
			Enabled         bool
			DurationSeconds ignored
		}
	}
	Order ignored // of one action
}

// forwardsTo is the target group of the only action there may be.
func forwardsTo(actions []action) (string, error) {
	if len(actions) != 1 || actions[0].Type != "forward" {
		return "", fmt.Errorf("anything but one action of the type forward is not imitated: %v", actions)
	}
	a := actions[0]
	if a.ForwardConfig == nil {
		return a.TargetGroupArn, nil
	}
	if len(a.ForwardConfig.TargetGroups) != 1 || a.ForwardConfig.TargetGroupStickinessConfig.Enabled {
		return "", fmt.Errorf("several target groups and stickiness are not imitated")
	}
	return a.ForwardConfig.TargetGroups[0].TargetGroupArn, nil
}

// listener stands for the sandbox's one.
func (l *loader) listener(r cloudformation.Resource) (cloudformation.Physical, error) {
	var p struct {
		LoadBalancerArn, Protocol string
		Port                      int
		DefaultActions            []action
	}
	if err := r.Decode(&p); err != nil {
		return cloudformation.Physical{}, err
	}
	switch {
	case l.Listener != nil:
		return cloudformation.Physical{}, fmt.Errorf("the sandbox has one listener only")
	case p.Protocol != "HTTP":
		return cloudformation.Physical{}, unimitated("Protocol", p.Protocol, "HTTP")
	case p.LoadBalancerArn != l.lb.ARN():
		return cloudformation.Physical{}, fmt.Errorf("%s is no load balancer of this template", p.LoadBalancerArn)
	}
	group, err := forwardsTo(p.DefaultActions)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	l.Listener = &Listener{Port: p.Port, Default: group}
	arn := l.lb.ListenerARN()
	return cloudformation.Physical{ID: arn, Attributes: map[string]any{"ListenerArn": arn}}, nil
}

func (l *loader) listenerRule(r cloudformation.Resource) (cloudformation.Physical, error) {
	var p struct {
		ListenerArn string
		Priority    int
		Conditions  []condition
		Actions     []action
	}
	if err := r.Decode(&p); err != nil {
		return cloudformation.Physical{}, err
	}
	if p.ListenerArn != l.lb.ListenerARN() {
		return cloudformation.Physical{}, fmt.Errorf("%q is not the listener, %s", p.ListenerArn, l.lb.ListenerARN())
	}
	group, err := forwardsTo(p.Actions)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	rule := alb.Rule{Priority: p.Priority, TargetGroup: group}
	for _, c := range p.Conditions {
		rule.Conditions = append(rule.Conditions, c.sdk())
	}
	l.Rules = append(l.Rules, rule)
	arn := l.lb.RuleARN(p.Priority)
	return cloudformation.Physical{ID: arn, Attributes: map[string]any{"RuleArn": arn}}, nil
}

// condition is one of a rule's. Those that the sandbox cannot match are not known here.
type condition struct {
	Field             string
	Values            []string
	PathPatternConfig *struct{ Values []string }
	HostHeaderConfig  *struct{ Values []string }
	HTTPHeaderConfig  *struct {
		HTTPHeaderName string `cfn:"HttpHeaderName"`
		Values         []string
	} `cfn:"HttpHeaderConfig"`
}

// sdk is the condition as an API call has it.
func (c condition) sdk() elbtypes.RuleCondition {
	made := elbtypes.RuleCondition{Field: &c.Field, Values: c.Values}
	if c.PathPatternConfig != nil {
		made.PathPatternConfig = &elbtypes.PathPatternConditionConfig{Values: c.PathPatternConfig.Values}
	}
	if c.HostHeaderConfig != nil {
		made.HostHeaderConfig = &elbtypes.HostHeaderConditionConfig{Values: c.HostHeaderConfig.Values}
	}
	if c.HTTPHeaderConfig != nil {
		made.HttpHeaderConfig = &elbtypes.HttpHeaderConditionConfig{
			HttpHeaderName: &c.HTTPHeaderConfig.HTTPHeaderName, Values: c.HTTPHeaderConfig.Values,
		}
	}
	return made
}
