package reaper_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/reaper"
	"github.com/catnap-dev/catnap/internal/settings"
)

// world is a reaper and all that it asks. It belongs inside a bubble.
type world struct {
	t       *testing.T
	store   *fakeStore
	control *fakeControl
	meter   *fakeMeter
	reaper  *reaper.Reaper

	mu  sync.Mutex
	log bytes.Buffer
}

// bubble runs a test in a world that begins at noon of the bubble's first day, without a service.
func bubble(t *testing.T, test func(*testing.T, *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(12 * time.Hour)
		w := &world{
			t: t, store: &fakeStore{}, meter: &fakeMeter{fails: map[string]error{}},
			control: &fakeControl{
				services: map[string]*policy.Snapshot{}, fails: map[string]error{}, undone: map[string]bool{},
			},
		}
		w.reaper = reaper.New(w.store, w.control, w.meter, clock.Clock{}, slog.New(slog.NewJSONHandler(w, nil)))
		test(t, w)
	})
}

func (w *world) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.Write(p)
}

// lines are the log's lines with this message, without time and level.
func (w *world) lines(message string) []map[string]any {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	var lines []map[string]any
	for decoder := json.NewDecoder(bytes.NewReader(w.log.Bytes())); decoder.More(); {
		var line map[string]any
		if err := decoder.Decode(&line); err != nil {
			w.t.Fatal(err)
		}
		if line["msg"] == message {
			delete(line, "time")
			delete(line, "level")
			delete(line, "msg")
			lines = append(lines, line)
		}
	}
	return lines
}

// add adds a service with the settings' defaults.
func (w *world) add(name string, s policy.Snapshot, changes ...func(*settings.Service)) {
	minutes := func(n float64) settings.Duration { return settings.Duration(n * float64(time.Minute)) }
	svc := settings.Service{
		Name: name, Cluster: "main", Service: name + "-service", Managed: true, WakeCount: 2,
		IdleAfter: minutes(5), DrowsyAfter: minutes(2.5), MetricLag: minutes(1), Settle: minutes(0.5),
		HealAfter: minutes(1), WakeTimeout: minutes(5),
	}
	for _, change := range changes {
		change(&svc)
	}
	w.store.services = append(w.store.services, svc)
	w.control.services[name] = &s
}

// pass is one that must go well, and how long it took.
func (w *world) pass() time.Duration {
	w.t.Helper()
	return w.within(time.Hour)
}

// within is a pass of a function that may run for d.
func (w *world) within(d time.Duration) time.Duration {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), d)
	defer cancel()
	began := time.Now()
	if err := w.reaper.Pass(ctx); err != nil {
		w.t.Errorf("pass: %v", err)
	}
	return time.Since(began)
}

func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// calls are the acts' names, in their order.
func (w *world) calls() []string {
	w.control.mu.Lock()
	defer w.control.mu.Unlock()
	var calls []string
	for _, a := range w.control.acts {
		calls = append(calls, a.Call)
	}
	return calls
}

// times are when the acts were done.
func (w *world) times() []time.Duration {
	w.control.mu.Lock()
	defer w.control.mu.Unlock()
	var times []time.Duration
	for _, a := range w.control.acts {
		times = append(times, a.At)
	}
	return times
}

// Where a service stands, at noon.

func noon(offset time.Duration) time.Time {
	return time.Date(2000, time.January, 1, 12, 0, 0, 0, time.UTC).Add(offset)
}

func stands(desired, healthy int, armed bool, since, active time.Duration) policy.Snapshot {
	return policy.Snapshot{
		Found: true, Desired: desired, Running: desired, Healthy: healthy,
		Rule: policy.Rule{Armed: armed, Mark: policy.Mark{Since: noon(since), Active: noon(active)}},
	}
}

func asleep() policy.Snapshot { return stands(0, 0, true, -time.Hour, -2*time.Hour) }

// quiet is drowsy for so long that it is to be stopped now.
func quiet() policy.Snapshot { return stands(2, 2, true, -5*time.Minute, -10*time.Minute) }

// quietIn is drowsy, and to be stopped after d.
func quietIn(d time.Duration) policy.Snapshot {
	return stands(2, 2, true, -150*time.Second, d-5*time.Minute)
}

// recent was active a minute ago: nothing is due before the next pass.
func recent() policy.Snapshot { return stands(2, 2, false, -time.Minute, -time.Minute) }

// awake is to be armed now, if nobody came since.
func awake() policy.Snapshot { return stands(2, 2, false, -10*time.Minute, -10*time.Minute) }

// overdue is a wake that has taken too long.
func overdue() policy.Snapshot { return stands(2, 0, true, -6*time.Minute, -6*time.Minute) }
