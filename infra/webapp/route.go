package webapp

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
)

// The order of the rules. The bypass rule is catnap's default, 1.
const (
	ec2Priority   = 2
	wakerPriority = 3
)

// wakerPriority leaves room for the EC2 rule, whatever the mode: a change of mode then moves no rule.
func (s *site) wakerPriority() int { return wakerPriority }

// route is where the listener sends what no rule takes. In the mode both that is the service, and the EC2 rule comes
// before it.
func (s *site) route() {
	group := elb.IApplicationTargetGroup(s.tasks.group)
	if !s.mode().OnECS() {
		group = s.machineGroup
	}
	s.listener.AddAction(new("Default"), &elb.AddApplicationActionProps{
		Action: elb.ListenerAction_Forward(&[]elb.IApplicationTargetGroup{group}, nil),
	})
	if s.mode().OnEC2() {
		s.ec2Rule = s.newEC2Rule()
	}
}

// ec2Side are the rule and the target group of the machine; without one of its own, those that were made elsewhere.
func (s *site) ec2Side() (rule, group string) {
	if s.ec2Rule != nil {
		return *s.ec2Rule.Ref(), *s.machineGroup.TargetGroupArn()
	}
	return s.Environment.EC2.Rule, s.Environment.EC2.TargetGroup
}

// initialEC2Mark is written as the command line writes its marks: /.catnap/ec2/since/<Unix time>.
const initialEC2Mark = "/.catnap/ec2/since/0"

// newEC2Rule takes the traffic to the machine while it has the pattern /*, and nothing while it has its mark alone.
// `catnap cutover` modifies it, and nothing else does: neither the waker nor the reaper may.
//
// It is there in the mode ec2, too, and switched on. When such a stack becomes one of both, the listener's default
// moves to a service that has no task yet, and nobody notices, because the rule stays as it is: an update that leaves
// these properties alone leaves it as it was switched. It is made when the machine has said that it is ready.
//
// It lies behind the bypass rule, so that the service can be woken and tried while the machine has the traffic; and in
// front of the waker rule, so that it holds whatever catnap does.
func (s *site) newEC2Rule() elb.CfnListenerRule {
	rule := elb.NewCfnListenerRule(s.stack, new("EC2Rule"), &elb.CfnListenerRuleProps{
		ListenerArn: s.listener.ListenerArn(),
		Priority:    new(float64(ec2Priority)),
		Conditions: []*elb.CfnListenerRule_RuleConditionProperty{{
			Field: new("path-pattern"),
			PathPatternConfig: &elb.CfnListenerRule_PathPatternConfigProperty{
				Values: &[]*string{new("/*"), new(initialEC2Mark)},
			},
		}},
		Actions: []*elb.CfnListenerRule_ActionProperty{{
			Type: new("forward"), TargetGroupArn: s.machineGroup.TargetGroupArn(),
		}},
	})
	rule.ApplyRemovalPolicy(awscdk.RemovalPolicy_DESTROY, nil)
	rule.Node().AddDependency(s.machines)
	return rule
}
