package waker_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/policy"
)

const stillStarting = `{"title":"Still starting","status":503,` +
	`"detail":"The service is being started and is not ready yet. Ask again.","phase":"waking"}`

// started are the calls that change something.
func (w *world) changes() []string { return w.control.made("start", "disarm") }

func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func between(t *testing.T, got, from, to time.Duration) {
	t.Helper()
	if got < from || got > to {
		t.Errorf("took %s, want %s to %s", got, from, to)
	}
}

// A client's request wakes the service once, waits for it, and gets the application's own answer.
func TestHeldRequest(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		a := w.post(`{"item":7}`, "Content-Type", "application/json")
		if a.status != 200 || a.body != "hello" {
			t.Errorf("got %+v", a)
		}
		between(t, a.took, 20*time.Second, 21500*time.Millisecond) // the start is delayed, and polls are apart
		made := w.changes()
		if len(made) != 2 || made[0] != "start 0" || !strings.HasPrefix(made[1], "disarm 12:00:2") {
			t.Errorf("changed by %q", made)
		}
		polls, looks := len(w.control.made("healthy")), len(w.control.made("observe"))
		if polls < 33 || polls > 41 || looks < 4 || looks > 6 {
			t.Errorf("%d polls and %d looks in 20 s", polls, looks)
		}
		seen := w.lb.seen()
		if len(seen) != 1 || seen[0].method != http.MethodPost || seen[0].body != `{"item":7}` || w.lb.probes != 1 {
			t.Errorf("%d probes, the application got %+v", w.lb.probes, seen)
		}
	})
}

func TestHeldByManyStartsOnce(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		const crowd = 30
		answers := make(chan answer, crowd)
		for range crowd {
			go func() { answers <- w.get("/api") }()
		}
		for range crowd {
			if a := <-answers; a.status != 200 {
				t.Errorf("got %+v", a)
			}
		}
		if got := w.control.now(); got.Desired != 2 || got.Rule.Armed {
			t.Errorf("stands at %+v", got)
		}
		if seen := w.lb.seen(); len(seen) != crowd {
			t.Errorf("the application got %d requests", len(seen))
		}
	})
}

func TestHeldTooLong(t *testing.T) {
	for _, tc := range []struct {
		name     string
		hold     time.Duration
		deadline time.Duration // of the function; 0 means none
		from, to time.Duration
	}{
		{"the setting", 55 * time.Second, 0, 54400 * time.Millisecond, 55 * time.Second},
		{"the setting, deadline later", 55 * time.Second, 15 * time.Minute, 54400 * time.Millisecond, 55 * time.Second},
		{"the function's deadline", 55 * time.Second, 20 * time.Second, 16400 * time.Millisecond, 17 * time.Second},
		{"the deadline of less than a poll", 55 * time.Second, 3400 * time.Millisecond, 0, 500 * time.Millisecond},
		{"no hold", 0, 0, 0, 500 * time.Millisecond},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.boot = 0
				w.store.svc.Hold = duration(tc.hold)
				deadline := tc.deadline
				if deadline == 0 {
					deadline = time.Hour
				}
				a := w.within(deadline, http.MethodPost, "/orders", "x")
				a.is(t, 503, problemHeader("Retry-After", "5", "X-Catnap-Phase", "waking"), stillStarting)
				between(t, a.took, tc.from, tc.to)
				same(t, "changes", []string{"start 0"}, w.changes())
				if w.lb.arrived+w.lb.probes > 0 {
					t.Error("the application was asked")
				}
			})
		})
	}
}

// A wake that is lost, whoever lost it, is asked for again by those who wait for it.
func TestHeldAsksAgain(t *testing.T) {
	for _, tc := range []struct {
		name   string
		fails  map[string][]error
		starts []string
	}{
		{"start fails", map[string][]error{"start": {errThrottled}}, []string{"start 0", "start 0"}},
		{"start fails twice", map[string][]error{"start": {errThrottled, errThrottled}}, []string{"start 0", "start 0", "start 0"}},
		{"look fails", map[string][]error{"observe": {errThrottled, errThrottled}}, []string{"start 0"}},
		{"polls fail", map[string][]error{"healthy": {errThrottled, errThrottled, errThrottled}}, []string{"start 0"}},
		{"disarm fails", map[string][]error{"disarm": {errThrottled}}, []string{"start 0"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.fails = tc.fails
				if a := w.post("x"); a.status != 200 {
					t.Errorf("got %+v", a)
				}
				same(t, "starts", tc.starts, w.control.made("start"))
				if seen := w.lb.seen(); len(seen) != 1 {
					t.Errorf("the application got %+v", seen)
				}
				if !w.log.has("Rate exceeded") {
					t.Error("not logged")
				}
			})
		})
	}
}

