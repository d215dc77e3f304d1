// Package waker is the HTTP handler that stands in for a service that cannot answer: it shows the waiting page or holds
// the request, has the service started, and passes on what it held.
//
// Which answer a request gets is package policy's decision, and what it means to start or to disarm is package
// ecsctl's. The waker never stops anything.
package waker

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/catnap-dev/catnap/internal/albevent"
	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/ecsctl"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

type store interface {
	ByWakerTargetGroup(ctx context.Context, arn string) (settings.Service, error)
	Frozen(ctx context.Context) (time.Time, error)
}

type observer interface {
	Observe(ctx context.Context, svc settings.Service) (policy.Snapshot, error)
	Healthy(ctx context.Context, svc settings.Service) (int, error)
	Armed(ctx context.Context, svc settings.Service) (bool, error)
	Tasks(ctx context.Context, svc settings.Service) ([]policy.Task, error)
	BypassSecret(ctx context.Context, svc settings.Service) (string, error)
}

type controller interface {
	observer
	Start(ctx context.Context, svc settings.Service, desired int) error
	Disarm(ctx context.Context, svc settings.Service, active time.Time) (undone bool, err error)
}

var (
	_ store      = (*settings.Store)(nil)
	_ controller = (*ecsctl.Controller)(nil)
)

// Waker answers requests while the service cannot.
type Waker struct {
	store   store
	control controller
	clock   clock.Clock
	log     *slog.Logger
	bypass  *bypass
	status  statusCache
}

// New returns a waker that reaches load balancers with dial.
func New(s store, c controller, dial DialContext, clk clock.Clock, log *slog.Logger) *Waker {
	return &Waker{store: s, control: c, clock: clk, log: log, bypass: newBypass(c, dial, clk)}
}

// Close closes the idle connections to the load balancers.
func (w *Waker) Close() { w.bypass.close() }

// ServeHTTP answers one request. The context must carry the waker target group that it came through.
func (w *Waker) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	caller := policy.Classify(requestOf(r))
	if !caller.NeedsSnapshot() {
		v := visit{Waker: w, caller: caller, rw: rw, r: r}
		v.write(policy.Snapshot{}, policy.Answer(caller, policy.Snapshot{}, policy.Settings{}, w.clock.Now()))
		return
	}
	group := albevent.TargetGroup(r.Context())
	svc, err := w.service(r.Context(), group)
	if err != nil {
		w.log.Error("no settings", slog.String("target_group", group), slog.Any("cause", err))
		writeProblem(rw, problem{
			Status: http.StatusServiceUnavailable, Title: "Service unavailable", RetryAfter: retryAfter,
			Detail: "The settings of this address could not be read. Its operator finds the reason in the log.",
		})
		return
	}
	if w.bypass.looped(r.Context(), svc, r) {
		refuseLoop(rw)
		return
	}
	v := visit{Waker: w, svc: svc, caller: caller, rw: rw, r: r, until: w.heldUntil(r.Context(), svc)}
	v.serve(r.Context())
}

// settingsPatience is how long settings are asked for that SSM does not give: its reads are limited to 40 a second for
// the account, and a crowd of new instances reads them all at once.
const settingsPatience = 20 * time.Second

func (w *Waker) service(ctx context.Context, group string) (settings.Service, error) {
	for end := w.clock.Now().Add(w.clock.Left(ctx, settingsPatience+lastCalls) - lastCalls); ; {
		svc, err := w.store.ByWakerTargetGroup(ctx, group)
		_, unread := errors.AsType[*settings.UnreadError](err)
		if !unread || w.clock.Now().After(end) || w.clock.Wait(ctx, pollPause()) != nil {
			return svc, err
		}
	}
}

// lastCalls is kept free before the function's deadline: an answer that comes too late is a 502.
const lastCalls = 3 * time.Second

func (w *Waker) heldUntil(ctx context.Context, svc settings.Service) time.Time {
	hold := time.Duration(svc.Hold)
	return w.clock.Now().Add(min(hold, w.clock.Left(ctx, hold+lastCalls)-lastCalls))
}

func requestOf(r *http.Request) policy.Request {
	return policy.Request{
		Method:       r.Method,
		Path:         r.URL.Path,
		Accept:       r.Header.Get("Accept"),
		UserAgent:    r.UserAgent(),
		SecFetchMode: r.Header.Get("Sec-Fetch-Mode"),
		SecFetchDest: r.Header.Get("Sec-Fetch-Dest"),
	}
}
