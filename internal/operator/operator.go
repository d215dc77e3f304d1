// Package operator is what the command line does with one service: look, wake, put to sleep, pin, explain, move its
// traffic.
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

type controller interface {
	Observe(ctx context.Context, svc settings.Service) (policy.Snapshot, error)
	Tasks(ctx context.Context, svc settings.Service) ([]policy.Task, error)
}

type gatherer interface {
	Complete(ctx context.Context, svc settings.Service, seen policy.Snapshot) (policy.Snapshot, error)
}

type sides interface {
	Look(ctx context.Context, svc settings.Service) (cutover.State, error)
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
	// Pretend leaves out the waiting: nothing that was written has an effect. See package dryrun.
	Pretend bool

	control  controller
	evidence gatherer
	sides    sides
	now      func() time.Time
	clock    clock.Clock // the wall's: it waits between two looks
}

// New returns an operator. now is AWS's time, which is compared with what stands in rules.
func New(c controller, e gatherer, s sides, now func() time.Time) *Operator {
	return &Operator{control: c, evidence: e, sides: s, now: now}
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
	seen.FrozenUntil, seen.Wakes = frozen, m.Wakes
	return seen, nil
}
