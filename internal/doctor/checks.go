package doctor

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// checks are in the order of a request's way: the service, its group, the listener, what scales and measures it.
var checks = []check{
	{"ecs service", FromECS, ecsService},
	{"target group", FromECS, registration},
	{"load balancer", FromGroup, loadBalancer},
	{"health check interval", FromGroup, healthInterval},
	{"deregistration delay", FromGroup, deregistrationDelay},
	{"stickiness", FromGroup, stickiness},
	{"waker target group", FromWaker, wakerGroup},
	{"bypass rule", FromListener, bypassRule},
	{"waker rule", FromListener, wakerRule},
	{"rule order", FromListener, ruleOrder},
	{"rules in front", FromListener, rulesInFront},
	{"service's own rule", FromListener, ownRule},
	{"scaling minimum", FromScaling, scalingMinimum},
	{"reaper schedule", FromScheduler, reaperSchedule},
	{"metrics", FromMetrics, metrics},
	{"billing metrics", FromBilling, billing},
	{"budget", FromBudget, budgeted},
	{"freeze", FromBudget, frozen},
}

func ecsService(f Facts) Finding {
	if !f.ECS.Found {
		return problem(fmt.Sprintf("ECS has no ACTIVE service %q in cluster %q", f.Service.Service, f.Service.Cluster),
			"correct cluster and service in the settings, or create the service")
	}
	if !f.Service.Managed {
		return advice("catnap leaves it alone", `remove "managed": false from the settings`)
	}
	return fine("it is ACTIVE")
}

func registration(f Facts) Finding {
	if !slices.Contains(f.ECS.TargetGroups, f.Service.TargetGroup) {
		return problem("the ECS service does not register its tasks in "+f.Service.TargetGroup+", the settings' target_group",
			"set target_group to the one of the service: "+orNone(f.ECS.TargetGroups))
	}
	return fine("the ECS service registers its tasks there")
}

// loadBalancer compares the metric's dimension: a wrong one has no data, and a service without data never sleeps by
// metrics.
func loadBalancer(f Facts) Finding {
	switch dimension := dimensionOf(f.Group.LoadBalancer); dimension {
	case f.Service.LoadBalancer:
		return fine("the settings name the one that the target group is used by")
	case "":
		return problem("no rule of a load balancer forwards to the service target group, so it is not health-checked",
			"restore the bypass rule: "+again)
	default:
		return problem(fmt.Sprintf("load_balancer is %q, and the target group is used by %q", f.Service.LoadBalancer,
			dimension), "correct load_balancer in the settings")
	}
}

// dimensionOf is the part of a load balancer's ARN that CloudWatch names it by: app/<name>/<id>.
func dimensionOf(arn string) string {
	_, dimension, _ := strings.Cut(arn, ":loadbalancer/")
	return dimension
}

// longestInterval still lets a cold start end soon after the task runs: a new target needs one passing check.
const longestInterval = 15 * time.Second

func healthInterval(f Facts) Finding {
	if f.Group.HealthInterval > longestInterval {
		return advice(
			fmt.Sprintf("every %s: each cold start waits up to that long after the task runs", f.Group.HealthInterval),
			"set the interval of the target group's health check to 5 to 15 s")
	}
	return fine(fmt.Sprintf("every %s", f.Group.HealthInterval))
}

const longestDelay = 30 * time.Second

func deregistrationDelay(f Facts) Finding {
	if f.Group.DeregistrationDelay > longestDelay {
		return advice(fmt.Sprintf("%s: each stopped task is billed that much longer", f.Group.DeregistrationDelay),
			"set deregistration_delay.timeout_seconds of the target group to 5 to 30 s")
	}
	return fine(f.Group.DeregistrationDelay.String())
}

func stickiness(f Facts) Finding {
	if f.Group.Sticky {
		return problem("on: visitors of before are bound to a group that is empty, and get 503 instead of the waking page",
			"set stickiness.enabled of the target group to false")
	}
	return fine("off")
}

func wakerGroup(f Facts) Finding {
	switch g := f.Waker; {
	case g.Type != "lambda":
		return problem(fmt.Sprintf("its type is %q, and must be \"lambda\"", g.Type),
			"correct waker_target_group in the settings")
	case g.Function == "":
		return problem("it has no function", "register the waker as its target: "+again)
	case !g.MultiValueHeaders:
		return problem("multi-value headers are off: of repeated headers and query parameters the waker sees the last only",
			"set lambda.multi_value_headers.enabled of the target group to true")
	case g.HealthChecked:
		return advice("health checks are on: each is an invocation", "disable them: a function is there whenever it is asked")
	default:
		return fine("it invokes " + g.Function)
	}
}

