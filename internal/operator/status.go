package operator

import (
	"context"
	"fmt"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/report"
	"github.com/catnap-dev/catnap/internal/settings"
)

// Status looks at everything that tells how a service is. What can't be seen beside the service itself is named in the
// status and no error.
func (o *Operator) Status(ctx context.Context, m settings.Member) (report.Status, error) {
	seen, err := o.observe(ctx, m)
	if err != nil {
		return report.Status{}, fmt.Errorf("look at %s: %w", m.Name, err)
	}
	facts := report.Facts{Member: m, Seen: seen}
	if facts.Freezes, err = m.Freezes(ctx); err != nil {
		return report.Status{}, fmt.Errorf("look at %s: %w", m.Name, err)
	}
	o.addTraffic(ctx, m, &facts)
	o.addTasks(ctx, m, &facts)
	o.addSide(ctx, m, &facts)
	return report.NewStatus(facts, o.now()), nil
}

// addTraffic adds the traffic by the minute of a service that is not asleep, whose last activity nothing else tells.
func (o *Operator) addTraffic(ctx context.Context, m settings.Member, facts *report.Facts) {
	complete, err := o.evidence.Complete(ctx, m.Service, facts.Seen)
	if err != nil {
		facts.Unknown = append(facts.Unknown, err.Error())
		return
	}
	facts.Seen = complete
}

// addTasks adds the tasks of a wake that is on its way, or that failed.
func (o *Operator) addTasks(ctx context.Context, m settings.Member, facts *report.Facts) {
	if facts.Seen.Phase(o.now()) != policy.PhaseWaking && !facts.Seen.FailureNoted() {
		return
	}
	tasks, err := o.control.Tasks(ctx, m.Service)
	if err != nil {
		facts.Unknown = append(facts.Unknown, err.Error())
		return
	}
	facts.Seen.Tasks = tasks
}

func (o *Operator) addSide(ctx context.Context, m settings.Member, facts *report.Facts) {
	if m.EC2Rule == "" {
		return
	}
	state, err := o.sides.Look(ctx, m.Service)
	if err != nil {
		facts.Unknown = append(facts.Unknown, err.Error())
		return
	}
	facts.Traffic = &state
}
