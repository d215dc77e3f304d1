package waker_test

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/page"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

// plain is a header with one value a name.
func plain(pairs ...string) http.Header {
	header := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		header.Set(pairs[i], pairs[i+1])
	}
	return header
}

func problemHeader(pairs ...string) http.Header {
	return plain(append(pairs, "Content-Type", "application/problem+json", "Cache-Control", "no-store")...)
}

func (a answer) is(t *testing.T, status int, header http.Header, body string) {
	t.Helper()
	if diff := cmp.Diff(answer{status: status, header: header, body: body},
		answer{status: a.status, header: a.header, body: a.body}, cmp.AllowUnexported(answer{})); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

func calls(t *testing.T, w *world, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, w.control.made()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// What costs nothing is answered without a single call: not even for the settings.
func TestAnsweredWithoutACall(t *testing.T) {
	notFound := `{"title":"Not found","status":404}`
	for _, tc := range []struct {
		name, target, agent string
		status              int
		header              http.Header
		body                string
	}{
		{"health check", "/", "ELB-HealthChecker/2.0", 200, plain("Content-Type", "text/plain; charset=utf-8"), "ok\n"},
		{"reserved path", "/.catnap/", "Mozilla/5.0", 404, problemHeader(), notFound},
		{"the mark's path", "/.catnap/since/1/active/2", "curl/8", 404, problemHeader(), notFound},
		{"reserved path, health checker", "/.catnap/x", "ELB-HealthChecker/2.0", 404, problemHeader(), notFound},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(drowsy())
				a := w.get(tc.target, append(person, "User-Agent", tc.agent)...)
				a.is(t, tc.status, tc.header, tc.body)
				calls(t, w)
				if len(w.store.asked) > 0 || len(w.dialled) > 0 || a.took != 0 {
					t.Errorf("asked %q, dialled %q, took %s", w.store.asked, w.dialled, a.took)
				}
			})
		})
	}
}

func TestPage(t *testing.T) {
	for _, tc := range []struct {
		name    string
		stands  func() policy.Snapshot
		frozen  time.Duration
		kind    string
		retry   string
		elapsed string
		parts   []string
		calls   []string
	}{
		{
			"asleep", asleep, 0, "waking", "5", "0",
			[]string{`data-name="asked" data-state="active"`, `data-name="network" data-state="todo"`},
			[]string{"observe", "start 0"},
		},
		{
			"starting", starting, 0, "waking", "5", "20",
			[]string{`data-name="asked" data-state="done"`, `data-name="network" data-state="active"`},
			[]string{"observe"},
		},
		{
			"failed", failed, 0, "failed", "40", "20", []string{`"retry":40`, "12:00 UTC"}, []string{"observe"},
		},
		{
			"frozen", asleep, 36*time.Hour - 500*time.Millisecond, "frozen", "129600", "0",
			[]string{`"retry":129600`}, []string{"observe"},
		},
		{
			"frozen for a moment more", asleep, time.Second, "frozen", "5", "0", []string{`"retry":1,`}, []string{"observe"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(tc.stands())
				if tc.frozen > 0 {
					w.store.freeze(tc.frozen)
				}
				a := w.browse("/docs?chapter=2")
				nonce := nonceOf(a)
				a.is(t, 503, plain(
					"Content-Type", "text/html; charset=utf-8", "Cache-Control", "no-store", "X-Robots-Tag", "noindex",
					"Content-Security-Policy", page.CSP(nonce), "Retry-After", tc.retry, "X-Catnap-Phase", tc.kind,
					"Content-Language", "en", "Vary", "Accept-Encoding",
				), a.body)
				a.contains(t, `<style nonce="`+nonce+`">`, `<script nonce="`+nonce+`">`, "shop",
					`<body data-kind="`+tc.kind+`"`, `"elapsed":`+tc.elapsed+`,`)
				a.contains(t, tc.parts...)
				calls(t, w, tc.calls...)
				between(t, a.took, 0, 500*time.Millisecond)
			})
		})
	}
}

// nonceOf is the one in the header; "none" when there is none that is hard to guess.
func nonceOf(a answer) string {
	found := regexp.MustCompile(`'nonce-([A-Z2-7]{20,})'`).FindStringSubmatch(a.header.Get("Content-Security-Policy"))
	if found == nil {
		return "none"
	}
	return found[1]
}

func (a answer) contains(t *testing.T, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(a.body, part) {
			t.Errorf("no %s in\n%.3000s", part, a.body)
		}
	}
}

func TestEachPageHasItsOwnNonce(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		a, b := w.browse("/"), w.browse("/")
		if nonceOf(a) == nonceOf(b) {
			t.Errorf("the same nonce twice: %s", nonceOf(a))
		}
	})
}

