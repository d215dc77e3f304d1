package reaper_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

// One line a look, with the words that the other parts use.
func TestDecisionLine(t *testing.T) {
	for _, tc := range []struct {
		name                  string
		stands                policy.Snapshot
		phase, action, reason string
	}{
		{"asleep", asleep(), "asleep", "none", "asleep"},
		{"recent", recent(), "awake", "none", "recent_activity"},
		{"deleted", policy.Snapshot{}, "asleep", "none", "not_found"},
		{"drowsy", stands(2, 2, true, -time.Minute, -2*time.Minute), "drowsy", "none", "recent_activity"},
		{"waking", stands(2, 0, true, -time.Minute, -time.Minute), "waking", "none", "waking"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.add("web", tc.stands)
				same(t, "took", time.Duration(0), w.within(10*time.Second))
				same(t, "lines", []map[string]any{{
					"service": "web", "phase": tc.phase, "action": tc.action, "reason": tc.reason,
				}}, w.lines("decision"))
				same(t, "calls", []string(nil), w.calls())
				same(t, "metrics", []asked(nil), w.meter.asked)
				same(t, "reads", []string{"counts web", "complete web"}, w.control.reads)
			})
		})
	}
}

// A wake that nobody watched to its end is noted, without a time that it took.
func TestWakeIsNoted(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.add("web", stands(2, 2, true, -time.Minute, -time.Minute))
		w.store.noteErr = errThrottled
		w.pass()
		same(t, "noted", []policy.Wake{{At: noon(-time.Minute)}}, w.store.noted)
		same(t, "failures in the log", 1, len(w.lines("wake not noted")))
	})
}

// A service that is pinned while it is drowsy was not asleep.
func TestOnlyWakesAreNoted(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.add("web", quiet(), func(svc *settings.Service) { svc.Pin = noon(time.Hour) })
		w.pass()
		same(t, "calls", []string{"disarm web"}, w.calls())
		same(t, "noted", 0, len(w.store.noted))
	})
}

func TestLineOfEachLook(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.add("web", quietIn(30*time.Second))
		w.pass()
		line := func(phase, action, reason string) map[string]any {
			return map[string]any{"service": "web", "phase": phase, "action": action, "reason": reason}
		}
		same(t, "lines", []map[string]any{
			line("drowsy", "none", "recent_activity"), line("drowsy", "stop", "quiet"), line("asleep", "none", "asleep"),
		}, w.lines("decision"))
	})
}

// Each action is one call, with the arguments that were decided.
func TestActs(t *testing.T) {
	pin := func(svc *settings.Service) { svc.Pin = noon(time.Hour) }
	marked := func(since, active time.Duration, failures int) policy.Rule {
		return policy.Rule{Armed: true, Mark: policy.Mark{Since: noon(since), Active: noon(active), Failures: failures}}
	}
	failedOnce := overdue()
	failedOnce.Rule.Mark.Failures = 1
	for _, tc := range []struct {
		name    string
		stands  policy.Snapshot
		changes []func(*settings.Service)
		want    act
	}{
		{"arm", awake(), nil, act{Call: "arm web", Active: noon(-10 * time.Minute)}},
		{"arm a rule that is new", policy.Snapshot{Found: true}, nil, act{Call: "arm web"}},
		{"disarm after a wake", stands(2, 2, true, -time.Minute, -time.Minute), nil, act{Call: "disarm web", Active: noon(-time.Minute)}},
		{"disarm, pinned", quiet(), []func(*settings.Service){pin}, act{Call: "disarm web", Active: noon(0)}},
		{"start, pinned", asleep(), []func(*settings.Service){pin}, act{Call: "start web", Desired: 0}},
		{"start, lost", stands(0, 0, true, -time.Minute, -time.Minute), nil, act{Call: "start web", Desired: 0}},
		{"stop", quiet(), nil, act{Call: "stop web", Before: marked(-5*time.Minute, -10*time.Minute, 0)}},
		{"stop, nobody asks", stands(2, 0, true, -time.Hour, -2*time.Hour), nil, act{Call: "stop web", Before: marked(-time.Hour, -2*time.Hour, 0)}},
		{"fail", failedOnce, nil, act{Call: "fail web", Before: marked(-6*time.Minute, -6*time.Minute, 1)}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.add("web", tc.stands, tc.changes...)
				same(t, "took", 2*time.Second, w.within(8*time.Second)) // for one look more
				same(t, "acts", []act{tc.want}, w.control.acts)
				same(t, "looks", 2, len(w.lines("decision")))
			})
		})
	}
}

