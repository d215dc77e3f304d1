package sandbox_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/settings"
)

// asDocumented is a sandbox with the delays of the command line's defaults.
func asDocumented() sandbox.Options {
	return sandbox.Options{
		MetricLag: time.Minute, Latency: 20 * time.Millisecond, Spread: 2 * time.Second, Stale: time.Second,
		Jitter: 5 * time.Second, Seed: 1,
	}
}

// TestPromise is what catnap promises, in the product's own words.
func TestPromise(t *testing.T) {
	t.Parallel()
	t.Run("in fake time", func(t *testing.T) {
		inBubble(t, asDocumented(), func(_ *testing.T, w *world) { promise(w, 5*time.Minute, time.Second) })
	})
	t.Run("over sockets", func(t *testing.T) {
		t.Parallel() // it mostly waits
		o := asDocumented()
		o.Clock = clock.New(time.Now(), 10)
		o.MetricLag = 0
		o.Settings = func(s *settings.Service) { // five minutes would be long in real time
			s.IdleAfter, s.DrowsyAfter = settings.Duration(3*time.Minute), settings.Duration(time.Minute)
			s.MetricLag, s.Settle = settings.Duration(time.Second), settings.Duration(5*time.Second)
		}
		start(t, o, func(w *world) { promise(w, 3*time.Minute, time.Minute) })
	})
}

// promise allows for slack: in real time, ten times as fast, a machine that is busy elsewhere loses seconds.
func promise(w *world, idle, slack time.Duration) {
	w.t.Helper()
	w.startsAtZero()
	w.aRequestWakesIt()
	w.thePageGivesWay(slack)
	w.quietPutsItBack(idle, slack)
	w.aLateVisitorFindsIt(idle, slack)
}

func (w *world) startsAtZero() {
	w.t.Helper()
	w.pass(10 * time.Second)
	if seen := w.observe(); seen.Desired != 0 || w.phase() != policy.PhaseAsleep {
		w.t.Fatalf("starts with desired count %d, phase %s", seen.Desired, w.phase())
	}
}

func (w *world) aRequestWakesIt() {
	w.t.Helper()
	if page := w.browse("/docs?chapter=2"); !page.isPage() {
		w.t.Fatalf("a browser got %d %q, not the waiting page", page.status, page.body)
	}
	held := w.get("/api/echo?a=1")
	if held.status != http.StatusOK || !strings.Contains(held.body, `"uri":"/api/echo?a=1"`) {
		w.t.Fatalf("curl got %d %q, not the application's own answer", held.status, held.body)
	}
}

func (w *world) thePageGivesWay(slack time.Duration) {
	w.t.Helper()
	a := w.browse("/docs?chapter=2")
	if a.status != http.StatusOK || !strings.Contains(a.body, "The application is awake") {
		w.t.Fatalf("the browser got %d %q, not the application", a.status, a.body)
	}
	w.until("awake", 10*time.Second+slack, func() bool { return w.phase() == policy.PhaseAwake })
}

func (w *world) quietPutsItBack(idle, slack time.Duration) {
	w.t.Helper()
	w.pass(idle - time.Minute)
	if seen := w.observe(); seen.Desired != 1 {
		w.t.Fatalf("stopped within %s of a request", idle-time.Minute)
	}
	w.until("desired count 0", 70*time.Second+slack, func() bool { return w.observe().Desired == 0 })
}

func (w *world) aLateVisitorFindsIt(idle, slack time.Duration) {
	w.t.Helper()
	w.pass(time.Minute)
	if a := w.get("/api/echo"); a.status != http.StatusOK {
		w.t.Fatalf("the second wake answered %d", a.status)
	}
	w.pass(idle - slack)
	if a := w.browse("/"); a.status != http.StatusOK {
		w.t.Fatalf("%s after the wake a browser got %d, not the application", idle-slack, a.status)
	}
}
