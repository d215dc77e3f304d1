package waker

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
)

// phaseHeader tells monitors and scripts what the body tells people.
const phaseHeader = "X-Catnap-Phase"

// retryAfter is what a caller is told who comes while the service starts, and nothing better is known.
const retryAfter = 5 * time.Second

// write gives every answer that does not come from the application.
func (v *visit) write(ctx context.Context, seen policy.Snapshot, reply policy.Reply) {
	if v.asked() && reply.Kind != policy.ReplyUnavailable {
		v.writeWoken(ctx, seen, reply)
		return
	}
	switch reply.Kind {
	case policy.ReplyOK:
		v.rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = fmt.Fprintln(v.rw, "ok")
	case policy.ReplyNotFound:
		v.writeNotFound()
	case policy.ReplyStatus:
		v.writeStatusOf(seen)
	case policy.ReplyDormant:
		v.writeDormant(seen, reply)
	case policy.ReplyPage:
		v.writeWaiting(seen)
	default:
		v.refuse(v.refusal(seen, reply))
	}
}

// asked tells whether the request is for a wake and nothing else.
func (v *visit) asked() bool { return v.caller == policy.CallerWake || v.caller == policy.CallerClick }

func (v *visit) writeStatusOf(seen policy.Snapshot) {
	if v.impostor() {
		v.rw.Header().Set("WWW-Authenticate", "Bearer")
		v.problem(problem{Status: http.StatusUnauthorized, Title: "The token is not the operator's"})
		return
	}
	v.writeStatus(http.StatusOK, seen)
}

func (v *visit) writeNotFound() {
	p := problem{Status: http.StatusNotFound, Title: "Not found"}
	if v.caller == policy.CallerProbe {
		p.Detail = "The service sleeps, and a path like this one does not wake it. " +
			"If the application serves it, add it to allow_paths in the service's settings."
	}
	v.problem(p)
}

// writeDormant answers those whom nothing is woken for.
func (v *visit) writeDormant(seen policy.Snapshot, reply policy.Reply) {
	if v.caller.Waits() {
		v.refuse(v.refusal(seen, reply))
		return
	}
	code := v.dormantStatus(seen, reply)
	header := v.rw.Header()
	header.Set("Content-Type", "text/plain; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Robots-Tag", "noindex")
	if reply.Reason != policy.ReasonUnknown {
		header.Set(phaseHeader, string(seen.Phase(v.clock.Now())))
	}
	if code == http.StatusServiceUnavailable {
		header.Set("Retry-After", seconds(time.Hour))
	}
	v.rw.WriteHeader(code)
	_, _ = fmt.Fprintln(v.rw, "dormant")
}

// dormantStatus is by the settings, but for a service that can't be started or that ECS does not know: that is a fault,
// which a monitor must see whatever it is told of a service that sleeps.
func (v *visit) dormantStatus(seen policy.Snapshot, reply policy.Reply) int {
	known := reply.Reason != policy.ReasonUnknown
	switch {
	case known && (!seen.Found || seen.Phase(v.clock.Now()) == policy.PhaseFailed):
		return http.StatusServiceUnavailable
	case v.caller == policy.CallerMonitor:
		return v.svc.MonitorStatus
	default:
		return v.svc.CrawlerStatus
	}
}

func (v *visit) writeTooLong() {
	v.refuse(v.refusal(v.seen, policy.Reply{Kind: policy.ReplyRetry}))
}
