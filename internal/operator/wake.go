package operator

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/report"
	"github.com/catnap-dev/catnap/internal/settings"
)

const (
	// poll is the pause between two looks at what is on its way. A look is six calls; ECS allows 20 reads a second to the
	// account.
	poll = time.Second
	// overdue is added to the wake timeout: the reaper, which gives a wake up, looks once a minute.
	overdue = 10 * time.Second
)

// Wake wakes a service. It returns when that has begun, or with wait when a target is healthy and visitors are let
// through; the error is then a *FailedWakeError if nothing comes of it in time. It is a *RefusedError when the service
// may not be woken.
func (o *Operator) Wake(ctx context.Context, m settings.Member, wait bool) (report.Outcome, error) {
	w := &wake{m: m, outcome: report.Outcome{Service: m.Name, Action: "wake", DryRun: o.Pretend}}
	for {
		over, err := o.push(ctx, w)
		if err != nil || over || !wait {
			return w.outcome, err
		}
		if o.Pretend {
			o.say("would wait until a target of " + m.Name + " is healthy, then let visitors through")
			return w.outcome, nil
		}
		if err := o.clock.Wait(ctx, poll); err != nil {
			return w.outcome, fmt.Errorf("wake %s: wait for a healthy target: %w", m.Name, err)
		}
	}
}

// wake is one order to wake a service.
type wake struct {
	m       settings.Member
	began   time.Time // at the first look
	said    string    // the last line of progress, so that each change is one line
	outcome report.Outcome
}

// push looks at the service and does what is to be done now. It tells whether that was all.
func (o *Operator) push(ctx context.Context, w *wake) (over bool, err error) {
	seen, err := o.observeTasks(ctx, w.m)
	if err != nil {
		return false, fmt.Errorf("wake %s: %w", w.m.Name, err)
	}
	now := o.now()
	if w.began.IsZero() {
		w.began = now
	}
	switch d := policy.OrderWake(seen, w.m.Policy(), now); {
	case d.Action == policy.ActionStart && w.outcome.Changed:
		return true, w.lost(seen, now)
	case d.Action == policy.ActionStart:
		w.outcome.Changed, w.outcome.Message = true, begun(w.m)
		return false, o.control.Start(ctx, w.m.Service, seen.Desired)
	case d.Action == policy.ActionDisarm:
		undone, err := o.disarm(ctx, w.m, d.Active)
		w.outcome.Changed, w.outcome.Message = true, w.m.Name+" is awake."
		return !undone, err
	case d.Reason == policy.ReasonReady:
		w.outcome.Message = w.m.Name + " is awake."
		return true, nil
	case d.Reason == policy.ReasonWaking:
		return false, o.follow(w, seen, now)
	default:
		return true, o.refused(ctx, w.outcome.Action, w.m, d)
	}
}

// follow tells how a wake goes, and ends it when it takes too long.
func (o *Operator) follow(w *wake, seen policy.Snapshot, now time.Time) error {
	if w.outcome.Message == "" {
		w.outcome.Message = begun(w.m)
	}
	if line := w.m.Name + ": " + report.Steps(policy.Steps(seen, now)); line != w.said {
		w.said = line
		o.say(line)
	}
	if limit := time.Duration(w.m.WakeTimeout); now.After(w.began.Add(limit + overdue)) {
		return w.failed(seen, "no target is healthy after "+report.Span(limit))
	}
	return nil
}

func begun(m settings.Member) string {
	text := m.Name + " is on its way"
	if usual := policy.Expect(m.Wakes).Usual; usual > 0 {
		text += ", which usually takes " + report.Span(usual)
	}
	return text + "; catnap status tells how far it is."
}

// disarm ends a wake as the waker does, note included.
func (o *Operator) disarm(ctx context.Context, m settings.Member, active time.Time) (undone bool, err error) {
	before, undone, err := o.control.Disarm(ctx, m.Service, active)
	if err != nil || undone || !before.Armed || !before.Mark.Waking() {
		return undone, err
	}
	wake := policy.Wake{At: before.Mark.Since, Took: o.now().Sub(before.Mark.Since)}
	if err := m.Store.NoteWake(ctx, m.Name, wake); err != nil {
		o.say("the wake is not noted for later estimates: " + err.Error())
	}
	return undone, nil
}

// lost is why a service that was on its way is not any more: the reaper gave the wake up, or somebody stopped it.
func (w *wake) lost(seen policy.Snapshot, now time.Time) error {
	if seen.Phase(now) == policy.PhaseFailed {
		return w.failed(seen, "it could not be started in time, and the reaper gave it up")
	}
	return w.failed(seen, "somebody put it to sleep meanwhile")
}

// failed has the reasons of this wake's tasks, and not of those before it.
func (w *wake) failed(seen policy.Snapshot, what string) error {
	const clocks = time.Minute // may differ
	tasks := slices.DeleteFunc(slices.Clone(seen.Tasks), func(t policy.Task) bool {
		return t.Created.Before(w.began.Add(-clocks))
	})
	return &FailedWakeError{w.m.Name, what, report.Reasons(tasks)}
}
