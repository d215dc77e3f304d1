// Package page renders what a visitor sees while a sleeping service is being started: one self-contained HTML
// document that follows /.catnap/status and gives way to the application by itself.
//
// It does not serve HTTP, choose a status code, set headers, know ECS or decide anything: the waker does. It is never
// given the request, so nothing of one can come back in the page.
package page

import (
	"fmt"
	"io"
	"time"
)

// Kind is which of its views the page shows first.
type Kind int

const (
	// KindWaking is the progress list; the only kind that opens the application by itself.
	KindWaking Kind = iota
	// KindFailed says that the service could not be started, and when to try again.
	KindFailed
	// KindFrozen says that the service is paused, without saying why: amounts are the operator's business.
	KindFrozen
)

// String is the id of the kind's section in page.tmpl.html.
func (k Kind) String() string {
	switch k {
	case KindFailed:
		return "failed"
	case KindFrozen:
		return "frozen"
	default:
		return "waking"
	}
}

// State is what the page shows first; afterwards it follows /.catnap/status by itself.
type State struct {
	Kind Kind

	// Service is the name to show; empty means "The application". Longer than 60 characters, it is cut.
	Service string

	// Nonce is put on the style and script elements, for [CSP]. Empty means no Content-Security-Policy is sent.
	Nonce string

	// Since is when the wake began, or failed; zero means now.
	Since time.Time

	// Now is the server's time. The page counts from it and never trusts the visitor's clock.
	Now time.Time

	// RetryAt is when a failed start may be tried again, or until when a frozen service is paused; zero means unknown.
	RetryAt time.Time

	// Steps are the progress list of KindWaking; none means [DefaultSteps].
	Steps []Step

	// Refresh is how often a browser without JavaScript asks again while waking; zero means 5 s.
	Refresh time.Duration
}

// Render writes the page. It fails only if w does.
func Render(w io.Writer, s State) error {
	if err := document().Execute(w, newView(s)); err != nil {
		return fmt.Errorf("render the %s page: %w", s.Kind, err)
	}
	return nil
}

// CSP is the Content-Security-Policy for a page with this nonce: a fresh one a response, of letters, digits, "+", "/",
// "-", "_" and "=" only (crypto/rand.Text makes one). Framing is left to the service's own origin, so that an
// application which embeds its own pages can wake too.
func CSP(nonce string) string {
	return "default-src 'none'; style-src 'nonce-" + nonce + "'; script-src 'nonce-" + nonce + "'; " +
		"connect-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
}
