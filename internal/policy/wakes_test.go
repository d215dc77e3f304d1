package policy_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/catnap-dev/catnap/internal/policy"
)

func took(seconds ...int) (wakes []policy.Wake) {
	for _, s := range seconds {
		wakes = append(wakes, policy.Wake{At: noon, Took: time.Duration(s) * time.Second})
	}
	return wakes
}

// The nearest rank of n values is n/2, or 9n/10, rounded up: the 5th and the 9th of ten.
func TestExpect(t *testing.T) {
	for _, c := range []struct {
		name        string
		wakes       []policy.Wake
		usual, slow time.Duration
	}{
		{"nothing", nil, 0, 0},
		{"one", took(30), 30, 30},
		{"two", took(40, 30), 30, 40},
		{"three", took(50, 30, 40), 40, 50},
		{"four", took(40, 10, 30, 20), 20, 40},
		{"five", took(1, 2, 3, 4, 5), 3, 5},
		{"nine", took(9, 8, 7, 6, 5, 4, 3, 2, 1), 5, 9},
		{"ten", took(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 5, 9},
		{"eleven", took(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), 6, 10},
		{"twenty", took(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20), 10, 18},
		{"all alike", took(7, 7, 7, 7), 7, 7},
		{"nobody watched", took(0, 0), 0, 0},
		{"nobody watched some", took(0, 30, 0, 40, 0), 30, 40},
		{"a clock that went back", took(-5, 30), 30, 30},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := policy.Expectation{Usual: c.usual * time.Second, Slow: c.slow * time.Second}
			if got := policy.Expect(c.wakes); got != want {
				t.Errorf("%+v, want %+v", got, want)
			}
		})
	}
}

func TestExpectLeavesItsArgumentAlone(t *testing.T) {
	wakes := took(3, 1, 2)
	policy.Expect(wakes)
	for i, w := range took(3, 1, 2) {
		if wakes[i] != w {
			t.Errorf("wake %d became %+v", i, wakes[i])
		}
	}
}

func TestLeft(t *testing.T) {
	learned := policy.Expectation{Usual: 30 * time.Second, Slow: 50 * time.Second}
	for _, c := range []struct {
		name          string
		expected      policy.Expectation
		elapsed, left time.Duration
		known         bool
	}{
		{"at the start", learned, 0, 30 * time.Second, true},
		{"on the way", learned, 10 * time.Second, 20 * time.Second, true},
		{"almost as usual", learned, 30*time.Second - 1, 1, true},
		{"as usual, and not there", learned, 30 * time.Second, 20 * time.Second, true},
		{"slow", learned, 49 * time.Second, time.Second, true},
		{"as slow as ever", learned, 50 * time.Second, 0, false},
		{"slower than ever", learned, time.Hour, 0, false},
		{"nothing learned", policy.Expectation{}, 0, 0, false},
		{"nothing learned, on the way", policy.Expectation{}, time.Minute, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if left, known := c.expected.Left(c.elapsed); left != c.left || known != c.known {
				t.Errorf("%s, %t, want %s, %t", left, known, c.left, c.known)
			}
		})
	}
}

// The whole that a wake is said to take only grows while one waits, as far as the slow time and no further.
func TestLeftKeepsItsWord(t *testing.T) {
	both := 0
	rapid.Check(t, func(r *rapid.T) {
		var wakes []policy.Wake
		for range rapid.IntRange(0, 12).Draw(r, "wakes") {
			wakes = append(wakes, policy.Wake{Took: drawFor(r, "took", 0, 5*time.Minute)})
		}
		e := policy.Expect(wakes)
		first := drawFor(r, "elapsed", 0, 6*time.Minute)
		second := first + drawFor(r, "more", 0, time.Minute)
		left, known := e.Left(first)
		later, stillKnown := e.Left(second)
		switch {
		case known != (first < e.Slow) || known != (left > 0):
			r.Errorf("after %s of %+v: %s, %t", first, e, left, known)
		case left > e.Slow || known && first+left > e.Slow:
			r.Errorf("after %s of %+v: %s left", first, e, left)
		case stillKnown && (!known || second+later < first+left):
			r.Errorf("after %s %s left, after %s %s", first, left, second, later)
		case stillKnown:
			both++
		}
	})
	if both == 0 {
		t.Error("never known twice: the check is empty")
	}
}
