package sandbox_test

import (
	"maps"
	"slices"
	"testing"
	"time"
)

// TestCallsOfAnHour counts what catnap asks of AWS. A service that is asleep causes no call to CloudWatch, and one that
// is in use few: none for a while after each request that was found.
func TestCallsOfAnHour(t *testing.T) {
	t.Parallel()
	inBubble(t, asDocumented(), func(t *testing.T, w *world) {
		w.pass(2 * time.Minute) // the first pass marks the rule
		asleep := w.callsDuring(func() { w.pass(time.Hour) })
		for _, operation := range []string{
			"GetMetricStatistics", "UpdateService", "ModifyRule", "ListTasks", "DescribeTargetHealth",
		} {
			if asleep[operation] > 0 {
				t.Errorf("%d calls of %s for an hour asleep", asleep[operation], operation)
			}
		}
		t.Logf("an hour asleep: %v", asleep)

		w.isAwakeFor(5 * time.Minute)
		awake := w.callsDuring(func() { w.isAwakeFor(time.Hour) })
		if n := awake["GetMetricStatistics"]; n == 0 || n > 2*65 {
			t.Errorf("%d calls of GetMetricStatistics for an hour in use, want about two a minute", n)
		}
		t.Logf("an hour in use: %v", awake)
	})
}

// callsDuring counts the calls that reached AWS while something went on.
func (w *world) callsDuring(something func()) map[string]int {
	before := w.Backplane.Calls()
	something()
	during := w.Backplane.Calls()
	for _, operation := range slices.Collect(maps.Keys(during)) {
		if during[operation] -= before[operation]; during[operation] == 0 {
			delete(during, operation)
		}
	}
	return during
}
