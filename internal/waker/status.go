package waker

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
)

// status is the document under /.catnap/status. It tells nothing that a visitor may not know.
type status struct {
	Service        string        `json:"service"`
	Phase          policy.Phase  `json:"phase"`
	Since          *time.Time    `json:"since"` // null while unknown
	ElapsedSeconds int           `json:"elapsed_seconds"`
	ETASeconds     *int          `json:"eta_seconds"`             // null while unknown
	RetrySeconds   *int          `json:"retry_seconds,omitempty"` // failed, frozen: until it may be tried again
	Steps          []policy.Step `json:"steps"`
	Message        string        `json:"message"`
}

// messages are for the public.
var messages = map[policy.Phase]string{
	policy.PhaseAsleep: "Asleep. The next visit starts it.",
	policy.PhaseWaking: "Starting.",
	policy.PhaseAwake:  "Running.",
	policy.PhaseDrowsy: "Running; about to go to sleep.",
	policy.PhaseFailed: "It could not be started.",
	policy.PhaseFrozen: "Paused.",
}

func (v *visit) writeStatus(seen policy.Snapshot) {
	now := v.clock.Now()
	doc := newStatus(v.svc.Name, seen, now)
	header := v.rw.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Cache-Control", "no-store")
	header.Set(phaseHeader, string(doc.Phase))
	v.rw.WriteHeader(http.StatusOK)
	if err := json.NewEncoder(v.rw).Encode(doc); err != nil {
		v.warn("status not written", err)
	}
}

func newStatus(name string, seen policy.Snapshot, now time.Time) status {
	doc := status{Service: name, Phase: seen.Phase(now), Steps: policy.Steps(seen, now)}
	doc.Message = messages[doc.Phase]
	if since := seen.Rule.Mark.Since; !since.IsZero() {
		doc.Since = &since
		doc.ElapsedSeconds = max(0, int(now.Sub(since)/time.Second))
	}
	switch doc.Phase {
	case policy.PhaseAwake, policy.PhaseDrowsy:
		doc.ETASeconds = new(int)
	case policy.PhaseFailed:
		doc.RetrySeconds = secondsUntil(seen.RetryAt(), now)
	case policy.PhaseFrozen:
		doc.RetrySeconds = secondsUntil(seen.FrozenUntil, now)
	default: // nobody knows
	}
	return doc
}

func secondsUntil(at, now time.Time) *int {
	left := max(0, int((at.Sub(now)+time.Second-1)/time.Second))
	return &left
}

// lookAtTasks adds, for the steps, the tasks of a service that is on its way.
func (v *visit) lookAtTasks(ctx context.Context) (policy.Snapshot, error) {
	seen, err := v.observe(ctx)
	if err != nil || seen.Desired == 0 || seen.Healthy > 0 {
		return seen, err
	}
	if seen.Tasks, err = v.control.Tasks(ctx, v.svc); err != nil {
		v.warn("tasks unknown", err)
	}
	return seen, nil
}

// statusTTL bounds the calls that many open waiting pages cause.
const statusTTL = time.Second

// statusCache keeps what the last look for a status saw. The zero value is ready.
type statusCache struct {
	mu   sync.Mutex
	seen map[string]cached
}

type cached struct {
	snapshot policy.Snapshot
	at       time.Time
}

// get holds the lock while it looks: those who ask at the same time share one look.
func (c *statusCache) get(
	name string, now time.Time, look func() (policy.Snapshot, error),
) (policy.Snapshot, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if last, ok := c.seen[name]; ok && now.Sub(last.at) < statusTTL {
		return last.snapshot, nil
	}
	seen, err := look()
	if err != nil {
		return policy.Snapshot{}, err
	}
	if c.seen == nil {
		c.seen = map[string]cached{}
	}
	c.seen[name] = cached{snapshot: seen, at: now}
	return seen, nil
}

func (c *statusCache) forget(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.seen, name)
}
