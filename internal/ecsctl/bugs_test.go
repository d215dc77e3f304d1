package ecsctl_test

import (
	"testing"
	"time"
)

// What is skipped here is known not to hold yet.

func TestAnUnmarkedRuleIsMarkedWhereverItStands(t *testing.T) {
	t.Skip("bug: Disarm leaves a disarmed rule alone even if it carries no mark, so policy.Next says disarm for ever")
	bubble(t, func(t *testing.T, w *world) {
		w.healthy()
		w.modify(paths("/.catnap/*"))
		if done, seen := w.heal(); len(done) > 1 || seen.Rule.Mark.Since.IsZero() {
			t.Errorf("after %v: %+v", done, seen)
		}
	})
}

func TestArmIsNeverTakenForAWake(t *testing.T) {
	t.Skip("bug: marks count seconds, so an activity within the second of the arming reads as a wake")
	bubble(t, func(t *testing.T, w *world) {
		w.write(false, w.mark(-time.Minute, -time.Minute, 0))
		time.Sleep(900 * time.Millisecond)
		if err := w.control.Arm(t.Context(), w.svc, time.Now().Add(-100*time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		if seen := w.observe(); seen.Rule.Mark.Waking() {
			t.Errorf("got %+v", seen.Rule)
		}
	})
}
