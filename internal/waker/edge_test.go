package waker_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/waker"
)

// One load balancer may be reached plainly for one service and over TLS for another: the connections differ.
func TestBypassBySchemes(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(awake())
		w.listenTLS("alb.internal:443", site)
		for _, scheme := range []string{"http", "https", "http"} {
			w.store.svc.BypassURL = scheme + "://alb.internal"
			if a := w.within(10*time.Second, http.MethodGet, "/", ""); a.status != 200 {
				t.Errorf("%s: got %+v", scheme, a)
			}
		}
	})
}

// A Location of //evil.example/ leads to
// another host, and browsers read a backslash as a slash.
func TestRedirectStaysHere(t *testing.T) {
	for _, target := range []string{"//evil.example/a", "//evil.example", "///evil.example/?a"} {
		t.Run(target, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(drowsy())
				w.lb.app = stream
				back(t, w.get(target), target)
			})
		})
	}
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(drowsy())
		w.lb.app = stream
		headers := map[string][]string{"host": {site}}
		got := w.invoke(event{HTTPMethod: http.MethodGet, Path: `/\evil.example`, Headers: headers})
		if to := got.MultiValueHeaders.Get("Location"); !strings.HasPrefix(to, "/%5C") {
			t.Errorf("led by %q", to)
		}
	})
}

// A redirect for which no time is left to wait is given at once: the answer must not be an empty 200.
func TestRedirectInTime(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(awake())
		w.lb.app = func(rw http.ResponseWriter, r *http.Request) {
			time.Sleep(8 * time.Second)
			sized(2<<20)(rw, r)
		}
		if a := w.within(10*time.Second, http.MethodGet, "/report", ""); a.status != 307 {
			t.Errorf("got %+v", a)
		}
	})
}

// An application that lets its probe hang must not take the time in which the function could answer.
func TestHeldTooLongByProbes(t *testing.T) {
	for _, deadline := range []time.Duration{20 * time.Second, 23 * time.Second, 60 * time.Second} {
		t.Run(deadline.String(), func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(drowsy())
				w.lb.probe = hang
				a := w.within(deadline, http.MethodPost, "/orders", "x")
				between(t, a.took, 0, deadline-500*time.Millisecond)
				same(t, "sent", 0, len(w.lb.seen()))
			})
		})
	}
}

// A status or page that hangs at the probe must be answered in time, too.
func TestRuleSwitchInTime(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(woken())
		w.lb.probe = hang
		between(t, w.within(4*time.Second, http.MethodGet, statusPath, "").took, 0, 3500*time.Millisecond)
	})
}

// What is catnap's own does not come from an application, least of all the phase that monitors read.
func TestAnswersOwnHeadersDropped(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(drowsy())
		w.lb.app = func(rw http.ResponseWriter, r *http.Request) {
			rw.Header().Set("X-Catnap-Phase", "asleep")
			rw.Header().Set("X-Catnap-Bypass", r.Header.Get("X-Catnap-Bypass")) // an application that echoes
		}
		a := w.get("/")
		same(t, "header", []string{"", ""}, []string{a.header.Get("X-Catnap-Phase"), a.header.Get("X-Catnap-Bypass")})
	})
}

// An answer without a body is no failure.
func TestNoBodyIsNoFailure(t *testing.T) {
	for _, status := range []int{204, 304} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(awake())
				w.lb.app = func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(status) }
				got := w.invoke(event{HTTPMethod: http.MethodGet, Path: "/", Headers: map[string][]string{"host": {site}}})
				same(t, "status", status, got.StatusCode)
				if w.log.has("answer not written") {
					t.Error("logged as a failure")
				}
			})
		})
	}
}

// Media types are written in any case: RFC 9110, section 8.3.1.
func TestStreamInCapitals(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(drowsy())
		w.lb.app = func(rw http.ResponseWriter, r *http.Request) {
			rw.Header().Set("Content-Type", "Text/Event-Stream")
			_ = http.NewResponseController(rw).Flush()
			hang(rw, r)
		}
		a := w.within(time.Minute, http.MethodGet, "/", "")
		same(t, "status", 307, a.status)
		between(t, a.took, 0, 10*time.Second)
	})
}

// The mark of a rule that is disarmed says when the service was handed over: no wake began then.
func TestPageOfTargetsThatHaveGone(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(stands(2, 0, false, mark(-time.Hour, -time.Hour, 0)))
		a := w.browse("/")
		if !strings.Contains(a.body, `"elapsed":0,`) {
			t.Errorf("the page counts from the last wake: %.2000s", a.body[strings.Index(a.body, "<body"):])
		}
		calls(t, w, "observe", "start 2")
	})
}

// staleConn is one of a function that was frozen for a while: its other end has gone, and it does not know.
type staleConn struct {
	net.Conn
	stale *atomic.Bool
}

func (c staleConn) Write(p []byte) (int, error) {
	if c.stale.Load() {
		return 0, errors.New("write: broken pipe")
	}
	return c.Conn.Write(p)
}

// A POST of which not one byte was written has not been sent, and must not be lost.
func TestPostOnAStaleConnection(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(awake())
		var stale atomic.Bool
		dial := func(ctx context.Context, kind, addr string) (net.Conn, error) {
			conn, err := w.dial(ctx, kind, addr)
			if len(w.dialled) > 1 {
				return conn, err
			}
			return staleConn{conn, &stale}, err
		}
		w.waker = waker.New(w.store, w.control, dial, clock.Clock{}, slog.New(slog.DiscardHandler))
		t.Cleanup(w.waker.Close)
		w.get("/")
		stale.Store(true)
		if a := w.post("x"); a.status != 200 || len(w.lb.seen()) != 2 {
			t.Errorf("the application got %d requests, and the caller %+v", len(w.lb.seen()), a)
		}
	})
}

// A connection that never opens: the caller must not be told that the request was sent.
func TestPostThatWasNeverSent(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(awake())
		listener, err := w.memory.Listen(t.Context(), "blackhole:80") // a security group that drops
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		w.store.svc.BypassURL = "http://blackhole"
		a := w.within(time.Minute, http.MethodPost, "/orders", "x")
		if a.body == answerLost || a.status != 503 {
			t.Errorf("got %+v", a)
		}
	})
}

// net/http sends a request with such a header again by itself when an old connection breaks.
func TestPostWithAKeyOnce(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(awake())
		w.get("/")
		w.lb.app = lose
		w.post("", "Idempotency-Key", "1")
		same(t, "sent", 2, len(w.lb.seen()))
	})
}

// A redirect to a rule that stays armed comes back to the waker, round and round.
func TestNoRedirectWhileArmed(t *testing.T) {
	for name, accept := range map[string]string{"large": "*/*", "stream": "text/event-stream"} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(drowsy())
				w.store.svc.Managed = false
				w.lb.app = sized(2 << 20)
				if a := w.get("/", "Accept", accept); a.status == 307 {
					t.Errorf("sent round: %+v, rule %+v", a, w.control.now().Rule)
				}
			})
		})
	}
}
