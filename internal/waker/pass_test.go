package waker_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

func duration(d time.Duration) settings.Duration { return settings.Duration(d) }

// The application's own answer, and nothing else, from a service that is drowsy.
func TestPassedOn(t *testing.T) {
	binary := "\x00\xff\r\n\x80" + strings.Repeat("\xc3\x28", 1000)
	for _, tc := range []struct {
		name   string
		method string
		app    http.HandlerFunc
		status int
		header http.Header
		body   string
	}{
		{
			"as it is", http.MethodPost,
			func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Content-Type", "application/vnd.shop+json")
				rw.Header().Set("Server", "nginx")
				rw.Header()["Set-Cookie"] = []string{"a=1; Path=/", "b=2; HttpOnly"}
				rw.WriteHeader(http.StatusCreated)
				_, _ = io.WriteString(rw, `{"id":1}`)
			}, 201, http.Header{
				"Content-Type": {"application/vnd.shop+json"}, "Server": {"nginx"}, "Content-Length": {"8"},
				"Set-Cookie": {"a=1; Path=/", "b=2; HttpOnly"},
			}, `{"id":1}`,
		},
		{
			"bytes that are no text, and packed", http.MethodGet,
			func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Content-Type", "application/octet-stream")
				rw.Header().Set("Content-Encoding", "gzip")
				_, _ = io.WriteString(rw, binary)
			}, 200, plain(
				"Content-Type", "application/octet-stream", "Content-Encoding", "gzip", "Content-Length", "2005",
			), binary,
		},
		{
			"its own 503", http.MethodGet,
			func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Retry-After", "120")
				http.Error(rw, "maintenance", http.StatusServiceUnavailable)
			}, 503, plain(
				"Content-Type", "text/plain; charset=utf-8", "X-Content-Type-Options", "nosniff", "Content-Length", "12",
				"Retry-After", "120",
			), "maintenance\n",
		},
		{
			"a redirect is the caller's to follow", http.MethodGet,
			func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Location", "/login")
				rw.WriteHeader(http.StatusSeeOther)
			}, 303, plain("Location", "/login", "Content-Length", "0"), "",
		},
		{
			"no content", http.MethodDelete,
			func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusNoContent) }, 204, http.Header{}, "",
		},
		{
			"head", http.MethodHead,
			func(rw http.ResponseWriter, _ *http.Request) { rw.Header().Set("Content-Length", "5000000") }, 200,
			plain("Content-Length", "5000000"), "",
		},
		{
			"only of this connection", http.MethodGet,
			func(rw http.ResponseWriter, _ *http.Request) {
				for _, name := range []string{"Keep-Alive", "Proxy-Authenticate", "Upgrade", "X-Hop", "X-Kept"} {
					rw.Header().Set(name, "1")
				}
				rw.Header().Add("Connection", "keep-alive, x-hop")
				rw.Header().Set("Trailer", "X-Sum")
				_, _ = io.WriteString(rw, "hello")
			}, 200, plain("X-Kept", "1", "Content-Type", "text/plain; charset=utf-8"), "hello",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(drowsy())
				w.lb.app = tc.app
				a := w.send(tc.method, "/", "")
				a.header.Del("Date")
				a.is(t, tc.status, tc.header, tc.body)
				calls(t, w, "observe", "secret bypass-rule", "disarm 12:00:00")
				if w.lb.probes != 1 || len(w.lb.seen()) != 1 {
					t.Errorf("%d probes, %d requests", w.lb.probes, len(w.lb.seen()))
				}
			})
		})
	}
}

// A rule that is still spreading, or that is not catnap's to switch, sends requests of a service that serves.
func TestPassedOnWithoutASwitch(t *testing.T) {
	for _, tc := range []struct {
		name    string
		stands  func() policy.Snapshot
		managed bool
	}{
		{"just disarmed", awake, true},
		{"unmanaged", drowsy, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(tc.stands())
				w.store.svc.Managed = tc.managed
				if a := w.browse("/"); a.status != 200 || a.body != "hello" {
					t.Errorf("got %+v", a)
				}
				calls(t, w, "observe", "secret bypass-rule")
				if w.lb.probes > 0 {
					t.Error("probed")
				}
			})
		})
	}
}

