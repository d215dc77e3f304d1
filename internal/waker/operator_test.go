package waker_test

import (
	"strings"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
)

// TestOperator: the reason of a failed start is for whoever has the token, and for nobody else.
func TestOperator(t *testing.T) {
	const reason = "CannotPullContainerError: pull access denied; web: exit code 1"
	for _, tc := range []struct {
		name, header string
		configured   bool
		status       int
		told         bool
	}{
		{"the token", "Bearer secret", true, 200, true},
		{"the token, in other case", "bearer  secret ", true, 200, true},
		{"another token", "Bearer guess", true, 401, false},
		{"no token in it", "Bearer ", true, 401, false},
		{"a password for the application", "Basic c2VjcmV0", true, 200, false},
		{"nothing", "", true, 200, false},
		{"a token, but none is configured", "Bearer secret", false, 200, false},
		{"an empty token, none configured", "Bearer ", false, 200, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(failed())
				w.control.tasks = []policy.Task{{
					ID: "a1", LastStatus: "STOPPED", Created: noon(-time.Minute), Stopped: noon(-time.Second),
					StopCode: "TaskFailedToStart", StoppedReason: reason,
				}}
				if tc.configured {
					w.store.svc.OperatorTokenSHA256 = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
				}
				w.get(statusPath) // what the public was told does not stick
				a := w.get(statusPath, "Authorization", tc.header)
				same(t, "status", tc.status, a.status)
				same(t, "told", tc.told, strings.Contains(a.body, reason))
				if tc.told {
					a.contains(t, `"operator":{"failed_wakes":1,"tasks":[{"id":"a1","last_status":"STOPPED",`+
						`"created":"2000-01-01T11:59:00Z","stopped":"2000-01-01T11:59:59Z","stop_code":"TaskFailedToStart",`)
				}
				if a := w.get(statusPath); strings.Contains(a.body, "operator") {
					t.Errorf("the public is told afterwards: %s", a.body)
				}
			})
		})
	}
}
