package operator

import (
	"context"
	"fmt"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/report"
	"github.com/catnap-dev/catnap/internal/settings"
)

// Sleep puts a service to sleep in the order in which the reaper does: it arms the rule, so that the waker sees every
// request, waits until that has spread, and stops the service if nobody came meanwhile; otherwise the error is a
// *DisturbedError, unless force is given. It is a *RefusedError when something speaks against a stop.
//
// A visitor who comes at the very moment of the stop wins even so: the stop is undone.
func (o *Operator) Sleep(ctx context.Context, m settings.Member, force bool) (report.Outcome, error) {
	s := &sleep{m: m, force: force, outcome: report.Outcome{Service: m.Name, Action: "sleep", DryRun: o.Pretend}}
	for {
		over, err := o.lull(ctx, s)
		if err != nil || over {
			return s.outcome, err
		}
	}
}

// sleep is one order to put a service to sleep.
type sleep struct {
	m       settings.Member
	force   bool
	asked   bool // the user has agreed
	watched bool // the rule has been armed since an earlier look: who came since shows in it
	told    bool // that it waits
	outcome report.Outcome
}

// lull looks at the service and does what is to be done now. It tells whether that was all.
func (o *Operator) lull(ctx context.Context, s *sleep) (over bool, err error) {
	seen, err := o.observeProtection(ctx, s.m)
	if err != nil {
		return true, fmt.Errorf("sleep %s: %w", s.m.Name, err)
	}
	if what := s.disturbed(seen.Rule); what != "" {
		return true, o.disturb(ctx, s, what)
	}
	d := policy.Decisive(policy.OrderSleep(seen, s.m.Policy(), o.now())).Then
	switch {
	case d.Reason == policy.ReasonAsleep:
		s.outcome.Message = s.m.Name + " is asleep."
		return true, nil
	case d.Reason == policy.ReasonWaking && s.force:
		d = policy.Decision{Action: policy.ActionStop}
	case d.Action == policy.ActionNone && d.Reason != policy.ReasonSettling:
		return true, o.refused(ctx, s.outcome.Action, s.m, d)
	}
	if err := o.agree(s, seen); err != nil {
		return true, err
	}
	return o.quiet(ctx, s, seen, d)
}

// quiet carries out one step.
func (o *Operator) quiet(
	ctx context.Context, s *sleep, seen policy.Snapshot, d policy.Decision,
) (over bool, err error) {
	s.watched = true
	switch d.Action {
	case policy.ActionArm:
		o.say(s.m.Name + ": the rule is armed; from now on the waker sees every request")
		return false, o.control.Arm(ctx, s.m.Service, d.Active)
	case policy.ActionStop:
		return true, o.stop(ctx, s, seen.Rule)
	default:
		return false, o.settle(ctx, s, d.Next)
	}
}

// settle waits until an armed rule has spread.
func (o *Operator) settle(ctx context.Context, s *sleep, at time.Time) error {
	if !s.told {
		s.told = true
		verb := map[bool]string{false: "waiting", true: "would wait"}[o.Pretend]
		o.say(fmt.Sprintf("%s: %s %s, until the armed rule has reached every node of the load balancer", s.m.Name, verb,
			report.Span(at.Sub(o.now())+time.Second)))
	}
	if err := o.waitUntil(ctx, at); err != nil {
		return fmt.Errorf("sleep %s: wait for the rule: %w; it is armed, and stays awake or falls asleep as usual",
			s.m.Name, err)
	}
	return nil
}

func (o *Operator) stop(ctx context.Context, s *sleep, before policy.Rule) error {
	undone, err := o.control.Stop(ctx, s.m.Service, before)
	if err != nil {
		return fmt.Errorf("sleep %s: %w", s.m.Name, err)
	}
	if undone {
		return &DisturbedError{s.m.Name, "somebody came at the moment of the stop, so it was woken again"}
	}
	s.outcome.Changed, s.outcome.Message = true, s.m.Name+" is put to sleep. The next visitor wakes it."
	return nil
}

// disturbed says how it shows that somebody came since the rule was seen armed; "" if nobody did.
func (s *sleep) disturbed(now policy.Rule) string {
	switch {
	case !s.watched:
		return ""
	case !now.Armed:
		return "somebody came meanwhile and disarmed the rule"
	case now.Mark.Waking():
		return "somebody came meanwhile and is waking it"
	default:
		return ""
	}
}

// disturb ends the order, or with force arms the rule once more and stops at once.
func (o *Operator) disturb(ctx context.Context, s *sleep, what string) error {
	if !s.force {
		return &DisturbedError{s.m.Name, what}
	}
	o.say(s.m.Name + ": " + what + "; it is put to sleep all the same")
	if err := o.control.Arm(ctx, s.m.Service, o.now()); err != nil {
		return fmt.Errorf("sleep %s: %w", s.m.Name, err)
	}
	seen, err := o.observe(ctx, s.m)
	if err != nil {
		return fmt.Errorf("sleep %s: %w", s.m.Name, err)
	}
	return o.stop(ctx, s, seen.Rule)
}

// agree asks the user once, before anything is written.
func (o *Operator) agree(s *sleep, seen policy.Snapshot) error {
	if s.asked || o.Ask == nil || o.Pretend {
		return nil
	}
	s.asked = true
	last := policy.LastActivity(seen, s.m.Policy(), o.now())
	return o.Ask(fmt.Sprintf("Put %s to sleep? It runs %s and was used %s.", s.m.Name,
		report.Count(seen.Running, "task"), report.Ago(last, o.now())))
}
