package operator

import (
	"context"
	"fmt"

	"github.com/catnap-dev/catnap/internal/report"
	"github.com/catnap-dev/catnap/internal/settings"
)

// Explain says what the reaper would do now, and why. It looks as the reaper does, by the same code, and decides by the
// same code. What the reaper remembers of earlier passes spares it calls and changes nothing.
func (o *Operator) Explain(ctx context.Context, m settings.Member) (report.Explanation, error) {
	seen, err := o.observe(ctx, m)
	if err != nil {
		return report.Explanation{}, fmt.Errorf("explain %s: %w", m.Name, err)
	}
	if seen, err = o.evidence.Complete(ctx, m.Service, seen); err != nil {
		return report.Explanation{}, fmt.Errorf("explain %s: %w", m.Name, err)
	}
	explanation := report.NewExplanation(m.Name, seen, m.Policy(), o.now())
	freezes, err := m.Freezes(ctx) // read a moment ago: the store has them still
	if err != nil {
		return report.Explanation{}, fmt.Errorf("explain %s: %w", m.Name, err)
	}
	explanation.Freezes = report.NewFreezes(freezes)
	return explanation, nil
}
