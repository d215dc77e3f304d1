package catnap

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// What a service must be like, because each second of these is one of a cold start, or is billed.
const (
	mostInterval = 15 // seconds between health checks: a new task needs one that passes
	mostDelay    = 30 // seconds of draining: a task is billed for them

	defaultDelay = 300
)

// refusals are the props that do not fit what catnap stands beside.
func (b builder) refusals(seen surroundings) problems {
	var ps problems
	if seen.service != nil {
		seen.service.refuse(&ps)
	}
	for _, least := range seen.minima {
		ps.check(least == 0, "Service: auto scaling keeps at least %g tasks, must be 0: set MinCapacity to 0, or the next "+
			"update of the stack wakes a service that sleeps", least)
	}
	if seen.group != nil {
		seen.group.refuse(&ps)
	}
	if seen.listener != nil {
		b.refuseListener(&ps, *seen.listener, seen.rules)
	}
	for _, r := range seen.rules {
		b.refuseRule(&ps, r)
	}
	return ps
}

func (s service) refuse(ps *problems) {
	if s.Desired != nil {
		ps.check(false, "Service: DesiredCount is %g, must be left out: each update of the stack would set it, and wake a "+
			"service that sleeps", *s.Desired)
	}
	ps.check(s.Controller == "" || s.Controller == "ECS",
		"Service: DeploymentController is %s, must be ECS: the others rewrite the listener's rules, or know no desired count",
		s.Controller)
	ps.check(s.Strategy == "" || s.Strategy == "ROLLING",
		"Service: DeploymentStrategy is %s, must be ROLLING: the others rewrite the listener's rules", s.Strategy)
}

func (g group) refuse(ps *problems) {
	if g.Interval == nil {
		ps.check(false, "TargetGroup: the health checks' interval is not set, and AWS takes 30 s, must be at most %d s: a "+
			"cold start waits for one that passes", mostInterval)
	} else {
		ps.check(*g.Interval <= mostInterval, "TargetGroup: the health checks' interval is %g s, must be at most %d s: a "+
			"cold start waits for one that passes", *g.Interval, mostInterval)
	}
	delay := defaultDelay
	if g.Delay != "" {
		delay, _ = strconv.Atoi(g.Delay) // what cannot be read is a token, and nothing to refuse
	}
	ps.check(delay <= mostDelay,
		"TargetGroup: the deregistration delay is %d s, must be at most %d s: a task that stops is billed while it "+
			"drains", delay,
		mostDelay)
	ps.check(!g.Sticky, "TargetGroup: it is sticky, must not be: a sticky client is sent to a task that has gone, and "+
		"gets 503")
}

func (b builder) refuseListener(ps *problems, l listener, rules []rule) {
	ps.check(!l.internal || b.Bypass == BypassOff, "Bypass: the load balancer is internal, and the waker comes from "+
		"outside: set Bypass to BypassOff, or make the load balancer internet-facing")
	own := func(r rule) bool { return r.forwards }
	ps.check(l.action.forwards || slices.ContainsFunc(rules, own), "Listener: neither its default action nor a rule of "+
		"it forwards to TargetGroup: nobody would reach the service when it is awake")
	if l.action.forwards {
		l.action.refuse(ps, "the listener's default action")
	}
}

func (b builder) refuseRule(ps *problems, r rule) {
	if r.priority == 0 {
		return // a token that only AWS can resolve
	}
	name := "the rule " + r.path
	switch int(r.priority) {
	case b.BypassPriority:
		ps.check(false, "BypassPriority: %d is that of %s too, must be a free one", b.BypassPriority, name)
	case b.WakerPriority:
		ps.check(false, "WakerPriority: %d is that of %s too, must be a free one", b.WakerPriority, name)
	}
	early := r.priority < float64(b.WakerPriority)
	ps.check(!r.forwards || !early, "WakerPriority: %d is behind %s, which forwards to the service: it must be in "+
		"front, less than %g, or that rule's priority more than %d", b.WakerPriority, name, r.priority, b.WakerPriority)
	if r.forwards {
		r.refuse(ps, name)
		return
	}
	ps.check(!r.authenticates || !early || !b.concerns(r), "Listener: %s authenticates in front of catnap: the waker's "+
		"own requests would be sent to the sign-in page; give it a priority of more than %d, or a host that is not the "+
		"application's", name,
		b.WakerPriority)
}

// refuse is about a rule that takes visitors to the service.
func (r rule) refuse(ps *problems, name string) {
	ps.check(!r.authenticates, "Listener: %s authenticates before it forwards to the service: catnap's rules come "+
		"before it and pass visitors on without; authenticate in the application", name)
	ps.check(!r.sticky, "Listener: %s is sticky, must not be: a sticky client is sent to target groups without a task, "+
		"and gets 503", name)
}

// concerns tells whether a rule sees requests for the application, as far as its hosts tell.
func (b builder) concerns(r rule) bool {
	return len(r.hosts) == 0 || slices.ContainsFunc(r.hosts, func(pattern string) bool {
		matches, err := path.Match(strings.ToLower(pattern), strings.ToLower(b.HostHeader))
		return matches && err == nil
	})
}
