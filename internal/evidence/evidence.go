// Package evidence gathers what is only worth asking for when a service may be due to sleep: its traffic by the minute,
// and whether a task is protected from scale-in.
//
// It decides neither when that is (package policy does) nor what follows from it, and remembers nothing.
package evidence

import (
	"context"
	"time"

	"github.com/catnap-dev/catnap/internal/ecsctl"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
	"github.com/catnap-dev/catnap/internal/traffic"
)

type meter interface {
	Minutes(ctx context.Context, svc settings.Service, from, now time.Time) ([]policy.Minute, error)
}

type keeper interface {
	Protected(ctx context.Context, svc settings.Service) (bool, error)
}

var (
	_ meter  = (*traffic.Reader)(nil)
	_ keeper = (*ecsctl.Controller)(nil)
)

// Gatherer asks CloudWatch and ECS.
type Gatherer struct {
	traffic meter
	tasks   keeper
	now     func() time.Time
}

// New returns a gatherer that asks t for the traffic and k for protected tasks.
func New(t meter, k keeper, now func() time.Time) *Gatherer {
	return &Gatherer{traffic: t, tasks: k, now: now}
}

// Complete adds the evidence to what was seen of a service, if the decision without it asks for it: a service that is
// asleep, or was busy a moment ago, costs no call to CloudWatch.
func (g *Gatherer) Complete(
	ctx context.Context, svc settings.Service, seen policy.Snapshot,
) (policy.Snapshot, error) {
	decision := policy.Next(seen, svc.Policy(), g.now())
	if decision.Action != policy.ActionMeasure {
		return seen, nil
	}
	evidence, err := g.gather(ctx, svc, seen, decision.From)
	if err != nil {
		return policy.Snapshot{}, err
	}
	seen.Evidence = &evidence
	return seen, nil
}

// gather asks for protected tasks only of an armed service: protection matters to a stop alone.
func (g *Gatherer) gather(
	ctx context.Context, svc settings.Service, seen policy.Snapshot, from time.Time,
) (policy.Evidence, error) {
	minutes, err := g.traffic.Minutes(ctx, svc, from, g.now())
	if err != nil {
		return policy.Evidence{}, err
	}
	evidence := policy.Evidence{From: from, Minutes: minutes}
	if seen.Rule.Armed {
		evidence.Protected, err = g.tasks.Protected(ctx, svc)
	}
	return evidence, err
}
