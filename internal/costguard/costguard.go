// Package costguard is the handler of the hourly function that watches the bill: it reads the two meters and what
// people have ordered, asks package budget what to do, and does it: it freezes, lifts its own freezes, and sends
// warnings.
//
// It keeps no state but what it writes: a run that fails half-way, or that is repeated, is made good by the next. It
// decides nothing by itself, puts nothing to sleep (the reaper does, when it sees a freeze), and never touches a freeze
// of a person's.
package costguard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/catnap-dev/catnap/internal/budget"
	"github.com/catnap-dev/catnap/internal/meter"
	"github.com/catnap-dev/catnap/internal/settings"
	"github.com/catnap-dev/catnap/internal/topic"
)

type store interface { //nolint:interfacebloat // two looks at each order, and three words of its own
	Budget(ctx context.Context) (b settings.Budget, found bool, err error)
	Fresh(ctx context.Context) ([]settings.Service, error)
	Orders(ctx context.Context) (settings.Orders, error)
	ReadFreeze(ctx context.Context, service string) (settings.Freeze, error)
	ReadThaw(ctx context.Context) (settings.Thaw, error)
	PutFreeze(ctx context.Context, service string, f settings.Freeze) error
	PutWarned(ctx context.Context, w settings.Warned) error
}

type meters interface {
	Bill(ctx context.Context, scope settings.Scope, now time.Time) ([]budget.Series, error)
	Usage(ctx context.Context, svc settings.Service, now time.Time) ([]budget.Bucket, error)
	Size(ctx context.Context, svc settings.Service) (meter.Size, error)
}

type publisher interface {
	Publish(ctx context.Context, arn, subject, text string) error
}

var (
	_ store     = (*settings.Store)(nil)
	_ meters    = (*meter.Reader)(nil)
	_ publisher = (*topic.Publisher)(nil)
)

// Guard is the function's handler.
type Guard struct {
	// Topic is the ARN of the topic for messages when the budget names none. Empty: they are only logged.
	Topic string
	// Region is that of the services, for prices.
	Region string
	// Name tells messages of several deployments apart: the prefix of the parameters. Empty means "/catnap".
	Name string

	store   store
	meters  meters
	publish publisher
	now     func() time.Time
	log     *slog.Logger
}

// New returns a guard. now is AWS's time.
func New(s store, m meters, p publisher, now func() time.Time, log *slog.Logger) *Guard {
	return &Guard{store: s, meters: m, publish: p, now: now, log: log}
}

// Event is what the schedule sends, and whoever asks on demand. All of it may be left out.
type Event struct {
	// Time is the moment of the schedule (RFC 3339). Meters and orders are read as they are when the function runs.
	Time time.Time `json:"time"`
	// DryRun asks for a report without any effect.
	DryRun bool `json:"dry_run"`
}

// Handle answers one event. A duplicate of one does no harm. Members that the event's sender adds are ignored:
// EventBridge sends an envelope around what it was told.
func (g *Guard) Handle(ctx context.Context, payload json.RawMessage) (Report, error) {
	var event Event
	if err := json.Unmarshal(payload, &event); err != nil {
		return Report{}, fmt.Errorf("read event: %w", err)
	}
	return g.Run(ctx, event.DryRun)
}

// Run looks, decides, and unless dryRun is set acts. What fails is returned beside the report of what went well, so
// that the function's alarm rings and the next run tries again. Without a budget nothing is read.
func (g *Guard) Run(ctx context.Context, dryRun bool) (Report, error) {
	b, found, err := g.store.Budget(ctx)
	if err != nil {
		return Report{}, err
	}
	if !found {
		g.log.InfoContext(ctx, "cost", slog.Bool("configured", false), slog.Bool("dry_run", dryRun))
		return Report{Message: "not configured: there is no budget to guard"}, nil
	}
	seen, err := g.look(ctx, b)
	if seen == nil {
		return Report{}, err
	}
	seen.Configured = true
	run := &run{Guard: g, Look: *seen, dryRun: dryRun}
	run.fail(err)
	run.act(ctx)
	run.tell(ctx)
	report := run.report()
	g.line(ctx, report)
	return report, errors.Join(run.errs...)
}

// run is one run.
type run struct {
	*Guard
	Look
	dryRun bool
	orders []Order
	told   []string // keys of messages that went out
	errs   []error
}

func (r *run) fail(err error) {
	if err != nil {
		r.errs = append(r.errs, err)
	}
}
