package sandbox_test

import (
	"encoding/json"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/price"
	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/sandbox/network"
)

// runs counts the invocations of functions by the folders below functions/, and how long they took. Time passes in
// waits and calls only: what a function computes takes none.
type runs struct {
	next func(name string, took time.Duration)

	mu    sync.Mutex
	count map[string]float64
	took  map[string]time.Duration
}

func (r *runs) add(name string, took time.Duration) {
	r.mu.Lock()
	if r.count == nil {
		r.count, r.took = map[string]float64{}, map[string]time.Duration{}
	}
	code := strings.TrimPrefix(name, "catnap-"+sandbox.Service+"-")
	r.count[code]++
	r.took[code] += took
	r.mu.Unlock()
	r.next(name, took)
}

// use is what catnap used of AWS in some stretch of time.
type use struct {
	runs    map[string]float64 // invocations by function
	seconds map[string]float64 // of them
	calls   map[string]float64 // by operation
	logged  float64            // bytes of the functions' own lines
	tasks   float64            // hours of tasks that were billed
}

// plus is u and n times v.
func (u use) plus(n float64, v use) use {
	sum := func(a, b map[string]float64) map[string]float64 {
		all := maps.Clone(a)
		if all == nil {
			all = map[string]float64{}
		}
		for key, value := range b {
			all[key] += n * value
		}
		return all
	}
	return use{
		runs: sum(u.runs, v.runs), seconds: sum(u.seconds, v.seconds), calls: sum(u.calls, v.calls),
		logged: u.logged + n*v.logged, tasks: u.tasks + n*v.tasks,
	}
}

// logSize takes the sandbox's log and counts what the functions write.
type logSize struct {
	mu    sync.Mutex
	bytes float64
}

func (l *logSize) Write(text []byte) (int, error) {
	var line struct{ Msg, Actor string }
	if err := json.Unmarshal(text, &line); err == nil && line.Msg != "aws" && line.Actor != "" {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.bytes += float64(len(text))
	}
	return len(text), nil
}

// sofar is what was used since the sandbox began.
func (w *world) sofar(t *testing.T, l *logSize) use {
	t.Helper()
	hourly, err := price.Default().Task("eu-west-3", smallTask)
	if err != nil {
		t.Fatal(err)
	}
	u := use{calls: map[string]float64{}, seconds: map[string]float64{}}
	u.tasks = w.Account.Charges(w.Clock.Now())["AmazonECS"] / hourly
	for operation, n := range w.Backplane.Calls() {
		u.calls[operation] = float64(n)
	}
	l.mu.Lock()
	u.logged = l.bytes
	l.mu.Unlock()
	w.runs.mu.Lock()
	defer w.runs.mu.Unlock()
	u.runs = maps.Clone(w.runs.count)
	for name, took := range w.runs.took {
		u.seconds[name] = took.Seconds()
	}
	return u
}

// measured are the stretches of time of which a month is made.
type measured struct {
	asleep use // an hour
	inUse  use // an hour of a request every twenty seconds
	visit  use // what waking and falling asleep take beside the time in use; of six visits the dearest
	guard  use // a run of the cost guard with a budget
}

// measure runs a sandbox in a bubble.
func measure(t *testing.T) (m measured) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		size := &logSize{}
		o := asDocumented()
		o.Network, o.Listen, o.Log = &network.Memory{}, "alb:80", slog.New(slog.NewJSONHandler(size, nil))
		o.Budget, o.GuardAfter = 1000, 1000*time.Hour // the guard runs when it is asked to
		start(t, o, func(w *world) {
			during := func(something func()) use {
				before := w.sofar(t, size)
				something()
				return w.sofar(t, size).plus(-1, before)
			}
			w.pass(2 * time.Minute) // the first pass marks the rule
			m.asleep = during(func() { w.pass(time.Hour) })
			w.isAwakeFor(5 * time.Minute)
			m.inUse = during(func() { w.isAwakeFor(time.Hour) })
			w.fallAsleep()
			for range 6 {
				w.pass(10 * time.Second) // so that visits end at all times of a minute
				if visit := during(w.visit).plus(-visitLength.Hours(), m.inUse); visit.tasks > m.visit.tasks {
					m.visit = visit
				}
			}
			w.untilReaped()
			m.guard = during(func() { w.guardOnce(t) })
		})
	})
	return m
}

const visitLength = 10 * time.Minute

// visit uses the service, and ends when it is asleep and its task gone.
func (w *world) visit() {
	w.t.Helper()
	w.isAwakeFor(visitLength)
	w.fallAsleep()
}

func (w *world) fallAsleep() {
	w.t.Helper()
	w.until("asleep", 10*time.Minute, func() bool { return w.phase() == policy.PhaseAsleep })
	w.pass(time.Minute) // the task drains
}

// untilReaped waits for the next pass of the reaper.
func (w *world) untilReaped() {
	w.t.Helper()
	passes := func() float64 {
		w.runs.mu.Lock()
		defer w.runs.mu.Unlock()
		return w.runs.count["reaper"]
	}
	before := passes()
	w.until("a pass of the reaper", 2*time.Minute, func() bool { return passes() > before })
}

// guardOnce runs the cost guard, and waits until it is done.
func (w *world) guardOnce(t *testing.T) {
	t.Helper()
	if err := w.Guard(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.pass(5 * time.Second)
}
