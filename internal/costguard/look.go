package costguard

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/catnap-dev/catnap/internal/budget"
	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/price"
	"github.com/catnap-dev/catnap/internal/settings"
)

// Look is what was seen at one moment, and what is to be done about it.
type Look struct {
	At         time.Time
	Configured bool // false: there is no budget, and Budget is the default one
	Budget     settings.Budget
	Services   []settings.Service
	Created    []time.Time // of each service, in ECS; zero while unknown
	Orders     settings.Orders
	Snapshot   budget.Snapshot
	Settings   budget.Settings
	Decision   budget.Decision
	// Prices is the day of the price table.
	Prices string
	// Partial is set when a service could not be read from the settings: what it costs is not counted.
	Partial bool
}

// Look reads the meters and decides, without any effect, with the default budget if there is none. When a meter can't
// be read the error says so beside a look at the rest; without the orders of people there is nothing to decide, and no
// look.
func (g *Guard) Look(ctx context.Context) (*Look, error) {
	b, found, err := g.store.Budget(ctx)
	if err != nil {
		return nil, err
	}
	look, err := g.look(ctx, b)
	if look != nil {
		look.Configured = found
	}
	return look, err
}

func (g *Guard) look(ctx context.Context, b settings.Budget) (*Look, error) {
	table, err := b.Table()
	if err != nil {
		return nil, err
	}
	orders, err := g.store.Orders(ctx)
	if err != nil {
		return nil, err
	}
	services, storeErr := g.store.Fresh(ctx)
	if _, unread := errors.AsType[*settings.UnreadError](storeErr); unread {
		return nil, storeErr
	}
	now := g.now()
	reading := &reading{Guard: g, budget: b, table: table, now: now}
	s := reading.snapshot(ctx, services, orders)
	set := b.Guard()
	return &Look{
		At: now, Budget: b, Services: services, Created: reading.created, Orders: orders, Snapshot: s, Settings: set,
		Decision: budget.Decide(s, set, now), Prices: table.Date(), Partial: storeErr != nil,
	}, errors.Join(storeErr, errors.Join(reading.errs...))
}

// atOnce is how many services are measured at a time: ECS allows 20 reads a second to the account.
const atOnce = 4

// reading is the meters, read once.
type reading struct {
	*Guard
	budget settings.Budget
	table  price.Table
	now    time.Time

	created []time.Time // of each service
	errs    []error     // one a place: what could not be read
}

// snapshot leaves half of the time that the function has for what is done afterwards: a meter that hangs must not keep
// the other from being acted on.
func (r *reading) snapshot(ctx context.Context, services []settings.Service, orders settings.Orders) budget.Snapshot {
	ctx, cancel := context.WithTimeout(ctx, clock.Clock{}.Left(ctx, time.Minute)/2)
	defer cancel()
	s := budget.Snapshot{
		Services: make([]budget.Service, len(services)), Fixed: r.fixed(),
		Freeze: freezeOf(orders.Freeze), Thaw: budget.Thaw{Until: orders.Thaw.Until, Reason: orders.Thaw.Reason},
		Sent: sentOf(orders.Warned),
	}
	r.errs, r.created = make([]error, 1+2*len(services)), make([]time.Time, len(services))
	var group errgroup.Group
	group.SetLimit(atOnce)
	group.Go(func() error { s.Billing, r.errs[0] = r.bill(ctx); return nil })
	for i, svc := range services {
		group.Go(func() error {
			s.Services[i], r.errs[1+2*i], r.errs[2+2*i] = r.service(ctx, i, svc)
			return nil
		})
	}
	_ = group.Wait() // each error has its place
	return s
}

func (r *reading) bill(ctx context.Context) (budget.Billing, error) {
	series, err := r.meters.Bill(ctx, r.budget.Scope, r.now)
	return budget.Billing{Read: err == nil, Series: series}, err
}

func (r *reading) service(
	ctx context.Context, i int, svc settings.Service,
) (s budget.Service, priceErr, usageErr error) {
	s = budget.Service{
		Name: svc.Name, AlwaysOn: svc.WakeCount, WakesRead: true, Wakes: wakesOf(svc.Wakes), Freeze: freezeOf(svc.Freeze),
	}
	if s.Hourly, r.created[i], priceErr = r.hourly(ctx, svc); priceErr == nil {
		s.Priced = true
	}
	if s.Buckets, usageErr = r.meters.Usage(ctx, svc, r.now); usageErr == nil {
		s.Read = true
	}
	return s, priceErr, usageErr
}

func (r *reading) hourly(ctx context.Context, svc settings.Service) (usd float64, created time.Time, err error) {
	size, err := r.meters.Size(ctx, svc)
	if err != nil {
		return 0, time.Time{}, err
	}
	usd, err = size.Hourly(r.table, r.Region)
	if err != nil {
		return 0, size.Created, fmt.Errorf("price the tasks of %s: %w", svc.Name, err)
	}
	return usd, size.Created, nil
}

// freezeOf takes every freeze that is not the guard's own for a person's: the guard keeps off.
func freezeOf(f settings.Freeze) budget.Freeze {
	by := budget.ByOperator
	if f.By == settings.ByCostGuard {
		by = budget.ByGuard
	}
	return budget.Freeze{Until: f.Until, By: by, Cause: f.Cause, Reason: f.Reason}
}

func wakesOf(wakes []policy.Wake) (list []time.Time) {
	for _, w := range wakes {
		list = append(list, w.At)
	}
	return list
}

const monthLayout = "2006-01"

// sentOf dates what was sent to the month of the note: more does nobody ask.
func sentOf(w settings.Warned) (list []budget.Sent) {
	month, err := time.Parse(monthLayout, w.Month)
	if err != nil {
		return nil // there is no note yet
	}
	for _, key := range w.Sent {
		list = append(list, budget.Sent{Key: key, At: month})
	}
	return list
}
