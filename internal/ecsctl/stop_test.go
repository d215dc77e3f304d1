package ecsctl_test

import (
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
)

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

// failing is a wake of six minutes ago that has brought no target.
func (w *world) failing(failures int) policy.Rule {
	w.service().broken = true
	w.write(true, w.mark(-6*time.Minute, -6*time.Minute, failures))
	w.desire(1)
	return w.observe().Rule
}

func TestFailStopsThenNotes(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		for failures := range 3 {
			w.calls = nil
			before := w.failing(failures)
			if undone, err := w.control.Fail(t.Context(), w.svc, before); undone || err != nil {
				t.Errorf("undone %t, %v", undone, err)
			}
			w.expectCalls("UpdateService 0", "DescribeRules", "ModifyRule /*")
			w.expectRule("/* " + w.mark(0, -6*time.Minute, failures+1))
			w.expectDesired(0)
			if seen := w.observe(); !seen.FailureNoted() || !seen.BackingOff(time.Now()) {
				t.Errorf("the failure is not noted in %+v", seen)
			}
		}
	})
}

func TestFailIsUndoneByANewerWake(t *testing.T) {
	for _, operation := range []string{"UpdateService", "DescribeRules"} { // before which the wake is marked
		t.Run(operation, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				before := w.failing(1)
				wake := w.mark(-time.Second, -time.Second, 1)
				w.before(operation, 1, func() { w.write(true, wake) })
				if undone, err := w.control.Fail(t.Context(), w.svc, before); !undone || err != nil {
					t.Errorf("undone %t, %v", undone, err)
				}
				w.expectCalls("UpdateService 0", "DescribeRules", "DescribeRules", "UpdateService 2", "DescribeServices")
				w.expectRule("/* " + wake) // not counted: the wake is tried once more
				w.expectDesired(2)
			})
		})
	}
}

// The first healthy target came at the last moment, and a waker handed over to it.
func TestFailIsUndoneByADisarm(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		before := w.failing(1)
		w.before("DescribeRules", 1, func() { w.write(false, w.mark(0, 0, 0)) })
		if undone, err := w.control.Fail(t.Context(), w.svc, before); !undone || err != nil {
			t.Errorf("undone %t, %v", undone, err)
		}
		w.expectCalls(
			"UpdateService 0", "DescribeRules", "DescribeRules", "ModifyRule /*", "UpdateService 2", "DescribeServices")
		w.expectRule("/* " + w.mark(0, 0, 0))
		w.expectDesired(2)
	})
}

// Between the look and the note a wake can't be seen. The note covers its mark, but the service starts all the same,
// and nobody is told to wait for the end of a back-off.
func TestTheNoteOfAFailureStopsNoWake(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		before := w.failing(1)
		w.before("ModifyRule", 1, func() {
			if err := w.other.Start(t.Context(), w.svc, 0); err != nil {
				t.Error(err)
			}
		})
		if undone, err := w.control.Fail(t.Context(), w.svc, before); undone || err != nil {
			t.Errorf("undone %t, %v", undone, err)
		}
		w.expectRule("/* " + w.mark(0, -6*time.Minute, 2))
		w.expectDesired(2)
		if seen := w.observe(); seen.FailureNoted() || seen.Phase(time.Now()) != policy.PhaseWaking {
			t.Errorf("got %s: %+v", seen.Phase(time.Now()), seen)
		}
	})
}

// Another reaper that has noted the same failure is no request, and the failure is not counted twice.
func TestTwoReapersCountAFailureOnce(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		before := w.failing(1)
		for range 2 {
			if undone, err := w.control.Fail(t.Context(), w.svc, before); undone || err != nil {
				t.Errorf("undone %t, %v", undone, err)
			}
			w.expectRule("/* " + w.mark(0, -6*time.Minute, 2))
			w.expectDesired(0)
		}
	})
}
