package alb

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

const (
	region  = "eu-west-3"
	account = "000000000000"
	service = "arn:aws:elasticloadbalancing:" + region + ":" + account + ":"
)

// arns are the names that AWS would have chosen. Their hexadecimal parts are hashes of our names, so that they are the
// same in every run: settings and tests may hold them. [ALB-44]
type arns struct{ app, listener string }

func newARNs(name string) arns {
	app := "app/" + name + "/" + hex("loadbalancer", name)
	return arns{app: app, listener: app + "/" + hex("listener", name)}
}

func (a arns) rule(name string) string {
	return service + "listener-rule/" + a.listener + "/" + hex("rule", name)
}

func groupARN(loadBalancer, name string) string {
	return service + "targetgroup/" + name + "/" + hex("targetgroup", loadBalancer, name)
}

// dimension is the part of an ARN that CloudWatch uses as the value of a dimension.
func dimension(targetGroupARN string) string { return strings.TrimPrefix(targetGroupARN, service) }

func hex(parts ...string) string {
	sum := fnv.New64a()
	for _, part := range parts {
		fmt.Fprintf(sum, "%d:%s", len(part), part)
	}
	return fmt.Sprintf("%016x", sum.Sum64())
}

// Dimension is the load balancer's value of the CloudWatch dimension LoadBalancer.
func (lb *LoadBalancer) Dimension() string { return lb.arns.app }

// ARN is the load balancer's ARN.
func (lb *LoadBalancer) ARN() string { return service + "loadbalancer/" + lb.arns.app }

// ListenerARN is the ARN of its only listener.
func (lb *LoadBalancer) ListenerARN() string { return service + "listener/" + lb.arns.listener }

// Name is the load balancer's name.
func (lb *LoadBalancer) Name() string { return lb.options.Name }

// DNSName is the name that AWS gives it. Nobody here resolves it.
func (lb *LoadBalancer) DNSName() string {
	return lb.options.Name + "." + region + ".elb.amazonaws.com"
}

// TargetGroupARN is the ARN that a target group of this name has, or will have.
func (lb *LoadBalancer) TargetGroupARN(name string) string { return groupARN(lb.options.Name, name) }

// RuleARN is the ARN that a rule of this priority has, or will have.
func (lb *LoadBalancer) RuleARN(priority int) string { return lb.arns.rule(strconv.Itoa(priority)) }

func (lb *LoadBalancer) defaultRuleARN() string { return lb.arns.rule("default") }
