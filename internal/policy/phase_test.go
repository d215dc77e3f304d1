package policy_test

import (
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
)

func TestPhase(t *testing.T) {
	m, wake := mark(-time.Minute, -time.Hour), mark(-time.Minute, -time.Minute)
	fresh, freeze := mark(1-10*time.Second, 1-10*time.Second), frozen(time.Hour)
	for _, c := range []struct {
		name     string
		snapshot policy.Snapshot
		want     policy.Phase
	}{
		{"asleep", asleep(m), policy.PhaseAsleep},
		{"asleep and disarmed: to be healed", asleep(m, disarmed), policy.PhaseAsleep},
		{"asleep with a wake's mark", asleep(wake), policy.PhaseAsleep},
		{"stopping", snapshot(0, 1, policy.Rule{}, nil), policy.PhaseAsleep},
		{"nothing observed", policy.Snapshot{}, policy.PhaseAsleep},
		{"a wake is marked, its count not yet seen", asleep(fresh), policy.PhaseWaking},
		{"the same after a failure", asleep(fresh, failed(1)), policy.PhaseWaking},
		{"the same, frozen", asleep(fresh, freeze), policy.PhaseFrozen},
		{"marked for long enough for the count", asleep(mark(-10*time.Second, -10*time.Second)), policy.PhaseAsleep},
		{"disarmed a moment ago, no count", asleep(fresh, disarmed), policy.PhaseAsleep},
		{"armed a moment ago, but by no wake", asleep(mark(-time.Second, -time.Minute)), policy.PhaseAsleep},
		{"waking", starting(wake), policy.PhaseWaking},
		{"a wake is ready", drowsy(wake), policy.PhaseWaking},
		{"waking, the old task is still healthy", drowsy(mark(1-10*time.Second, 1-10*time.Second)), policy.PhaseWaking},
		{"awake since a moment ago", awake(mark(-time.Second, -time.Second)), policy.PhaseAwake},
		{"down and disarmed", down(m), policy.PhaseWaking},
		{"down and armed", starting(m), policy.PhaseWaking},
		{"awake", awake(m), policy.PhaseAwake},
		{"awake since a wake", awake(wake), policy.PhaseAwake},
		{"awake and frozen", awake(m, freeze), policy.PhaseAwake},
		{"drowsy", drowsy(m), policy.PhaseDrowsy},
		{"drowsy and frozen", drowsy(m, freeze), policy.PhaseDrowsy},
		{"drowsy after a failure", drowsy(m, failed(1)), policy.PhaseDrowsy},
		{"frozen", asleep(m, freeze), policy.PhaseFrozen},
		{"frozen during a wake", starting(wake, freeze), policy.PhaseFrozen},
		{"frozen, a wake is ready", drowsy(wake, freeze), policy.PhaseFrozen},
		{"frozen after a failure", asleep(m, freeze, failed(1)), policy.PhaseFrozen},
		{"thawed at this moment", asleep(m, frozen(0)), policy.PhaseAsleep},
		{"failed", asleep(m, failed(1)), policy.PhaseFailed},
		{"failed, raised by hand", starting(m, failed(1)), policy.PhaseWaking},
		{"failed, then deployed", asleep(m, failed(1), deployed(0)), policy.PhaseAsleep},
		{"failed, tried again", starting(wake, failed(1)), policy.PhaseWaking},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.snapshot.Phase(noon); got != c.want {
				t.Errorf("phase %s, want %s", got, c.want)
			}
		})
	}
}

func TestMarkWaking(t *testing.T) {
	for _, c := range []struct {
		name string
		mark policy.Mark
		want bool
	}{
		{"no mark", policy.Mark{}, false},
		{"no mark, but activity", policy.Mark{Active: noon}, false},
		{"never any activity", policy.Mark{Since: noon}, false},
		{"activity before the switch", mark(0, -1), false},
		{"the switch was the activity", mark(0, 0), true},
		{"activity after the switch", mark(0, 1), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.mark.Waking(); got != c.want {
				t.Errorf("waking %t, want %t", got, c.want)
			}
		})
	}
}

func TestBackOff(t *testing.T) {
	for failures, want := range map[int]time.Duration{
		-1: time.Minute, 0: time.Minute, 1: time.Minute, 2: 2 * time.Minute, 3: 4 * time.Minute, 6: 32 * time.Minute,
		7: time.Hour, 8: time.Hour, 9999: time.Hour,
	} {
		if got := policy.BackOff(failures); got != want {
			t.Errorf("BackOff(%d) = %s, want %s", failures, got, want)
		}
	}
}

func TestFailureNoted(t *testing.T) {
	noted, wake := mark(-time.Minute, -time.Hour), mark(-time.Minute, -time.Minute)
	for _, c := range []struct {
		name           string
		snapshot       policy.Snapshot
		noted, backOff bool
		retry          time.Duration
	}{
		{"no failure", asleep(noted), false, false, 0},
		{"a failure", asleep(noted, failed(2)), true, true, time.Minute},
		{"a failure, back-off over", asleep(noted, failed(1)), true, false, 0},
		{"a desired count raised by hand", starting(noted, failed(2)), false, false, time.Minute},
		{"a newer wake", asleep(wake, failed(2)), false, false, time.Minute},
		{"a newer deployment", asleep(noted, failed(2), deployed(-time.Minute+1)), false, false, time.Minute},
		{"a deployment of the same moment", asleep(noted, failed(2), deployed(-time.Minute)), true, true, time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.snapshot.FailureNoted(); got != c.noted {
				t.Errorf("noted %t, want %t", got, c.noted)
			}
			if got := c.snapshot.BackingOff(noon); got != c.backOff {
				t.Errorf("backing off %t, want %t", got, c.backOff)
			}
			if got := c.snapshot.RetryAt(); !got.Equal(at(c.retry)) {
				t.Errorf("retry at %s, want %s", got, at(c.retry))
			}
		})
	}
}

func TestNewestBusy(t *testing.T) {
	for _, c := range []struct {
		minutes string
		want    time.Time
	}{
		{"", time.Time{}},
		{"..?.", time.Time{}},
		{".B.?", at(time.Minute)},
		{".B.b", at(3 * time.Minute)},
		{"BB..", at(time.Minute)},
	} {
		if got := asleep(policy.Mark{}, history(0, c.minutes)).Evidence.NewestBusy(); !got.Equal(c.want) {
			t.Errorf("%q: newest busy %s, want %s", c.minutes, got, c.want)
		}
	}
}
