package ecsctl_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// action is one of the controller's, with a state it is asked for in.
type action struct {
	name    string
	prepare func(*world) policy.Rule
	do      func(context.Context, *world, policy.Rule) (undone bool, err error)
	// A cross is what somebody else does just before a call, so that the action goes its longest way.
	crossBefore string
	nth         int
	cross       func(*world)
	// ends are the phases that a failed action, healed, may end in.
	ends []policy.Phase
}

var actions = []action{
	{
		name:    "start",
		prepare: func(w *world) policy.Rule { return w.observe().Rule },
		do: func(ctx context.Context, w *world, _ policy.Rule) (bool, error) {
			return false, w.control.Start(ctx, w.svc, 0)
		},
		crossBefore: "DescribeServices", nth: 1, cross: func(w *world) { w.desire(0) },
		ends: []policy.Phase{policy.PhaseAsleep, policy.PhaseAwake},
	},
	{
		name: "start of an unhealthy service",
		prepare: func(w *world) policy.Rule {
			w.desire(1)
			return w.observe().Rule
		},
		do: func(ctx context.Context, w *world, _ policy.Rule) (bool, error) {
			return false, w.control.Start(ctx, w.svc, 1)
		},
		crossBefore: "DescribeServices", nth: 1, cross: func(w *world) { w.desire(0) },
		ends: []policy.Phase{policy.PhaseAwake, policy.PhaseDrowsy, policy.PhaseAsleep},
	},
	{
		name:    "arm",
		prepare: awake,
		do: func(ctx context.Context, w *world, _ policy.Rule) (bool, error) {
			return false, w.control.Arm(ctx, w.svc, time.Now().Add(-3*time.Minute))
		},
		crossBefore: "ModifyRule", nth: 1, cross: func(w *world) { w.desire(0) },
		ends: []policy.Phase{policy.PhaseAwake, policy.PhaseDrowsy, policy.PhaseAsleep},
	},
	{
		name:    "disarm",
		prepare: drowsy,
		do: func(ctx context.Context, w *world, _ policy.Rule) (bool, error) {
			return w.disarm(ctx, time.Now())
		},
		crossBefore: "DescribeServices", nth: 1, cross: func(w *world) { w.desire(0) },
		ends: []policy.Phase{policy.PhaseAwake, policy.PhaseDrowsy, policy.PhaseAsleep},
	},
	{
		name:    "disarm without a target",
		prepare: drowsy,
		do: func(ctx context.Context, w *world, _ policy.Rule) (bool, error) {
			w.lb.Deregister(w.svc.TargetGroup, "10.0.0.9")
			time.AfterFunc(10*time.Second, func() { w.registers(w.service()) }) // ECS replaces the task
			return w.disarm(ctx, time.Now())
		},
		crossBefore: "DescribeServices", nth: 2, cross: func(w *world) { w.desire(0) },
		ends: []policy.Phase{policy.PhaseAwake, policy.PhaseDrowsy},
	},
	{
		name:    "stop",
		prepare: drowsy,
		do: func(ctx context.Context, w *world, before policy.Rule) (bool, error) {
			return w.control.Stop(ctx, w.svc, before)
		},
		crossBefore: "DescribeRules", nth: 1, cross: func(w *world) { w.write(false, w.mark(0, 0, 0)) },
		ends: []policy.Phase{policy.PhaseAsleep, policy.PhaseDrowsy, policy.PhaseAwake},
	},
	{
		name:    "fail",
		prepare: func(w *world) policy.Rule { return w.failing(2) },
		do: func(ctx context.Context, w *world, before policy.Rule) (bool, error) {
			return w.control.Fail(ctx, w.svc, before)
		},
		crossBefore: "UpdateService", nth: 1, cross: func(w *world) { w.write(true, w.mark(0, 0, 2)) },
		ends: []policy.Phase{policy.PhaseFailed, policy.PhaseAsleep},
	},
}

func awake(w *world) policy.Rule {
	w.healthy()
	w.write(false, w.mark(-10*time.Minute, -10*time.Minute, 0))
	return w.observe().Rule
}

func drowsy(w *world) policy.Rule {
	w.healthy()
	w.write(true, w.mark(-3*time.Minute, -6*time.Minute, 0))
	return w.observe().Rule
}

func (w *world) cross(a action, crossed bool) {
	w.faults.Hook = nil
	if crossed {
		w.before(a.crossBefore, a.nth, func() { a.cross(w) })
	}
}

// call is the n-th call of an operation within an action.
type call struct {
	operation string
	n         int
}

type hook = func(context.Context, string, int) awsapi.Fault

// plan is the calls of an action when all goes well.
func (a action) plan(t *testing.T, crossed bool) (calls []call) {
	t.Helper()
	bubble(t, func(t *testing.T, w *world) {
		before := a.prepare(w)
		w.cross(a, crossed)
		if _, err := a.do(t.Context(), w, before); err != nil {
			t.Fatal(err)
		}
		for operation, n := range w.operations() {
			for i := range n {
				calls = append(calls, call{operation, i + 1})
			}
		}
	})
	if len(calls) < 2 {
		t.Fatalf("%s makes %d calls", a.name, len(calls))
	}
	return calls
}

// operations counts control's calls so far.
func (w *world) operations() map[string]int {
	counts := map[string]int{}
	for _, entry := range w.sequence() {
		operation, _, _ := strings.Cut(entry, " ")
		counts[operation]++
	}
	return counts
}

