// Package waker is the HTTP handler that stands in for a service that cannot answer: it shows the waiting page or holds
// the request, has the service started, and passes on what it held.
//
// Which answer a request gets is package policy's decision, and what it means to start or to disarm is package
// ecsctl's. The waker never stops anything.
package waker

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/catnap-dev/catnap/internal/albevent"
	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/ecsctl"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

type store interface {
	ByWakerTargetGroup(ctx context.Context, arn string) (settings.Service, error)
	ServiceFrozen(ctx context.Context, service string) (time.Time, error)
	NoteWake(ctx context.Context, service string, w policy.Wake) error
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
	Disarm(ctx context.Context, svc settings.Service, active time.Time) (before policy.Rule, undone bool, err error)
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
	status  lookCache // for the status: with tasks
	passing lookCache // for those who wait for nothing
	packers sync.Pool // of *gzip.Writer
}

// New returns a waker that reaches load balancers with dial.
func New(s store, c controller, dial DialContext, clk clock.Clock, log *slog.Logger) *Waker {
	return &Waker{
		store: s, control: c, clock: clk, log: log, bypass: newBypass(c, dial, clk),
		status: lookCache{ttl: statusTTL}, passing: lookCache{ttl: passingTTL},
	}
}

// Close closes the idle connections to the load balancers.
func (w *Waker) Close() { w.bypass.close() }

// ServeHTTP answers one request. The context must carry the waker target group that it came through.
func (w *Waker) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	v := &visit{Waker: w, rw: rw, r: r, caller: policy.Classify(requestOf(r), policy.Lists{})}
	if !v.caller.NeedsSettings() {
		v.write(r.Context(), policy.Snapshot{}, policy.Answer(v.caller, policy.Snapshot{}, policy.Settings{}, w.clock.Now()))
		return
	}
	group := albevent.TargetGroup(r.Context())
	svc, err := w.service(r.Context(), group)
	if err != nil {
		w.log.Error("no settings", slog.String("target_group", group), slog.Any("cause", err))
		v.refuse(refusal{
			problem: problem{
				Status: http.StatusServiceUnavailable, Title: "Service unavailable", RetryAfter: retryAfter,
				Detail: "The settings of this address could not be read. Its operator finds the reason in the log.",
			},
		})
		return
	}
	if w.bypass.looped(r.Context(), svc, r) {
		refuseLoop(rw)
		return
	}
	v.svc, v.caller = svc, policy.Classify(requestOf(r), svc.Lists())
	v.until = w.heldUntil(r.Context(), svc)
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
		Method: r.Method, Path: pathOf(r.URL), Host: r.Host,
		Click: r.URL.Path == policy.WakePath && r.URL.Query().Has("click"),

		Accept:      r.Header.Get("Accept"),
		ContentType: r.Header.Get("Content-Type"),
		Origin:      r.Header.Get("Origin"),
		Upgrade:     r.Header.Get("Upgrade"),
		UserAgent:   r.UserAgent(),

		SecFetchDest: r.Header.Get("Sec-Fetch-Dest"),
		SecFetchMode: r.Header.Get("Sec-Fetch-Mode"),
		SecFetchSite: r.Header.Get("Sec-Fetch-Site"),
		SecPurpose:   cmp.Or(r.Header.Get("Sec-Purpose"), r.Header.Get("Purpose"), r.Header.Get("X-Moz")),

		PreflightMethod: r.Header.Get("Access-Control-Request-Method"),
		RequestedWith:   r.Header.Get("X-Requested-With"),
	}
}

// pathOf is the decoded path, in which lists find what is hidden from them by encoding. One that only decoding makes
// catnap's own is the application's: a listener rule matches the path as it was sent.
func pathOf(u *url.URL) string {
	if sent := u.EscapedPath(); policy.Reserved(u.Path) && !policy.Reserved(sent) {
		return sent
	}
	return u.Path
}
