package waker_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

const (
	monitor = "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)"
	crawler = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
)

func dormantHeader(pairs ...string) http.Header {
	return plain(append(pairs, "Content-Type", "text/plain; charset=utf-8", "Cache-Control", "no-store",
		"X-Robots-Tag", "noindex")...)
}

// TestDormant: those whom nothing is woken for are told how the service is, and nothing is done for them.
func TestDormant(t *testing.T) {
	failedStatus := func(s *settings.Service) { s.MonitorStatus, s.CrawlerStatus = 503, 200 }
	own := func(s *settings.Service) { s.IgnoreUserAgents = expressions(t, "(?i)ourprobe/.*") }
	hour := []string{"Retry-After", "3600"}
	for _, tc := range []struct {
		name   string
		stands func() policy.Snapshot
		agent  string
		change func(*settings.Service)
		status int
		header http.Header
	}{
		{"monitor", asleep, monitor, nil, 200, dormantHeader("X-Catnap-Phase", "asleep")},
		{"monitor, waking", starting, monitor, nil, 200, dormantHeader("X-Catnap-Phase", "waking")},
		{"monitor, drowsy", drowsy, monitor, nil, 200, dormantHeader("X-Catnap-Phase", "drowsy")},
		{"monitor, by the settings", asleep, monitor, failedStatus, 503, dormantHeader(append(hour, "X-Catnap-Phase", "asleep")...)},
		{"monitor, a start failed", failed, monitor, nil, 503, dormantHeader(append(hour, "X-Catnap-Phase", "failed")...)},
		{"monitor, unknown to ECS", missing, monitor, nil, 503, dormantHeader(append(hour, "X-Catnap-Phase", "asleep")...)},
		{"crawler", asleep, crawler, nil, 503, dormantHeader(append(hour, "X-Catnap-Phase", "asleep")...)},
		{"crawler, by the settings", asleep, crawler, failedStatus, 200, dormantHeader("X-Catnap-Phase", "asleep")},
		{"the operator's own", asleep, "OurProbe/2", own, 200, dormantHeader("X-Catnap-Phase", "asleep")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(tc.stands())
				if tc.change != nil {
					tc.change(&w.store.svc)
				}
				w.get("/", append(person, "User-Agent", tc.agent)...).is(t, tc.status, tc.header, "dormant\n")
				calls(t, w, "observe")
			})
		})
	}
}

// TestMonitorWhileNothingIsKnown: throttled looks are no outage.
func TestMonitorWhileNothingIsKnown(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.fail("observe", errThrottled)
		w.get("/", "User-Agent", monitor).is(t, 200, dormantHeader(), "dormant\n")
	})
}

func expressions(t *testing.T, texts ...string) []settings.Expression {
	t.Helper()
	list := make([]settings.Expression, len(texts))
	for i, text := range texts {
		if err := list[i].UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

// TestScannersShareALook: hundreds of requests that nobody waits for cost one look at AWS in ten seconds.
func TestScannersShareALook(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		for range 100 {
			w.get("/wp-login.php").is(t, 404, problemHeader(), notWoken)
			w.get("/", "User-Agent", monitor)
			time.Sleep(99 * time.Millisecond)
		}
		calls(t, w, "observe")
		time.Sleep(time.Second)
		w.get("/.env")
		calls(t, w, "observe", "observe")
	})
}

func TestLists(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.store.svc.IgnorePaths = expressions(t, "/metrics")
		w.store.svc.AllowPaths = expressions(t, "/index\\.php")
		w.get("/metrics").is(t, 404, problemHeader(), notWoken)
		same(t, "changes", []string(nil), w.changes())
		if a := w.browse("/index.php"); !a.isPage() {
			t.Errorf("got %+v", a)
		}
		same(t, "changes", []string{"start 0"}, w.changes())
	})
}

// TestScriptsOfOtherOriginsCanRead what catnap answers by itself, and are allowed nothing else.
func TestScriptsOfOtherOriginsCanRead(t *testing.T) {
	const origin = "https://app.example.com"
	bubble(t, func(t *testing.T, w *world) {
		w.store.freeze(time.Hour)
		cors := []string{
			"Access-Control-Allow-Origin", origin, "Access-Control-Allow-Credentials", "true",
			"Access-Control-Expose-Headers", "Retry-After, Grpc-Status, Grpc-Message, X-Catnap-Phase", "Vary", "Origin",
			"Retry-After", "3600", "X-Catnap-Phase", "frozen",
		}
		w.get("/api", "Origin", origin).is(t, 503, problemHeader(cors...), paused("13:00:00"))
		preflight := w.send(http.MethodOptions, "/api", "", "Origin", origin, "Access-Control-Request-Method", "PUT")
		preflight.is(t, 503, problemHeader(cors...), paused("13:00:00"))
		if a := w.get(statusPath, "Origin", origin); a.header.Get("Access-Control-Allow-Origin") != origin {
			t.Errorf("the status can't be read: %+v", a)
		}
	})
}

