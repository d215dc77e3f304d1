package policy_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/catnap-dev/catnap/internal/policy"
)

// executor carries out decisions on a service that nobody visits, and whose metrics and tasks are as they should be.
type executor struct {
	snapshot policy.Snapshot
	settings policy.Settings
	now      time.Time
	latency  time.Duration // from a decision to its mark
	boot     time.Duration // from a start to a healthy target
	healthy  time.Time     // when the tasks are; zero when there are none
	rollout  time.Time     // when a deployment in progress is over
	job      time.Time     // when a protected task has done its work
	blind    bool          // metrics never come
}

// step takes one decision and carries it out.
func (x *executor) step() policy.Decision {
	x.observe()
	decision := policy.Next(x.snapshot, x.settings, x.now)
	if decision.Action == policy.ActionMeasure {
		seen := x.snapshot
		seen.Evidence = x.measure(decision.From)
		decision = policy.Next(seen, x.settings, x.now)
	}
	if decision.Action == policy.ActionNone {
		x.now = x.wait(decision.Next)
		return decision
	}
	x.now = x.now.Add(x.latency)
	x.act(decision)
	return decision
}

func (x *executor) wait(next time.Time) time.Time {
	pass := x.now.Add(time.Minute)
	if next.IsZero() || next.After(pass) {
		return pass
	}
	return next
}

func (x *executor) observe() {
	x.snapshot.Healthy = 0
	if x.snapshot.Desired > 0 && !x.now.Before(x.healthy) {
		x.snapshot.Healthy = x.snapshot.Desired
	}
	x.snapshot.Deploying = x.now.Before(x.rollout)
}

func (x *executor) measure(from time.Time) *policy.Evidence {
	e := &policy.Evidence{From: from, Protected: x.now.Before(x.job)}
	for start := from; !start.After(x.now); start = start.Add(time.Minute) {
		settled := !x.blind && !x.now.Before(start.Add(time.Minute+x.settings.MetricLag))
		e.Minutes = append(e.Minutes, policy.Minute{Start: start, Settled: settled})
	}
	return e
}

func (x *executor) act(d policy.Decision) {
	rule := &x.snapshot.Rule
	failures := rule.Mark.Failures
	switch d.Action {
	case policy.ActionArm:
		*rule = policy.Rule{Armed: true, Mark: policy.Mark{Since: x.now, Active: d.Active, Failures: failures}}
	case policy.ActionDisarm:
		*rule = policy.Rule{Mark: policy.Mark{Since: x.now, Active: d.Active}}
	case policy.ActionStart:
		*rule = policy.Rule{Armed: true, Mark: policy.Mark{Since: x.now, Active: x.now, Failures: failures}}
		x.snapshot.Desired, x.healthy = 1, x.now.Add(x.boot)
	case policy.ActionFail:
		rule.Mark = policy.Mark{Since: x.now, Active: d.Active, Failures: failures + 1}
		x.snapshot.Desired = 0
	case policy.ActionStop:
		x.snapshot.Desired = 0
	case policy.ActionNone, policy.ActionMeasure:
	}
}

func drawExecutor(r *rapid.T) *executor {
	set := drawSettings(r)
	set.Managed, set.PinnedUntil, set.Schedule = true, time.Time{}, policy.Schedule{}
	s := drawSnapshot(r, set)
	s.Found, s.FrozenUntil, s.Evidence = true, time.Time{}, nil
	x := &executor{
		snapshot: s, settings: set, now: noon,
		latency: drawFor(r, "latency", 0, 2*time.Second),
		boot:    drawFor(r, "boot", 0, set.WakeTimeout-10*time.Second),
		healthy: drawAt(r, "healthy at", -time.Hour, 20*time.Minute),
		rollout: drawAt(r, "rollout over", -time.Minute, 10*time.Minute),
		job:     drawAt(r, "job over", -time.Hour, time.Hour),
	}
	if rarely(r, "deployment hangs") {
		x.rollout = at(100 * time.Hour)
	}
	x.blind = rarely(r, "no metrics")
	switch pick(r, "order", 4) {
	case 1:
		x.settings.PinnedUntil = at(100 * time.Hour)
	case 2:
		x.settings.Schedule = daily(nil, 0, 24*time.Hour)
	case 3:
		x.snapshot.FrozenUntil = at(100 * time.Hour)
	}
	return x
}

// goal is the phase in which its orders want it.
func (x *executor) goal() policy.Phase {
	switch {
	case x.snapshot.FrozenUntil.After(noon):
		return policy.PhaseFrozen
	case x.settings.PinnedUntil.After(noon) || x.settings.Schedule.Covers(noon):
		return policy.PhaseAwake
	default:
		return policy.PhaseAsleep
	}
}

// rest goes on until nothing more can be due, and returns why there was something to do.
func (x *executor) rest(r *rapid.T) (done []policy.Reason) {
	for x.now.Before(at(6 * time.Hour)) {
		decision := x.step()
		if decision.Action == policy.ActionNone {
			continue
		}
		if done = append(done, decision.Reason); len(done) > 12 || x.now.After(at(5*time.Hour)) {
			r.Fatalf("no rest: %q", done)
		}
	}
	return done
}

// Whatever it begins with, a service nobody visits comes to rest where its orders want it, and stays there.
func TestComesToRest(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		x := drawExecutor(r)
		want, done := x.goal(), x.rest(r)
		x.observe()
		phase := x.snapshot.Phase(x.now)
		if phase == policy.PhaseFailed {
			phase = policy.PhaseAsleep
		}
		if phase != want || x.snapshot.Rule.Armed != (want != policy.PhaseAwake) {
			r.Fatalf("%s, armed %t, want %s after %q", phase, x.snapshot.Rule.Armed, want, done)
		}
	})
}
