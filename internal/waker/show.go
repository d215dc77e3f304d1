package waker

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"net/http"
	"time"

	"github.com/catnap-dev/catnap/internal/page"
	"github.com/catnap-dev/catnap/internal/policy"
)

// writeWaiting shows how the wake goes, or lets the page's script begin one.
func (v *visit) writeWaiting(seen policy.Snapshot) {
	phase := policy.PhaseWaking // if not by now, by what this visit has just done
	if v.svc.Wake == policy.WakeJavaScript {
		phase = seen.Phase(v.clock.Now())
	}
	v.writePage(page.KindWaking, phase, seen, time.Time{})
}

// writePage answers 503, so that no crawler, cache or monitor takes the page for the application's.
func (v *visit) writePage(kind page.Kind, phase policy.Phase, seen policy.Snapshot, retryAt time.Time) {
	state := v.pageState(kind, seen, retryAt)
	state.Why = string(phase)
	header := v.rw.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Language", page.Language(state.AcceptLanguage, state.Brand.Language))
	header.Set("Cache-Control", "no-store")
	header.Set("X-Robots-Tag", "noindex")
	header.Set("Content-Security-Policy", page.CSP(state.Nonce))
	header.Set("Retry-After", seconds(max(retryAt.Sub(state.Now), v.retryAfter(seen))))
	header.Set(phaseHeader, string(phase))
	body := v.render(state)
	if policy.Accepts(v.r.Header.Get("Accept-Encoding"), "gzip") {
		header.Set("Content-Encoding", "gzip")
		body = v.compress(body)
	}
	header.Set("Vary", "Accept-Encoding")
	v.rw.WriteHeader(http.StatusServiceUnavailable)
	if _, err := v.rw.Write(body); err != nil {
		v.warn("page not written", err)
	}
}

// render logs what is wrong with an operator's own template; the visitor gets catnap's page then.
func (v *visit) render(state page.State) []byte {
	var body bytes.Buffer
	if err := page.Render(&body, state); err != nil {
		v.warn("page template broken", err)
	}
	return body.Bytes()
}

func (v *visit) pageState(kind page.Kind, seen policy.Snapshot, retryAt time.Time) page.State {
	now, expected := v.clock.Now(), policy.Expect(seen.Wakes)
	state := page.State{
		Kind: kind, Service: v.svc.Name, Nonce: rand.Text(), Now: now, RetryAt: retryAt,
		Since: pageSince(kind, seen, now), Steps: pageSteps(seen, now), Usual: expected.Usual, Slow: expected.Slow,
		ByScript:       v.svc.Wake == policy.WakeJavaScript,
		AcceptLanguage: v.r.Header.Get("Accept-Language"),
		Address:        location(v.r.URL),
		Brand:          v.svc.Page, Template: v.svc.Template,
	}
	if kind == page.KindResend {
		state.Form = v.keptForm()
	}
	return state
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
		steps = append(steps, page.Step{Name: step.Name, State: page.StepState(step.State), Took: step.Took})
	}
	return steps
}

// compress makes the page fit into what a server may send before it hears of the client again, some 14 KB. A writer is
// most of a megabyte to set up, so it is used again.
func (w *Waker) compress(body []byte) []byte {
	packer, ok := w.packers.Get().(*gzip.Writer)
	if !ok {
		packer = gzip.NewWriter(nil)
	}
	defer w.packers.Put(packer)
	var packed bytes.Buffer
	packer.Reset(&packed)
	_, _ = packer.Write(body) // a buffer takes everything
	_ = packer.Close()
	return packed.Bytes()
}
