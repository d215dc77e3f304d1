package operator

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/report"
	"github.com/catnap-dev/catnap/internal/settings"
)

// RefusedError says why an order is not carried out. Nothing was changed.
type RefusedError struct {
	Action, Service string
	Reason          policy.Reason
	Why             string
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s %s: refused: %s", e.Action, e.Service, e.Why)
}

// FailedWakeError says that a wake came to nothing.
type FailedWakeError struct {
	Service string
	What    string
	Reasons []string // ECS's own, the most telling first
}

func (e *FailedWakeError) Error() string {
	text := fmt.Sprintf("wake %s: %s", e.Service, e.What)
	if len(e.Reasons) == 0 {
		return text + "; ECS tells no reason"
	}
	return text + ": " + strings.Join(e.Reasons, " | ")
}

// DisturbedError says that somebody came while a service was being put to sleep. It is left awake.
type DisturbedError struct {
	Service, What string
}

func (e *DisturbedError) Error() string {
	return fmt.Sprintf("sleep %s: %s; it is left awake (--force puts it to sleep all the same)", e.Service, e.What)
}

func (o *Operator) refused(ctx context.Context, action string, m settings.Member, d policy.Decision) error {
	return &RefusedError{Action: action, Service: m.Name, Reason: d.Reason, Why: o.why(ctx, m, d)}
}

// why says what stands against an order, and what to do about it.
func (o *Operator) why(ctx context.Context, m settings.Member, d policy.Decision) string {
	switch d.Reason {
	case policy.ReasonUnmanaged:
		return "its settings say managed: false, so catnap leaves it alone"
	case policy.ReasonNotFound:
		return fmt.Sprintf("ECS does not know the service %s in the cluster %s, or it is not ACTIVE", m.Service.Service,
			m.Cluster)
	case policy.ReasonFrozen:
		return "nothing may be woken " + until(d.Next) + o.freezeReason(ctx, m)
	case policy.ReasonWaking:
		return "somebody is waking it at this moment (--force gives that wake up)"
	case policy.ReasonDeployment:
		return "a deployment is in progress; a stop would interrupt it"
	case policy.ReasonProtected:
		return "a task is protected from scale-in; it asks not to be stopped"
	case policy.ReasonPinned:
		return "it is pinned " + until(d.Next) + ", so the reaper would wake it again within a minute; catnap unpin first"
	case policy.ReasonSchedule:
		return "it is in a window of its schedule " + until(d.Next) + ", so the reaper would wake it again within a minute"
	default:
		return string(d.Reason)
	}
}

func (o *Operator) freezeReason(ctx context.Context, m settings.Member) string {
	freezes, err := m.Freezes(ctx) // read a moment ago: the store has them still
	if err != nil || len(freezes) == 0 {
		return ""
	}
	text := report.By(freezes[0].By)
	if freezes[0].Reason != "" {
		text += ": " + freezes[0].Reason
	}
	return text + "; catnap thaw ends that"
}

func until(t time.Time) string { return "until " + t.UTC().Format(time.RFC3339) }
