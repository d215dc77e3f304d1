package sandbox_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/sandbox"
)

// BenchmarkLoad sends two hundred callers at once to a sleeping service whose waker, in processes, may serve twenty at
// a time. Who finds no instance gets the load balancer's 502 and tries again a second later; nobody gets any other
// error. It measures how long everybody waited for the application's answer, and how often they were turned away.
func BenchmarkLoad(b *testing.B) {
	const callers, limit = 200, 20
	binaries := builtFunctions(b)
	for b.Loop() {
		o := sandbox.Options{
			Binaries: binaries, NoScheduler: true, TaskStart: 4 * time.Second, WakerConcurrency: limit,
		}
		start(b, o, func(w *world) {
			var l load
			var group sync.WaitGroup
			for range callers {
				group.Go(func() { l.caller(w) })
			}
			group.Wait()
			b.ReportMetric(percentile(l.took, 50).Seconds(), "p50-s")
			b.ReportMetric(percentile(l.took, 99).Seconds(), "p99-s")
			b.ReportMetric(float64(l.throttled)/callers, "502s/caller")
			b.ReportMetric(float64(l.others), "other-errors")
			if l.others > 0 {
				b.Errorf("%d answers were neither the application's nor a throttle's 502", l.others)
			}
		})
	}
}

type load struct {
	mu                sync.Mutex
	took              []time.Duration
	throttled, others int
}

// caller asks until it has the application's answer.
func (l *load) caller(w *world) {
	began := w.Clock.Now()
	for {
		a, err := w.try(http.MethodGet, "/api/echo", "")
		l.mu.Lock()
		switch {
		case err == nil && a.status == http.StatusOK:
			l.took = append(l.took, w.Clock.Now().Sub(began))
			l.mu.Unlock()
			return
		case err == nil && a.status == http.StatusBadGateway:
			l.throttled++
		default:
			l.others++
		}
		l.mu.Unlock()
		w.pass(time.Second)
	}
}
