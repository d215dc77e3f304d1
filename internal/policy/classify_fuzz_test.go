package policy_test

import (
	"slices"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
)

// Whoever asks, and however: it is somebody whom the tables know, and who wakes nothing by its kind wakes nothing.
func FuzzClassify(f *testing.F) {
	f.Add("GET", "/", "a.example", chromeAccept, "", "", "", "Mozilla/5.0", "document", "navigate", "none", "", "", false)
	f.Add("POST", "/.catnap/wake", "a.test", "*/*", "", "https://a.test", "", "", "", "", "same-origin", "", "", true)
	f.Add("OPTIONS", "/api", "a.example", "*/*", "", "https://b.example", "", "", "", "", "cross-site", "", "PUT", false)
	f.Add("GET", "/ws", "a.example", "", "", "https://a.example", "websocket", "", "", "", "", "", "", false)
	f.Add("GET", "/.env", "", "*/*", "", "", "", "zgrab/0.x", "", "", "", "prefetch", "", false)
	f.Add("POST", "/svc/Method", "", "", "application/grpc", "", "", "grpc-go/1.65.0", "", "", "", "", "", false)
	f.Add("GET", "/", "", "text/event-stream", "", "", "", "ELB-HealthChecker/2.0", "", "", "", "", "", false)
	f.Fuzz(func(
		t *testing.T, method, path, host, accept, contentType, origin, upgrade, agent, dest, mode, site, purpose,
		preflight string, click bool,
	) {
		caller := policy.Classify(policy.Request{
			Method: method, Path: path, Host: host, Click: click, Accept: accept, ContentType: contentType, Origin: origin,
			Upgrade: upgrade, UserAgent: agent, SecFetchDest: dest, SecFetchMode: mode, SecFetchSite: site,
			SecPurpose: purpose, PreflightMethod: preflight,
		}, policy.Lists{})
		if !slices.Contains(callers, caller) {
			t.Fatalf("%q is no caller", caller)
		}
		checkSleeper(t, caller)
	})
}

// checkSleeper fails when a caller that wakes nothing by its kind does.
func checkSleeper(t *testing.T, caller policy.Caller) {
	t.Helper()
	if caller.Waits() && !slices.Contains(sleepers, caller) {
		return
	}
	m, wake := mark(-10*time.Minute, -20*time.Minute), mark(-time.Minute, -time.Minute)
	snapshots := []policy.Snapshot{
		asleep(m), asleep(wake), starting(m), starting(wake), down(m), drowsy(m), drowsy(wake), awake(m),
	}
	for _, s := range snapshots {
		for _, mode := range wakeModes {
			if r := policy.Answer(caller, s, usual(wokenBy(mode)), noon); r.Action == policy.ActionStart {
				t.Errorf("%s starts it in %q: %+v", caller, mode, s)
			}
		}
	}
}