// The freeze puts to sleep what is awake, in the safe order: armed first, stopped when that has settled.
func TestFrozen(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.add("web", recent())
		w.add("pinned", asleep(), func(svc *settings.Service) { svc.Pin = noon(time.Hour) })
		w.store.frozen = noon(time.Hour)
		w.pass()
		same(t, "calls", []string{"arm web", "stop web"}, w.calls())
		same(t, "at", []time.Duration{0, 30 * time.Second}, w.times())
	})
}

// One service's own freeze is its own: the others stay as they are. The later of the two counts, and it is read again
// while the pass waits.
func TestOneIsFrozen(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.add("web", recent(), func(svc *settings.Service) { svc.Freeze.Until = noon(time.Hour) })
		w.add("api", recent())
		w.add("over", recent(), func(svc *settings.Service) { svc.Freeze.Until = noon(-time.Second) })
		w.add("pinned", asleep(), func(svc *settings.Service) {
			svc.Pin, svc.Freeze.Until = noon(time.Hour), noon(time.Hour)
		})
		w.store.frozen = noon(-time.Minute)
		w.pass()
		same(t, "calls", []string{"arm web", "stop web"}, w.calls())
		same(t, "at", []time.Duration{0, 30 * time.Second}, w.times())
	})
}

// A freeze that ends while its rule settles stops nothing any more.
func TestThawedMeanwhile(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.add("web", recent(), func(svc *settings.Service) { svc.Freeze.Until = noon(20 * time.Second) })
		w.pass()
		same(t, "calls", []string{"arm web"}, w.calls())
	})
}

func TestUndoneIsLogged(t *testing.T) {
	for call, s := range map[string]policy.Snapshot{
		"stop": quiet(), "fail": overdue(), "disarm": stands(2, 2, true, -time.Minute, -time.Minute),
	} {
		t.Run(call, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.add("web", s)
				w.control.undone[call+" web"] = true
				w.within(6 * time.Second)
				same(t, "lines", []map[string]any{{
					"service": "web", "action": call, "reason": "request",
				}}, w.lines("undone"))
			})
		})
	}
}

// What ECS says of a failed wake goes to the operator. Without it the wake is ended all the same.
func TestFailExplains(t *testing.T) {
	for name, err := range map[string]error{"known": nil, "not known": errThrottled} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.add("web", overdue())
				w.control.fails["tasks web"] = err
				w.control.tasks = []policy.Task{
					{ID: "a", StoppedReason: "Essential container in task exited; app: exit code 1"},
					{ID: "b"}, {ID: "c", StoppedReason: "CannotPullContainerError"},
				}
				w.within(6 * time.Second)
				same(t, "calls", []string{"fail web"}, w.calls())
				if err != nil {
					same(t, "lines", []map[string]any{{"service": "web", "cause": err.Error()}}, w.lines("stopped reasons unknown"))
					return
				}
				same(t, "lines", []map[string]any{
					{"service": "web", "task": "a", "cause": "Essential container in task exited; app: exit code 1"},
					{"service": "web", "task": "c", "cause": "CannotPullContainerError"},
				}, w.lines("task stopped"))
			})
		})
	}
}

