package operator

import (
	"context"
	"fmt"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/report"
	"github.com/catnap-dev/catnap/internal/settings"
)

// Pin keeps a service awake until then. The reaper, which looks once a minute, wakes it if it sleeps.
func (o *Operator) Pin(ctx context.Context, m settings.Member, until time.Time) (report.Outcome, error) {
	outcome := report.Outcome{Service: m.Name, Action: "pin", Changed: !m.Pinned.Equal(until), DryRun: o.Pretend}
	if !m.Managed {
		return outcome, o.refused(ctx, outcome.Action, m, policy.Decision{Reason: policy.ReasonUnmanaged})
	}
	all, err := m.Store.Frozen(ctx)
	if err != nil {
		return outcome, fmt.Errorf("pin %s: %w", m.Name, err)
	}
	if err := m.Store.PutPin(ctx, m.Name, until.UTC().Truncate(time.Second)); err != nil {
		return outcome, fmt.Errorf("pin %s: %w", m.Name, err)
	}
	outcome.Message = fmt.Sprintf("%s is pinned until %s.", m.Name, until.UTC().Format(time.RFC3339))
	switch {
	case m.Pin.After(until):
		outcome.Message += " Its settings pin it for longer, until " + m.Pin.UTC().Format(time.RFC3339) + "."
	case m.FrozenUntil(all).After(o.now()):
		outcome.Message += " It is frozen until " + m.FrozenUntil(all).UTC().Format(time.RFC3339) + ", and not woken before."
	default:
		outcome.Message += " If it sleeps, it is woken within a minute or two."
	}
	return outcome, nil
}

// Unpin takes the pin away that Pin has set. One in the settings themselves is the operator's own and stays.
func (o *Operator) Unpin(ctx context.Context, m settings.Member) (report.Outcome, error) {
	outcome := report.Outcome{Service: m.Name, Action: "unpin", Changed: m.Pinned.After(o.now()), DryRun: o.Pretend}
	if err := m.Store.PutPin(ctx, m.Name, time.Time{}); err != nil {
		return outcome, fmt.Errorf("unpin %s: %w", m.Name, err)
	}
	outcome.Message = m.Name + " is not pinned; it falls asleep when nobody uses it."
	if m.Pin.After(o.now()) {
		outcome.Message = fmt.Sprintf("The pin of catnap pin is gone, but the settings themselves pin %s until %s: take "+
			"\"pin\" out of the parameter %s/services/%s to end that, too.", m.Name, m.Pin.UTC().Format(time.RFC3339),
			m.Store.Prefix, m.Name)
	}
	return outcome, nil
}
