package page

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestClock(t *testing.T) {
	tests := map[time.Duration]string{
		0:                      "0 s",
		12*time.Second + 999e6: "12 s",
		60 * time.Second:       "1:00 min",
		97 * time.Second:       "1:37 min",
		61*time.Minute + 5e9:   "61:05 min",
	}
	for d, want := range tests {
		if got := clock(d); got != want {
			t.Errorf("clock(%s) = %q, want %q", d, got, want)
		}
	}
}

func TestTimes(t *testing.T) {
	tests := []struct {
		name          string
		in            State
		elapsed, left int
		slow          bool
	}{
		{"nothing known", State{}, 0, 0, false},
		{"no present", State{Since: now, RetryAt: now}, 0, 0, false},
		{"just before slow", State{Now: now, Since: now.Add(-slowAfter + 1)}, 89, 0, false},
		{"slow", State{Now: now, Since: now.Add(-slowAfter)}, 90, 0, true},
		{"begun in the future", State{Now: now, Since: now.Add(time.Minute)}, 0, 0, false},
		{"retry now", State{Now: now, RetryAt: now}, 0, 0, false},
		{"retry, rounded up", State{Now: now, RetryAt: now.Add(1500 * time.Millisecond)}, 0, 2, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := newView(tt.in)
			if v.Elapsed != tt.elapsed || v.Retry != tt.left || v.Slow != tt.slow {
				t.Errorf("elapsed %d, retry %d, slow %t; want %d, %d, %t", v.Elapsed, v.Retry, v.Slow, tt.elapsed, tt.left, tt.slow)
			}
		})
	}
}

func TestSteps(t *testing.T) {
	got := stepViews([]Step{{"image", StepActive}, {"network", StepDone}, {"sidecar", "odd"}})
	want := []stepView{
		{"image", "active", "Image pulled", "Pulling the image"},
		{"network", "done", "Network attached", "Attaching the network"},
		{"sidecar", "todo", "sidecar", "sidecar"},
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
	for _, s := range DefaultSteps() {
		if _, known := labels[s.Name]; !known {
			t.Errorf("step %q has no label", s.Name)
		}
	}
}

// A comment that is not alone on its line would reach every visitor, and one over several lines too.
func TestSourcesHaveOnlyWholeLineComments(t *testing.T) {
	for name, text := range map[string]string{"page.css": string(style()), "page.js": string(script())} {
		for _, mark := range []string{"/*", "*/", "//"} {
			if strings.Contains(text, mark) {
				t.Errorf("%s: %q is left", name, mark)
			}
		}
	}
}
