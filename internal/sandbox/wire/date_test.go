package wire_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
	"github.com/catnap-dev/catnap/internal/sandbox/ssm"
	"github.com/catnap-dev/catnap/internal/sandbox/wire"
)

// TestDatesAreTheSandboxs: of answers and of refusals. A command that follows them keeps up with a sandbox whose time
// runs faster.
func TestDatesAreTheSandboxs(t *testing.T) {
	origin := time.Date(2031, time.May, 1, 12, 0, 0, 0, time.UTC)
	backplane := &awsapi.Backplane{Clock: clock.New(origin, 1)}
	front := wire.New(backplane, wire.Cores{SSM: &ssm.Store{}})
	for body, status := range map[string]int{`{"Names": ["/a"]}`: http.StatusOK, `{}`: http.StatusBadRequest} {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("X-Amz-Target", "AmazonSSM.GetParameters")
		r.Header.Set("Content-Type", "application/x-amz-json-1.1")
		r.Header.Set("Authorization", "x")
		answer := httptest.NewRecorder()
		front.ServeHTTP(answer, r)
		date, err := http.ParseTime(answer.Header().Get("Date"))
		if answer.Code != status || err != nil || date.Before(origin) || date.After(origin.Add(time.Hour)) {
			t.Errorf("%s: %d, dated %s (%v); want %d and a date after %s", body, answer.Code, date, err, status, origin)
		}
	}
}
