package waker_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/waker"
)

const statusPath = policy.StatusPath

// steps is the progress list with so many steps done, and the next one in that state.
func steps(done int, next string) string {
	var list []string
	for i, name := range []string{"asked", "network", "image", "starting", "health check", "ready"} {
		state := "todo"
		if i < done {
			state = "done"
		} else if i == done {
			state = next
		}
		list = append(list, `{"name":"`+name+`","state":"`+state+`"}`)
	}
	return `"steps":[` + strings.Join(list, ",") + `],`
}

const unlearned = `"usual_seconds":null,"slow_seconds":null,`

func TestStatus(t *testing.T) {
	task := func(status string, pulled time.Time) []policy.Task {
		return []policy.Task{{ID: "a", LastStatus: status, PullStopped: pulled}}
	}
	for _, tc := range []struct {
		name   string
		stands func() policy.Snapshot
		frozen time.Duration
		tasks  []policy.Task
		phase  string
		middle string // since, elapsed and eta
		steps  string
		text   string
		calls  []string
	}{
		{
			"asleep", asleep, 0, nil, "asleep",
			`"since":"2000-01-01T11:00:00Z","elapsed_seconds":3600,"eta_seconds":null,` + unlearned,
			steps(0, "todo"), "Asleep. The next visit starts it.", []string{"observe"},
		},
		{
			"asked for", starting, 0, nil, "waking",
			`"since":"2000-01-01T11:59:40Z","elapsed_seconds":20,"eta_seconds":null,` + unlearned,
			steps(1, "active"), "Starting.", []string{"observe", "tasks"},
		},
		{
			"pulling", starting, 0, task("PENDING", time.Time{}), "waking",
			`"since":"2000-01-01T11:59:40Z","elapsed_seconds":20,"eta_seconds":null,` + unlearned,
			steps(2, "active"), "Starting.", []string{"observe", "tasks"},
		},
		{
			"pulled", starting, 0, task("PENDING", noon(-time.Second)), "waking",
			`"since":"2000-01-01T11:59:40Z","elapsed_seconds":20,"eta_seconds":null,` + unlearned,
			steps(3, "active"), "Starting.", []string{"observe", "tasks"},
		},
		{
			"running", starting, 0, task("RUNNING", noon(-time.Second)), "waking",
			`"since":"2000-01-01T11:59:40Z","elapsed_seconds":20,"eta_seconds":null,` + unlearned,
			steps(4, "active"), "Starting.", []string{"observe", "tasks"},
		},
		{
			"awake", awake, 0, nil, "awake",
			`"since":"2000-01-01T11:50:00Z","elapsed_seconds":600,"eta_seconds":0,` + unlearned,
			steps(6, ""), "Running.", []string{"observe"},
		},
		{
			"drowsy", drowsy, 0, nil, "drowsy",
			`"since":"2000-01-01T11:59:00Z","elapsed_seconds":60,"eta_seconds":0,` + unlearned,
			steps(6, ""), "Running; about to go to sleep.", []string{"observe"},
		},
		{
			"failed", failed, 0, nil, "failed",
			`"since":"2000-01-01T11:59:40Z","elapsed_seconds":20,"eta_seconds":null,` + unlearned + `"retry_seconds":40,`,
			steps(0, "todo"), "It could not be started.", []string{"observe"},
		},
		{
			"frozen", asleep, time.Hour, nil, "frozen",
			`"since":"2000-01-01T11:00:00Z","elapsed_seconds":3600,"eta_seconds":null,` + unlearned + `"retry_seconds":3600,`,
			steps(0, "todo"), "Paused.", []string{"observe"},
		},
		{
			"marked by a clock ahead", func() policy.Snapshot { return stands(0, 0, true, mark(time.Minute, -time.Hour, 0)) },
			0, nil, "asleep", `"since":"2000-01-01T12:01:00Z","elapsed_seconds":0,"eta_seconds":null,` + unlearned,
			steps(0, "todo"), "Asleep. The next visit starts it.", []string{"observe"},
		},
		{
			"unmarked", missing, 0, nil, "asleep", `"since":null,"elapsed_seconds":0,"eta_seconds":null,` + unlearned,
			steps(0, "todo"), "Asleep. The next visit starts it.", []string{"observe"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(tc.stands())
				w.control.tasks = tc.tasks
				if tc.frozen > 0 {
					w.store.freeze(tc.frozen)
				}
				want := `{"service":"shop","phase":"` + tc.phase + `",` + tc.middle + tc.steps +
					`"message":"` + tc.text + `"}` + "\n"
				w.get(statusPath, person...).is(t, 200, plain(
					"Content-Type", "application/json", "Cache-Control", "no-store", "X-Catnap-Phase", tc.phase,
				), want)
				calls(t, w, tc.calls...)
				if w.lb.arrived+w.lb.probes > 0 {
					t.Error("the application was asked")
				}
			})
		})
	}
}

