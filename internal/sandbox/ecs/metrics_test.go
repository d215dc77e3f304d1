package ecs

import (
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// samples counts what is recorded, by minute and metric.
type samples struct {
	mu     sync.Mutex
	counts map[string]int
	values []float64
	of     map[string]string
}

func (s *samples) record(metric string, dimensions map[string]string, at time.Time, value float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.counts == nil {
		s.counts = map[string]int{}
	}
	s.counts[fmt.Sprintf("%s %s", at.UTC().Format("04:05"), metric)]++
	s.values, s.of = append(s.values, value), maps.Clone(dimensions)
}

// Two tasks run from second 21 on, one from the middle of the fourth minute on, none after the fifth.
func TestEachRunningTaskIsOneSampleAMinute(t *testing.T) {
	var s samples
	bubble(t, Options{Record: s.record}, 2, func(w *world) {
		time.Sleep(3*time.Minute + 30*time.Second)
		w.desire(1)
		time.Sleep(90 * time.Second)
		w.desire(0)
		time.Sleep(10 * time.Minute)
		s.mu.Lock()
		defer s.mu.Unlock()
		want := map[string]int{}
		for minute, n := range []int{2, 2, 2, 1, 1} {
			for _, metric := range []string{"CPUUtilization", "MemoryUtilization"} {
				want[fmt.Sprintf("%02d:00 %s", minute, metric)] = n
			}
		}
		if diff := cmp.Diff(want, s.counts); diff != "" {
			t.Errorf("samples (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(map[string]string{"ClusterName": cluster, "ServiceName": "web"}, s.of); diff != "" {
			t.Errorf("dimensions (-want +got):\n%s", diff)
		}
		for _, value := range s.values {
			if value <= 0 || value >= 100 {
				t.Errorf("a task uses %g %%", value)
			}
		}
	})
}

// The load balancer here takes ten seconds to let a target go: over the end of the minute.
func TestDrainingTaskIsASample(t *testing.T) {
	var s samples
	bubble(t, Options{Record: s.record}, 1, func(w *world) {
		time.Sleep(time.Minute + 53*time.Second)
		w.desire(0)
		time.Sleep(5 * time.Minute)
		s.mu.Lock()
		defer s.mu.Unlock()
		want := map[string]int{
			"00:00 CPUUtilization": 1, "00:00 MemoryUtilization": 1, "01:00 CPUUtilization": 1, "01:00 MemoryUtilization": 1,
		}
		if diff := cmp.Diff(want, s.counts); diff != "" {
			t.Errorf("samples (-want +got):\n%s", diff)
		}
	})
}

// A task that starts for longer than a minute has no sample before it runs.
func TestStartingTaskIsNoSample(t *testing.T) {
	var s samples
	bubble(t, Options{Record: s.record, TaskStart: 100 * time.Second}, 1, func(*world) {
		time.Sleep(2*time.Minute + 30*time.Second)
		s.mu.Lock()
		defer s.mu.Unlock()
		want := map[string]int{"01:00 CPUUtilization": 1, "01:00 MemoryUtilization": 1}
		if diff := cmp.Diff(want, s.counts); diff != "" {
			t.Errorf("samples (-want +got):\n%s", diff)
		}
	})
}
