package costguard

import (
	"context"
	"log/slog"
	"time"

	"github.com/catnap-dev/catnap/internal/budget"
)

// Report is what the guard found and did. Amounts are in Currency.
type Report struct {
	Configured bool      `json:"configured"`
	Message    string    `json:"message"`
	DryRun     bool      `json:"dry_run,omitzero"`
	At         time.Time `json:"at,omitzero"`
	Currency   string    `json:"currency,omitempty"`
	Rate       float64   `json:"rate,omitzero"`   // USD for one unit of Currency
	Limit      float64   `json:"limit,omitzero"`  // 0: there is none
	Spent      float64   `json:"spent,omitzero"`  // the best estimate
	Proven     float64   `json:"proven,omitzero"` // at least; only this freezes
	Forecast   float64   `json:"forecast,omitzero"`
	BilledTo   time.Time `json:"billed_to,omitzero"` // the newest point of the bill
	Prices     string    `json:"prices,omitempty"`   // the day of the price table
	Orders     []Order   `json:"orders,omitzero"`
	Told       []string  `json:"told,omitzero"` // messages that went out
	Findings   []Finding `json:"findings,omitzero"`
}

// Order is what became of a freeze.
type Order struct {
	Service string        `json:"service"` // empty: all
	Action  budget.Action `json:"action"`
	Reason  budget.Reason `json:"reason"`
	Done    Done          `json:"done"`
	Until   time.Time     `json:"until,omitzero"` // of the freeze that is in force now, or would be after a dry run
}

// Finding is something that the operator should know.
type Finding struct {
	Kind    budget.FindingKind `json:"kind"`
	Subject string             `json:"subject,omitempty"`
	Text    string             `json:"text"`
}

func (r *run) until(i int, o budget.Order, done Done) time.Time {
	before := r.before(i)
	switch {
	case done == DoneFrozen || done == DonePretended:
		return o.Freeze.Until
	case (done == DoneNothing || done == DonePartial) && before.Until.After(r.At):
		return before.Until
	default:
		return time.Time{}
	}
}

func (r *run) report() Report {
	a := r.Decision.Amounts
	report := Report{
		Configured: true, Message: "looked at the bill", DryRun: r.dryRun, At: r.At.UTC(),
		Currency: r.Budget.Currency, Rate: r.Budget.USD(), Limit: r.Budget.Limit,
		Spent: r.Money(a.Spent), Proven: r.Money(a.Proven), Forecast: r.Money(a.Forecast), BilledTo: a.AsOf,
		Prices: r.Prices, Orders: r.orders, Told: r.told,
	}
	for _, f := range r.Decision.Findings {
		report.Findings = append(report.Findings, Finding{f.Kind, f.Subject, f.Text})
	}
	return report
}

// line is the one that dashboards read with Logs Insights: filter msg = "budget". Its keys stay as they are.
func (g *Guard) line(ctx context.Context, r Report) {
	for _, f := range r.Findings {
		g.log.WarnContext(ctx, "finding", slog.String("kind", string(f.Kind)), slog.String("subject", f.Subject),
			slog.String("text", f.Text))
	}
	g.log.InfoContext(ctx, "budget",
		slog.Float64("spent", r.Spent), slog.Float64("proven", r.Proven), slog.Float64("forecast", r.Forecast),
		slog.Float64("limit", r.Limit), slog.String("currency", r.Currency), slog.Float64("rate", r.Rate),
		slog.Time("billed_to", r.BilledTo), slog.Int("frozen", r.frozen()), slog.Int("findings", len(r.Findings)),
		slog.Bool("dry_run", r.DryRun))
}

// frozen counts the freezes that are in force.
func (r Report) frozen() (n int) {
	for _, o := range r.Orders {
		if !o.Until.IsZero() && o.Done != DonePretended {
			n++
		}
	}
	return n
}
