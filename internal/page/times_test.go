package page

import (
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func english() map[string]string { return embedded().langs.named("en", "Atelier") }

func TestSpan(t *testing.T) {
	tests := map[time.Duration]string{
		0:                      "0 s",
		12*time.Second + 999e6: "12 s",
		60 * time.Second:       "1:00 min",
		97 * time.Second:       "1:37 min",
		61*time.Minute + 5e9:   "61:05 min",
	}
	for d, want := range tests {
		if got := span(d, english()); got != want {
			t.Errorf("span(%s) = %q, want %q", d, got, want)
		}
	}
}

func TestFraction(t *testing.T) {
	tests := []struct {
		elapsed, usual time.Duration
		want           float64
	}{
		{0, 40 * time.Second, 0},
		{-time.Minute, 40 * time.Second, 0},
		{20 * time.Second, 40 * time.Second, 0.4},
		{40 * time.Second, 40 * time.Second, 0.8},
		{50 * time.Second, 40 * time.Second, 0.9},
		{80 * time.Second, 40 * time.Second, 0.96},
		{45 * time.Second, 0, 0.8},
	}
	for _, tt := range tests {
		if got := Fraction(tt.elapsed, tt.usual); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("Fraction(%s, %s) = %v, want %v", tt.elapsed, tt.usual, got, tt.want)
		}
	}
}

func TestFractionRisesAndIsNeverFull(t *testing.T) {
	for _, usual := range []time.Duration{0, time.Second, 35 * time.Second, 15 * time.Minute} {
		before := -1.0
		for at := time.Duration(0); at < 4*time.Hour; at += 7 * time.Second {
			got := Fraction(at, usual)
			if got <= before || got >= 1 {
				t.Fatalf("Fraction(%s, %s) = %v after %v", at, usual, got, before)
			}
			before = got
		}
	}
}

// The script has the formula once more. A browser test compares the values; this one reminds whoever changes one.
func TestScriptHasTheSameFormula(t *testing.T) {
	for _, line := range []string{
		"if (t <= usual) return 0.8 * t / usual;", "const x = (t - usual) / (usual / 4);", "return 0.8 + 0.2 * x / (1 + x);",
	} {
		if !strings.Contains(string(embedded().script), line) {
			t.Errorf("page.js lacks %q", line)
		}
	}
}

func TestEstimate(t *testing.T) {
	const s = time.Second
	tests := []struct {
		name                 string
		elapsed, usual, slow time.Duration
		want                 string
	}{
		{"nothing learned", 10 * s, 0, 90 * s, ""},
		{"nothing learned, late", 90 * s, 0, 90 * s, "This is taking longer than usual. It is still being started."},
		{"at first", 0, 35 * s, 80 * s, "About 35 s to go."},
		{"in steps of five", 12 * s, 35 * s, 80 * s, "About 25 s to go."},
		{"in the end by the second", 28 * s, 35 * s, 80 * s, "About 7 s to go."},
		{"rounded up", 34500 * time.Millisecond, 35 * s, 80 * s, "About 1 s to go."},
		{"later than usual", 35 * s, 35 * s, 80 * s, "Usually ready in 35 s."},
		{"late", 80 * s, 35 * s, 80 * s, "This is taking longer than usual. It is still being started."},
		{"slow before usual", 20 * s, 35 * s, 10 * s, "About 15 s to go."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := estimate(tt.elapsed, tt.usual, tt.slow, english()); got != tt.want {
				t.Errorf("estimate() = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestTimes(t *testing.T) {
	tests := []struct {
		name          string
		in            State
		elapsed, left int
	}{
		{"nothing known", State{}, 0, 0},
		{"no present", State{Since: now, RetryAt: now}, 0, 0},
		{"begun", State{Now: now, Since: now.Add(-time.Minute + 1)}, 59, 0},
		{"begun in the future", State{Now: now, Since: now.Add(time.Minute)}, 0, 0},
		{"retry now", State{Now: now, RetryAt: now}, 0, 0},
		{"retry, rounded up", State{Now: now, RetryAt: now.Add(1500 * time.Millisecond)}, 0, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := embedded().view(tt.in)
			if v.Data.Elapsed != tt.elapsed || v.Data.Retry != tt.left {
				t.Errorf("elapsed %d, retry %d; want %d, %d", v.Data.Elapsed, v.Data.Retry, tt.elapsed, tt.left)
			}
		})
	}
}

func TestDateWithoutJavaScript(t *testing.T) {
	at := time.Date(2026, time.March, 1, 9, 5, 0, 0, time.FixedZone("", 3600))
	want := map[string]string{
		"en": "1 March 2026 at 08:05 UTC", "de": "1. März 2026 um 08:05 UTC",
		"fr": "1 mars 2026 à 08:05 UTC", "es": "1 de marzo de 2026 a las 08:05 UTC",
	}
	for tag, want := range want {
		if got := dateTime(at, embedded().langs.texts[tag]); got != want {
			t.Errorf("%s: %q, want %q", tag, got, want)
		}
	}
}

func TestSteps(t *testing.T) {
	got := stepViews([]Step{
		{"image", StepActive, time.Second}, {"network", StepDone, 12 * time.Second}, {"sidecar", "odd", 0},
	}, english())
	want := []StepView{
		{"image", "active", "Image pulled", "Pulling the image", ""},
		{"network", "done", "Network attached", "Attaching the network", "12 s"},
		{"sidecar", "todo", "sidecar", "sidecar", ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stepViews() (-want +got):\n%s", diff)
	}
	for i, text := range []string{"Pulling the image", "Network attached", "sidecar"} {
		if got[i].Text() != text {
			t.Errorf("step %d shows %q, want %q", i, got[i].Text(), text)
		}
	}
}

func TestDefaultStepsHaveLabels(t *testing.T) {
	for _, v := range stepViews(nil, english()) {
		if v.Milestone == v.Name || v.Doing == "" {
			t.Errorf("step %q has no label", v.Name)
		}
	}
}

func TestPrintable(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "Atelier", "Atelier"},
		{"letters of any script", "アトリエ é", "アトリエ é"},
		{"control characters", "a\x00\r\nb\u202ec", "abc"},
		{"blank", " \t ", ""},
		{"as long as may be", strings.Repeat("é", maxName), strings.Repeat("é", maxName)},
		{"too long", strings.Repeat("é", maxName+1), strings.Repeat("é", maxName-1) + "…"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := printable(tt.in, maxName); got != tt.want {
				t.Errorf("printable(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)
