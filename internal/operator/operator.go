// Package operator is what the command line does with one service: look, wake, put to sleep, pin, explain, move its
// traffic; and with one or all: freeze and thaw.
//
// It follows the same protocol as the functions, by the same package ecsctl: its own word first, then a look at the
// others'. It decides with package policy and writes texts with package report; flags, prompts and where the output
// goes are the command's.
package operator

import (
	"context"
	"time"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/cutover"
	"github.com/catnap-dev/catnap/internal/ecsctl"
	"github.com/catnap-dev/catnap/internal/evidence"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

type controller interface { //nolint:interfacebloat // an operator may do what the functions may
	Observe(ctx context.Context, svc settings.Service) (policy.Snapshot, error)
	Tasks(ctx context.Context, svc settings.Service) ([]policy.Task, error)
	Protected(ctx context.Context, svc settings.Service) (bool, error)
	Arm(ctx context.Context, svc settings.Service, active time.Time) error
	Disarm(ctx context.Context, svc settings.Service, active time.Time) (before policy.Rule, undone bool, err error)
	Start(ctx context.Context, svc settings.Service, desired int) error
	Stop(ctx context.Context, svc settings.Service, before policy.Rule) (undone bool, err error)
}

type gatherer interface {
	Complete(ctx context.Context, svc settings.Service, seen policy.Snapshot) (policy.Snapshot, error)
}

type sides interface {
	Look(ctx context.Context, svc settings.Service) (cutover.State, error)
	To(ctx context.Context, svc settings.Service, to cutover.Side) error
}

var (
	_ controller = (*ecsctl.Controller)(nil)
	_ gatherer   = (*evidence.Gatherer)(nil)
	_ sides      = (*cutover.Switch)(nil)
)

// Operator looks at services and acts on them.
type Operator struct {
	// Say takes a line about how something goes; nil drops it.
	Say func(line string)
	// Ask asks the user whether to go on, before anything is stopped or moved; nil asks nothing. The error ends the order.
	Ask func(question string) error
	// Pretend leaves out the waiting: nothing that was written has an effect. See package dryrun.
	Pretend bool

	control  controller
	evidence gatherer
	sides    sides
	time     func() time.Time
	clock    clock.Clock // the wall's: it waits between two looks
	skipped  time.Duration
}

// New returns an operator. now is AWS's time, which is compared with what stands in rules.
func New(c controller, e gatherer, s sides, now func() time.Time) *Operator {
	return &Operator{control: c, evidence: e, sides: s, time: now}
}

// now is AWS's time. Pretending, what would have been waited has passed.
func (o *Operator) now() time.Time { return o.time().Add(o.skipped) }

// waitUntil waits until AWS's time is t. That may run faster than the wall's: each second it is looked at again, after
// a call that learns it.
func (o *Operator) waitUntil(ctx context.Context, t time.Time) error {
	left := t.Sub(o.now())
	if o.Pretend {
		o.skipped += max(0, left)
		return nil
	}
	return o.clock.Wait(ctx, min(left, poll))
}

// observe looks at a service, with its freeze and its wakes.
func (o *Operator) observe(ctx context.Context, m settings.Member) (policy.Snapshot, error) {
	frozen, err := m.Store.Frozen(ctx)
	if err != nil {
		return policy.Snapshot{}, err
	}
	seen, err := o.control.Observe(ctx, m.Service)
	if err != nil {
		return policy.Snapshot{}, err
	}
	seen.FrozenUntil, seen.Wakes = m.FrozenUntil(frozen), m.Wakes
	return seen, nil
}

// observeTasks adds the tasks of a service that is not awake.
func (o *Operator) observeTasks(ctx context.Context, m settings.Member) (policy.Snapshot, error) {
	seen, err := o.observe(ctx, m)
	if err != nil || !seen.Found || seen.Phase(o.now()) == policy.PhaseAwake {
		return seen, err
	}
	seen.Tasks, err = o.control.Tasks(ctx, m.Service)
	return seen, err
}

// observeProtection adds whether a task is protected from scale-in.
func (o *Operator) observeProtection(ctx context.Context, m settings.Member) (policy.Snapshot, error) {
	seen, err := o.observe(ctx, m)
	if err != nil || seen.Desired == 0 {
		return seen, err
	}
	protected, err := o.control.Protected(ctx, m.Service)
	seen.Evidence = &policy.Evidence{Protected: protected}
	return seen, err
}

func (o *Operator) say(line string) {
	if o.Say != nil && line != "" {
		o.Say(line)
	}
}
