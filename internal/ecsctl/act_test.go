package ecsctl_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

// look is the calls by which Disarm looks once more.
var look = []string{"DescribeServices", "DescribeTargetHealth"}

func (w *world) start(desired int) {
	w.t.Helper()
	if err := w.control.Start(w.t.Context(), w.svc, desired); err != nil {
		w.t.Error(err)
	}
}

func TestStartMarksBeforeItCountsAndLooksAgain(t *testing.T) {
	bubble(t, func(_ *testing.T, w *world) {
		w.write(true, w.mark(-time.Hour, -2*time.Hour, 3))
		w.start(0)
		w.expectCalls("DescribeRules", "ModifyRule /*", "UpdateService 2", "DescribeServices")
		w.expectRule("/* " + w.mark(0, 0, 3)) // only a healthy target ends the row of failures
		w.expectDesired(2)
	})
}

func TestStartArmsADisarmedRule(t *testing.T) {
	bubble(t, func(_ *testing.T, w *world) {
		w.write(false, w.mark(-time.Second, -time.Second, 0)) // disarmed: not a wake of a moment ago
		w.start(0)
		w.expectRule("/* " + w.mark(0, 0, 0))
		w.expectDesired(2)
	})
}

func TestStartLeavesAFreshWakeToItsOwner(t *testing.T) {
	for _, test := range []struct {
		age, active time.Duration // before now
		left        bool
	}{
		{0, 0, true},
		{9 * time.Second, 9 * time.Second, true},
		{10 * time.Second, 10 * time.Second, false},
		{time.Second, 2 * time.Second, false}, // armed because of quiet
		{time.Second, 0, true},
		{-3 * time.Second, -3 * time.Second, true}, // another function's clock is ahead
	} {
		bubble(t, func(_ *testing.T, w *world) {
			w.write(true, w.mark(-test.age, -test.active, 0))
			before := w.rule()
			w.start(0)
			if !test.left {
				w.expectCalls("DescribeRules", "ModifyRule /*", "UpdateService 2", "DescribeServices")
				return
			}
			w.expectCalls("DescribeRules")
			w.expectRule(before)
			w.expectDesired(0)
		})
	}
}

func TestStartDoesNotLowerACount(t *testing.T) {
	bubble(t, func(_ *testing.T, w *world) {
		w.desire(5)
		w.start(5)
		w.expectCalls("DescribeRules", "ModifyRule /*", "DescribeServices")
		w.expectDesired(5)
	})
}

func TestStartSetsTheCountAgainIfAStopCrossed(t *testing.T) {
	for _, test := range []struct {
		seen      int
		operation string
		want      []string
	}{
		{1, "ModifyRule", []string{"DescribeRules", "ModifyRule /*", "DescribeServices", "UpdateService 2"}},
		{1, "DescribeServices", []string{"DescribeRules", "ModifyRule /*", "DescribeServices", "UpdateService 2"}},
		{0, "DescribeServices", []string{
			"DescribeRules", "ModifyRule /*", "UpdateService 2", "DescribeServices", "UpdateService 2",
		}},
	} {
		bubble(t, func(_ *testing.T, w *world) {
			w.desire(test.seen)
			w.before(test.operation, 1, func() { w.desire(0) })
			w.start(test.seen)
			w.expectCalls(test.want...)
			w.expectDesired(2)
		})
	}
}

// disarm leaves out the rule as it was.
func (w *world) disarm(ctx context.Context, active time.Time) (undone bool, err error) {
	_, undone, err = w.control.Disarm(ctx, w.svc, active)
	return undone, err
}

// TestDisarmTellsTheRuleAsItWas: of several who disarm after a wake, the first ends it and the others find it ended.
func TestDisarmTellsTheRuleAsItWas(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.healthy()
		w.write(true, w.mark(-time.Minute, -time.Minute, 0))
		want := w.observe().Rule
		first, _, err := w.control.Disarm(t.Context(), w.svc, time.Now())
		if err != nil || first != want {
			t.Errorf("the first is told %+v, %v, want %+v", first, err, want)
		}
		second, _, err := w.control.Disarm(t.Context(), w.svc, time.Now())
		if err != nil || second.Armed {
			t.Errorf("the second is told %+v, %v, want a disarmed rule", second, err)
		}
	})
}

func TestDisarmLooksOnceMore(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.healthy()
		w.write(true, w.mark(-time.Minute, -time.Minute, 7))
		undone, err := w.disarm(t.Context(), time.Now().Add(-time.Second))
		if undone || err != nil {
			t.Errorf("undone %t, %v", undone, err)
		}
		w.expectCalls(append([]string{"DescribeRules", "ModifyRule /.catnap/*"}, look...)...)
		w.expectRule("/.catnap/* " + w.mark(0, -time.Second, 0)) // a healthy target ends the row of failures
		w.expectDesired(1)
	})
}

func TestDisarmLeavesADisarmedRuleAlone(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.healthy()
		w.write(false, w.mark(-time.Minute, -time.Minute, 0))
		before := w.rule()
		if undone, err := w.disarm(t.Context(), time.Now()); undone || err != nil {
			t.Errorf("undone %t, %v", undone, err)
		}
		w.expectCalls(append([]string{"DescribeRules"}, look...)...)
		w.expectRule(before)
	})
}

