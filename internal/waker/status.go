package waker

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
)

// status is the document under /.catnap/status. It tells nothing that a visitor may not know, but for Operator.
type status struct {
	Service        string       `json:"service"`
	Phase          policy.Phase `json:"phase"`
	Since          *time.Time   `json:"since"` // null while unknown
	ElapsedSeconds int          `json:"elapsed_seconds"`
	ETASeconds     *int         `json:"eta_seconds"`             // null while unknown, and when it is late
	UsualSeconds   *int         `json:"usual_seconds"`           // the median of the last wakes; null while unknown
	SlowSeconds    *int         `json:"slow_seconds"`            // their 90th percentile
	RetrySeconds   *int         `json:"retry_seconds,omitempty"` // failed, frozen: until it may be tried again
	Limited        bool         `json:"limited,omitempty"`       // only a person's click wakes it
	Steps          []statusStep `json:"steps"`
	Message        string       `json:"message"`
	Operator       *operator    `json:"operator,omitempty"` // only for whoever sends the operator's token
}

type statusStep struct {
	Name    string           `json:"name"`
	State   policy.StepState `json:"state"`
	Seconds float64          `json:"seconds,omitzero"` // of a step that is done; left out while unknown
}

// messages are for the public.
var messages = map[policy.Phase]string{
	policy.PhaseAsleep: "Asleep. The next visit starts it.",
	policy.PhaseWaking: "Starting.",
	policy.PhaseAwake:  "Running.",
	policy.PhaseDrowsy: "Running; about to go to sleep.",
	policy.PhaseFailed: "It could not be started.",
	policy.PhaseFrozen: "Paused.",
}

func (v *visit) writeStatus(code int, seen policy.Snapshot) {
	doc := newStatus(v.svc.Name, seen, v.svc.Policy(), v.clock.Now())
	if v.operator() {
		doc.Operator = newOperator(seen)
	}
	header := v.rw.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Cache-Control", "no-store")
	header.Set(phaseHeader, string(doc.Phase))
	allowOrigin(header, v.r)
	v.rw.WriteHeader(code)
	if err := json.NewEncoder(v.rw).Encode(doc); err != nil {
		v.warn("status not written", err)
	}
}

// writeWoken tells the page's script how the service is after it asked for a wake, and takes a form's visitor back to
// the page that it was on.
func (v *visit) writeWoken(ctx context.Context, seen policy.Snapshot, reply policy.Reply) {
	if v.r.Header.Get("Sec-Fetch-Mode") == "navigate" || strings.Contains(v.r.Header.Get("Accept"), "text/html") {
		v.rw.Header().Set("Location", v.cameFrom())
		v.rw.Header().Set("Cache-Control", "no-store")
		v.rw.WriteHeader(http.StatusSeeOther)
		return
	}
	if reply.Action == policy.ActionNone {
		v.writeStatus(http.StatusOK, seen)
		return
	}
	if now, err := v.lookAtTasks(ctx); err == nil { // what was seen before is out of date
		seen = now
	}
	v.writeStatus(http.StatusAccepted, seen)
}

// cameFrom is the address, on this host, of the page that the visitor was on.
func (v *visit) cameFrom() string {
	u, err := url.Parse(v.r.Referer())
	if err != nil || u.Host != v.r.Host || u.Path == policy.WakePath {
		return "/"
	}
	return location(u)
}

func newStatus(name string, seen policy.Snapshot, set policy.Settings, now time.Time) status {
	doc := status{Service: name, Phase: seen.Phase(now), Steps: statusSteps(seen, now)}
	doc.Message = messages[doc.Phase]
	if since := seen.Rule.Mark.Since; !since.IsZero() {
		doc.Since = &since
		doc.ElapsedSeconds = max(0, int(now.Sub(since)/time.Second))
	}
	doc.learn(policy.Expect(seen.Wakes))
	switch doc.Phase {
	case policy.PhaseAwake, policy.PhaseDrowsy:
		doc.ETASeconds = new(int)
	case policy.PhaseWaking:
		doc.ETASeconds = eta(seen, now)
	case policy.PhaseFailed:
		doc.RetrySeconds = secondsUntil(seen.RetryAt(), now)
	case policy.PhaseFrozen:
		doc.RetrySeconds = secondsUntil(seen.FrozenUntil, now)
	default: // asleep: nobody knows who comes when
		doc.Limited = seen.Limited(set, now)
	}
	return doc
}

func (doc *status) learn(e policy.Expectation) {
	if e.Usual > 0 {
		doc.UsualSeconds, doc.SlowSeconds = new(wholeSeconds(e.Usual)), new(wholeSeconds(e.Slow))
	}
}

func eta(seen policy.Snapshot, now time.Time) *int {
	left, known := policy.Expect(seen.Wakes).Left(now.Sub(seen.Rule.Mark.Since))
	if !known {
		return nil
	}
	return new(wholeSeconds(left))
}

func statusSteps(seen policy.Snapshot, now time.Time) []statusStep {
	var steps []statusStep
	for _, s := range policy.Steps(seen, now) {
		steps = append(steps, statusStep{s.Name, s.State, s.Took.Round(100 * time.Millisecond).Seconds()})
	}
	return steps
}

func secondsUntil(at, now time.Time) *int { return new(max(0, wholeSeconds(at.Sub(now)))) }

// wholeSeconds rounds up: whoever comes back at that second must not be too early.
func wholeSeconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