// TestPreflightIsHeld: what a script may do is the application's to say.
func TestPreflightIsHeld(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.lb.app = func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Access-Control-Allow-Origin", "https://app.example.com")
			rw.WriteHeader(http.StatusNoContent)
		}
		a := w.send(http.MethodOptions, "/api", "", "Origin", "https://app.example.com",
			"Access-Control-Request-Method", "PUT")
		same(t, "status", 204, a.status)
		same(t, "allowed", []string{"https://app.example.com"}, a.header.Values("Access-Control-Allow-Origin"))
		same(t, "changes", 2, len(w.changes()))
	})
}

// TestGRPC: a call wakes the service, or disarms a drowsy one, and is told to try again. A function sends no trailers.
func TestGRPC(t *testing.T) {
	for name, stands := range map[string]func() policy.Snapshot{"start 0": asleep, "disarm 12:00:00": drowsy} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(stands())
				a := w.post("", "Content-Type", "application/grpc+proto", "Te", "trailers")
				a.is(t, 200, plain("Content-Type", "application/grpc+proto", "Grpc-Status", "14",
					"Grpc-Message", "Still%20starting", "X-Catnap-Phase", "waking"), "")
				same(t, "changes", []string{name}, w.changes())
				same(t, "requests", 0, len(w.lb.seen()))
			})
		})
	}
}

// TestStream: an EventSource is sent to the application itself, which has not yet seen the request.
func TestStream(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		a := w.get("/events?since=1", "Accept", "text/event-stream")
		a.is(t, 307, plain("Location", "/events?since=1", "Cache-Control", "no-store"), "")
		same(t, "armed", false, w.control.now().Rule.Armed)
		same(t, "requests", 0, len(w.lb.seen()))
	})
}

func TestWebSocket(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		a := w.get("/socket", "Connection", "Upgrade", "Upgrade", "websocket")
		same(t, "status", 503, a.status)
		same(t, "retry", "5", a.header.Get("Retry-After"))
		same(t, "changes", []string{"start 0"}, w.changes())
	})
}

// TestWakeModes: who may not wake a sleeping service is told so, and is served like everybody once it runs.
func TestWakeModes(t *testing.T) {
	post := []string{"Accept", "text/html", "Content-Type", "application/x-www-form-urlencoded"}
	for _, tc := range []struct {
		mode    policy.WakeMode
		headers []string
		wakes   bool
	}{
		{policy.WakeNavigation, person, true},
		{policy.WakeNavigation, nil, false},
		{policy.WakeNavigation, []string{"Content-Type", "application/grpc"}, false},
		{policy.WakeJavaScript, person, false},
		{policy.WakeJavaScript, nil, false},
		{policy.WakeJavaScript, post, false},
	} {
		t.Run(string(tc.mode)+strings.Join(tc.headers, " "), func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.store.svc.Wake = tc.mode
				a := w.get("/", tc.headers...)
				same(t, "wakes", tc.wakes, len(w.changes()) > 0)
				if a.took > time.Second {
					t.Errorf("held for %s", a.took)
				}
				w.control.set(awake())
				if a := w.get("/", tc.headers...); a.body != "hello" && tc.headers[0] != "Content-Type" {
					t.Errorf("awake, got %+v", a)
				}
			})
		})
	}
}

func TestAsleepForClients(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.store.svc.Wake = policy.WakeNavigation
		w.get("/api").is(t, 503, problemHeader("X-Catnap-Phase", "asleep"),
			`{"title":"Asleep","status":503,"detail":"A request like this one does not start it. `+
				`Open it in a browser first, or POST to /.catnap/wake.","phase":"asleep"}`)
	})
}

// TestPageIsCompressed for browsers that take it.
func TestPageIsCompressed(t *testing.T) {
	for accepts, want := range map[string]string{
		"gzip, deflate, br": "gzip", "br, GZIP;q=0.5": "gzip", "": "", "br": "", "gzip;q=0": "", "gzip; q=0.000, br": "",
	} {
		t.Run(accepts, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				a := w.get("/", append(person, "Accept-Encoding", accepts)...)
				same(t, "coding", want, a.header.Get("Content-Encoding"))
				if want == "gzip" {
					a.body = unpack(t, a.body)
				}
				if !a.isPage() {
					t.Errorf("got %+v", a)
				}
			})
		})
	}
}

func unpack(t *testing.T, body string) string {
	t.Helper()
	r, err := gzip.NewReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPageOfTheOperator(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.store.svc.Page.Name, w.store.svc.Page.Message = "Atelier", "Our staging <site>"
		a := w.get("/", append(person, "Accept-Language", "de-CH,fr;q=0.5")...)
		same(t, "language", "de", a.header.Get("Content-Language"))
		a.contains(t, "Atelier", "Our staging &lt;site&gt;", `lang="de"`)

		w.store.svc.Template = "<!doctype html><p>{{.Name}} by hand"
		w.browse("/").contains(t, "<p>Atelier by hand")

		w.store.svc.Template = "<!doctype html>{{.Nonsense}}"
		w.browse("/").contains(t, "Atelier", "<progress") // catnap's own, whole
		if !w.log.has("page template broken") {
			t.Error("not logged")
		}
	})
}
