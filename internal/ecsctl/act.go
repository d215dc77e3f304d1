package ecsctl

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

// freshWake is how young a wake's mark must be to be somebody else's of this very moment. Instances' clocks differ a
// little; a mark that lies further ahead than that is nobody's of now.
const freshWake = 10 * time.Second

// Arm lets the waker see every request from now on, and marks the last known activity. That is put before this second:
// an activity in the second of the switch is how a wake is marked.
func (c *Controller) Arm(ctx context.Context, svc settings.Service, active time.Time) error {
	rule, err := c.rule(ctx, svc)
	if err != nil {
		return err
	}
	return c.writeArmed(ctx, svc, rule, active, rule.Mark.Failures)
}

func (c *Controller) writeArmed(
	ctx context.Context, svc settings.Service, rule wakerRule, active time.Time, failures int,
) error {
	now := c.now()
	if latest := now.Add(-time.Second); active.After(latest) {
		active = latest
	}
	rule.Armed = true
	rule.Mark = policy.Mark{Since: now, Active: active, Failures: failures}
	return c.writeRule(ctx, svc, rule)
}

// Start wakes the service, of which desired was the count last seen: it marks the armed rule with this moment, sets the
// desired count, and looks once more. A wake that somebody else marked a moment ago is left to them: of a crowd that
// arrives together few write.
//
// The mark comes first. A reaper that is stopping the service sets the desired count to zero and then reads the rule:
// whatever the order of the two, either it sees this mark and undoes its stop, or its zero stands before the look
// below, which sets the count again.
func (c *Controller) Start(ctx context.Context, svc settings.Service, desired int) error {
	rule, err := c.rule(ctx, svc)
	if err != nil || c.fresh(rule) {
		return err
	}
	return c.wake(ctx, svc, rule, desired)
}

// undo is Start for one who found that it crossed somebody: what others have marked does not spare it the work.
func (c *Controller) undo(ctx context.Context, svc settings.Service, desired int) error {
	rule, err := c.rule(ctx, svc)
	if err != nil {
		return err
	}
	return c.wake(ctx, svc, rule, desired)
}

func (c *Controller) wake(ctx context.Context, svc settings.Service, rule wakerRule, desired int) error {
	if !c.fresh(rule) {
		now := c.now()
		rule.Armed = true
		rule.Mark = policy.Mark{Since: now, Active: now, Failures: rule.Mark.Failures}
		if err := c.writeRule(ctx, svc, rule); err != nil {
			return err
		}
	}
	if desired == 0 {
		if err := c.setDesired(ctx, svc, svc.WakeCount); err != nil {
			return err
		}
	}
	return c.raise(ctx, svc)
}

func (c *Controller) fresh(rule wakerRule) bool {
	return rule.Armed && rule.Mark.Waking() && c.now().Sub(rule.Mark.Since).Abs() < freshWake
}

// raise sets the desired count if it is zero. A higher count, somebody's own, is left alone.
func (c *Controller) raise(ctx context.Context, svc settings.Service) error {
	counts, err := c.Counts(ctx, []settings.Service{svc})
	if err != nil {
		return err
	}
	if counts[svc.Name].Desired > 0 {
		return nil
	}
	return c.setDesired(ctx, svc, svc.WakeCount)
}

// Disarm lets the service answer by itself and marks the last activity, then looks once more: if the reaper stopped
// the service at that moment, or its last target went, the service is woken again and undone is true. before is the
// rule as it was, so that of several who disarm after a wake one knows that the wake's end was its doing.
func (c *Controller) Disarm(
	ctx context.Context, svc settings.Service, active time.Time,
) (before policy.Rule, undone bool, err error) {
	rule, err := c.rule(ctx, svc)
	if err != nil {
		return policy.Rule{}, false, err
	}
	before = rule.Rule
	if rule.Armed || rule.Mark.Since.IsZero() {
		rule.Armed = false
		rule.Mark = policy.Mark{Since: c.now(), Active: active}
		if err := c.writeRule(ctx, svc, rule); err != nil {
			return policy.Rule{}, false, err
		}
	}
	desired, served, err := c.served(ctx, svc)
	if err != nil || served {
		return before, false, err
	}
	return before, true, c.undo(ctx, svc, desired)
}

// served tells whether a request would find the application now.
func (c *Controller) served(ctx context.Context, svc settings.Service) (desired int, served bool, err error) {
	counts, err := c.Counts(ctx, []settings.Service{svc})
	if err != nil {
		return 0, false, err
	}
	healthy, err := c.Healthy(ctx, svc)
	if err != nil {
		return 0, false, err
	}
	desired = counts[svc.Name].Desired
	return desired, desired > 0 && healthy > 0, nil
}

// Stop sets the desired count to zero, then reads the rule once more. before is the rule that the decision rests on;
// if it was disarmed or marked by a wake since, a request has just come in: the service is woken again and undone is
// true.
func (c *Controller) Stop(ctx context.Context, svc settings.Service, before policy.Rule) (undone bool, err error) {
	_, undone, err = c.stop(ctx, svc, before)
	return undone, err
}

// Fail stops a service whose wake has failed, and notes the failure in the mark. The note comes last: written first, it
// would cover the mark of any request that crosses it, and not only of one between the look and the note. A pass that
// dies in between leaves a failure that nobody counted, which costs one try without back-off.
func (c *Controller) Fail(ctx context.Context, svc settings.Service, before policy.Rule) (undone bool, err error) {
	after, undone, err := c.stop(ctx, svc, before)
	if err != nil || undone {
		return undone, err
	}
	return false, c.writeArmed(ctx, svc, after, before.Mark.Active, before.Mark.Failures+1)
}

func (c *Controller) stop(
	ctx context.Context, svc settings.Service, before policy.Rule,
) (after wakerRule, undone bool, err error) {
	if err := c.setDesired(ctx, svc, 0); err != nil {
		return wakerRule{}, false, err
	}
	after, err = c.rule(ctx, svc)
	if err != nil {
		return wakerRule{}, false, err
	}
	if after.Armed && (!after.Mark.Waking() || after.Mark == before.Mark) {
		return after, false, nil
	}
	return after, true, c.undo(ctx, svc, 0)
}

// setDesired needs no PassRole and starts no deployment; it sets an absolute value, so repeating it is harmless.
func (c *Controller) setDesired(ctx context.Context, svc settings.Service, count int) error {
	desired := int32(count) //nolint:gosec // G115: settings allow 1 to 10
	_, err := c.ecs.UpdateService(ctx, &ecs.UpdateServiceInput{
		Cluster: &svc.Cluster, Service: &svc.Service, DesiredCount: &desired,
	})
	if err != nil {
		return fmt.Errorf("set desired count of %s to %d: %w", svc.Name, count, err)
	}
	return nil
}
