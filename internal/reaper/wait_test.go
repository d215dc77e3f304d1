package reaper_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

// What falls due before the next pass is done to the second, and nothing later is waited for.
func TestWaitsForTheMoment(t *testing.T) {
	const second = time.Second
	for _, tc := range []struct {
		name     string
		due      time.Duration
		deadline time.Duration
		acts     time.Duration // 0 means that it is left to a later pass
		took     time.Duration
	}{
		{"at once", 0, time.Hour, 0, 2 * second},
		{"in a second", second, time.Hour, second, 3 * second},
		{"in half a minute", 30 * second, time.Hour, 30 * second, 32 * second},
		{"in a part of a second", 30*second + 123*time.Millisecond, time.Hour, 30*second + 123*time.Millisecond, 32*second + 123*time.Millisecond},
		{"with the next pass", 60 * second, time.Hour, 60 * second, 60 * second},
		{"after the next pass", 60*second + time.Millisecond, time.Hour, 0, 0},
		{"the function ends after it", 30 * second, 35 * second, 30 * second, 30 * second},
		{"the function ends too soon after it", 30 * second, 35*second - time.Millisecond, 0, 0},
		{"the function ends before it", 30 * second, 20 * second, 0, 0},
		{"the function ends at once", 30 * second, 3 * second, 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.add("web", quietIn(tc.due))
				same(t, "took", tc.took, w.within(tc.deadline))
				if tc.acts == 0 && tc.due > 0 {
					same(t, "calls", []string(nil), w.calls())
					return
				}
				same(t, "calls", []string{"stop web"}, w.calls())
				same(t, "at", []time.Duration{tc.acts}, w.times())
			})
		})
	}
}

// A visitor who comes while a pass waits is seen by the look before the act.
func TestLooksAgainBeforeItActs(t *testing.T) {
	for name, visitor := range map[string]func(w *world, s *policy.Snapshot){
		"the waker disarmed": func(_ *world, s *policy.Snapshot) {
			s.Rule = policy.Rule{Mark: policy.Mark{Since: noon(20 * time.Second), Active: noon(20 * time.Second)}}
		},
		"a deployment began":  func(_ *world, s *policy.Snapshot) { s.Deploying, s.DeployedAt = true, noon(20*time.Second) },
		"a task is protected": func(w *world, _ *policy.Snapshot) { w.control.protected = true },
		"it was deleted":      func(_ *world, s *policy.Snapshot) { *s = policy.Snapshot{} },
		"somebody stopped it": func(_ *world, s *policy.Snapshot) { sleep(s) },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.add("web", quietIn(30*time.Second))
				time.AfterFunc(20*time.Second, func() {
					w.control.mu.Lock()
					defer w.control.mu.Unlock()
					visitor(w, w.control.services["web"])
				})
				same(t, "took", 30*time.Second, w.pass())
				same(t, "calls", []string(nil), w.calls())
			})
		})
	}
}

func TestContextEndsWhileItWaits(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.add("web", quietIn(30*time.Second))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Second, cancel)
		err := w.reaper.Pass(ctx)
		if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "tend web: wait until 12:00:30") {
			t.Errorf("got %v", err)
		}
		same(t, "at", 10*time.Second, time.Since(noon(0)))
		same(t, "calls", []string(nil), w.calls())
	})
}

// What never shows is not done for ever.
func TestLooksAreBounded(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.add("web", quiet())
		w.control.stuck = true
		if took := w.pass(); took > time.Minute {
			t.Errorf("took %s", took)
		}
		same(t, "stops", 20, len(w.calls()))
		same(t, "looks", 20, len(w.lines("decision")))
	})
}

// While it acts again and again it keeps to the function's time.
func TestActsAreBoundedByTheDeadline(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.add("web", quiet())
		w.control.stuck = true
		same(t, "took", 14*time.Second, w.within(20*time.Second))
		same(t, "stops", 8, len(w.calls()))
	})
}

// Services that wait for their moment hold none of the eight places.
func TestEightAtATime(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		const waiting, due = 30, 20
		for i := range waiting {
			w.add(fmt.Sprint("waiting", i), quietIn(30*time.Second))
		}
		for i := range due {
			w.add(fmt.Sprint("due", i), quiet())
		}
		w.control.latency = 100 * time.Millisecond
		w.pass()
		same(t, "at a time", 8, w.control.most)
		same(t, "stops", waiting+due, len(w.calls()))
		for _, a := range w.control.acts {
			from, to := 30*time.Second, 31*time.Second
			if strings.HasPrefix(a.Call, "stop due") {
				from, to = 0, 700*time.Millisecond // 50 looks, 8 at a time, 100 ms each
			}
			if a.At < from || a.At > to {
				t.Errorf("%s at %s, want %s to %s", a.Call, a.At, from, to)
			}
		}
	})
}

