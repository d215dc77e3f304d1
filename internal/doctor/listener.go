package doctor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/catnap-dev/catnap/internal/ecsctl"
)

// again mends what the deployment made.
const again = "deploy the stack again"

func (f Facts) rule(arn string) (Rule, bool) {
	i := slices.IndexFunc(f.Rules, func(r Rule) bool { return r.ARN == arn })
	if i < 0 {
		return Rule{}, false
	}
	return f.Rules[i], true
}

func bypassRule(f Facts) Finding {
	rule, found := f.rule(f.Service.BypassRule)
	switch {
	case !found:
		return problem("the listener has no rule "+f.Service.BypassRule, again)
	case !slices.ContainsFunc(rule.Headers, func(h string) bool { return strings.EqualFold(h, ecsctl.BypassHeader) }):
		return problem("it has no condition on the header "+ecsctl.BypassHeader+": everybody's requests pass the waker by",
			again)
	case !slices.Contains(rule.TargetGroups, f.Service.TargetGroup):
		return problem("it forwards to "+orNone(rule.TargetGroups)+", not to the service target group", again)
	case rule.Authenticates:
		return problem("it has an authenticate action: the waker can't log in, so nothing is passed on",
			"remove the action from this rule; visitors meet your own rule's")
	default:
		return fine(fmt.Sprintf("priority %d, forwards to the service target group", rule.Priority))
	}
}

func wakerRule(f Facts) Finding {
	rule, found := f.rule(f.Service.WakerRule)
	switch {
	case !found:
		return problem("the listener has no rule "+f.Service.WakerRule, again)
	case !slices.Contains(rule.TargetGroups, f.Service.WakerTargetGroup):
		return problem("it forwards to "+orNone(rule.TargetGroups)+", not to the waker target group", again)
	case rule.Authenticates:
		return problem("it has an authenticate action: the waking page could not be polled",
			"remove the action from this rule")
	case len(rule.Patterns) == 0:
		return problem("it has no path patterns, so it can't be switched", again)
	default:
		return fine(fmt.Sprintf("priority %d, forwards to the waker", rule.Priority))
	}
}

func ruleOrder(f Facts) Finding {
	bypass, one := f.rule(f.Service.BypassRule)
	waker, two := f.rule(f.Service.WakerRule)
	switch {
	case !one || !two:
		return problem("a rule is missing", again)
	case bypass.Priority > waker.Priority:
		return problem(fmt.Sprintf("the waker rule (%d) comes before the bypass rule (%d): what is passed on comes back",
			waker.Priority, bypass.Priority), "swap their priorities")
	default:
		return fine(fmt.Sprintf("the bypass rule (%d) comes before the waker rule (%d)", bypass.Priority, waker.Priority))
	}
}

// rulesInFront are those that take requests before the waker sees them. The EC2 rule is there on purpose.
func rulesInFront(f Facts) Finding {
	waker, found := f.rule(f.Service.WakerRule)
	if !found {
		return problem("a rule is missing", again)
	}
	for _, r := range f.Rules {
		ours := r.ARN == f.Service.BypassRule || r.ARN == f.Service.WakerRule || r.ARN == f.Service.EC2Rule
		if r.Priority < waker.Priority && !ours && slices.Contains(r.TargetGroups, f.Service.TargetGroup) {
			return problem(fmt.Sprintf("the rule of priority %d forwards to the service before the waker is asked: "+
				"while the service sleeps its visitors get 503", r.Priority),
				"give it a priority behind the waker rule's, "+fmt.Sprint(waker.Priority))
		}
	}
	return fine("none forwards to the service before the waker is asked")
}

// ownRule is the service's, which takes over while the waker rule is disarmed.
func ownRule(f Facts) Finding {
	waker, _ := f.rule(f.Service.WakerRule)
	for _, r := range f.Rules {
		if r.Priority > waker.Priority && slices.Contains(r.TargetGroups, f.Service.TargetGroup) {
			return fine(fmt.Sprintf("%s forwards to the service", r.name()))
		}
	}
	return problem("no rule behind the waker rule forwards to the service: once awake, visitors don't reach it",
		"add a rule of your own, or a default action, that forwards to the service target group")
}

func (r Rule) name() string {
	if r.Priority == Last {
		return "the default action"
	}
	return fmt.Sprintf("the rule of priority %d", r.Priority)
}

// Last is the priority of the default rule: behind the highest that a rule may have, 50,000.
const Last = 50001
