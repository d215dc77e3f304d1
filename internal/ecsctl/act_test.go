package ecsctl_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

// observation is the calls of one look at a service that may have a target.
var observation = []string{"DescribeServices", "DescribeRules", "DescribeTargetHealth"}

func (w *world) start(desired int) {
	w.t.Helper()
	if err := w.control.Start(w.t.Context(), w.svc, desired); err != nil {
		w.t.Error(err)
	}
}

func TestStartMarksBeforeItCountsAndLooksAgain(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.write(true, w.mark(-time.Hour, -2*time.Hour, 3))
		w.start(0)
		w.expectCalls("DescribeRules", "ModifyRule /*", "UpdateService 2", "DescribeServices")
		w.expectRule("/* " + w.mark(0, 0, 3)) // only a healthy target ends the row of failures
		w.expectDesired(2)
	})
}

func TestStartArmsADisarmedRule(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
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
		bubble(t, func(t *testing.T, w *world) {
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
	bubble(t, func(t *testing.T, w *world) {
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
		bubble(t, func(t *testing.T, w *world) {
			w.desire(test.seen)
			w.before(test.operation, 1, func() { w.desire(0) })
			w.start(test.seen)
			w.expectCalls(test.want...)
			w.expectDesired(2)
		})
	}
}

func TestStopSetsZeroAndLooksOnceMore(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.healthy()
		undone, err := w.control.Stop(t.Context(), w.svc, w.observe().Rule)
		if undone || err != nil {
			t.Errorf("undone %t, %v", undone, err)
		}
		w.expectCalls("UpdateService 0", "DescribeRules")
		w.expectDesired(0)
	})
}

func TestStopIsUndoneByWhatAVisitorDoes(t *testing.T) {
	minute := -time.Minute
	for name, test := range map[string]struct {
		before  string
		armed   bool
		mark    string // relative to now; "" keeps it
		between func(*world)
		undone  bool
	}{
		"nothing":           {between: func(*world) {}},
		"disarmed":          {between: func(w *world) { w.write(false, w.mark(0, 0, 0)) }, undone: true},
		"a wake":            {between: func(w *world) { w.write(true, w.mark(0, 0, 0)) }, undone: true},
		"a wake, long ago":  {between: func(w *world) { w.write(true, w.mark(2*minute, 2*minute, 0)) }, undone: true},
		"another reaper":    {between: func(w *world) { w.write(true, w.mark(0, minute, 0)) }},
		"a failure's mark":  {between: func(w *world) { w.write(true, w.mark(0, minute, 1)) }},
		"rewritten by hand": {between: func(w *world) { w.modify(paths("/*")) }},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.healthy()
				before := w.observe().Rule
				w.before("DescribeRules", 1, func() { test.between(w) })
				undone, err := w.control.Stop(t.Context(), w.svc, before)
				if undone != test.undone || err != nil {
					t.Errorf("undone %t, %v", undone, err)
				}
				if !undone {
					w.expectDesired(0)
					return
				}
				w.expectDesired(2)
				w.expectRule("/* " + w.mark(0, 0, 0))
			})
		})
	}
}

func TestAnUndoneStopDoesNotRemarkAFreshWake(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.healthy()
		before := w.observe().Rule
		fresh := w.mark(-time.Second, -time.Second, 0)
		w.before("DescribeRules", 1, func() { w.write(true, fresh) })
		if undone, err := w.control.Stop(t.Context(), w.svc, before); !undone || err != nil {
			t.Errorf("undone %t, %v", undone, err)
		}
		w.expectCalls("UpdateService 0", "DescribeRules", "DescribeRules", "UpdateService 2", "DescribeServices")
		w.expectRule("/* " + fresh)
		w.expectDesired(2)
	})
}

// A freeze stops a wake, too: the wake's own mark, unchanged, is nobody's word against it.
func TestStopOfAWakeThatNobodyAskedForAgain(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.start(0)
		before := w.observe().Rule
		time.Sleep(time.Minute)
		if undone, err := w.control.Stop(t.Context(), w.svc, before); undone || err != nil {
			t.Errorf("undone %t, %v", undone, err)
		}
		w.expectDesired(0)
	})
}

func TestDisarmLooksOnceMore(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.healthy()
		w.write(true, w.mark(-time.Minute, -time.Minute, 7))
		undone, err := w.control.Disarm(t.Context(), w.svc, time.Now().Add(-time.Second))
		if undone || err != nil {
			t.Errorf("undone %t, %v", undone, err)
		}
		w.expectCalls(append([]string{"DescribeRules", "ModifyRule /.catnap/*"}, observation...)...)
		w.expectRule("/.catnap/* " + w.mark(0, -time.Second, 0)) // a healthy target ends the row of failures
		w.expectDesired(1)
	})
}

