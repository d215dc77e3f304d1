// Package reaper is the handler of the scheduled function: one pass over all services that observes each, asks package
// policy what to do, and does it.
//
// It keeps no state that matters: a pass that dies is made good by the next. It decides nothing by itself and knows
// nothing of requests; those are the waker's.
package reaper

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/ecsctl"
	"github.com/catnap-dev/catnap/internal/evidence"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
	"github.com/catnap-dev/catnap/internal/traffic"
)

const (
	// atOnce is how many services are looked at or acted on at a time: ECS allows 20 reads a second to the account.
	atOnce = 8
	// horizon is how long a pass waits for a moment that is near. What is due later is the next pass's.
	horizon = time.Minute
	// margin is kept free before the function's deadline for the calls of a last look.
	margin = 5 * time.Second
	// maxLooks bounds the looks at one service in one pass: two actions and a few overdue metrics need under ten.
	maxLooks = 20
)

type store interface {
	All(ctx context.Context) ([]settings.Service, error)
	Frozen(ctx context.Context) (time.Time, error)
	NoteWake(ctx context.Context, service string, w policy.Wake) error
}

type controller interface { //nolint:interfacebloat // the reaper is the one that does everything
	Counts(ctx context.Context, services []settings.Service) (map[string]policy.Snapshot, error)
	Complete(ctx context.Context, svc settings.Service, s policy.Snapshot) (policy.Snapshot, error)
	Tasks(ctx context.Context, svc settings.Service) ([]policy.Task, error)
	Protected(ctx context.Context, svc settings.Service) (bool, error)
	Arm(ctx context.Context, svc settings.Service, active time.Time) error
	Disarm(ctx context.Context, svc settings.Service, active time.Time) (before policy.Rule, undone bool, err error)
	Start(ctx context.Context, svc settings.Service, desired int) error
	Stop(ctx context.Context, svc settings.Service, before policy.Rule) (undone bool, err error)
	Fail(ctx context.Context, svc settings.Service, before policy.Rule) (undone bool, err error)
}

type meter interface {
	Minutes(ctx context.Context, svc settings.Service, from, now time.Time) ([]policy.Minute, error)
}

var (
	_ store      = (*settings.Store)(nil)
	_ controller = (*ecsctl.Controller)(nil)
	_ meter      = (*traffic.Reader)(nil)
)

// Reaper tends all managed services.
type Reaper struct {
	store    store
	control  controller
	evidence *evidence.Gatherer
	clock    clock.Clock
	log      *slog.Logger

	slots chan struct{}

	mu   sync.Mutex
	seen map[string]time.Time // newest busy minute found, by service: a fact that spares asking again
}

// New returns a reaper.
func New(s store, c controller, t meter, clk clock.Clock, log *slog.Logger) *Reaper {
	return &Reaper{
		store: s, control: c, evidence: evidence.New(t, c, clk.Now), clock: clk, log: log,
		slots: make(chan struct{}, atOnce), seen: map[string]time.Time{},
	}
}

// Handle is the function's handler. The scheduler's event says nothing that is needed, and a duplicate of it does no
// harm.
func (r *Reaper) Handle(ctx context.Context, _ json.RawMessage) error { return r.Pass(ctx) }

// Pass tends every service once, and those with something due within the next minute until then. What goes wrong with
// one service is returned with its name and never keeps another from its turn.
func (r *Reaper) Pass(ctx context.Context) error {
	until := r.clock.Now().Add(min(horizon, r.clock.Left(ctx, horizon+margin)-margin))
	services, storeErr := r.store.All(ctx)
	frozen, freezeErr := r.store.Frozen(ctx)
	counts, countErr := r.control.Counts(ctx, services)

	errs := make([]error, len(services))
	var group sync.WaitGroup
	for i, svc := range services {
		if first, ok := counts[svc.Name]; ok {
			group.Go(func() { errs[i] = r.tend(ctx, turn{svc, frozen, until}, first) })
		}
	}
	group.Wait()
	return errors.Join(storeErr, freezeErr, countErr, errors.Join(errs...))
}

// slot waits for one of the places in which services are looked at. A service that only waits for its moment holds
// none, so that many of them can't keep the others from their turn.
func (r *Reaper) slot(ctx context.Context) (release func(), err error) {
	select {
	case r.slots <- struct{}{}:
		return func() { <-r.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (r *Reaper) recall(name string) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seen[name]
}

func (r *Reaper) remember(name string, busy time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if busy.After(r.seen[name]) {
		r.seen[name] = busy
	}
}