func TestDisarmIsUndoneIfTheServiceCannotAnswer(t *testing.T) {
	stopped := func(w *world) { w.desire(0) }
	for _, test := range []struct {
		name    string
		armed   bool
		between func(*world)
		undo    []string // after the look
		desired int
	}{
		{
			"stopped", true, stopped,
			[]string{"DescribeRules", "ModifyRule /*", "UpdateService 2", "DescribeServices"}, 2,
		},
		{
			"the last target went", true, func(w *world) { w.lb.Deregister(w.svc.TargetGroup, "10.0.0.9") },
			[]string{"DescribeRules", "ModifyRule /*", "DescribeServices"}, 1,
		},
		{
			"stopped, and disarmed by somebody else", false, stopped,
			[]string{"DescribeRules", "ModifyRule /*", "UpdateService 2", "DescribeServices"}, 2,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.healthy()
				w.write(test.armed, w.mark(-time.Minute, -time.Minute, 7))
				w.before("DescribeServices", 1, func() { test.between(w) })
				undone, err := w.disarm(t.Context(), time.Now())
				if !undone || err != nil {
					t.Errorf("undone %t, %v", undone, err)
				}
				want := []string{"DescribeRules"}
				if test.armed {
					want = append(want, "ModifyRule /.catnap/*")
				}
				w.expectCalls(slices.Concat(want, look, test.undo)...)
				w.expectDesired(test.desired)
				if got := w.observe().Rule; !got.Armed || !got.Mark.Waking() {
					t.Errorf("rule is %+v", got)
				}
			})
		})
	}
}

// Whatever others have marked meanwhile: if it was a wake of this moment, its mark is kept.
func TestAnUndoneDisarmDoesNotRemarkAFreshWake(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.healthy()
		w.write(true, w.mark(-time.Minute, -time.Minute, 0))
		fresh := w.mark(-time.Second, -time.Second, 0)
		w.before("DescribeServices", 1, func() {
			w.desire(0)
			w.write(true, fresh)
		})
		if undone, err := w.disarm(t.Context(), time.Now()); !undone || err != nil {
			t.Errorf("undone %t, %v", undone, err)
		}
		undo := []string{"DescribeRules", "UpdateService 2", "DescribeServices"}
		w.expectCalls(slices.Concat([]string{"DescribeRules", "ModifyRule /.catnap/*"}, look, undo)...)
		w.expectRule("/* " + fresh)
		w.expectDesired(2)
	})
}

func TestAnUnmarkedRuleIsMarkedWhereverItStands(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.healthy()
		w.modify(paths("/.catnap/*"))
		if done, seen := w.heal(); len(done) > 1 || seen.Rule.Mark.Since.IsZero() {
			t.Errorf("after %v: %+v", done, seen)
		}
	})
}

// Marks count seconds: an activity within the second of the arming is put before it.
func TestArmIsNeverTakenForAWake(t *testing.T) {
	for _, ago := range []time.Duration{-time.Minute, 0, 100 * time.Millisecond, 950 * time.Millisecond} {
		bubble(t, func(t *testing.T, w *world) {
			w.write(false, w.mark(-time.Minute, -time.Minute, 0))
			time.Sleep(900 * time.Millisecond)
			if err := w.control.Arm(t.Context(), w.svc, time.Now().Add(-ago)); err != nil {
				t.Fatal(err)
			}
			w.expectRule("/* " + w.mark(0, -time.Second, 0))
			if seen := w.observe(); seen.Rule.Mark.Waking() {
				t.Errorf("active %s ago: got %+v", ago, seen.Rule)
			}
		})
	}
}

// Every call of every action that fails is returned with what was being done; none is made twice.
func TestActionsReturnEveryError(t *testing.T) {
	for _, a := range actions {
		for _, crossed := range []bool{false, true} {
			for _, c := range a.plan(t, crossed) {
				bubble(t, func(t *testing.T, w *world) {
					before := a.prepare(w)
					w.cross(a, crossed)
					hook := w.faults.Hook
					w.faults.Hook = c.goesWrong(hook, "fail")
					_, err := a.do(t.Context(), w, before)
					prefix := map[string]string{
						"DescribeRules":        "describe rule " + w.svc.WakerRule + ": ",
						"DescribeServices":     "describe services shop-web: ",
						"DescribeTargetHealth": "describe target health of shop: ",
						"ModifyRule":           "modify waker rule of shop: ",
						"UpdateService":        "set desired count of shop to ",
					}[c.operation]
					expectError(t, err, prefix)
				})
			}
		}
	}
}

func TestActingOnAServiceThatECSDoesNotKnow(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.svc.Service = "gone"
		if err := w.control.Start(t.Context(), w.svc, 0); err == nil {
			t.Error("started")
		}
		if undone, err := w.control.Stop(t.Context(), w.svc, policy.Rule{}); undone || err == nil {
			t.Errorf("undone %t, %v", undone, err)
		}
	})
}

func TestCompleteKeepsTheCounts(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.healthy()
		counts := must(w.control.Counts(t.Context(), []settings.Service{w.svc}))[w.svc.Name]
		got := must(w.control.Complete(t.Context(), w.svc, counts))
		if diff := cmp.Diff(w.observe(), got); diff != "" {
			t.Errorf("Observe is not Counts and Complete:\n%s", diff)
		}
	})
}