// What goes wrong with one service is returned with its name, and the others have their turn.
func TestErrorsAreJoined(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		fails := map[string]string{
			"a": "complete a", "b": "stop b", "c": "protected c", "d": "minutes d", "e": "counts e",
		}
		for _, name := range []string{"a", "b", "c", "d", "e", "good"} {
			w.add(name, quiet())
			if call := fails[name]; call != "" {
				w.control.fails[call] = fmt.Errorf("%s: %w", call, errThrottled)
			}
		}
		w.meter.fails["d"] = fmt.Errorf("minutes d: %w", errThrottled)
		err := w.reaper.Pass(t.Context())
		for _, part := range []string{
			"tend a: complete a: ", "tend b: stop b: ", "tend c: protected c: ", "tend d: minutes d: ", "counts e: ",
		} {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("no %q in %v", part, err)
			}
		}
		if !errors.Is(err, errThrottled) || strings.Contains(err.Error(), "good") {
			t.Errorf("got %v", err)
		}
		w.control.mu.Lock()
		defer w.control.mu.Unlock()
		same(t, "desired", []int{2, 2, 2, 2, 2, 0}, []int{
			w.control.services["a"].Desired, w.control.services["b"].Desired, w.control.services["c"].Desired,
			w.control.services["d"].Desired, w.control.services["e"].Desired, w.control.services["good"].Desired,
		})
	})
}

// A service that could not be counted is left alone, and named.
func TestNotCounted(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.add("web", quiet())
		w.control.fails["counts web"] = errThrottled
		if err := w.reaper.Pass(t.Context()); !errors.Is(err, errThrottled) {
			t.Errorf("got %v", err)
		}
		same(t, "reads", []string{"counts web"}, w.control.reads)
		same(t, "lines", 0, len(w.lines("decision")))
	})
}

func TestNotCountedAtASecondLook(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.add("web", quietIn(30*time.Second))
		time.AfterFunc(10*time.Second, func() {
			w.control.mu.Lock()
			defer w.control.mu.Unlock()
			w.control.fails["counts web"] = errThrottled
		})
		if err := w.reaper.Pass(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "tend web: ") {
			t.Errorf("got %v", err)
		}
		same(t, "calls", []string(nil), w.calls())
	})
}

// What the store could read is tended, whatever it could not.
func TestStoreErrors(t *testing.T) {
	badOne, noFreeze := errors.New(`read "x": field "hold" is missing`), errors.New("get parameter /catnap/freeze")
	bubble(t, func(t *testing.T, w *world) {
		w.add("web", quiet())
		w.store.err, w.store.freezeErr = badOne, noFreeze
		err := w.reaper.Pass(t.Context())
		if !errors.Is(err, badOne) || !errors.Is(err, noFreeze) {
			t.Errorf("got %v", err)
		}
		same(t, "calls", []string{"stop web"}, w.calls())
	})
	bubble(t, func(t *testing.T, w *world) {
		w.store.err = badOne
		if err := w.reaper.Pass(t.Context()); !errors.Is(err, badOne) {
			t.Errorf("got %v", err)
		}
	})
}

func TestHandleIgnoresItsPayload(t *testing.T) {
	for _, payload := range []string{"", "null", "{", `{"source":"aws.scheduler"}`, `"text"`} {
		t.Run(payload, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.add("web", quiet())
				if err := w.reaper.Handle(t.Context(), json.RawMessage(payload)); err != nil {
					t.Error(err)
				}
				same(t, "calls", []string{"stop web"}, w.calls())
			})
		})
	}
}

func TestHandleReturnsTheError(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.store.err = errThrottled
		if err := w.reaper.Handle(t.Context(), nil); !errors.Is(err, errThrottled) {
			t.Errorf("got %v", err)
		}
	})
}

// A function that ends while all places are taken leaves the rest to the next pass.
func TestContextEnds(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		for i := range 20 {
			w.add(fmt.Sprint("web", i), asleep())
		}
		w.control.latency = time.Second
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		err := w.reaper.Pass(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || strings.Count(err.Error(), "tend web") != 4 {
			t.Errorf("got %v", err)
		}
	})
}
