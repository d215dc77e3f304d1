package costguard_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/costguard"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

// TestEvents: whatever the event, without a budget nothing is read and nothing is done.
func TestEvents(t *testing.T) {
	for name, tc := range map[string]struct {
		event string
		fails bool
	}{
		"on demand":      {`{}`, false},
		"dry run":        {`{"dry_run": true}`, false},
		"schedule":       {`{"source": "aws.scheduler", "time": "2026-11-23T12:00:00Z", "detail": "{}"}`, false},
		"not JSON":       {`{`, true},
		"not an object":  {`"now"`, true},
		"not a time":     {`{"time": "noon"}`, true},
		"not yes nor no": {`{"dry_run": "yes"}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAWS(100)
			a.found = false
			got, err := runAt(t, a, noon, tc.event, nil)
			if (err != nil) != tc.fails {
				t.Errorf("error %v", err)
			}
			if err == nil && (got.Configured || got.Message == "" || len(a.calls) != 1) {
				t.Errorf("reports %+v after %v", got, a.calls)
			}
		})
	}
}

const frozenAll = "frozen-all-2026-12-01T00:00:00Z"

// TestRuns: what is done, once and not again.
func TestRuns(t *testing.T) {
	for name, tc := range map[string]struct {
		spent  float64
		change func(*aws)
		frozen bool   // all are, until the month's end
		sent   string // keys
	}{
		"little is spent":  {spent: 5},
		"half is spent":    {spent: 13, sent: "spent-50"},
		"nearly all":       {spent: 21, sent: "spent-50 spent-80 forecast-100"},
		"the limit":        {spent: 26, frozen: true, sent: "spent-50 spent-80 spent-100 forecast-100 " + frozenAll},
		"only to be told":  {spent: 26, change: func(a *aws) { a.budget.Freeze = false }, sent: "spent-50 spent-80 spent-100 forecast-100"},
		"thawed":           {spent: 26, change: func(a *aws) { a.thaw.Until = noon.Add(time.Hour) }, sent: "spent-50 spent-80 spent-100 forecast-100"},
		"thawed, but over": {spent: 26, change: func(a *aws) { a.thaw.Until = noon }, frozen: true, sent: "spent-50 spent-80 spent-100 forecast-100 " + frozenAll},
		"told already": {spent: 13, change: func(a *aws) {
			a.warned = settings.Warned{Month: "2026-11", Sent: []string{"spent-50"}}
		}},
		"told last month": {spent: 13, change: func(a *aws) {
			a.warned = settings.Warned{Month: "2026-10", Sent: []string{"spent-50", "spent-80"}}
		}, sent: "spent-50"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAWS(tc.spent)
			if tc.change != nil {
				tc.change(a)
			}
			mustRun(t, a)
			f := a.freezes[""]
			if got := f.Until.Equal(december) && f.By == settings.ByCostGuard; got != tc.frozen {
				t.Errorf("frozen %v by %s", f.Until, f.By)
			}
			if a.keys() != tc.sent {
				t.Errorf("sent %q, want %q", a.keys(), tc.sent)
			}
			mustRun(t, a)
			if a.keys() != tc.sent || a.written() != 0 {
				t.Errorf("the second run sent %q and wrote: %v", a.keys(), a.calls)
			}
		})
	}
}

// TestRunaway freezes the one service until the next day, and lifts that with a raised limit. The other is left alone.
func TestRunaway(t *testing.T) {
	a := newAWS(5)
	a.services = append(a.services, settings.Service{Name: "api", WakeCount: 1})
	a.buckets["api"], a.buckets["web"] = usage(2), usage(4)
	a.budget.Runaway.AwakeHoursADay = 3
	mustRun(t, a)
	f := a.freezes["web"]
	if !f.Until.Equal(noon.Add(12*time.Hour)) || f.Cause != "awake_per_day" ||
		!strings.Contains(f.Reason, "web was awake for 4h") {
		t.Errorf("froze %+v", f)
	}
	if a.freezes["api"] != (settings.Freeze{}) || a.freezes[""] != (settings.Freeze{}) {
		t.Errorf("freezes %+v", a.freezes)
	}
	if a.keys() != "frozen-web-2026-11-21T00:00:00Z" {
		t.Errorf("sent %s", a.keys())
	}
	a.budget.Runaway.AwakeHoursADay = 5
	mustRun(t, a)
	if a.freezes["web"] != (settings.Freeze{}) {
		t.Errorf("after the limit was raised: %+v", a.freezes["web"])
	}
	for i := range 6 {
		a.services[0].Wakes = append(a.services[0].Wakes, policy.Wake{At: noon.Add(time.Duration(-50+i) * time.Minute)})
	}
	a.budget.Runaway.WakesAnHour = 5
	mustRun(t, a)
	if f := a.freezes["web"]; !f.Until.Equal(noon.Add(15 * time.Minute)) {
		t.Errorf("after six wakes: %+v", f)
	}
}

// TestFrozenAgain: a freeze that comes again after a thaw is told again; the warnings are not.
func TestFrozenAgain(t *testing.T) {
	a := newAWS(26)
	mustRun(t, a)
	first := a.keys()
	a.thaw.Until, a.freezes[""] = noon.Add(time.Hour), settings.Freeze{}
	mustRun(t, a)
	if a.keys() != first {
		t.Errorf("during the thaw it sent %q", a.keys())
	}
	a.thaw = settings.Thaw{}
	mustRun(t, a)
	mustRun(t, a)
	if want := first + " " + frozenAll; a.keys() != want {
		t.Errorf("sent %q, want %q", a.keys(), want)
	}
}

// TestRaisedLimit lifts the guard's freeze, and leaves a person's.
func TestRaisedLimit(t *testing.T) {
	for by, lifted := range map[settings.Author]bool{settings.ByCostGuard: true, settings.ByOperator: false, "": false} {
		a := newAWS(26)
		a.budget.Limit = 100
		a.freezes[""] = settings.Freeze{Until: december, By: by}
		mustRun(t, a)
		if got := a.freezes[""] == (settings.Freeze{}); got != lifted {
			t.Errorf("by %q: %+v", by, a.freezes[""])
		}
	}
}

// TestPartialKnowledgeLiftsNothing: a service that can't be read from the settings may be what costs.
func TestPartialKnowledgeLiftsNothing(t *testing.T) {
	a := newAWS(5)
	a.freezes[""] = settings.Freeze{Until: december, By: settings.ByCostGuard}
	a.partial = errors.New("settings of service api: cluster: is missing")
	report, err := run(t, a, nil)
	if !errors.Is(err, a.partial) || a.freezes[""].Until != december || report.Orders[0].Done != costguard.DonePartial {
		t.Errorf("%v, %+v, %+v", err, a.freezes, report.Orders)
	}
}

// TestDryRun tells what would be done.
func TestDryRun(t *testing.T) {
	a := newAWS(26)
	report, err := runAt(t, a, noon, `{"dry_run": true}`, nil)
	if err != nil || a.written() != 0 || !report.DryRun || report.Orders[0].Done != costguard.DonePretended ||
		!report.Orders[0].Until.Equal(december) || len(report.Told) != 4 {
		t.Errorf("%v, %+v after %v", err, report, a.calls)
	}
}

// TestLine: dashboards read these keys, and the amounts are in the budget's currency.
func TestLine(t *testing.T) {
	var log bytes.Buffer
	a := newAWS(27)
	a.budget.Currency, a.budget.Rate, a.budget.Limit = "EUR", 1.08, 20
	report, err := run(t, a, &log)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	for line := range strings.Lines(log.String()) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatal(err)
		}
		if entry["msg"] == "budget" {
			got = entry
		}
	}
	for _, key := range []string{"time", "level", "msg"} {
		delete(got, key)
	}
	want := map[string]any{
		"spent": report.Spent, "proven": report.Proven, "forecast": report.Forecast, "limit": 20.0, "currency": "EUR",
		"rate": 1.08, "billed_to": "2026-11-20T06:00:00Z", "frozen": 1.0, "findings": 1.0, "dry_run": false,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("line (-want +got):\n%s", diff)
	}
	if report.Proven < 25 || report.Proven > 25.4 { // 27 USD, and half a day of load balancer and tasks
		t.Errorf("proven %g EUR", report.Proven)
	}
	f := a.freezes[""]
	if f.Spent != report.Proven || f.Limit != 20 || f.Currency != "EUR" || f.Forecast != report.Forecast {
		t.Errorf("froze %+v", f)
	}
}

// TestWithoutTopic: messages are logged, and noted so that they are not logged each hour.
func TestWithoutTopic(t *testing.T) {
	var log bytes.Buffer
	a := newAWS(13)
	a.budget.Topic = ""
	if _, err := run(t, a, &log); err != nil || len(a.sent) != 0 || !strings.Contains(log.String(), `"key":"spent-50"`) {
		t.Errorf("%v, sent %v, log %s", err, a.sent, log.String())
	}
	log.Reset()
	if _, err := run(t, a, &log); err != nil || strings.Contains(log.String(), `"key":"spent-50"`) {
		t.Errorf("%v, log %s", err, log.String())
	}
}
