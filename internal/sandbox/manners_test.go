package sandbox_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

// TestLearns: after some wakes those who wait are told how long it takes, from one parameter that is written once a
// wake.
func TestLearns(t *testing.T) {
	t.Parallel()
	inBubble(t, asDocumented(), func(t *testing.T, w *world) {
		const wakes = 3
		calls := w.callsDuring(func() {
			for range wakes {
				w.isAwakeFor(time.Minute)
				w.until("asleep", 10*time.Minute, func() bool { return w.phase() == policy.PhaseAsleep })
			}
		})
		if n := calls["PutParameter"]; n != wakes {
			t.Errorf("%d parameters were written in %d wakes", n, wakes)
		}
		w.pass(30 * time.Second) // settings are kept that long
		if a := w.browse("/"); a.header.Get("Retry-After") < "20" || a.header.Get("Retry-After") > "40" {
			t.Errorf("a browser is told to come back in %s s", a.header.Get("Retry-After"))
		}
		w.pass(2 * time.Second)
		if a := w.get(policy.StatusPath); strings.Contains(a.body, `"eta_seconds":null`) ||
			!strings.Contains(a.body, `"usual_seconds":`) {
			t.Errorf("the status knows nothing: %s", a.body)
		}
	})
}

// TestWakesPerHour: whoever wakes the service again and again ends at a page that asks for a click.
func TestWakesPerHour(t *testing.T) {
	t.Parallel()
	o := asDocumented()
	o.Settings = func(s *settings.Service) { s.WakesPerHour = 2 }
	inBubble(t, o, func(t *testing.T, w *world) {
		for range 2 {
			w.isAwakeFor(time.Minute)
			w.until("asleep", 10*time.Minute, func() bool { return w.phase() == policy.PhaseAsleep })
		}
		w.pass(30 * time.Second)
		if a := w.browse("/"); !strings.Contains(a.body, `data-kind="limited"`) {
			t.Errorf("a browser got %d %.300s", a.status, a.body)
		}
		if a := w.get("/api/echo"); a.status != http.StatusServiceUnavailable || a.took > time.Second {
			t.Errorf("a client got %d after %s", a.status, a.took)
		}
		if w.observe().Desired != 0 {
			t.Fatal("it was woken")
		}
		click := w.send(http.MethodPost, policy.WakePath+"?click", "", "Accept", "text/html", "Referer", w.URL()+"/docs")
		if click.status != http.StatusSeeOther || click.header.Get("Location") != "/docs" {
			t.Errorf("a click got %d %v", click.status, click.header)
		}
		w.until("awake", 2*time.Minute, func() bool { return w.browse("/").status == http.StatusOK })
	})
}

// TestBypassOff: without a way to the application the whole cycle still works, for people and for clients that come
// back when they are told.
func TestBypassOff(t *testing.T) {
	t.Parallel()
	o := asDocumented()
	o.Settings = func(s *settings.Service) { s.Bypass, s.BypassURL = settings.BypassOff, "" }
	inBubble(t, o, func(t *testing.T, w *world) {
		for range 2 {
			if a := w.browse("/"); !a.isPage() {
				t.Fatalf("a browser got %d %q", a.status, a.body)
			}
			w.comesBack()
			w.until("drowsy", 5*time.Minute, func() bool { return w.phase() == policy.PhaseDrowsy })
			w.pass(5 * time.Second) // until the rule is armed everywhere
			w.get("/api/echo")      // is refused, and keeps it awake
			w.pass(5 * time.Second)
			if a := w.get("/api/echo"); a.status != http.StatusOK {
				t.Fatalf("drowsy, a client that comes back gets %d", a.status)
			}
			w.until("asleep", 10*time.Minute, func() bool { return w.phase() == policy.PhaseAsleep })
		}
	})
}

// comesBack asks again as it is told until it has its answer.
func (w *world) comesBack() {
	w.t.Helper()
	a := w.get("/api/echo")
	for tries := 0; a.status != http.StatusOK; a = w.get("/api/echo") {
		if tries++; tries > 20 || a.header.Get("Retry-After") == "" || a.took > 5*time.Second {
			w.t.Fatalf("try %d got %d after %s: %v", tries, a.status, a.took, a.header)
		}
		w.pass(5 * time.Second)
	}
}

// TestWakeByScriptOnly: no fetch of the page wakes the service, its script does.
func TestWakeByScriptOnly(t *testing.T) {
	t.Parallel()
	o := asDocumented()
	o.Settings = func(s *settings.Service) { s.Wake = policy.WakeJavaScript }
	inBubble(t, o, func(t *testing.T, w *world) {
		for range 5 {
			if a := w.browse("/"); !a.isPage() {
				t.Fatalf("a browser got %d %q", a.status, a.body)
			}
			w.pass(10 * time.Second)
		}
		if seen := w.observe(); seen.Desired != 0 {
			t.Fatal("it was woken without a script")
		}
		w.send(http.MethodPost, policy.WakePath, "", "Sec-Fetch-Site", "same-origin")
		w.until("awake", 2*time.Minute, func() bool { return w.browse("/").status == http.StatusOK })
	})
}

// TestFormIsKept: a form that the start kept waiting comes back with what was entered, and is then sent once.
func TestFormIsKept(t *testing.T) {
	t.Parallel()
	o := asDocumented()
	o.Settings = func(s *settings.Service) { s.Hold = settings.Duration(10 * time.Second) }
	inBubble(t, o, func(t *testing.T, w *world) {
		send := func() answer {
			return w.send(http.MethodPost, "/api/echo?from=form", "name=Ada+L.&note=%3Cb%3E", "Accept", "text/html",
				"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Mode", "navigate",
				"Sec-Fetch-Dest", "document", "Sec-Fetch-Site", "same-origin", "Origin", w.URL())
		}
		kept := send()
		whole := strings.Contains(kept.body, `value="Ada L."`) && strings.Contains(kept.body, `value="&lt;b&gt;"`)
		if !kept.isPage() || !whole {
			t.Errorf("got %d %.500s", kept.status, kept.body)
		}
		w.until("ready", time.Minute, func() bool { return w.observe().Healthy > 0 })
		if a := send(); a.status != http.StatusOK || !strings.Contains(a.body, `"body":"name=Ada+L.\u0026note=%3Cb%3E"`) {
			t.Errorf("sent again, got %d %s", a.status, a.body)
		}
	})
}