// Metrics are asked for when the decision needs them, and protection when a task may be stopped.
func TestMeasures(t *testing.T) {
	pin := func(svc *settings.Service) { svc.Pin = noon(time.Hour) }
	deploying := quiet()
	deploying.Deploying, deploying.DeployedAt = true, noon(-time.Minute)
	for _, tc := range []struct {
		name      string
		stands    policy.Snapshot
		changes   []func(*settings.Service)
		metrics   int
		protected int
	}{
		{"asleep", asleep(), nil, 0, 0},
		{"recent", recent(), nil, 0, 0},
		{"starting", stands(2, 0, true, -time.Minute, -time.Minute), nil, 0, 0},
		{"ready", stands(2, 2, true, -time.Minute, -time.Minute), nil, 0, 0},
		{"drowsy, recent", stands(2, 2, true, -time.Minute, -2*time.Minute), nil, 0, 0},
		{"drowsy, pinned", quiet(), []func(*settings.Service){pin}, 0, 0},
		{"drowsy, deploying", deploying, nil, 0, 0},
		{"unmanaged", quiet(), []func(*settings.Service){func(svc *settings.Service) { svc.Managed = false }}, 0, 0},
		{"awake", awake(), nil, 1, 0},
		{"drowsy", quiet(), nil, 1, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.add("web", tc.stands, tc.changes...)
				w.within(6 * time.Second)
				same(t, "metrics and protection", []int{tc.metrics, tc.protected},
					[]int{len(w.meter.asked), w.control.made("protected")})
				for _, got := range w.meter.asked {
					same(t, "asked", asked{"web", noon(-10 * time.Minute), noon(0)}, got)
				}
			})
		})
	}
}

func TestProtected(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.add("web", quiet())
		w.control.protected = true
		w.pass()
		same(t, "calls", []string(nil), w.calls())
		same(t, "reason", "protected_task", w.lines("decision")[0]["reason"])
	})
}

// A busy minute that was found once is not asked for again, and the newest counts.
func TestRemembersTheNewestBusyMinute(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.add("web", awake())
		w.add("other", awake())
		asks := func(want int) {
			t.Helper()
			same(t, "took", time.Duration(0), w.within(6*time.Second))
			same(t, "asked for metrics", want, len(w.meter.asked))
		}
		w.meter.busy = []time.Time{noon(-5 * time.Minute), noon(-2 * time.Minute)}
		asks(2) // once for each service
		asks(2)
		time.Sleep(28 * time.Second)
		w.meter.busy = append(w.meter.busy, noon(0))
		asks(2) // until the newest is 2:30 ago
		time.Sleep(3 * time.Second)
		asks(4)
		asks(4)
		time.Sleep(90 * time.Second) // to 12:02:01
		asks(4)                      // what it has found since
		same(t, "calls", []string(nil), w.calls())
	})
}

// Unknown is never idle: a minute of which the metrics don't tell counts as a busy one.
func TestLateMetrics(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.add("web", quietIn(0), func(svc *settings.Service) { svc.MetricLag = settings.Duration(time.Hour) })
		for range 4 { // at 12:00:00, and 12:00:30, and 12:01:00, and 12:01:30
			w.within(6 * time.Second)
			time.Sleep(30 * time.Second)
		}
		same(t, "calls", []string(nil), w.calls())
		for _, line := range w.lines("decision") {
			same(t, "reason", "unsettled_minutes", line["reason"])
		}
		w.within(8 * time.Second)
		same(t, "calls", []string{"stop web"}, w.calls())
		same(t, "at", []time.Duration{2 * time.Minute}, w.times()) // five minutes after 11:57, the last that is unknown
	})
}

// A pin that is set while a pass waits is an order like any other: the service must not be stopped under it.
func TestPinnedWhileItWaits(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.add("web", quietIn(45*time.Second))
		time.AfterFunc(10*time.Second, func() { w.store.pin(noon(time.Hour)) })
		w.pass()
		if calls := w.calls(); len(calls) > 0 && calls[0] == "stop web" {
			t.Error("stopped, though it is pinned since 35 seconds")
		}
	})
}
