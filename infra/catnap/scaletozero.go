// Package catnap puts an ECS service on Fargate to sleep while nobody uses it, and wakes it on request: one construct
// for any CDK app in Go, to be placed beside a service and its listener.
//
// It adds what template.yaml adds, under the same names, and changes nothing of what it stands beside. Combinations
// that would not work are refused when the app is synthesised: all of them at once, each with what to change. It cannot
// look into what is imported and not made in the app, and asks AWS nothing.
package catnap

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/constructs-go/constructs/v10"
)

// ScaleToZero is what was made. Outputs of a stack may want its names and ARNs.
type ScaleToZero struct {
	constructs.Construct

	// Waker answers while the service cannot, Reaper puts it to sleep, CostGuard watches the bill.
	Waker, Reaper, CostGuard awslambda.CfnFunction
	// BypassRule has the secret header; WakerRule is the one that catnap switches.
	BypassRule, WakerRule elb.CfnListenerRule
	// WakerTargetGroup has the waker.
	WakerTargetGroup elb.CfnTargetGroup
	// Settings is the SSM parameter with the service's settings, Wakes has the last ones, Pin the order to stay awake.
	Settings, Wakes, Pin awsssm.CfnParameter
	// Budget says what may be spent, Freeze keeps the service asleep.
	Budget, Freeze awsssm.CfnParameter
}

// NewScaleToZero puts catnap beside a service. It always returns; what is wrong with the props, or with what they name,
// fails the synthesis.
func NewScaleToZero(scope constructs.Construct, id string, props *Props) ScaleToZero {
	b := builder{
		Props: props.filled(),
		scope: constructs.NewConstruct(scope, &id),
		stack: awscdk.Stack_Of(scope),
	}
	b.Node().AddValidation(&validation{builder: b})
	if !b.complete() {
		return ScaleToZero{Construct: b.scope} // the validation says what is missing
	}
	return b.build()
}

// builder makes the resources. The names of its methods' resources are those of template.yaml.
type builder struct {
	Props
	scope constructs.Construct
	stack awscdk.Stack
}

func (b builder) Node() constructs.Node { return b.scope.Node() }

// complete tells whether there is enough to build on.
func (b builder) complete() bool {
	return b.Service != nil && b.TargetGroup != nil && b.Listener != nil
}

// build makes everything in the order in which things need each other. The functions' policies come last, because they
// name the waker rule, which needs the waker.
func (b builder) build() ScaleToZero {
	letters := b.deadLetters()
	logs := logGroups{b.logGroup("Waker"), b.logGroup("Reaper"), b.logGroup("CostGuard")}
	waker := b.waker(logs.waker)
	reaper := b.reaper(logs.reaper)
	costGuard := b.costGuard(logs.costGuard, letters)

	group := b.wakerTargetGroup(waker.function)
	bypass := b.bypassRule()
	rule := b.wakerRule(group, bypass)

	documents := b.documents(references{
		group: *group.Ref(), waker: *rule.Ref(), bypass: *bypass.Ref(), ec2Rule: b.EC2Rule, ec2Group: b.EC2TargetGroup,
	})
	b.wakerPolicy(waker.role, rule, documents)
	reaperPolicy := b.reaperPolicy(reaper.role, rule, documents)

	costGuardPolicy := b.costGuardPolicy(costGuard.role, documents)

	b.schedules(reaper.function, costGuard.function, letters, reaperPolicy, costGuardPolicy)
	alarms := b.alarms(waker.function, reaper.function, costGuard.function, letters)
	if !b.NoDashboard {
		b.dashboard(group, waker.function, reaper.function, logs, alarms)
	}
	return ScaleToZero{
		Construct: b.scope, Waker: waker.function, Reaper: reaper.function, CostGuard: costGuard.function,
		BypassRule: bypass, WakerRule: rule, WakerTargetGroup: group,
		Settings: documents.settings, Wakes: documents.wakes, Pin: documents.pin,
		Budget: documents.orders.budget, Freeze: documents.orders.freeze,
	}
}

type logGroups struct{ waker, reaper, costGuard awslogs.CfnLogGroup }

// named is the name of something of catnap's: "catnap-web", or with more, "catnap-web-waker".
func (b builder) named(more ...string) *string {
	name := "catnap-" + b.Name
	for _, part := range more {
		name += "-" + part
	}
	return &name
}

// arn is that of something in the stack's account and Region.
func (b builder) arn(service, resource string) string {
	return "arn:" + *b.stack.Partition() + ":" + service + ":" + *b.stack.Region() + ":" + *b.stack.Account() + ":" +
		resource
}