func scalingMinimum(f Facts) Finding {
	switch {
	case f.Minimum == nil:
		return fine("nothing else scales the service")
	case *f.Minimum > 0:
		return problem(fmt.Sprintf("%d: the next scale-out or deployment raises a sleeping service to it", *f.Minimum),
			"set the minimum capacity of the scalable target to 0")
	default:
		return fine("0")
	}
}

func reaperSchedule(f Facts) Finding {
	switch {
	case f.Schedule == nil:
		return problem("there is no schedule catnap-"+f.Service.Name+"-reaper: nothing puts the service to sleep", again)
	case !f.Schedule.Enabled:
		return problem(f.Schedule.Name+" is disabled: nothing puts the service to sleep", "enable the schedule")
	case f.Schedule.Expression != "" && !slices.Contains(everyMinute, f.Schedule.Expression):
		return advice(fmt.Sprintf("%s has the expression %q: the service is stopped late, and what is in disorder is healed "+
			"late", f.Schedule.Name, f.Schedule.Expression), "set the expression to rate(1 minute)")
	case f.Schedule.Flexible:
		return advice(f.Schedule.Name+" has a flexible time window: passes come late", "set the window's mode to OFF")
	default:
		return fine(f.Schedule.Name + " is enabled")
	}
}

// everyMinute are the ways to write it.
var everyMinute = []string{"rate(1 minute)", "cron(* * * * ? *)", "cron(* * ? * * *)"}

// patience is for what was registered a moment ago: metrics are minutes late.
const patience = 10 * time.Minute

func metrics(f Facts) Finding {
	switch age := f.Now.Sub(f.Heartbeat); {
	case f.Heartbeat.IsZero() && f.ECS.Healthy == 0:
		return fine("no target is registered, so there is nothing to measure")
	case f.Heartbeat.IsZero() && f.Now.Sub(f.ECS.Rule.Mark.Since) < patience:
		return fine("the service was woken or put to sleep a moment ago, and its metrics are minutes late")
	case f.Heartbeat.IsZero():
		return problem("HealthyHostCount has no data although targets are healthy: it sleeps on the waker's word alone",
			"correct load_balancer and target_group in the settings; see that the reaper may read metrics")
	case age > patience:
		return advice(fmt.Sprintf("HealthyHostCount of %s ago is there", age.Round(time.Minute)),
			"services sleep later while metrics are late; look again in a while")
	default:
		return fine(fmt.Sprintf("HealthyHostCount of %s ago is there", age.Round(time.Second)))
	}
}

func billing(f Facts) Finding {
	if f.Billing.IsZero() {
		return advice("AWS/Billing EstimatedCharges has no data in us-east-1, so nothing can watch the true bill",
			"switch on \"Receive CloudWatch billing alerts\" in the billing preferences; data comes within a day")
	}
	return fine("EstimatedCharges has data of " + f.Billing.UTC().Format("2006-01-02 15:04") + " UTC")
}

// budgeted tells whether the cost guard has something to guard. A document with a mistake is none to it.
func budgeted(f Facts) Finding {
	switch b := f.Budget; {
	case f.BudgetFault != nil:
		return problem(f.BudgetFault.Error(), "correct the parameter "+f.Prefix+"/budget: until then nothing is guarded")
	case !f.Budgeted:
		return advice("there is none: nothing is warned of, and no spend freezes",
			"write one into the parameter "+f.Prefix+`/budget, {"limit": 25} for instance`)
	case b.Limit == 0:
		return advice("it has no limit: only the rule for a single service counts",
			`set "limit" in the parameter `+f.Prefix+"/budget")
	default:
		return fine(fmt.Sprintf("%g %s a month, %s", b.Limit, b.Currency,
			map[bool]string{true: "and a freeze at the limit", false: "of which people are only told"}[b.Freeze]))
	}
}

// frozen tells of freezes that are in force: whoever wonders why nothing wakes must find them.
func frozen(f Facts) Finding {
	if len(f.Freezes) == 0 {
		return fine("nothing is frozen")
	}
	var list []string
	for _, freeze := range f.Freezes {
		text := "until " + freeze.Until.UTC().Format(time.RFC3339) + ", by " + orUnsaid(string(freeze.By))
		if freeze.Reason != "" {
			text += ": " + freeze.Reason
		}
		list = append(list, text)
	}
	return advice(strings.Join(list, "; "), "catnap thaw ends it")
}

func orUnsaid(by string) string {
	if by == "" {
		return "somebody"
	}
	return by
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}