// What clients, and what nobody waits for, are answered at once.
func TestProblem(t *testing.T) {
	unavailable := `{"title":"Service unavailable","status":503}`
	notStarted := `{"title":"It could not be started","status":503,"phase":"failed"}`
	for _, tc := range []struct {
		name   string
		stands func() policy.Snapshot
		change func(*world)
		target string
		header []string
		status int
		want   http.Header
		body   string
	}{
		{"failed", failed, nil, "/api", nil, 503, problemHeader("Retry-After", "40", "X-Catnap-Phase", "failed"), notStarted},
		{"frozen", asleep, freeze(90 * time.Second), "/api", nil, 503, problemHeader("Retry-After", "90", "X-Catnap-Phase", "frozen"), paused("12:01:30")},
		{"frozen, part of a second", asleep, freeze(time.Millisecond), "/api", nil, 503, problemHeader("Retry-After", "1", "X-Catnap-Phase", "frozen"), paused("12:00:01")},
		{"frozen while drowsy", drowsy, freeze(time.Hour), "/api", nil, 503, problemHeader("Retry-After", "3600", "X-Catnap-Phase", "frozen"), paused("13:00:00")},
		{"unmanaged", asleep, func(w *world) { w.store.svc.Managed = false }, "/api", nil, 503, problemHeader("Retry-After", "5"), unavailable},
		{"unmanaged, person", asleep, func(w *world) { w.store.svc.Managed = false }, "/", person, 503, problemHeader("Retry-After", "5"), unavailable},
		{"unknown to ECS", missing, nil, "/", person, 503, problemHeader("Retry-After", "5"), unavailable},
		{"favicon", asleep, nil, "/favicon.ico", nil, 404, problemHeader(), notWoken},
		{"robots", starting, nil, "/robots.txt", nil, 404, problemHeader(), notWoken},
		{"touch icon, unknown", asleep, throttle("observe"), "/apple-touch-icon.png", nil, 404, problemHeader(), notWoken},
		{"status, unknown", asleep, throttle("observe"), "/.catnap/status", nil, 503, problemHeader("Retry-After", "5"), unavailable},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(tc.stands())
				if tc.change != nil {
					tc.change(w)
				}
				a := w.get(tc.target, tc.header...)
				a.is(t, tc.status, tc.want, tc.body)
				calls(t, w, "observe")
				if a.took != 0 || w.lb.arrived+w.lb.probes > 0 {
					t.Errorf("took %s, %d requests and %d probes", a.took, w.lb.arrived, w.lb.probes)
				}
			})
		})
	}
}

// paused tells until when, and neither who nor why.
func paused(until string) string {
	return `{"title":"Paused","status":503,"detail":"It is paused until 2000-01-01T` + until +
		`Z. Nothing starts it before.","phase":"frozen"}`
}

const notWoken = `{"title":"Not found","status":404,"detail":"The service sleeps, and a path like this one ` +
	`does not wake it. If the application serves it, add it to allow_paths in the service's settings."}`

func freeze(d time.Duration) func(*world) {
	return func(w *world) { w.store.freeze(d) }
}

func throttle(call string) func(*world) {
	return func(w *world) { w.control.fail(call, errThrottled) }
}

// Settings that SSM does not give are asked for a while. That there are none, or bad ones, is known at once.
func TestSettingsUnknown(t *testing.T) {
	unread := &settings.UnreadError{Err: errThrottled}
	for _, tc := range []struct {
		name     string
		deadline time.Duration
		err      error
		from, to time.Duration
	}{
		{"none", time.Minute, &settings.NotFoundError{WakerTargetGroup: "x"}, 0, 0},
		{"bad", time.Minute, errors.New(`field "hold": too long`), 0, 0},
		{"not read", time.Minute, unread, 20 * time.Second, 20600 * time.Millisecond},
		{"not read, and little time", 10 * time.Second, unread, 7 * time.Second, 7600 * time.Millisecond},
		{"not read, and no time", 2 * time.Second, unread, 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.store.err = tc.err
				a := w.within(tc.deadline, http.MethodGet, "/", "", person...)
				a.is(t, 503, problemHeader("Retry-After", "5"), `{"title":"Service unavailable","status":503,`+
					`"detail":"The settings of this address could not be read. Its operator finds the reason in the log."}`)
				between(t, a.took, tc.from, tc.to)
				calls(t, w)
				if !w.log.has("level=ERROR") || strings.Contains(a.body, tc.err.Error()) {
					t.Errorf("logged %s", w.log.text.String())
				}
			})
		})
	}
}

func TestSettingsReadAtLast(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		unread := &settings.UnreadError{Err: errThrottled}
		w.store.errs = []error{unread, unread, unread}
		a := w.browse("/")
		if !a.isPage() {
			t.Errorf("got %+v", a)
		}
		between(t, a.took, 1500*time.Millisecond, 2300*time.Millisecond)
		calls(t, w, "observe", "start 0")
	})
}

// A freeze that can't be read keeps nobody out.
func TestFreezeUnknown(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.store.freezeErr = errThrottled
		if a := w.browse("/"); !a.isPage() || a.header.Get("X-Catnap-Phase") != "waking" {
			t.Errorf("got %+v", a)
		}
		calls(t, w, "observe", "start 0")
		if !w.log.has("freeze unknown") {
			t.Error("not logged")
		}
	})
}

// What AWS refuses is no reason to send a person away.
func TestPageAllTheSame(t *testing.T) {
	for _, tc := range []struct {
		name, fails, logged string
		calls               []string
	}{
		{"look fails", "observe", "look failed", []string{"observe"}},
		{"start fails", "start", "start failed", []string{"observe", "start 0"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.fail(tc.fails, errThrottled)
				if a := w.browse("/"); !a.isPage() || a.header.Get("X-Catnap-Phase") != "waking" {
					t.Errorf("got %+v", a)
				}
				calls(t, w, tc.calls...)
				if !w.log.has(tc.logged) || !w.log.has("Rate exceeded") {
					t.Errorf("logged %s", w.log.text.String())
				}
			})
		})
	}
}
