package report_test

import (
	"encoding/json"
	"flag"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/cutover"
	"github.com/catnap-dev/catnap/internal/golden"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/report"
	"github.com/catnap-dev/catnap/internal/settings"
)

var update = flag.Bool("update", false, "write the files of testdata anew")

// hold compares with a file of testdata.
func hold(t *testing.T, name, got string) {
	t.Helper()
	golden.Hold(t, filepath.Join("testdata", name), got, *update)
}

// noon is a Wednesday, and in Paris it is one o'clock.
var noon = time.Date(2026, time.November, 25, 12, 0, 0, 0, time.UTC)

var paris = time.FixedZone("CET", 3600)

func web(changes ...func(*settings.Service)) settings.Member {
	svc := settings.Service{
		Name: "web", Cluster: "shop", Service: "web", Managed: true, WakesPerHour: 10,
		IdleAfter: settings.Duration(5 * time.Minute), DrowsyAfter: settings.Duration(150 * time.Second),
		WakeTimeout: settings.Duration(5 * time.Minute), Settle: settings.Duration(30 * time.Second),
		MetricLag: settings.Duration(time.Minute),
	}
	for _, change := range changes {
		change(&svc)
	}
	return settings.Member{Service: svc, Store: &settings.Store{Prefix: "/catnap/web"}}
}

func marked(armed bool, since, active time.Duration) policy.Rule {
	return policy.Rule{Armed: armed, Mark: policy.Mark{Since: noon.Add(since), Active: noon.Add(active)}}
}

func asleep() report.Facts {
	seen := policy.Snapshot{Found: true, Rule: marked(true, -26*time.Hour, -27*time.Hour)}
	return report.Facts{Member: web(), Seen: seen}
}

func awake() report.Facts {
	f := asleep()
	f.Seen.Desired, f.Seen.Running, f.Seen.Healthy = 2, 2, 2
	f.Seen.Rule = marked(false, -10*time.Minute, -10*time.Minute)
	return f
}

func failing() report.Facts {
	f := asleep()
	f.Seen.Rule = marked(true, -3*time.Minute, -9*time.Minute)
	f.Seen.Rule.Mark.Failures = 3
	f.Seen.Tasks = []policy.Task{
		{ID: "1", StopCode: "TaskFailedToStart", StoppedReason: "CannotPullContainerError: " +
			"pull image manifest has been retried 5 time(s): failed to resolve ref " +
			"ghcr.io/shop/web:latest: not found"},
		{ID: "2", StopCode: "ServiceSchedulerInitiated", StoppedReason: "Scaling activity initiated by (deployment ecs-svc/1)"},
	}
	return f
}

// longFailing has failed once, long enough ago for ECS to have forgotten why.
func longFailing() report.Facts {
	f := failing()
	f.Seen.Tasks, f.Seen.Rule.Mark.Failures = nil, 1
	return f
}

func frozen() report.Facts {
	f := asleep()
	f.Freezes = []settings.InForce{{Freeze: settings.Freeze{Until: noon.Add(time.Hour)}}}
	f.Seen.FrozenUntil = noon.Add(time.Hour)
	return f
}

func waking() report.Facts {
	f := asleep()
	f.Seen.Rule = marked(true, -20*time.Second, -20*time.Second)
	f.Seen.Desired, f.Seen.Pending = 1, 1
	f.Seen.Tasks = []policy.Task{{
		LastStatus: "PENDING", Created: noon.Add(-19 * time.Second), PullStarted: noon.Add(-12 * time.Second),
	}}
	return f
}

// busy has everything that can be said of a service that runs.
func busy() report.Facts {
	f := awake()
	f.Member = web(func(s *settings.Service) {
		s.Pin, s.Pinned = noon.Add(-time.Hour), noon.Add(50*time.Hour)
		s.Schedule = &settings.Schedule{TimeZone: "Europe/Paris", Windows: []settings.Window{
			{Days: []string{"wed"}, From: "08:00", To: "19:00"},
		}}
	})
	f.Seen.Deploying = true
	f.Seen.Seen = noon.Add(-8 * time.Minute)
	f.Seen.Evidence = &policy.Evidence{
		From:    noon.Add(-time.Minute), // what lies before it is no activity
		Minutes: []policy.Minute{{Start: noon.Add(-7 * time.Minute), Busy: true}, {Start: noon.Add(-6 * time.Minute)}},
	}
	f.Seen.Wakes = []policy.Wake{
		{At: noon.Add(-2 * time.Hour), Took: 20 * time.Second}, {At: noon.Add(-time.Hour)},
		{At: noon.Add(1 - time.Hour), Took: 24 * time.Second}, {At: noon.Add(-10 * time.Minute), Took: 41 * time.Second},
	}
	f.Freezes = []settings.InForce{
		{Freeze: settings.Freeze{
			Until: noon.Add(5*24*time.Hour + 12*time.Hour), Reason: "27.4 of 25 USD are spent", By: settings.ByCostGuard,
		}},
		{Freeze: settings.Freeze{Until: noon.Add(time.Hour), By: settings.ByOperator}, Service: "web"},
	}
	f.Traffic = &cutover.State{Side: cutover.EC2, Since: noon.Add(-3 * time.Hour), Targets: []cutover.Target{
		{ID: "i-1", State: "healthy"}, {ID: "i-2", State: "unhealthy"},
	}}
	f.Unknown = []string{"describe target health of web at EC2: api error AccessDenied: User is not authorized"}
	return f
}

