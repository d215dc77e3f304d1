package settings

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/catnap-dev/catnap/internal/budget"
)

// Freeze is an order that nothing may be woken: everything's under /catnap/freeze, one service's under
// /catnap/services/<name>/freeze. An empty document is no freeze.
type Freeze struct {
	// Until is when the freeze ends (RFC 3339). Required, unless the document is empty.
	Until time.Time `json:"until,omitzero"`
	// Reason is for the operator; it may name amounts and is never shown to visitors.
	Reason string `json:"reason,omitempty"`
	// By is who ordered it: the cost guard only ends what it has ordered itself. Default: not said, and then it counts as
	// a person's.
	By Author `json:"by,omitempty"`
	// Cause is the cost guard's rule: "budget", "awake_per_day" or "wakes_per_hour". Default: not said.
	Cause budget.Cause `json:"cause,omitempty"`
	// Spent, Limit and Forecast are the amounts of the month that led to it, in Currency. Zero: not said.
	Spent    float64 `json:"spent,omitzero"`
	Limit    float64 `json:"limit,omitzero"`
	Forecast float64 `json:"forecast,omitzero"`
	// Currency is an ISO 4217 code like "USD".
	Currency string `json:"currency,omitempty"`
}

// Author is who ordered a freeze.
type Author string

// The authors.
const (
	ByCostGuard Author = "costguard"
	ByOperator  Author = "operator"
)

// ParseFreeze reads an order. The error has one line for every problem.
func ParseFreeze(text []byte) (Freeze, error) {
	var f Freeze
	d := decodeStrict(text, &f)
	all := append(d.problems, f.problems().without(d.problems)...)
	if err := all.err("freeze"); err != nil {
		return Freeze{}, err
	}
	return f, nil
}

const wantTime = `must be an RFC 3339 time like "2026-01-31T18:00:00Z"`

func (f Freeze) problems() problems {
	var ps problems
	ps.check(f == Freeze{} || !f.Until.IsZero(), "until", "is missing,", wantTime)
	ps.check(f.By == "" || f.By == ByCostGuard || f.By == ByOperator, "by", quote(string(f.By)),
		`must be "costguard" or "operator"`)
	switch f.Cause {
	case "", budget.CauseBudget, budget.CauseAwake, budget.CauseWakes:
	default:
		ps.add("cause", quote(string(f.Cause)), `must be "budget", "awake_per_day" or "wakes_per_hour"`)
	}
	return ps
}

// Active tells whether nothing may be woken at now. A freeze ends by itself: nobody has to delete the parameter.
func (f Freeze) Active(now time.Time) bool { return now.Before(f.Until) }

// FrozenUntil is until when the service may not be woken: the later of its own freeze and that of everything. It may be
// over.
func (s Service) FrozenUntil(everything time.Time) time.Time {
	if s.Freeze.Until.After(everything) {
		return s.Freeze.Until
	}
	return everything
}

// InForce is a freeze that is in force, and whom it is for.
type InForce struct {
	Freeze
	Service string // empty: all
}

// Freezes are those that are in force for a service now, the one that ends last first.
func (m Member) Freezes(ctx context.Context) ([]InForce, error) {
	all, err := m.Store.Freeze(ctx)
	if err != nil {
		return nil, err
	}
	var list []InForce
	if all.Active(m.Store.now()) {
		list = append(list, InForce{Freeze: all})
	}
	if m.Freeze.Active(m.Store.now()) {
		list = append(list, InForce{m.Freeze, m.Name})
	}
	slices.SortStableFunc(list, func(a, b InForce) int { return b.Until.Compare(a.Until) })
	return list, nil
}

// ReadFreeze reads the order to one service, or with an empty name to all, as it stands at this moment.
func (s *Store) ReadFreeze(ctx context.Context, service string) (Freeze, error) {
	return readDocument(ctx, s, s.freezeName(service), ParseFreeze)
}

func (s *Store) freezeName(service string) string {
	if service == "" {
		return s.prefix() + "/freeze"
	}
	return s.prefix() + "/services/" + service + "/" + partFreeze
}

// PutFreeze writes an order to one service, or with an empty name to all; the zero Freeze ends it. SSM has no
// compare-and-set: who writes must have looked at what stands there, and look at the thaw afterwards.
func (s *Store) PutFreeze(ctx context.Context, service string, f Freeze) error {
	return s.putJSON(ctx, s.freezeName(service), f)
}

// putJSON writes a document.
func (s *Store) putJSON(ctx context.Context, name string, document any) error {
	text, err := json.Marshal(document)
	if err != nil {
		return fmt.Errorf("write parameter %s: %w", name, err)
	}
	return s.put(ctx, name, string(text))
}
