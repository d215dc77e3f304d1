package catnap

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
)

// Props are what a ScaleToZero is made of. The first four are required.
type Props struct {
	// Name is catnap's name for the service: 1 to 25 letters, digits and hyphens, without a hyphen at either end. It is in
	// the names of all that is made, so it is unique in an account and Region. Required.
	Name string
	// Service is the ECS service on Fargate that sleeps. Its desired count is catnap's: leave DesiredCount out, and let
	// auto scaling have a minimum of 0. Required.
	Service awsecs.IBaseService
	// TargetGroup is the service target group, in which the service registers its tasks, and nothing else does. Its
	// health checks come every 5 to 15 s, its deregistration delay is 0 to 30 s, it is not sticky. Required.
	TargetGroup elb.IApplicationTargetGroup
	// Listener serves the application: its default action, or a rule behind WakerPriority, forwards to TargetGroup.
	// Required.
	Listener elb.IApplicationListener

	// BypassPriority is the bypass rule's. Zero means 1.
	BypassPriority int
	// WakerPriority is the waker rule's: behind the bypass rule, in front of the application's own. Zero means
	// BypassPriority + 1. Rules that shall have a request before catnap does may lie between the two.
	WakerPriority int
	// HostHeader is the application's host name, when the listener serves others too: at most 128 characters, with the
	// wildcards * and ?. Empty means every host.
	HostHeader string
	// Patterns are the path patterns of the application's traffic: at most three, or two with a HostHeader, and five
	// wildcards with the HostHeader's. Nil means "/*".
	Patterns []string

	// Bypass is how the waker reaches the application. Empty means BypassLoadBalancer.
	Bypass Bypass
	// BypassURL is where the waker reaches the load balancer: scheme, host and perhaps a port. Empty means the listener's
	// protocol and port, and the load balancer's own name; that can't be known of an imported listener.
	BypassURL string
	// ProbePath is requested once before a visitor is let through; the health check's path is a good choice. Empty means
	// "/".
	ProbePath string
	// WakeCount is the desired count of the awake service, 1 to 10. Zero means 1.
	WakeCount int
	// IdleAfter is how long the service is quiet before it is stopped, 2 minutes to 12 hours. Zero means 5 minutes.
	IdleAfter time.Duration
	// Wake says who wakes the service: "always", "navigation" or "javascript". Empty means "always".
	Wake string
	// WakesPerHour is how often visitors may wake the service in an hour, at most 20; then the page asks for a click. Nil
	// means 10, and 0 means no limit.
	WakesPerHour *int
	// MonthlyLimit is 0 to 999999 USD, or what Budget has as currency: when the account has spent as much in a month, the
	// service is frozen, which is that it sleeps and nobody wakes it, until the month turns or somebody says so. Zero sets
	// no limit.
	MonthlyLimit int
	// Budget is what docs/cost.md has of the budget besides, by the names there, as it would stand in JSON: {"currency":
	// "EUR", "rate": 1.08, "runaway": {...}}. It is checked as the cost guard checks it. Nil means the defaults.
	Budget map[string]any
	// OperatorTokenSHA256 is the SHA-256, in hex, of a token whose owner is told at /.catnap/status why a start failed.
	// Empty means that nobody is.
	OperatorTokenSHA256 string
	// Settings are those of the README that are no prop, by their names there, as they would stand in JSON: {"schedule":
	// {...}}. They are checked as the functions check them. Nil means their defaults.
	Settings map[string]any
	// EC2Rule and EC2TargetGroup are the ARNs of a rule between catnap's two, which takes the traffic to the EC2 instances
	// of that target group for as long as it is switched on. catnap only notes them for whoever switches. Both or none.
	EC2Rule, EC2TargetGroup string

	// Dist is the folder with the built functions, which `make build` writes. Empty means "dist".
	Dist string
	// Prefix is where catnap's SSM parameters begin; the service's own are below Prefix/Name. Empty means "/catnap".
	Prefix string
	// LogLevel is what the functions log: "DEBUG", "INFO", "WARN" or "ERROR". Empty means "INFO", a line for each
	// decision.
	LogLevel string
	// WakerTimeout is the waker's, in whole seconds, 15 to 900. Requests are held for up to 55 s and answered 3 s before
	// this limit. Zero means a minute.
	WakerTimeout time.Duration
	// WakerConcurrency is how many requests the waker may answer at a time, at most 1000; more get a 502. Zero reserves
	// nothing, and the account's limit holds.
	WakerConcurrency int
	// AlarmTopic is told of alarms, and by the cost guard of warnings and freezes. Nil means that they are only seen in
	// CloudWatch and the log.
	AlarmTopic awssns.ITopic
	// NoDashboard leaves the dashboard out: an account has three for nothing, each further one is 3 USD a month.
	NoDashboard bool
}

// Bypass is how the waker reaches the application.
type Bypass string

// The ways.
const (
	// BypassLoadBalancer is for a load balancer that the internet can reach: requests are held and passed on.
	BypassLoadBalancer Bypass = "load_balancer"
	// BypassOff is for an internal one: nothing is held, and clients are told to come back.
	BypassOff Bypass = "off"
)

// filled are the props with their defaults.
func (p Props) filled() Props {
	defaultTo(&p.BypassPriority, 1)
	defaultTo(&p.WakerPriority, p.BypassPriority+1)
	defaultTo(&p.Bypass, BypassLoadBalancer)
	defaultTo(&p.ProbePath, "/")
	defaultTo(&p.WakeCount, 1)
	defaultTo(&p.IdleAfter, 5*time.Minute)
	defaultTo(&p.Wake, "always")
	defaultTo(&p.WakesPerHour, new(10))
	defaultTo(&p.Dist, "dist")
	defaultTo(&p.Prefix, "/catnap")
	defaultTo(&p.LogLevel, "INFO")
	defaultTo(&p.WakerTimeout, time.Minute)
	if p.Patterns == nil {
		p.Patterns = []string{"/*"}
	}
	return p
}

func defaultTo[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
