package sandbox_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/clock"
)

const (
	stormClients = 500
	// maxUpdates is how many UpdateService calls of a storm may reach ECS, which takes 50 at once.
	maxUpdates = 20
)

// TestStorm sends ten thousand requests of five hundred clients to a sleeping service. Every one is served, by the page
// or by the application, and ECS is hardly troubled.
func TestStorm(t *testing.T) {
	t.Parallel()
	o := asDocumented()
	o.NoScheduler = true // what is counted are the wakers' calls
	inBubble(t, o, func(t *testing.T, w *world) {
		result := storm(w, stormRequest)
		if want := stormClients * stormRequests(); result.served != want {
			t.Errorf("%d of %d requests were served: %v", result.served, want, result.refused)
		}
		calls := w.Backplane.Calls()
		if n := calls["UpdateService"]; n == 0 || n > maxUpdates {
			t.Errorf("%d UpdateService calls reached ECS, want 1 to %d", n, maxUpdates)
		}
		t.Logf("calls that reached AWS: %v", calls)
	})
}

// stormRequests is how many requests each client sends.
func stormRequests() int {
	if underRace {
		return 4
	}
	return 20
}

type stormResult struct {
	mu      sync.Mutex
	served  int
	refused map[string]int
	took    []time.Duration
}

// storm lets the clients go, each with a pause between its requests.
func storm(w *world, request func(w *world, client int) (answer, error)) *stormResult {
	result := &stormResult{refused: map[string]int{}}
	var group sync.WaitGroup
	for client := range stormClients {
		group.Go(func() {
			for range stormRequests() {
				result.add(request(w, client))
				w.pass(time.Second)
			}
		})
	}
	group.Wait()
	return result
}

// stormRequest is of a browser or of something else, half and half.
func stormRequest(w *world, client int) (answer, error) {
	var headers []string
	if client%2 == 0 {
		headers = []string{"Accept", "text/html", "Sec-Fetch-Mode", "navigate"}
	}
	return w.try(http.MethodGet, "/api/echo", "", headers...)
}

func (s *stormResult) add(a answer, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.took = append(s.took, a.took)
	switch {
	case err != nil:
		s.refused[err.Error()]++
	case a.status == http.StatusOK || a.isPage():
		s.served++
	default:
		s.refused[fmt.Sprintf("%d %.80s", a.status, a.body)]++
	}
}

// BenchmarkStorm is TestStorm over sockets. Latencies are in the sandbox's time, cold start included; requests a second
// are in real time.
func BenchmarkStorm(b *testing.B) {
	benchmarkStorm(b, stormRequest)
}

func benchmarkStorm(b *testing.B, request func(w *world, client int) (answer, error)) {
	b.Helper()
	for b.Loop() {
		o := asDocumented()
		o.Clock = clock.New(time.Now(), 5)
		o.NoScheduler = true
		start(b, o, func(w *world) {
			began := time.Now()
			result := storm(w, request)
			b.ReportMetric(float64(len(result.took))/time.Since(began).Seconds(), "requests/s")
			b.ReportMetric(percentile(result.took, 50).Seconds(), "p50-s")
			b.ReportMetric(percentile(result.took, 99).Seconds(), "p99-s")
			b.ReportMetric(float64(len(result.took)-result.served), "refused")
			for operation, n := range w.Backplane.Calls() {
				b.ReportMetric(float64(n), operation)
			}
		})
	}
}

// BenchmarkTimeToApplication measures, at real speed, how long held clients wait from the first healthy target to the
// first byte of the application's answer. The floor is what no waker could beat: from the task's start to its target's
// first passing health check.
func BenchmarkTimeToApplication(b *testing.B) {
	const clients = 100
	var waits, floors []time.Duration
	for b.Loop() {
		events := &eventTimes{at: map[string]time.Time{}}
		o := asDocumented()
		o.Log = events.logger()
		start(b, o, func(w *world) {
			firstBytes := heldClients(w, clients)
			healthy := events.time("target healthy")
			floors = append(floors, healthy.Sub(events.time("task RUNNING")))
			for _, at := range firstBytes {
				waits = append(waits, at.Sub(healthy))
			}
		})
	}
	b.ReportMetric(percentile(waits, 50).Seconds(), "p50-s")
	b.ReportMetric(percentile(waits, 99).Seconds(), "p99-s")
	b.ReportMetric(percentile(floors, 50).Seconds(), "floor-s")
}

func heldClients(w *world, n int) []time.Time {
	times := make([]time.Time, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			if a := w.get("/api/echo"); a.status != http.StatusOK {
				w.t.Errorf("a held client got %d", a.status)
			}
			times[i] = time.Now()
		})
	}
	group.Wait()
	return times
}

func percentile(values []time.Duration, p int) time.Duration {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)-1, len(sorted)*p/100)]
}

// eventTimes notes when the journal first wrote each action down.
type eventTimes struct {
	mu sync.Mutex
	at map[string]time.Time
}

func (e *eventTimes) logger() *slog.Logger {
	options := &slog.HandlerOptions{ReplaceAttr: e.note}
	return slog.New(slog.NewTextHandler(io.Discard, options)) //nolint:sloglint // it is the attributes that are wanted
}

func (e *eventTimes) note(_ []string, a slog.Attr) slog.Attr {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, ok := e.at[a.Value.String()]; a.Key == "action" && !ok {
		e.at[a.Value.String()] = time.Now()
	}
	return a
}

func (e *eventTimes) time(action string) time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.at[action]
}
