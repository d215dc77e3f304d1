package waker_test

import (
	"net/http"
	"testing"
	"time"
)

// While the application does not answer its probe, the route stays with the waker.
func TestProbeFails(t *testing.T) {
	for name, probe := range map[string]http.HandlerFunc{
		"lost":                   lose,
		"502 of the balancer":    func(rw http.ResponseWriter, _ *http.Request) { own(rw, 502) },
		"503 of the balancer":    func(rw http.ResponseWriter, _ *http.Request) { own(rw, 503) },
		"504 of the balancer":    func(rw http.ResponseWriter, _ *http.Request) { own(rw, 504) },
		"reached another waker":  func(rw http.ResponseWriter, _ *http.Request) { rw.Header().Set("X-Catnap-Loop", "1") },
		"no answer within 5 s":   hang,
		"answer after 5 seconds": func(http.ResponseWriter, *http.Request) { time.Sleep(5100 * time.Millisecond) },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(drowsy())
				w.lb.setProbe(probe)
				if a := w.browse("/"); !a.isPage() || a.header.Get("X-Catnap-Phase") != "waking" || a.took > 10*time.Second {
					t.Errorf("got %+v", a)
				}
				calls(t, w, "observe", "secret bypass-rule", "observe")
				w.lb.setProbe(nil) // it answers by now
				if a := w.browse("/"); a.status != 200 {
					t.Errorf("got %+v", a)
				}
				same(t, "changes", 1, len(w.changes()))
				same(t, "requests", 1, len(w.lb.seen()))
			})
		})
	}
}

// Any answer of the application's own proves that it is there.
func TestProbeAnswered(t *testing.T) {
	for name, probe := range map[string]http.HandlerFunc{
		"not found":   http.NotFound,
		"redirect":    func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, "/login", http.StatusFound) },
		"its own 503": func(rw http.ResponseWriter, _ *http.Request) { http.Error(rw, "no", http.StatusServiceUnavailable) },
		"slow":        func(http.ResponseWriter, *http.Request) { time.Sleep(4900 * time.Millisecond) },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(drowsy())
				var agent, host string
				w.lb.probe = func(rw http.ResponseWriter, r *http.Request) {
					agent, host = r.UserAgent(), r.Host
					probe(rw, r)
				}
				if a := w.browse("/"); a.status != 200 || a.body != "hello" {
					t.Errorf("got %+v", a)
				}
				same(t, "agent and host", []string{"catnap", site}, []string{agent, host})
			})
		})
	}
}

// The application that does not answer at first is waited for, by a client.
func TestHeldUntilItAnswers(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(drowsy())
		w.lb.probe = firstLost(5, http.NotFound)
		a := w.post("x")
		if a.status != 200 || len(w.lb.seen()) != 1 {
			t.Errorf("got %+v", a)
		}
		between(t, a.took, 500*time.Millisecond, 3*time.Second)
		same(t, "changes", 1, len(w.changes()))
	})
}
