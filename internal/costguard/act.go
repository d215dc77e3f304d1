package costguard

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"

	"github.com/catnap-dev/catnap/internal/budget"
	"github.com/catnap-dev/catnap/internal/settings"
)

// Done is what became of an order.
type Done string

// What may become of one.
const (
	DoneNothing       Done = "nothing"       // there was nothing to do
	DoneFrozen        Done = "frozen"        // a freeze was written, and stands
	DoneLifted        Done = "lifted"        // the guard's own freeze was ended
	DoneOperator      Done = "operator"      // a person has frozen it meanwhile
	DoneCountermanded Done = "countermanded" // a person has thawed meanwhile, and the freeze was taken back
	DonePartial       Done = "partial"       // not lifted: not everything that costs could be read
	DonePretended     Done = "pretended"     // a dry run: nothing was written
	DoneFailed        Done = "failed"        // see the error
)

// act carries out the orders, that for all before those for each.
func (r *run) act(ctx context.Context) {
	for i, o := range append([]budget.Order{r.Decision.Freeze}, r.Decision.Services...) {
		done, err := r.carryOut(ctx, o)
		if err != nil {
			done = DoneFailed
			r.fail(fmt.Errorf("%s %s: %w", o.Action, orAll(o.Service), err))
		}
		r.orders = append(r.orders, Order{
			Service: o.Service, Action: o.Action, Reason: o.Reason, Done: done, Until: r.until(i, o, done),
		})
		if o.Action != budget.ActionNone {
			r.log.InfoContext(ctx, "order", slog.String("service", orAll(o.Service)), slog.String("action", string(o.Action)),
				slog.String("reason", string(o.Reason)), slog.String("done", string(done)))
		}
	}
}

func orAll(service string) string {
	if service == "" {
		return "all"
	}
	return service
}

func (r *run) carryOut(ctx context.Context, o budget.Order) (Done, error) {
	switch {
	case o.Action == budget.ActionNone:
		return DoneNothing, nil
	case r.dryRun:
		return DonePretended, nil
	case o.Action == budget.ActionFreeze:
		return r.freeze(ctx, o)
	case r.Partial && o.Reason == budget.ReasonBelow:
		return DonePartial, nil
	default:
		return r.lift(ctx, o.Service)
	}
}

// freeze looks at what stands there now, writes, and looks at the thaw once more: its word first, then the other's, as
// everywhere in catnap. A person who thaws writes the thaw first and looks at the freezes afterwards, so of the two at
// least one sees the other. When the second look fails nobody knows, and the freeze is taken back: the next run, which
// the error asks for, freezes again.
func (r *run) freeze(ctx context.Context, o budget.Order) (Done, error) {
	before, err := r.store.ReadFreeze(ctx, o.Service)
	if err != nil {
		return DoneFailed, err
	}
	if before.Active(r.At) && before.By != settings.ByCostGuard {
		return DoneOperator, nil
	}
	if err := r.store.PutFreeze(ctx, o.Service, r.document(o)); err != nil {
		return DoneFailed, err
	}
	thaw, err := r.store.ReadThaw(ctx)
	switch {
	case err != nil:
		return DoneFailed, errors.Join(err, r.store.PutFreeze(ctx, o.Service, before))
	case thaw.Active(r.At):
		return DoneCountermanded, r.store.PutFreeze(ctx, o.Service, settings.Freeze{})
	default:
		return DoneFrozen, nil
	}
}

// lift ends a freeze of the guard's, and looks first whether it still is one.
func (r *run) lift(ctx context.Context, service string) (Done, error) {
	there, err := r.store.ReadFreeze(ctx, service)
	if err != nil {
		return DoneFailed, err
	}
	if there.By != settings.ByCostGuard {
		return DoneOperator, nil
	}
	return DoneLifted, r.store.PutFreeze(ctx, service, settings.Freeze{})
}

// document is the freeze as it is written. Amounts are in the budget's currency.
func (r *run) document(o budget.Order) settings.Freeze {
	f := settings.Freeze{Until: o.Freeze.Until, Reason: o.Freeze.Reason, By: settings.ByCostGuard, Cause: o.Freeze.Cause}
	if o.Freeze.Cause == budget.CauseBudget {
		a := r.Decision.Amounts
		f.Spent, f.Limit, f.Forecast = r.Money(a.Proven), r.Budget.Limit, r.Money(a.Forecast)
		f.Currency = r.Budget.Currency
	}
	return f
}

// Money is an amount of USD in the budget's currency, in cents.
func (l Look) Money(usd float64) float64 { return math.Round(usd/l.Budget.USD()*100) / 100 }
