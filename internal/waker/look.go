package waker

import (
	"context"
	"sync"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
)

// lookAtTasks adds, for the steps, the tasks of a service that is on its way, and for the operator those that have
// stopped.
func (v *visit) lookAtTasks(ctx context.Context) (policy.Snapshot, error) {
	seen, err := v.observe(ctx)
	if err != nil || !v.operator() && (seen.Desired == 0 || seen.Healthy > 0) {
		return seen, err
	}
	if seen.Tasks, err = v.control.Tasks(ctx, v.svc); err != nil {
		v.warn("tasks unknown", err)
	}
	return seen, nil
}

const (
	// statusTTL bounds the calls that many open waiting pages cause.
	statusTTL = time.Second
	// passingTTL bounds the calls that scanners and monitors cause, of which there may be hundreds in a minute.
	passingTTL = 10 * time.Second
)

// lookCache keeps what the last look saw.
type lookCache struct {
	ttl time.Duration

	mu   sync.Mutex
	seen map[string]looked
}

type looked struct {
	snapshot policy.Snapshot
	at       time.Time
}

// get holds the lock while it looks: those who ask at the same time share one look.
func (c *lookCache) get(name string, now time.Time, look func() (policy.Snapshot, error)) (policy.Snapshot, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if last, ok := c.seen[name]; ok && now.Sub(last.at) < c.ttl {
		return last.snapshot, nil
	}
	seen, err := look()
	if err != nil {
		return policy.Snapshot{}, err
	}
	if c.seen == nil {
		c.seen = map[string]looked{}
	}
	c.seen[name] = looked{snapshot: seen, at: now}
	return seen, nil
}

func (c *lookCache) forget(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.seen, name)
}