// Whatever the method and however often: a monitor starts nothing, and keeps nothing awake.
func TestStatusStartsNothing(t *testing.T) {
	for name, stands := range map[string]func() policy.Snapshot{
		"asleep": asleep, "starting": starting, "drowsy": drowsy, "awake": awake, "failed": failed, "missing": missing,
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(stands())
				for range 200 {
					w.send(http.MethodPost, statusPath, "wake up", person...)
					time.Sleep(3 * time.Second)
				}
				if made := w.control.made("start", "disarm", "secret"); len(made) > 0 {
					t.Errorf("called %q", made)
				}
				if diff := cmp.Diff(stands(), w.control.now()); diff != "" {
					t.Errorf("moved on (-before +after):\n%s", diff)
				}
			})
		})
	}
}

func TestStatusTasksUnknown(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(starting())
		w.control.fail("tasks", errThrottled)
		if a := w.get(statusPath); a.status != 200 || !strings.Contains(a.body, steps(1, "active")) {
			t.Errorf("got %+v", a)
		}
		if !w.log.has("tasks unknown") {
			t.Error("not logged")
		}
	})
}

// After a wake the first look that finds a healthy target hands over, when the application answers.
func TestStatusDisarmsAfterAWake(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(woken())
		if a := w.get(statusPath); !strings.Contains(a.body, steps(6, "")) {
			t.Errorf("got %+v", a)
		}
		calls(t, w, "observe", "secret bypass-rule", "disarm 12:00:00")
		if a := w.get(statusPath); a.header.Get("X-Catnap-Phase") != "awake" {
			t.Errorf("an old look was used after the switch: %+v", a)
		}
		if w.lb.probes != 1 || w.lb.arrived != 0 {
			t.Errorf("%d probes, %d requests", w.lb.probes, w.lb.arrived)
		}
	})
}

func TestStatusLeavesTheRuleArmed(t *testing.T) {
	newborn := stands(2, 2, true, mark(-9*time.Second, -9*time.Second, 0))
	for _, tc := range []struct {
		name   string
		change func(*world)
	}{
		{"the application does not answer", func(w *world) { w.lb.probe = lose }},
		{"the application hangs", func(w *world) { w.lb.probe = hang }},
		{"the load balancer answers for it", func(w *world) {
			w.lb.probe = func(rw http.ResponseWriter, _ *http.Request) { own(rw, 502) }
		}},
		{"no secret", throttle("secret")},
		{"frozen", freeze(time.Hour)},
		{"the target is an old task's", func(w *world) { w.control.set(newborn) }},
		{"unmanaged", func(w *world) { w.store.svc.Managed = false }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(woken())
				tc.change(w)
				if a := w.get(statusPath); a.status != 200 || a.header.Get("X-Catnap-Phase") == "awake" {
					t.Errorf("got %+v", a)
				}
				if made := w.control.made("start", "disarm"); len(made) > 0 {
					t.Errorf("called %q", made)
				}
			})
		})
	}
}

func TestStatusSharesOneLook(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		looks := func(want int) {
			t.Helper()
			if got := len(w.control.made("observe")); got != want {
				t.Errorf("%d looks, want %d", got, want)
			}
		}
		w.control.set(starting())
		first := w.get(statusPath)
		time.Sleep(999 * time.Millisecond)
		if second := w.get(statusPath); second.body != first.body {
			t.Errorf("got %s\nand then %s", first.body, second.body)
		}
		looks(1)
		time.Sleep(time.Millisecond)
		w.get(statusPath)
		looks(2)
		time.Sleep(time.Minute)
		w.control.fail("observe", errThrottled)
		if a := w.get(statusPath); a.status != 503 {
			t.Errorf("an old look was used after a failed one: %+v", a)
		}
		if a := w.get(statusPath); a.status != 200 {
			t.Errorf("a failed look was kept: %+v", a)
		}
		looks(4)
	})
}

// The clock of this test hardly moves, so that all come within the time that a look is shared.
func TestStatusSharesALookInProgress(t *testing.T) {
	control := newFakeControl()
	var started, done sync.WaitGroup
	control.before = func(string) { started.Wait() }
	slow := clock.New(noon(0), 1e-6)
	w := waker.New(&fakeStore{svc: shop()}, control, nil, slow, slog.New(slog.DiscardHandler))
	const visitors = 50
	started.Add(visitors)
	for range visitors {
		done.Go(func() {
			started.Done()
			w.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, statusPath, nil))
		})
	}
	done.Wait()
	if made := control.made(); len(made) != 1 {
		t.Errorf("%d calls", len(made))
	}
}
