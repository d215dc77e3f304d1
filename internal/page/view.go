package page

import (
	"cmp"
	"fmt"
	"html/template"
	"strings"
	"time"
	"unicode"
)

const (
	defaultRefresh = 5 * time.Second
	// slowAfter is when a start is called slow; page.js has the same number.
	slowAfter = 90 * time.Second
	// maxName keeps a page with the longest, most escaped name near its 14 KB.
	maxName = 60
)

// view is a State in the words of page.tmpl.html.
type view struct {
	Kind, Service, Nonce string
	CSS                  template.CSS
	JS                   template.JS
	Elapsed              int    // seconds
	Clock                string // Elapsed for people
	Slow                 bool
	Refresh              int    // seconds
	Retry                int    // seconds until RetryAt, 0 when over or unknown
	RetryTime, RetryDate string // in UTC, for browsers without JavaScript; empty when over or unknown
	Steps                []stepView
}

func newView(s State) view {
	elapsed := sinceStart(s)
	v := view{
		Kind:    s.Kind.String(),
		Service: cmp.Or(printable(s.Service), "The application"),
		Nonce:   s.Nonce,
		CSS:     style(),
		JS:      script(),
		Elapsed: int(elapsed / time.Second),
		Clock:   clock(elapsed),
		Slow:    elapsed >= slowAfter,
		Refresh: max(1, int(cmp.Or(s.Refresh, defaultRefresh)/time.Second)),
		Steps:   stepViews(s.Steps),
	}
	v.setRetry(s)
	return v
}

// setRetry leaves a time that has passed, or is not known, at zero.
func (v *view) setRetry(s State) {
	left := s.RetryAt.Sub(s.Now)
	if s.RetryAt.IsZero() || s.Now.IsZero() || left <= 0 {
		return
	}
	at := s.RetryAt.UTC()
	v.Retry = int((left + time.Second - 1) / time.Second)
	v.RetryTime = at.Format("15:04 UTC")
	v.RetryDate = at.Format("2 January 2006 at 15:04 UTC")
}

// sinceStart is never negative: two machines' clocks may disagree.
func sinceStart(s State) time.Duration {
	if s.Since.IsZero() || s.Now.IsZero() {
		return 0
	}
	return max(0, s.Now.Sub(s.Since))
}

// clock writes a duration as the script does, so that the first tick does not change the notation.
func clock(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%d s", d/time.Second)
	}
	return fmt.Sprintf("%d:%02d min", d/time.Minute, d%time.Minute/time.Second)
}

// printable drops what cannot be seen: control characters, and the marks that turn the reading direction, with which a
// name could make the text around it read as something else. Escaping is html/template's work, not done here.
func printable(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, name)
	name = strings.TrimSpace(name)
	if runes := []rune(name); len(runes) > maxName {
		return string(runes[:maxName-1]) + "…"
	}
	return name
}
