package waker

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/catnap-dev/catnap/internal/page"
	"github.com/catnap-dev/catnap/internal/policy"
)

// phaseHeader tells monitors and scripts what the body tells people.
const phaseHeader = "X-Catnap-Phase"

// retryAfter is what a caller is told who comes while the service starts.
const retryAfter = 5 * time.Second

// problem is an RFC 9457 problem document; the type is about:blank, so the title says what the status does.
type problem struct {
	Title      string        `json:"title"`
	Status     int           `json:"status"`
	Detail     string        `json:"detail,omitempty"`
	Phase      policy.Phase  `json:"phase,omitempty"`
	RetryAfter time.Duration `json:"-"`
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

// seconds rounds up: whoever comes back at that second must not be too early.
func seconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}

// write gives every answer that does not come from the application.
func (v *visit) write(seen policy.Snapshot, reply policy.Reply) {
	switch reply.Kind {
	case policy.ReplyOK:
		v.rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = fmt.Fprintln(v.rw, "ok")
	case policy.ReplyNotFound:
		writeProblem(v.rw, problem{Status: http.StatusNotFound, Title: "Not found"})
	case policy.ReplyStatus:
		v.writeStatus(seen)
	case policy.ReplyPage:
		v.writePage(page.KindWaking, seen, reply)
	case policy.ReplyFailed:
		v.writeBlocked(page.KindFailed, policy.PhaseFailed, "It could not be started", seen, reply)
	case policy.ReplyFrozen:
		v.writeBlocked(page.KindFrozen, policy.PhaseFrozen, "Paused", seen, reply)
	default:
		writeProblem(v.rw, problem{
			Status: http.StatusServiceUnavailable, Title: "Service unavailable", RetryAfter: retryAfter,
		})
	}
}

// writeBlocked answers people with a page and clients with a problem.
func (v *visit) writeBlocked(
	kind page.Kind, phase policy.Phase, title string, seen policy.Snapshot, reply policy.Reply,
) {
	if v.caller == policy.CallerNavigation {
		v.writePage(kind, seen, reply)
		return
	}
	writeProblem(v.rw, problem{
		Status: http.StatusServiceUnavailable, Title: title, Phase: phase,
		RetryAfter: max(reply.RetryAt.Sub(v.clock.Now()), time.Second),
	})
}

func (v *visit) writeTooLong() {
	writeProblem(v.rw, problem{
		Status: http.StatusServiceUnavailable, Title: "Still starting", Phase: policy.PhaseWaking,
		Detail: "The service is being started and was not ready in time. Ask again.", RetryAfter: retryAfter,
	})
}

// writePage answers 503, so that no crawler, cache or monitor takes the page for the application's.
func (v *visit) writePage(kind page.Kind, seen policy.Snapshot, reply policy.Reply) {
	now, nonce := v.clock.Now(), rand.Text()
	header := v.rw.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Robots-Tag", "noindex")
	header.Set("Content-Security-Policy", page.CSP(nonce))
	header.Set("Retry-After", seconds(max(reply.RetryAt.Sub(now), retryAfter)))
	header.Set(phaseHeader, kind.String())
	v.rw.WriteHeader(http.StatusServiceUnavailable)
	state := page.State{
		Kind: kind, Service: v.svc.Name, Nonce: nonce, Now: now, RetryAt: reply.RetryAt,
		Since: pageSince(kind, seen, now), Steps: pageSteps(seen, now),
	}
	if err := page.Render(v.rw, state); err != nil {
		v.warn("page not written", err)
	}
}

// pageSince is when a wake that was already on its way began; one that this visit asked for begins now.
func pageSince(kind page.Kind, seen policy.Snapshot, now time.Time) time.Time {
	if kind == page.KindFailed || seen.Rule.Armed && seen.Rule.Mark.Waking() && seen.Desired > 0 {
		return seen.Rule.Mark.Since
	}
	return now
}

func pageSteps(seen policy.Snapshot, now time.Time) []page.Step {
	if seen.Desired == 0 {
		return nil
	}
	var steps []page.Step
	for _, step := range policy.Steps(seen, now) {
		steps = append(steps, page.Step{Name: step.Name, State: page.StepState(step.State)})
	}
	return steps
}
