package reaper

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

// turn is one service's part of a pass.
type turn struct {
	svc    settings.Service
	frozen time.Time // the end of the freeze of everything
	until  time.Time // the pass waits for nothing later
}

// consistent is after how long a read of ECS may be trusted to show what was done: reads are eventually consistent.
const consistent = 2 * time.Second

// tend looks at a service and acts, again and again while something falls due before the pass ends.
func (r *Reaper) tend(ctx context.Context, t turn, counts policy.Snapshot) error {
	for look := range maxLooks {
		decision, err := r.look(ctx, t, counts, look == 0)
		if err != nil {
			return fmt.Errorf("tend %s: %w", t.svc.Name, err)
		}
		next := decision.Next
		if decision.Action != policy.ActionNone {
			next = r.clock.Now().Add(consistent)
		}
		if next.IsZero() || next.After(t.until) {
			return nil
		}
		if err := r.clock.WaitUntil(ctx, next); err != nil {
			return fmt.Errorf("tend %s: wait until %s: %w", t.svc.Name, next.Format(time.TimeOnly), err)
		}
		found, err := r.renew(ctx, &t)
		if err != nil {
			return fmt.Errorf("tend %s: %w", t.svc.Name, err)
		}
		if !found {
			return nil
		}
	}
	return nil
}

// renew reads the orders again, which the store keeps for a moment: a pin or a freeze may have been set while the pass
// waited. A service that is in the settings no more is left alone.
func (r *Reaper) renew(ctx context.Context, t *turn) (found bool, err error) {
	if t.frozen, err = r.store.Frozen(ctx); err != nil {
		return false, err
	}
	services, err := r.store.All(ctx)
	for _, svc := range services {
		if svc.Name == t.svc.Name {
			t.svc = svc
			return true, nil
		}
	}
	return false, err
}

// look observes, decides and acts once. The first look of a pass uses the counts that were read for ten services
// together.
func (r *Reaper) look(ctx context.Context, t turn, counts policy.Snapshot, fresh bool) (policy.Decision, error) {
	release, err := r.slot(ctx)
	if err != nil {
		return policy.Decision{}, err
	}
	defer release()
	seen, err := r.observe(ctx, t, counts, fresh)
	if err != nil {
		return policy.Decision{}, err
	}
	decision, err := r.decide(ctx, t.svc, seen)
	if err != nil {
		return policy.Decision{}, err
	}
	r.report(t.svc, seen, decision)
	return decision, r.act(ctx, t.svc, seen, decision)
}

func (r *Reaper) observe(ctx context.Context, t turn, counts policy.Snapshot, fresh bool) (policy.Snapshot, error) {
	if !fresh {
		all, err := r.control.Counts(ctx, []settings.Service{t.svc})
		if err != nil {
			return policy.Snapshot{}, err
		}
		counts = all[t.svc.Name]
	}
	seen, err := r.control.Complete(ctx, t.svc, counts)
	if err != nil {
		return policy.Snapshot{}, err
	}
	seen.FrozenUntil = t.svc.FrozenUntil(t.frozen)
	seen.Seen = r.recall(t.svc.Name)
	return seen, nil
}

// decide gathers the evidence if the decision without it asks for it.
func (r *Reaper) decide(ctx context.Context, svc settings.Service, seen policy.Snapshot) (policy.Decision, error) {
	seen, err := r.evidence.Complete(ctx, svc, seen)
	if err != nil {
		return policy.Decision{}, err
	}
	if seen.Evidence != nil {
		r.remember(svc.Name, seen.Evidence.NewestBusy())
	}
	return policy.Next(seen, svc.Policy(), r.clock.Now()), nil
}

func (r *Reaper) report(svc settings.Service, seen policy.Snapshot, decision policy.Decision) {
	r.log.Info("decision",
		slog.String("service", svc.Name),
		slog.String("phase", string(seen.Phase(r.clock.Now()))),
		slog.String("action", string(decision.Action)),
		slog.String("reason", string(decision.Reason)))
}

func (r *Reaper) act(ctx context.Context, svc settings.Service, seen policy.Snapshot, d policy.Decision) error {
	var undone bool
	var err error
	switch d.Action {
	case policy.ActionArm:
		err = r.control.Arm(ctx, svc, d.Active)
	case policy.ActionDisarm:
		undone, err = r.disarm(ctx, svc, d)
	case policy.ActionStart:
		err = r.control.Start(ctx, svc, seen.Desired)
	case policy.ActionStop:
		undone, err = r.control.Stop(ctx, svc, seen.Rule)
	case policy.ActionFail:
		r.explain(ctx, svc)
		undone, err = r.control.Fail(ctx, svc, seen.Rule)
	case policy.ActionNone, policy.ActionMeasure: // nothing to do: measuring was done to decide
	}
	if undone {
		r.log.Info("undone", slog.String("service", svc.Name), slog.String("action", string(d.Action)),
			slog.String("reason", string(policy.ReasonRequest)))
	}
	return err
}

// disarm notes the wake that it ends. Nobody watched it: how long it took is not known, only that it was one.
func (r *Reaper) disarm(ctx context.Context, svc settings.Service, d policy.Decision) (undone bool, err error) {
	before, undone, err := r.control.Disarm(ctx, svc, d.Active)
	if err != nil || undone || !before.Armed || !before.Mark.Waking() {
		return undone, err
	}
	if err := r.store.NoteWake(ctx, svc.Name, policy.Wake{At: before.Mark.Since}); err != nil {
		r.log.Warn("wake not noted", slog.String("service", svc.Name), slog.Any("cause", err))
	}
	return undone, nil
}

// explain logs, for the operator, what ECS says of the tasks of a failed wake. Not knowing it must not keep the
// failure from being acted on.
func (r *Reaper) explain(ctx context.Context, svc settings.Service) {
	tasks, err := r.control.Tasks(ctx, svc)
	if err != nil {
		r.log.Warn("stopped reasons unknown", slog.String("service", svc.Name), slog.Any("cause", err))
	}
	for _, task := range tasks {
		if task.StoppedReason != "" {
			r.log.Warn("task stopped", slog.String("service", svc.Name), slog.String("task", task.ID),
				slog.String("cause", task.StoppedReason))
		}
	}
}
