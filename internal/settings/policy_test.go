package settings

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/policy"
)

func TestPolicy(t *testing.T) {
	got := full().Policy()
	if zone := got.Schedule.Location.String(); zone != "Europe/Paris" {
		t.Errorf("zone %s, want Europe/Paris", zone)
	}
	got.Schedule.Location = nil
	want := policy.Settings{
		Managed: true, IdleAfter: 15 * time.Minute, DrowsyAfter: 330 * time.Second, MetricLag: 90 * time.Second,
		Settle: 45 * time.Second, HealAfter: 2 * time.Minute, WakeTimeout: 10 * time.Minute,
		PinnedUntil: time.Date(2026, time.March, 31, 16, 0, 0, 0, time.UTC), Signals: true,
		Schedule: policy.Schedule{Windows: []policy.Window{
			{Days: [7]bool{false, true, true, true, true, true, false}, From: 8 * time.Hour, To: 19*time.Hour + 30*time.Minute},
			{Days: [7]bool{time.Saturday: true}, From: 22 * time.Hour, To: 2 * time.Hour},
			{Days: [7]bool{time.Sunday: true}, To: 24 * time.Hour},
		}},
		Wake: policy.WakeNavigation, WakesPerHour: 4,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("policy settings (-want +got):\n%s", diff)
	}
}

func TestLists(t *testing.T) {
	lists := full().Lists()
	for _, c := range []struct {
		list []policy.Matcher
		text string
		want bool
	}{
		{lists.IgnorePaths, "/internal/", true},
		{lists.IgnorePaths, "/metrics", true},
		{lists.IgnorePaths, "/metrics2", false},
		{lists.IgnoreUserAgents, "curl/8 OurProbe (1)", true},
		{lists.IgnoreUserAgents, "curl/8", false},
		{lists.AllowPaths, "/shop/a.php", true},
		{lists.AllowPaths, "/a.php", false},
	} {
		got := slices.ContainsFunc(c.list, func(m policy.Matcher) bool { return m.MatchString(c.text) })
		if got != c.want {
			t.Errorf("%q among %v: %t", c.text, c.list, got)
		}
	}
	if none := minimal().Lists(); none.IgnorePaths != nil || none.IgnoreUserAgents != nil || none.AllowPaths != nil {
		t.Errorf("lists of settings without any: %v", none)
	}
}

func TestPolicyOfBypassOff(t *testing.T) {
	s := minimal()
	s.Bypass, s.BypassURL = BypassOff, ""
	if err := s.Validate(); err != nil || !s.Policy().BypassOff {
		t.Errorf("%v, bypass off: %t", err, s.Policy().BypassOff)
	}
}

func TestPolicyWithoutScheduleAndSignals(t *testing.T) {
	got := minimal().Policy()
	if got.Schedule.Location != nil || got.Schedule.Windows != nil {
		t.Errorf("schedule %v, want none", got.Schedule)
	}
	if got.Signals {
		t.Error("has signals, want none")
	}
}

// Paris is an hour ahead of UTC in winter and two in summer; the clocks change in the small hours of 29 March 2026.
func TestScheduleFollowsTheWallClock(t *testing.T) {
	schedule := full().Policy().Schedule
	tests := map[string]struct {
		now  string
		want bool
	}{
		"Friday in winter, before eight":     {"2026-03-27T06:59:59Z", false},
		"Friday in winter, at eight":         {"2026-03-27T07:00:00Z", true},
		"Monday in summer, before eight":     {"2026-03-30T05:59:59Z", false},
		"Monday in summer, at eight":         {"2026-03-30T06:00:00Z", true},
		"Monday in summer, half past 19":     {"2026-03-30T17:30:00Z", false},
		"Saturday night, before ten":         {"2026-03-28T20:59:59Z", false},
		"Saturday night, at ten":             {"2026-03-28T21:00:00Z", true},
		"Sunday, 23 hours long, last second": {"2026-03-29T21:59:59Z", true},
		"Sunday, 23 hours long, over":        {"2026-03-29T22:00:00Z", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			now, err := time.Parse(time.RFC3339, test.now)
			if err != nil {
				t.Fatal(err)
			}
			if got := schedule.Covers(now); got != test.want {
				t.Errorf("covers %s: %v, want %v", test.now, got, test.want)
			}
		})
	}
}

func TestDuration(t *testing.T) {
	tests := map[string]time.Duration{
		`"0s"`: 0, `"5m"`: 5 * time.Minute, `"2m30s"`: 150 * time.Second, `"10m"`: 10 * time.Minute, `"1h"`: time.Hour,
		`"1h10m"`: 70 * time.Minute, `"1h0m5s"`: time.Hour + 5*time.Second, `"100h"`: 100 * time.Hour,
		`"1.5s"`: 1500 * time.Millisecond, `"-5m"`: -5 * time.Minute,
	}
	for text, want := range tests {
		var got Duration
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != Duration(want) {
			t.Errorf("read %s: %v, %v, want %v", text, time.Duration(got), err, want)
		}
		if written, err := json.Marshal(got); err != nil || string(written) != text {
			t.Errorf("write %v: %s, %v, want %s", want, written, err, text)
		}
	}
}

func TestDurationRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`300`:    `read 300: not a duration, write it as text like "2m30s"`,
		`"soon"`: `read "soon": not a duration, write it like "2m30s"`,
	} {
		var got Duration
		refused(t, json.Unmarshal([]byte(text), &got), want)
	}
}

func TestFreeze(t *testing.T) {
	got, err := ParseFreeze([]byte(`{"until": "2026-02-01T00:00:00Z", "reason": "12.30 of 10 USD"}`))
	end := time.Date(2026, time.February, 1, 0, 0, 0, 0, time.UTC)
	if diff := cmp.Diff(Freeze{Until: end, Reason: "12.30 of 10 USD"}, got); err != nil || diff != "" {
		t.Errorf("error %v, freeze (-want +got):\n%s", err, diff)
	}
	if !got.Active(end.Add(-1)) || got.Active(end) {
		t.Error("must be active until its end and no longer")
	}
}

func TestFreezeRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`{"reason": "budget"}`:   `freeze: until: is missing, must be an RFC 3339 time`,
		`{"until": "Monday"}`:    `freeze: until: "Monday" must be an RFC 3339 time`,
		`{"till": "2026-02-01"}`: `freeze: till: "2026-02-01" is an unknown key, must be one of by, cause, currency, `,
		`yes`:                    `freeze: "yes" must be one JSON object: invalid character 'y'`,
	} {
		_, err := ParseFreeze([]byte(text))
		refused(t, err, want)
	}
}