// goesWrong lets one call go wrong and all others pass through the hook beneath.
func (c call) goesWrong(beneath hook, kind awsapi.FaultKind) hook {
	count := 0
	return func(ctx context.Context, operation string, n int) (fault awsapi.Fault) {
		if beneath != nil {
			fault = beneath(ctx, operation, n)
		}
		if operation == c.operation {
			if count++; count == c.n {
				fault.Kind = kind
			}
		}
		return fault
	}
}

func TestAFailedCallLeavesWhatThePolicyHeals(t *testing.T) {
	kinds := []awsapi.FaultKind{awsapi.FaultFail, awsapi.FaultThrottle, awsapi.FaultLost, awsapi.FaultDie}
	for _, a := range actions {
		for _, crossed := range []bool{false, true} {
			plan := a.plan(t, crossed)
			for _, kind := range kinds {
				for _, c := range plan {
					name := fmt.Sprintf("%s, crossed %t, %s %s %d", a.name, crossed, kind, c.operation, c.n)
					t.Run(name, func(t *testing.T) {
						bubble(t, func(_ *testing.T, w *world) { w.breakAndHeal(a, crossed, c, kind) })
					})
				}
			}
		}
	}
}

func (w *world) breakAndHeal(a action, crossed bool, c call, kind awsapi.FaultKind) {
	w.t.Helper()
	before := a.prepare(w)
	w.cross(a, crossed)
	w.faults.Hook = c.goesWrong(w.faults.Hook, kind)
	if undone, err := a.do(awsapi.WithLife(w.t.Context()), w, before); err == nil {
		w.t.Errorf("no error, undone %t", undone)
	}
	w.faults.Hook = nil
	time.Sleep(2 * time.Second) // the next pass is never of the same second
	broken := w.observe()
	done, seen := w.heal()
	if len(done) > 2 {
		w.t.Errorf("it took %v to heal %+v", done, broken)
	}
	if phase := seen.Phase(time.Now()); !slices.Contains(a.ends, phase) {
		w.t.Errorf("%+v was healed by %v to %s: %+v", broken, done, phase, seen)
	}
	if a.name == "fail" {
		w.expectFailure(seen, !crossed && c.losesTheNote(kind))
	}
}

// losesTheNote tells whether a Fail in which the call goes wrong has stopped the service without a note of it.
func (c call) losesTheNote(kind awsapi.FaultKind) bool {
	switch c.operation {
	case "UpdateService":
		return kind == awsapi.FaultLost
	case "ModifyRule":
		return kind != awsapi.FaultLost
	default:
		return true
	}
}

// expectFailure wants the failure counted on top of the two before: this one, or that of the wake that crossed it. One
// whose note was lost costs a try without back-off.
func (w *world) expectFailure(s policy.Snapshot, lost bool) {
	w.t.Helper()
	want, phase := 3, policy.PhaseFailed
	if lost {
		want, phase = 2, policy.PhaseAsleep
	}
	if got := s.Rule.Mark.Failures; got != want || s.Phase(time.Now()) != phase {
		w.t.Errorf("%s, %d failures are noted, want %s, %d", s.Phase(time.Now()), got, phase, want)
	}
	reply := policy.Answer(policy.CallerClient, s, w.svc.Policy(), time.Now())
	if tried := reply.Action == policy.ActionStart; tried != lost {
		w.t.Errorf("the next request is answered %+v", reply)
	}
}

// heal does what a reaper would until the service is where it may stay, and returns what had to be done. Metrics say
// nothing meanwhile, so that nothing is done because of quiet.
func (w *world) heal() (done []policy.Action, seen policy.Snapshot) {
	w.t.Helper()
	for range 60 {
		seen = w.observe()
		decision := policy.Next(seen, w.svc.Policy(), time.Now())
		if decision.Action == policy.ActionMeasure {
			seen.Evidence = &policy.Evidence{From: decision.From}
			decision = policy.Next(seen, w.svc.Policy(), time.Now())
		}
		if decision.Action != policy.ActionNone {
			done = append(done, decision.Action)
			w.act(seen, decision)
			continue
		}
		if w.sound(seen) {
			return done, seen
		}
		time.Sleep(policy.Retry)
	}
	w.t.Errorf("never healed: %+v after %v", seen, done)
	return done, seen
}

// sound is the design's table of phases, without what is on its way.
func (w *world) sound(s policy.Snapshot) bool {
	switch {
	case s.Desired == 0:
		lost := s.Rule.Mark.Waking() && time.Since(s.Rule.Mark.Since) < 5*time.Minute
		return s.Rule.Armed && !lost
	case s.Healthy == 0:
		return false
	default:
		return !s.Rule.Armed || !s.Rule.Mark.Waking()
	}
}

func (w *world) act(seen policy.Snapshot, d policy.Decision) {
	w.t.Helper()
	ctx := context.Background()
	var err error
	switch d.Action {
	case policy.ActionArm:
		err = w.other.Arm(ctx, w.svc, d.Active)
	case policy.ActionDisarm:
		_, _, err = w.other.Disarm(ctx, w.svc, d.Active)
	case policy.ActionStart:
		err = w.other.Start(ctx, w.svc, seen.Desired)
	case policy.ActionStop:
		_, err = w.other.Stop(ctx, w.svc, seen.Rule)
	case policy.ActionFail:
		_, err = w.other.Fail(ctx, w.svc, seen.Rule)
	default:
		w.t.Fatalf("unexpected %+v", d)
	}
	if err != nil {
		w.t.Error(err)
	}
}