// A switch that fails is tried again, and a visitor is let through without it at last.
func TestDisarmFailsAndPassesOn(t *testing.T) {
	for _, tc := range []struct {
		name       string
		fails      int
		calls      int
		from, to   time.Duration
		handedOver bool
	}{
		{"once", 1, 2, 500 * time.Millisecond, 600 * time.Millisecond, false},
		{"three times", 3, 4, 1500 * time.Millisecond, 1800 * time.Millisecond, false},
		{"each time", 9, 4, 1500 * time.Millisecond, 2400 * time.Millisecond, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(drowsy())
				w.control.fail("disarm", slices.Repeat([]error{errThrottled}, tc.fails)...)
				a := w.browse("/")
				if a.status != 200 || a.body != "hello" {
					t.Errorf("got %+v", a)
				}
				between(t, a.took, tc.from, tc.to)
				same(t, "switches", tc.calls, len(w.changes()))
				same(t, "probes and requests", []int{1, 1}, []int{w.lb.probes, len(w.lb.seen())})
				if !w.log.has("disarm failed") || w.log.has("handed over while armed") != tc.handedOver {
					t.Errorf("logged %s", w.log.text.String())
				}
			})
		})
	}
}

func TestDisarmFailsAndTheCallerGoes(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(drowsy())
		w.control.fail("disarm", errThrottled)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		between(t, w.sendIn(ctx, http.MethodPost, "/orders", "x").took, 0, 100*time.Millisecond)
		same(t, "requests", 0, len(w.lb.seen()))
	})
}

// What the application gets is what the caller sent.
func TestRequestKept(t *testing.T) {
	body := "\x00\xff\r\nnot text" + strings.Repeat("x", 100<<10)
	for _, tc := range []struct{ name, method, target, body string }{
		{"query", http.MethodGet, "/a/b?z=1&a=2&z=3&empty&e==&plus=a+b%20c&u=%C3%A9&semi=a;b", ""},
		{"path", http.MethodGet, "/a%2Fb/%61/../c/./d//e;v=1/$&'()*+,=:@%20", ""},
		{"two slashes", http.MethodGet, "//evil.example/a?b", ""},
		{"no query", http.MethodGet, "/?", ""},
		{"body", http.MethodPost, "/upload", body},
		{"body of a DELETE", http.MethodDelete, "/x", "why"},
		{"method of its own", "PURGE", "/x", ""},
		{"patch", http.MethodPatch, "/x", "{}"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(drowsy())
				if a := w.send(tc.method, tc.target, tc.body); a.status != 200 {
					t.Fatalf("got %+v", a)
				}
				seen := w.lb.seen()
				if len(seen) != 1 {
					t.Fatalf("the application got %d requests", len(seen))
				}
				got := []string{seen[0].method, seen[0].uri, seen[0].host, seen[0].body}
				same(t, "request", []string{tc.method, tc.target, site, tc.body}, got)
			})
		})
	}
}

func TestRequestHeader(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(drowsy())
		a := w.send(http.MethodPut, "/", "{}",
			"Content-Type", "application/json", "Authorization", "Bearer x", "Cookie", "a=1", "Cookie", "b=2",
			"X-Forwarded-For", "203.0.113.7", "X-Forwarded-Proto", "https", "X-Amzn-Trace-Id", "Root=1", "X-Catnapper", "kept",
			"Connection", "keep-alive, X-Hop", "Connection", "x-other", "X-Hop", "1", "X-Other", "1",
			"Keep-Alive", "5", "Proxy-Authorization", "Basic x", "Proxy-Connection", "keep-alive", "Te", "trailers",
			"Trailer", "X-Sum", "Upgrade", "h2c",
			"x-catnap-bypass", "guess", "X-CATNAP-BYPASS", "another", "X-Catnap-Loop", "1", "X-Catnap-Phase", "awake",
		)
		if a.status != 200 {
			t.Fatalf("got %+v", a)
		}
		same(t, "header", http.Header{
			"Content-Type": {"application/json"}, "Content-Length": {"2"}, "Authorization": {"Bearer x"},
			"Cookie": {"a=1", "b=2"}, "X-Forwarded-For": {"203.0.113.7"}, "X-Forwarded-Proto": {"https"},
			"X-Amzn-Trace-Id": {"Root=1"}, "X-Catnapper": {"kept"}, "X-Catnap-Bypass": {"s3cret"},
		}, w.lb.seen()[0].header)
	})
}

// The caller's request is left as it was, however often it is sent.
func TestRequestHeaderEachTime(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(awake())
		w.lb.app = firstLost(3, greet)
		a := w.send(http.MethodPut, "/a%2fb?c", "body", "User-Agent", "curl/8", "Connection", "X-Hop", "X-Hop", "1")
		if a.status != 200 {
			t.Fatalf("got %+v", a)
		}
		for _, got := range w.lb.seen() {
			same(t, "request", sent{
				method: http.MethodPut, uri: "/a%2fb?c", host: site, body: "body",
				header: plain("User-Agent", "curl/8", "X-Catnap-Bypass", "s3cret", "Content-Length", "4"),
			}.text(), got.text())
		}
	})
}

func (s sent) text() string {
	var header strings.Builder
	_ = s.header.Write(&header)
	return strings.Join([]string{s.method, s.uri, s.host, header.String(), s.body}, "\n")
}
