package catnap

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
)

const (
	bypassHeader   = "X-Catnap-Bypass"
	catnapPatterns = "/.catnap/*"
	// initialMark takes the place of catnap's mark: too many values or wildcards for a rule are then refused when the rule
	// is made, and not when the service is first put to sleep.
	initialMark = "/.catnap/since/0/active/0"
)

// wakerTargetGroup has a fixed name: the permission must be there before the group, which AWS refuses otherwise, so it
// cannot name the group's ARN and has the name to match.
func (b builder) wakerTargetGroup(waker awslambda.CfnFunction) elb.CfnTargetGroup {
	permission := awslambda.NewCfnPermission(b.scope, new("WakerPermission"), &awslambda.CfnPermissionProps{
		Action:        new("lambda:InvokeFunction"),
		FunctionName:  waker.AttrArn(),
		Principal:     new("elasticloadbalancing.amazonaws.com"),
		SourceAccount: b.stack.Account(),
		SourceArn:     new(b.arn("elasticloadbalancing", "targetgroup/"+*b.named()+"/*")),
	})
	group := elb.NewCfnTargetGroup(b.scope, new("WakerTargetGroup"), &elb.CfnTargetGroupProps{
		Name:       b.named(),
		TargetType: new("lambda"),
		Targets:    []*elb.CfnTargetGroup_TargetDescriptionProperty{{Id: waker.AttrArn()}},
		// Each check would be an invocation, and a function is there whenever it is asked.
		HealthCheckEnabled: false,
		// Repeated headers and query parameters reach the function in full.
		TargetGroupAttributes: []*elb.CfnTargetGroup_TargetGroupAttributeProperty{
			{Key: new("lambda.multi_value_headers.enabled"), Value: new("true")},
		},
	})
	group.AddDependency(permission)
	return group
}

// bypassRule keeps the service's target group in use while the waker rule has all the traffic: a group that no rule
// forwards to is not health-checked. And it is the waker's way to the application. Catnap never changes it.
//
// The secret is the UUID at the end of the stack's ARN, which is new for each stack and stays for its life. Who knows
// it passes the waiting page and reaches what every visitor reaches, so it is worth no secret store: whoever may
// describe the rules reads it there.
func (b builder) bypassRule() elb.CfnListenerRule {
	secret := awscdk.Fn_Select(new(2.0), awscdk.Fn_Split(new("/"), awscdk.Aws_STACK_ID(), nil))
	return b.rule("BypassRule", b.BypassPriority, *b.TargetGroup.TargetGroupArn(),
		&elb.CfnListenerRule_RuleConditionProperty{
			Field: new("http-header"),
			HttpHeaderConfig: &elb.CfnListenerRule_HttpHeaderConfigProperty{
				HttpHeaderName: new(bypassHeader), Values: &[]*string{secret},
			},
		})
}

// wakerRule is made armed: it matches the service's traffic until the first visitor or the reaper's first pass finds
// the service awake.
//
// Afterwards catnap changes the path patterns as the service sleeps and wakes, and CloudFormation does not look at
// them: it compares this template with the last one, not with the rule. An update that leaves these properties as they
// are leaves the rule as it is. One that changes them, a new HostHeader for instance, writes the patterns below once
// more: an awake service is armed and has lost its mark. The waker passes its next request on and disarms it, or the
// reaper does within a minute. Patterns that differ are what drift detection reports, and are no drift to repair.
//
// Armed, it takes the traffic, and what it takes is passed on through the bypass rule; so that comes first.
func (b builder) wakerRule(group elb.CfnTargetGroup, bypass elb.CfnListenerRule) elb.CfnListenerRule {
	conditions := []*elb.CfnListenerRule_RuleConditionProperty{{
		Field:             new("path-pattern"),
		PathPatternConfig: &elb.CfnListenerRule_PathPatternConfigProperty{Values: pointers(b.ruleValues())},
	}}
	if b.HostHeader != "" {
		conditions = append(conditions, &elb.CfnListenerRule_RuleConditionProperty{
			Field:            new("host-header"),
			HostHeaderConfig: &elb.CfnListenerRule_HostHeaderConfigProperty{Values: &[]*string{&b.HostHeader}},
		})
	}
	rule := b.rule("WakerRule", b.WakerPriority, *group.Ref(), conditions...)
	rule.AddDependency(bypass)
	return rule
}

// ruleValues are the waker rule's paths.
func (b builder) ruleValues() []string {
	return append(append([]string{}, b.Patterns...), catnapPatterns, initialMark)
}

// rule goes with the stack. With both rules gone the listener is as it was.
func (b builder) rule(
	id string, priority int, group string, conditions ...*elb.CfnListenerRule_RuleConditionProperty,
) elb.CfnListenerRule {
	rule := elb.NewCfnListenerRule(b.scope, &id, &elb.CfnListenerRuleProps{
		ListenerArn: b.Listener.ListenerArn(),
		Priority:    new(float64(priority)),
		Conditions:  conditions,
		Actions:     []*elb.CfnListenerRule_ActionProperty{{Type: new("forward"), TargetGroupArn: &group}},
	})
	rule.ApplyRemovalPolicy(awscdk.RemovalPolicy_DESTROY, nil)
	return rule
}

func pointers(texts []string) *[]*string {
	var list []*string
	for _, text := range texts {
		list = append(list, &text)
	}
	return &list
}