// Nobody spins for ever: what is decided while a request is held ends it.
func TestHeldUntilItIsHopeless(t *testing.T) {
	for _, tc := range []struct {
		name  string
		then  policy.Snapshot
		phase string
	}{
		{"the wake fails", stands(0, 0, true, mark(9*time.Second, 0, 1)), "failed"},
		{"it is frozen", asleep(), "frozen"},
		{"it is deleted", missing(), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(starting())
				time.AfterFunc(10*time.Second, func() {
					w.control.set(tc.then)
					if tc.phase == "frozen" {
						w.store.freeze(time.Hour)
					}
				})
				a := w.post("x")
				if a.status != 503 || a.header.Get("X-Catnap-Phase") != tc.phase {
					t.Errorf("got %+v", a)
				}
				between(t, a.took, 10*time.Second, 16*time.Second)
				same(t, "changes", []string(nil), w.changes())
			})
		})
	}
}

func TestHeldCallerGoes(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Second, cancel)
		between(t, w.sendIn(ctx, http.MethodPost, "/orders", "x").took, 10*time.Second, 10*time.Second)
		time.Sleep(time.Minute)
		if w.lb.arrived+w.lb.probes > 0 {
			t.Error("sent for a caller who has gone")
		}
	})
}

// A caller who has gone before the delay is over wakes nothing.
func TestGoneBeforeTheStart(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		ctx, cancel := context.WithCancel(t.Context())
		w.control.before = func(call string) {
			if call == "observe" {
				time.AfterFunc(0, cancel)
			}
		}
		w.sendIn(ctx, http.MethodGet, "/", "", person...)
		same(t, "changes", []string(nil), w.changes())
	})
}

// stopOnce lets a reaper stop the service in the moment of the first switch; so many targets are still registered.
func stopOnce(w *world, targets int) {
	var once sync.Once
	w.control.before = func(call string) {
		if call != "disarm" {
			return
		}
		once.Do(func() {
			s := w.control.now()
			s.Desired, s.Healthy = 0, targets
			w.control.set(s)
		})
	}
}

// A switch that crosses a stop is undone: a client waits for the new task, and a person sees that it starts.
func TestDisarmUndone(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(drowsy())
		stopOnce(w, 0)
		a := w.post("x")
		if a.status != 200 {
			t.Errorf("got %+v", a)
		}
		between(t, a.took, 20*time.Second, 22*time.Second)
		same(t, "requests", 1, len(w.lb.seen()))
	})
}

// The target that is still there is a stopped task's, which nothing is sent to.
func TestDisarmUndoneBesideAnOldTarget(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(drowsy())
		stopOnce(w, 2)
		a := w.post("x")
		if a.status != 200 || a.took < 9*time.Second {
			t.Errorf("got %+v", a)
		}
		same(t, "requests", 1, len(w.lb.seen()))
		same(t, "changes", 2, len(w.changes()))
	})
}

func TestDisarmUndoneForAPerson(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(drowsy())
		stopOnce(w, 0)
		if a := w.browse("/"); !a.isPage() || a.took != 0 {
			t.Errorf("got %+v", a)
		}
		same(t, "requests", 0, len(w.lb.seen()))
	})
}

// What nobody waits for is passed on while the rule spreads that gives way to the application, and changes nothing.
func TestProbePassedOn(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(awake())
		if a := w.get("/favicon.ico"); a.status != 200 || a.body != "hello" {
			t.Errorf("got %+v", a)
		}
		calls(t, w, "observe", "secret bypass-rule")
		w.lb.broken = func(int) int { return 503 }
		w.get("/robots.txt").is(t, 404, problemHeader(), notWoken)
		same(t, "changes", []string(nil), w.changes())
	})
}

// TestProbeOfADrowsyService: what was passed on would be counted as a request, and keep the service awake.
func TestProbeOfADrowsyService(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(drowsy())
		w.get("/favicon.ico").is(t, 404, problemHeader(), notWoken)
		same(t, "requests", 0, len(w.lb.seen()))
		same(t, "changes", []string(nil), w.changes())
	})
}

func TestBodyUnreadable(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(drowsy())
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", iotest.ErrReader(errThrottled))
		w.serve(r).is(t, 400, problemHeader(), `{"title":"The request's body could not be read","status":400}`)
		same(t, "requests", 0, len(w.lb.seen()))
	})
}
