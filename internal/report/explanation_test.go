package report_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/report"
)

// explanations are those of services that an operator wonders about.
func explanations() map[string]policy.Snapshot {
	drowsy := awake().Seen
	drowsy.Rule = marked(true, -10*time.Second, -4*time.Minute)
	drowsy.Deploying, drowsy.DeployedAt = true, noon.Add(-7*time.Minute)
	quiet := awake().Seen
	quiet.Rule = marked(true, -4*time.Minute, -7*time.Minute)
	quiet.Evidence = &policy.Evidence{From: noon.Add(-7 * time.Minute)}
	for minute := range 8 {
		start := noon.Add(time.Duration(minute-7) * time.Minute)
		quiet.Evidence.Minutes = append(quiet.Evidence.Minutes, policy.Minute{Start: start, Settled: true})
	}
	return map[string]policy.Snapshot{
		"asleep": asleep().Seen, "kept": drowsy, "due": quiet, "waking": waking().Seen, "failed": failing().Seen,
	}
}

func TestExplanationAsText(t *testing.T) {
	for name, seen := range explanations() {
		text := report.NewExplanation("web", seen, web().Policy(), noon).Text(noon, paris)
		hold(t, "explained-"+name+".txt", text)
		for line := range strings.Lines(text) {
			if utf8.RuneCountInString(strings.TrimRight(line, "\n")) > 80 {
				t.Errorf("%s: over 80 columns: %q", name, line)
			}
		}
	}
}

// TestExplanationAsJSON: programs rely on the names.
func TestExplanationAsJSON(t *testing.T) {
	e := report.NewExplanation("web", explanations()["kept"], web().Policy(), noon)
	text, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	hold(t, "explained-kept.json", string(text)+"\n")
}

// TestOneGuardDecides: and it is the first that fires.
func TestOneGuardDecides(t *testing.T) {
	for name, seen := range explanations() {
		e, decided := report.NewExplanation("web", seen, web().Policy(), noon), 0
		for _, g := range e.Guards {
			if g.Decides {
				decided++
				if g.Action != e.Action || g.Reason != e.Reason {
					t.Errorf("%s: decided by %+v, and the reaper would %s because of %s", name, g, e.Action, e.Reason)
				}
			} else if g.Fires && decided == 0 {
				t.Errorf("%s: %q fires before the one that decides", name, g.When)
			}
		}
		if decided != 1 {
			t.Errorf("%s: %d guards decide", name, decided)
		}
	}
}

func TestOutcomeAsText(t *testing.T) {
	message := strings.Repeat("word ", 20) + "end."
	o := report.Outcome{Message: message}
	want := strings.Repeat("word ", 15) + "word\n  word word word word end.\n"
	if got := o.Text(noon, paris); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	o = report.Outcome{Message: "web is awake.", DryRun: true}
	if got := o.Text(noon, paris); got != "A dry run: nothing was written. Otherwise: web is awake.\n" {
		t.Errorf("got %q", got)
	}
}

func TestAgo(t *testing.T) {
	for want, moment := range map[string]time.Time{
		"never, as far as is known": {}, "now": noon, "3m ago": noon.Add(-3 * time.Minute), "in 2h": noon.Add(2 * time.Hour),
	} {
		if got := report.Ago(moment, noon); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
