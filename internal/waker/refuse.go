package waker

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/catnap-dev/catnap/internal/page"
	"github.com/catnap-dev/catnap/internal/policy"
)

// problem is an RFC 9457 problem document; the type is about:blank, so the title says what the status does.
type problem struct {
	Title      string        `json:"title"`
	Status     int           `json:"status"`
	Detail     string        `json:"detail,omitempty"`
	Phase      policy.Phase  `json:"phase,omitempty"`
	RetryAfter time.Duration `json:"-"`
}

// refusal is an answer to somebody who waits and can't be served now, in the forms that callers understand.
type refusal struct {
	problem
	page    page.Kind // for a person who opens a page
	retryAt time.Time // zero: not known
}

// refusal says why the service can't be had, for a reply that is none of the application's.
func (v *visit) refusal(seen policy.Snapshot, reply policy.Reply) refusal {
	r := refusal{retryAt: reply.RetryAt, problem: problem{
		Status: http.StatusServiceUnavailable, RetryAfter: max(reply.RetryAt.Sub(v.clock.Now()), time.Second),
	}}
	switch reply.Kind {
	case policy.ReplyFailed:
		r.page, r.Phase, r.Title = page.KindFailed, policy.PhaseFailed, "It could not be started"
	case policy.ReplyFrozen:
		r.page, r.Phase, r.Title = page.KindFrozen, policy.PhaseFrozen, "Paused"
		r.Detail = pausedUntil(reply.RetryAt)
	case policy.ReplyLimited:
		r.page, r.Phase, r.Title = page.KindLimited, policy.PhaseAsleep, "Started too often"
		r.Detail = "It has been started so often within the last hour that now only a person's click starts it."
	case policy.ReplyDormant:
		r.Phase, r.Title, r.RetryAfter = policy.PhaseAsleep, "Asleep", 0
		r.Detail = "A request like this one does not start it. Open it in a browser first, or POST to " +
			policy.WakePath + "."
	case policy.ReplyUnavailable:
		r.Title, r.RetryAfter = "Service unavailable", retryAfter
	default:
		r.Phase, r.Title, r.RetryAfter = policy.PhaseWaking, "Still starting", v.retryAfter(seen)
		r.Detail = "The service is being started and is not ready yet. Ask again."
	}
	return r
}

// pausedUntil tells the public when, and neither who nor why: amounts are the operator's business. It rounds up, as
// Retry-After does.
func pausedUntil(t time.Time) string {
	return "It is paused until " + t.Add(time.Second-1).UTC().Format(time.RFC3339) + ". Nothing starts it before."
}

// retryAfter is when the service is likely to be ready, as far as its earlier wakes tell.
func (v *visit) retryAfter(seen policy.Snapshot) time.Duration {
	elapsed := time.Duration(0)
	if now := v.clock.Now(); seen.Phase(now) == policy.PhaseWaking {
		elapsed = now.Sub(seen.Rule.Mark.Since)
	}
	if left, known := policy.Expect(seen.Wakes).Left(elapsed); known {
		return max(left, time.Second)
	}
	return retryAfter
}

// refuse answers people with a page and programs with a problem, or what else they understand.
func (v *visit) refuse(r refusal) {
	switch {
	case v.caller == policy.CallerNavigation && r.Phase != "":
		v.writePage(r.page, r.Phase, v.seen, r.retryAt)
	case v.caller == policy.CallerForm && r.Phase != "":
		v.writePage(page.KindResend, r.Phase, v.seen, r.retryAt)
	case v.caller == policy.CallerGRPC:
		v.writeGRPC(r.problem)
	default:
		v.problem(r.problem)
	}
}

func (v *visit) problem(p problem) {
	allowOrigin(v.rw.Header(), v.r)
	writeProblem(v.rw, p)
}

func writeProblem(rw http.ResponseWriter, p problem) {
	header := rw.Header()
	header.Set("Content-Type", "application/problem+json")
	header.Set("Cache-Control", "no-store")
	if p.Phase != "" {
		header.Set(phaseHeader, string(p.Phase))
	}
	if p.RetryAfter > 0 {
		header.Set("Retry-After", seconds(p.RetryAfter))
	}
	rw.WriteHeader(p.Status)
	body, err := json.Marshal(p)
	if err == nil {
		_, _ = rw.Write(body) // nobody is left to be told
	}
}

// allowOrigin lets a script of another origin read an answer of catnap's own: it tells nothing that is not public. What
// scripts may do with the application is the application's to say, so nothing else is allowed, and a preflight that
// can't wait is refused: had it been allowed, the request itself could reach the application without its consent.
func allowOrigin(header http.Header, r *http.Request) {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return
	}
	header.Set("Access-Control-Allow-Origin", origin)
	header.Set("Access-Control-Allow-Credentials", "true")
	header.Set("Access-Control-Expose-Headers", "Retry-After, Grpc-Status, Grpc-Message, "+phaseHeader)
	header.Add("Vary", "Origin")
}

// grpcUnavailable is the status on which gRPC clients try again:
// https://grpc.github.io/grpc/core/md_doc_statuscodes.html
const grpcUnavailable = "14"

// writeGRPC is a response of trailers only, which are sent as headers:
// https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
func (v *visit) writeGRPC(p problem) {
	header := v.rw.Header()
	header.Set("Content-Type", v.r.Header.Get("Content-Type"))
	header.Set("Grpc-Status", grpcUnavailable)
	header.Set("Grpc-Message", url.PathEscape(p.Title))
	allowOrigin(header, v.r) // for gRPC-Web
	if p.Phase != "" {
		header.Set(phaseHeader, string(p.Phase))
	}
	v.rw.WriteHeader(http.StatusOK)
}

// seconds rounds up: whoever comes back at that second must not be too early.
func seconds(d time.Duration) string { return strconv.Itoa(wholeSeconds(d)) }
