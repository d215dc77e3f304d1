package sandbox

import (
	"context"
	"log/slog"
	"strings"

	"github.com/catnap-dev/catnap/internal/ecsctl"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox/ecs"
	"github.com/catnap-dev/catnap/internal/sandbox/sns"
)

// journal writes down what AWS itself does: tasks and targets changing state, messages that are sent. Each line carries
// the phase at that moment, which is looked up off the goroutine that reports the change: it holds locks.
type journal struct {
	sandbox *Sandbox
	lines   chan line
}

type line struct {
	actor, action, reason string
}

// backlog is far more than what happens between two lines.
const backlog = 1024

func newJournal(s *Sandbox) *journal {
	return &journal{sandbox: s, lines: make(chan line, backlog)}
}

func (j *journal) task(c ecs.Change) {
	j.add(line{"ecs", "task " + c.Status, c.Reason})
}

func (j *journal) target(_, _, state, reason string) {
	if reason == "" {
		reason = "passes its health check"
	}
	j.add(line{"alb", "target " + state, reason})
}

func (j *journal) message(m sns.Message) {
	j.add(line{"sns", "message", m.Subject})
}

// add drops a line rather than holding up what reports it.
func (j *journal) add(l line) {
	select {
	case j.lines <- l:
	default:
	}
}

func (j *journal) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case l := <-j.lines:
			j.write(ctx, l)
		}
	}
}

func (j *journal) write(ctx context.Context, l line) {
	phase := policy.Phase("unknown")
	if seen, err := j.sandbox.Observe(ctx); err == nil {
		phase = seen.Phase(j.sandbox.Clock.Now())
	}
	j.sandbox.Log.Info("aws", slog.String("service", j.sandbox.stored().Name), slog.String("phase", string(phase)),
		slog.String("actor", l.actor), slog.String("action", strings.TrimSpace(l.action)), slog.String("reason", l.reason))
}

// Observe looks at the service past latency, throttles and faults, as an onlooker who disturbs nothing.
func (s *Sandbox) Observe(ctx context.Context) (policy.Snapshot, error) {
	clients := s.Onlooker()
	return ecsctl.New(clients.ECS, clients.ELB, s.Clock.Now).Observe(ctx, s.stored())
}
