package sandbox_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
)

// TestSeedTiming is the test that the first users wrote down before there was a catnap: a request, sleep 310, and the
// desired count is 0. It must hold for a request at any second of a minute, and the service must not be stopped before
// 240 s have passed. With later metrics it sleeps later, never earlier.
func TestSeedTiming(t *testing.T) {
	t.Parallel()
	for second := range 60 {
		t.Run(fmt.Sprintf("second %02d", second), func(t *testing.T) {
			seedTiming(t, time.Duration(second)*time.Second, time.Minute)
		})
	}
	for second := 0; second < 60; second += 4 {
		t.Run(fmt.Sprintf("metrics 3 minutes late, second %02d", second), func(t *testing.T) {
			seedTiming(t, time.Duration(second)*time.Second, 3*time.Minute)
		})
	}
}

func seedTiming(t *testing.T, second, lag time.Duration) {
	t.Helper()
	o := asDocumented()
	o.MetricLag = lag
	o.Seed = uint64(second)
	inBubble(t, o, func(t *testing.T, w *world) {
		w.isAwakeFor(2 * time.Minute)
		w.pass(time.Until(time.Now().Truncate(time.Minute).Add(time.Minute + second)))
		if a := w.get("/api/echo"); a.status != http.StatusOK || w.phase() != policy.PhaseAwake {
			t.Fatalf("the request was answered %d in phase %s", a.status, w.phase())
		}
		w.pass(240 * time.Second)
		if w.observe().Desired != 1 {
			t.Fatal("stopped within 240 s of the request")
		}
		w.pass(70 * time.Second)
		if desired := w.observe().Desired; lag == time.Minute && desired != 0 {
			t.Fatalf("desired count %d 310 s after the request, phase %s", desired, w.phase())
		}
		w.until("asleep", 10*time.Minute, func() bool { return w.observe().Desired == 0 })
	})
}

// isAwakeFor wakes the service and uses it for a while.
func (w *world) isAwakeFor(d time.Duration) {
	w.t.Helper()
	for end := w.Clock.Now().Add(d); w.Clock.Now().Before(end); w.pass(20 * time.Second) {
		if a := w.get("/api/echo"); a.status != http.StatusOK {
			w.t.Fatalf("a wake was answered %d %q", a.status, a.body)
		}
	}
}