func TestDisarmLeavesADisarmedRuleAlone(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.healthy()
		w.write(false, w.mark(-time.Minute, -time.Minute, 0))
		before := w.rule()
		if undone, err := w.control.Disarm(t.Context(), w.svc, time.Now()); undone || err != nil {
			t.Errorf("undone %t, %v", undone, err)
		}
		w.expectCalls(append([]string{"DescribeRules"}, observation...)...)
		w.expectRule(before)
	})
}

func TestDisarmIsUndoneIfTheServiceCannotAnswer(t *testing.T) {
	for _, test := range []struct {
		name    string
		armed   bool
		between func(*world)
		want    []string // after the write
		desired int
	}{
		{
			"stopped", true, func(w *world) { w.desire(0) },
			[]string{
				"DescribeServices", "DescribeRules",
				"DescribeRules", "ModifyRule /*", "UpdateService 2", "DescribeServices",
			},
			2,
		},
		{
			"the last target went", true, func(w *world) { w.lb.Deregister(w.svc.TargetGroup, "10.0.0.9") },
			append(observation[:3:3], "DescribeRules", "ModifyRule /*", "DescribeServices"), 1,
		},
		{
			"stopped, and disarmed by somebody else", false, func(w *world) { w.desire(0) },
			[]string{
				"DescribeServices", "DescribeRules",
				"DescribeRules", "ModifyRule /*", "UpdateService 2", "DescribeServices",
			},
			2,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.healthy()
				w.write(test.armed, w.mark(-time.Minute, -time.Minute, 7))
				w.before("DescribeServices", 1, func() { test.between(w) })
				undone, err := w.control.Disarm(t.Context(), w.svc, time.Now())
				if !undone || err != nil {
					t.Errorf("undone %t, %v", undone, err)
				}
				want := []string{"DescribeRules"}
				if test.armed {
					want = append(want, "ModifyRule /.catnap/*")
				}
				w.expectCalls(append(want, test.want...)...)
				w.expectDesired(test.desired)
				if got := w.observe().Rule; !got.Armed || !got.Mark.Waking() {
					t.Errorf("rule is %+v", got)
				}
			})
		})
	}
}

// failing is a wake of six minutes ago that has brought no target.
func (w *world) failing(failures int) policy.Rule {
	w.service().broken = true
	w.write(true, w.mark(-6*time.Minute, -6*time.Minute, failures))
	w.desire(1)
	return w.observe().Rule
}

func TestFailNotesThenStops(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		for failures := range 3 {
			w.calls = nil
			before := w.failing(failures)
			if undone, err := w.control.Fail(t.Context(), w.svc, before); undone || err != nil {
				t.Errorf("undone %t, %v", undone, err)
			}
			w.expectCalls("DescribeRules", "ModifyRule /*", "UpdateService 0", "DescribeRules")
			w.expectRule("/* " + w.mark(0, -6*time.Minute, failures+1))
			w.expectDesired(0)
			if seen := w.observe(); !seen.FailureNoted() || !seen.BackingOff(time.Now()) {
				t.Errorf("the failure is not noted in %+v", seen)
			}
		}
	})
}

func TestFailLeavesANewerWakeAlone(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		before := w.failing(1)
		wake := w.mark(-time.Second, -time.Second, 1)
		w.write(true, wake)
		if undone, err := w.control.Fail(t.Context(), w.svc, before); !undone || err != nil {
			t.Errorf("undone %t, %v", undone, err)
		}
		w.expectCalls("DescribeRules")
		w.expectRule("/* " + wake)
		w.expectDesired(1)
	})
}

func TestFailIsUndoneByAWakeWhileItStops(t *testing.T) {
	for _, operation := range []string{"UpdateService", "DescribeRules"} {
		bubble(t, func(t *testing.T, w *world) {
			before := w.failing(1)
			n := map[string]int{"UpdateService": 1, "DescribeRules": 2}[operation]
			w.before(operation, n, func() { w.write(true, w.mark(0, 0, 2)) })
			if undone, err := w.control.Fail(t.Context(), w.svc, before); !undone || err != nil {
				t.Errorf("undone %t, %v", undone, err)
			}
			w.expectRule("/* " + w.mark(0, 0, 2))
			w.expectDesired(2)
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
