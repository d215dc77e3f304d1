package catnap

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	autoscaling "github.com/aws/aws-cdk-go/awscdk/v2/awsapplicationautoscaling"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/constructs-go/constructs/v10"
)

// surroundings are what catnap stands beside, as it will be synthesised. What is imported can't be seen: it is nil.
type surroundings struct {
	service  *service
	group    *group
	listener *listener
	rules    []rule // of the listener, without catnap's two
	minima   []float64
}

type service struct {
	Desired    *float64 // nil when the template has none, which is right
	Controller string   // of deployments: ECS, CODE_DEPLOY or EXTERNAL
	Strategy   string   // of deployments: ROLLING, BLUE_GREEN, ...
}

type group struct {
	Interval *float64 // of health checks, in seconds; nil is AWS's default
	Delay    string   // of deregistration, in seconds; empty is AWS's default
	Sticky   bool
}

type listener struct {
	internal bool // of its load balancer
	action   rule // the default action
}

// rule is a listener's rule, or its default action.
type rule struct {
	path          string
	priority      float64
	hosts         []string
	forwards      bool // to the service target group
	authenticates bool
	sticky        bool
}

// look is done when the tree is complete, after all that a program has changed in it and after its aspects. It goes
// through the whole app, or the stage of it, because rules of one listener may be in several stacks.
func (b builder) look() surroundings {
	seen := surroundings{service: b.lookAtService(), group: b.lookAtGroup(), listener: b.lookAtListener()}
	for _, node := range *awscdk.Stage_Of(b.scope).Node().FindAll(constructs.ConstructOrder_PREORDER) {
		switch resource := node.(type) {
		case autoscaling.CfnScalableTarget:
			seen.minima = append(seen.minima, b.minimum(resource)...)
		case elb.CfnListenerRule:
			seen.rules = append(seen.rules, b.lookAtRule(resource)...)
		}
	}
	return seen
}

// read returns an L1 property as it will stand in the template, read into into. A token that only AWS can resolve does
// not fit there and is left out.
func (b builder) read(stack awscdk.Stack, property, into any) {
	_ = json.Unmarshal([]byte(b.plain(stack, property)), into)
}

// plain is an L1 property as one text, to be compared with others.
func (b builder) plain(stack awscdk.Stack, property any) string {
	if property == nil { // which Resolve refuses
		return "null"
	}
	raw, err := json.Marshal(stack.Resolve(property))
	if err != nil {
		return fmt.Sprint(err)
	}
	return string(raw)
}

func (b builder) lookAtService() *service {
	resource, ok := b.Service.Node().DefaultChild().(awsecs.CfnService)
	if !ok {
		return nil
	}
	var seen service
	var controller struct{ Type string }
	var deployments struct{ Strategy string }
	b.read(resource.Stack(), resource.DesiredCount(), &seen.Desired)
	b.read(resource.Stack(), resource.DeploymentController(), &controller)
	b.read(resource.Stack(), resource.DeploymentConfiguration(), &deployments)
	seen.Controller, seen.Strategy = controller.Type, deployments.Strategy
	return &seen
}

func (b builder) lookAtGroup() *group {
	resource, ok := b.TargetGroup.Node().DefaultChild().(elb.CfnTargetGroup)
	if !ok {
		return nil
	}
	var seen group
	var attributes []struct{ Key, Value string }
	b.read(resource.Stack(), resource.HealthCheckIntervalSeconds(), &seen.Interval)
	b.read(resource.Stack(), resource.TargetGroupAttributes(), &attributes)
	for _, attribute := range attributes {
		switch attribute.Key {
		case "deregistration_delay.timeout_seconds":
			seen.Delay = attribute.Value
		case "stickiness.enabled":
			seen.Sticky = attribute.Value == "true"
		}
	}
	return &seen
}

func (b builder) lookAtListener() *listener {
	resource, ok := b.Listener.Node().DefaultChild().(elb.CfnListener)
	if !ok {
		return nil
	}
	seen := listener{action: b.lookAtActions(resource.Stack(), resource.DefaultActions())}
	made, ok := b.Listener.(elb.ApplicationListener)
	if !ok {
		return &seen
	}
	if balancer, ok := made.LoadBalancer().Node().DefaultChild().(elb.CfnLoadBalancer); ok {
		seen.internal = b.plain(balancer.Stack(), balancer.Scheme()) == `"internal"`
	}
	return &seen
}

func (b builder) lookAtActions(stack awscdk.Stack, property any) rule {
	var actions []struct {
		Type           string
		TargetGroupArn any
		ForwardConfig  struct {
			TargetGroups                []struct{ TargetGroupArn any }
			TargetGroupStickinessConfig struct{ Enabled bool }
		}
	}
	b.read(stack, property, &actions)
	var seen rule
	mine := b.plain(stack, b.TargetGroup.TargetGroupArn())
	for _, action := range actions {
		seen.authenticates = seen.authenticates || slices.Contains(authenticating, action.Type)
		seen.sticky = seen.sticky || action.ForwardConfig.TargetGroupStickinessConfig.Enabled
		seen.forwards = seen.forwards || b.plain(stack, action.TargetGroupArn) == mine
		for _, tuple := range action.ForwardConfig.TargetGroups {
			seen.forwards = seen.forwards || b.plain(stack, tuple.TargetGroupArn) == mine
		}
	}
	return seen
}

var authenticating = []string{"authenticate-cognito", "authenticate-oidc", "jwt-validation"}

// lookAtRule returns nothing for a rule of another listener, and for catnap's own.
func (b builder) lookAtRule(resource elb.CfnListenerRule) []rule {
	if scope := resource.Node().Scope(); *scope.Node().Path() == *b.Node().Path() {
		return nil
	}
	// The token's text: resolved, listeners of two stacks may read alike.
	if fmt.Sprint(*resource.ListenerArn()) != *b.Listener.ListenerArn() {
		return nil
	}
	seen := b.lookAtActions(resource.Stack(), resource.Actions())
	seen.path = *resource.Node().Path()
	b.read(resource.Stack(), resource.Priority(), &seen.priority)
	var conditions []struct {
		Field            string
		Values           []string
		HostHeaderConfig struct{ Values []string }
	}
	b.read(resource.Stack(), resource.Conditions(), &conditions)
	for _, condition := range conditions {
		if condition.Field == "host-header" {
			seen.hosts = append(append(seen.hosts, condition.Values...), condition.HostHeaderConfig.Values...)
		}
	}
	return []rule{seen}
}

// minimum is the least that auto scaling keeps of this service, and nothing for another service's.
func (b builder) minimum(resource autoscaling.CfnScalableTarget) []float64 {
	mine := "service/" + *b.Service.Cluster().ClusterName() + "/" + *b.Service.ServiceName()
	if *resource.ResourceId() != mine {
		return nil
	}
	var least float64
	b.read(resource.Stack(), resource.MinCapacity(), &least)
	return []float64{least}
}