func unmanaged() report.Facts {
	f := awake()
	f.Member = web(func(s *settings.Service) { s.Managed, s.WakesPerHour = false, 0 })
	f.Seen.Rule = policy.Rule{}
	return f
}

func missing() report.Facts {
	f := asleep()
	f.Seen.Found = false
	f.Member = web(func(s *settings.Service) {
		s.Schedule = &settings.Schedule{TimeZone: "UTC", Windows: []settings.Window{
			{Days: []string{"fri"}, From: "08:00", To: "19:00"},
		}}
	})
	return f
}

func everything() map[string]report.Facts {
	return map[string]report.Facts{
		"asleep": asleep(), "awake": awake(), "failed": failing(), "waking": waking(), "busy": busy(),
		"unmanaged": unmanaged(), "missing": missing(), "frozen": frozen(), "failing": longFailing(),
	}
}

func TestStatusAsText(t *testing.T) {
	for name, facts := range everything() {
		text := report.NewStatus(facts, noon).Text(noon, paris)
		hold(t, name+".txt", text)
		for line := range strings.Lines(text) {
			if utf8.RuneCountInString(strings.TrimSpace(line)) > 80 {
				t.Errorf("%s: over 80 columns: %q", name, line)
			}
		}
	}
}

// TestStatusAsJSON: programs rely on the names.
func TestStatusAsJSON(t *testing.T) {
	for _, name := range []string{"asleep", "busy", "failed", "waking"} {
		text, err := json.MarshalIndent(report.NewStatus(everything()[name], noon), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		hold(t, name+".json", string(text)+"\n")
	}
}

func TestTable(t *testing.T) {
	var all []report.Status
	for _, name := range []string{"asleep", "awake", "busy", "failed", "missing", "unmanaged"} {
		s := report.NewStatus(everything()[name], noon)
		s.Service = name
		all = append(all, s)
	}
	hold(t, "table.txt", report.Table(all, noon))
}

func TestReasons(t *testing.T) {
	task := func(code, reason string) policy.Task { return policy.Task{StopCode: code, StoppedReason: reason} }
	tests := map[string]struct {
		tasks []policy.Task
		want  []string
	}{
		"none":       {nil, []string{}},
		"still runs": {[]policy.Task{task("", "")}, []string{}},
		"newest first, each once": {
			[]policy.Task{task("a", "1"), task("a", "2"), task("a", "1")}, []string{"1", "2"},
		},
		"the scheduler's last": {
			[]policy.Task{task("a", "1"), task("ServiceSchedulerInitiated", "scaled in")}, []string{"1", "scaled in"},
		},
		"the scheduler's, if there is nothing else": {
			[]policy.Task{task("ServiceSchedulerInitiated", "failed ELB health checks")}, []string{"failed ELB health checks"},
		},
		"three at the most": {
			[]policy.Task{task("a", "1"), task("a", "2"), task("a", "3"), task("a", "4")}, []string{"4", "3", "2"},
		},
	}
	for name, test := range tests {
		if diff := cmp.Diff(test.want, report.Reasons(test.tasks)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 999 * time.Millisecond: "0s", time.Second: "1s", 119 * time.Second: "119s", 2 * time.Minute: "2m",
		time.Hour - 1: "59m", time.Hour: "1h", 200 * time.Minute: "3h20m", 24*time.Hour - 1: "23h59m",
		24 * time.Hour: "1d", 53 * time.Hour: "2d5h", 400 * 24 * time.Hour: "400d",
	} {
		if got := report.Span(d); got != want {
			t.Errorf("%d is %s, want %s", d, got, want)
		}
	}
}
