package waker_test

import (
	"net/http"
	"testing"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

// TestBypassOff: where the function may not reach the load balancer, a healthy target is enough to hand over, nothing
// is held or sent, and nobody is sent in a circle.
func TestBypassOff(t *testing.T) {
	post := []string{"Content-Type", "application/json"}
	form := []string{"Accept", "text/html", "Content-Type", "application/x-www-form-urlencoded"}
	for _, tc := range []struct {
		name    string
		stands  func() policy.Snapshot
		method  string
		headers []string
		page    bool
		changes []string
	}{
		{"client, asleep", asleep, http.MethodGet, nil, false, []string{"start 0"}},
		{"client, waking", starting, http.MethodPost, post, false, nil},
		{"client, ready", woken, http.MethodGet, nil, false, []string{"disarm 12:00:00"}},
		{"client, drowsy", drowsy, http.MethodPost, post, false, []string{"disarm 12:00:00"}},
		{"client, awake", awake, http.MethodGet, nil, false, nil},
		{"stream, awake", awake, http.MethodGet, []string{"Accept", "text/event-stream"}, false, nil},
		{"person, asleep", asleep, http.MethodGet, person, true, []string{"start 0"}},
		{"person, drowsy", drowsy, http.MethodGet, person, true, []string{"disarm 12:00:00"}},
		{"person, awake", awake, http.MethodGet, person, true, nil},
		{"form, asleep", asleep, http.MethodPost, form, true, []string{"start 0"}},
		{"form, drowsy", drowsy, http.MethodPost, form, true, []string{"disarm 12:00:00"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.store.svc.Bypass, w.store.svc.BypassURL = settings.BypassOff, ""
				w.control.set(tc.stands())
				a := w.send(tc.method, "/api", "", tc.headers...)
				same(t, "status", 503, a.status)
				same(t, "page", tc.page, a.isPage())
				if a.header.Get("Retry-After") == "" {
					t.Errorf("no Retry-After: %+v", a)
				}
				same(t, "changes", tc.changes, w.changes())
				same(t, "dialled", 0, len(w.dialled))
				if a.took.Seconds() > 1 {
					t.Errorf("held for %s", a.took)
				}
			})
		})
	}
}

// TestStatusWithBypassOff moves a wake on without a probe.
func TestStatusWithBypassOff(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.store.svc.Bypass, w.store.svc.BypassURL = settings.BypassOff, ""
		w.control.set(woken())
		w.get(statusPath)
		same(t, "changes", []string{"disarm 12:00:00"}, w.changes())
		same(t, "dialled", 0, len(w.dialled))
	})
}
