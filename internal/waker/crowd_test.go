package waker

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestCrowdDelayRange(t *testing.T) {
	if got := crowdDelay(0); got != 0 {
		t.Errorf("the first goes after %s", got)
	}
	if got := crowdDelay(0x1.fffffffffffffp-1); got > crowdWindow || got < crowdWindow-time.Microsecond {
		t.Errorf("the last goes after %s", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		x, y := rapid.Float64Range(0, 1).Draw(t, "x"), rapid.Float64Range(0, 1).Draw(t, "y")
		a, b := crowdDelay(min(x, y)), crowdDelay(max(x, y))
		if a < 0 || a > b || b > crowdWindow {
			t.Fatalf("%s and %s", a, b)
		}
	})
}

// A lone visitor waits less than half a second, and most of them nearly that.
func TestCrowdDelayOfOne(t *testing.T) {
	for x, want := range map[float64]time.Duration{0.01: 200 * time.Millisecond, 0.5: 450 * time.Millisecond} {
		if got := crowdDelay(x); got < want {
			t.Errorf("delay at %v is %s, want at least %s", x, got, want)
		}
	}
}

// TestCrowd lets visitors come in the same moment. Each waits, reads whether somebody has started the service, and
// writes 60 ms later if nobody had. How many write falls off geometrically: two or three as a rule, and 20 or more in
// one crowd of ten thousand. A window or size that is changed shows here first.
func TestCrowd(t *testing.T) {
	const crowds = 200
	for _, visitors := range []int{500, 1000} {
		worst, sum := 0, 0
		for seed := range crowds {
			random := rand.New(rand.NewChaCha8([32]byte{byte(seed), byte(visitors), byte(visitors >> 8)}))
			act := acting(visitors, random.Float64)
			worst, sum = max(worst, act), sum+act
		}
		t.Logf("of %d visitors %d act at the worst", visitors, worst)
		if worst >= 20 || worst < 1 || sum > 4*crowds {
			t.Errorf("of %d visitors %d act at the worst, and %d in %d crowds", visitors, worst, sum, crowds)
		}
	}
}

func acting(visitors int, random func() float64) int {
	const fromReadToWrite = 60 * time.Millisecond
	reads := make([]time.Duration, visitors)
	for i := range reads {
		reads[i] = crowdDelay(random())
	}
	written := slices.Min(reads) + fromReadToWrite
	return len(slices.DeleteFunc(reads, func(read time.Duration) bool { return read >= written }))
}
