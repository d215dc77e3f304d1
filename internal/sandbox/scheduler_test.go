package sandbox_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// TestScheduleRunsEveryMinute counts the reaper's runs by the first call that each of them makes. [SCH-01] [SCH-02]
func TestScheduleRunsEveryMinute(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var began []time.Time
	faults := &awsapi.Faults{Hook: func(_ context.Context, operation string, n int) awsapi.Fault {
		if operation != "GetParametersByPath" {
			return awsapi.Fault{}
		}
		mu.Lock()
		defer mu.Unlock()
		began = append(began, time.Now())
		if n == 2 {
			return awsapi.Fault{Delay: time.Minute} // longer than to the next run
		}
		return awsapi.Fault{}
	}}
	inBubble(t, sandbox.Options{Jitter: 5 * time.Second, Faults: faults}, func(t *testing.T, w *world) {
		w.pass(5*time.Minute + 30*time.Second)
		mu.Lock()
		defer mu.Unlock()
		if len(began) != 6 {
			t.Fatalf("%d runs in five and a half minutes: %v", len(began), began)
		}
		for _, at := range began[1:] {
			if late := at.Sub(at.Truncate(time.Minute)); late > 6*time.Second {
				t.Errorf("a run began %s after the minute", late)
			}
		}
	})
}
