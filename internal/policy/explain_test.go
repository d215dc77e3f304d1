package policy_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/catnap-dev/catnap/internal/policy"
)

// firing are the words of the guards that fire, in their order.
func firing(guards []policy.Guard) (list []string) {
	for _, g := range guards {
		if g.Fires {
			list = append(list, g.When)
		}
	}
	return list
}

const nothing = "nothing of all that"

// TestExplainNamesEveryObstacle: not only the one that decides.
func TestExplainNamesEveryObstacle(t *testing.T) {
	const (
		freeze, pin, schedule  = "frozen", "pinned", "in a window of the schedule"
		deployment, used       = "a deployment is in progress", "it was used a short time ago"
		spreading, protection  = "the armed rule may still be spreading", "a task is protected from scale-in"
		unmeasured             = "metrics and task protection have not been asked"
		unsettled, unconfirmed = "it is not known of every minute that nobody came", "no minute confirms yet that nobody came"
		alone, unknown         = "catnap is told to leave it alone", "ECS does not know it"
		backOff, unmarked      = "wakes failed a short time ago", "the waker rule carries no mark"
		lost, waiting          = "a wake was marked, but not carried out", "a wake is on its way"
	)
	old, wake := mark(-10*time.Minute, -10*time.Minute-time.Second), mark(-time.Minute, -time.Minute)
	always := window(0, 24*time.Hour)
	tests := map[string]struct {
		snapshot policy.Snapshot
		settings policy.Settings
		want     []string
	}{
		"asleep": {asleep(old), usual(), []string{nothing}},
		"asleep, wanted, and not allowed": {
			asleep(mark(-time.Second, -time.Hour), failed(1), frozen(time.Hour)), usual(pinned(time.Hour), always),
			[]string{freeze, backOff, pin, schedule, nothing},
		},
		"a lost wake":           {asleep(wake), usual(), []string{lost, nothing}},
		"unmanaged and missing": {asleep(old, missing), usual(unmanaged), []string{alone, unknown, nothing}},
		"unmarked":              {asleep(policy.Mark{}), usual(), []string{unmarked, nothing}},
		"waking": {
			starting(wake), usual(), []string{
				waiting, "it has been without a healthy target for less than a wake may take", used, unmeasured, nothing,
			},
		},
		"awake, and used just now": {
			awake(mark(-time.Minute, -time.Minute), deploying(-time.Minute)), usual(pinned(time.Hour), always),
			[]string{pin, schedule, deployment, used, unmeasured, unconfirmed, nothing},
		},
		"awake and quiet": {awake(old, history(-20*time.Minute, "....................")), usual(), []string{nothing}},
		"drowsy, with everything against a stop": {
			drowsy(mark(-20*time.Second, -2*time.Minute), history(-2*time.Minute, "B??"), protected, deploying(0)), usual(),
			[]string{deployment, spreading, used, protection, unsettled, nothing},
		},
		"drowsy and quiet": {drowsy(old, history(-30*time.Minute, "..............................")), usual(), []string{nothing}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, firing(policy.Explain(test.snapshot, test.settings, noon))); diff != "" {
				t.Errorf("guards that fire (-want +got):\n%s", diff)
			}
		})
	}
}

// TestExplainSaysSinceWhenAndUntilWhen: for those guards whose moments an operator waits for.
func TestExplainSaysSinceWhenAndUntilWhen(t *testing.T) {
	none := time.Time{}
	tests := map[string]struct {
		snapshot     policy.Snapshot
		settings     policy.Settings
		when         string
		since, until time.Time
	}{
		"used": {
			drowsy(mark(-3*time.Minute, -4*time.Minute)), usual(), "it was used a short time ago",
			at(-4 * time.Minute), at(time.Minute),
		},
		"spreading": {
			drowsy(mark(-10*time.Second, -4*time.Minute)), usual(), "the armed rule may still be spreading",
			at(-10 * time.Second), at(20 * time.Second),
		},
		"deploying": {
			awake(mark(-time.Hour, -time.Hour), deploying(-7*time.Minute)), usual(), "a deployment is in progress",
			at(-7 * time.Minute), none,
		},
		"pinned, also where that leads to an action": {
			asleep(mark(-time.Hour, -2*time.Hour)), usual(pinned(2 * time.Hour)), "pinned", none, at(2 * time.Hour),
		},
		"scheduled": {
			drowsy(mark(-time.Hour, -2*time.Hour)), usual(window(10*time.Hour, 15*time.Hour)), "in a window of the schedule",
			none, at(3 * time.Hour),
		},
		"frozen": {
			awake(mark(-time.Hour, -time.Hour), frozen(5*time.Hour)), usual(), "frozen", none,
			at(5 * time.Hour),
		},
		"waking": {
			starting(mark(-time.Minute, -time.Minute)), usual(), "a wake is on its way", at(-time.Minute), at(4 * time.Minute),
		},
		"unsettled": {
			drowsy(mark(-3*time.Minute, -5*time.Minute), history(-5*time.Minute, "B.?...")), usual(),
			"it is not known of every minute that nobody came", at(-3 * time.Minute), at(policy.Retry),
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			all := policy.Explain(test.snapshot, test.settings, noon)
			i := slices.IndexFunc(all, func(g policy.Guard) bool { return g.When == test.when })
			if i < 0 {
				t.Fatalf("no guard %q among %v", test.when, all)
			}
			if g := all[i]; !g.Fires || !g.Since.Equal(test.since) || !g.Until.Equal(test.until) {
				t.Errorf("%+v, want it to fire, since %s, until %s", g, test.since, test.until)
			}
		})
	}
}

// TestExplanationsCanBeRead: each has an end that always fires, says nothing twice, and holds nothing back until a
// moment that is over.
func TestExplanationsCanBeRead(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		set := drawSettings(r)
		all := policy.Explain(drawSnapshot(r, set), set, noon)
		if last := all[len(all)-1]; !last.Fires {
			r.Fatalf("ends with %+v", last)
		}
		seen := map[string]bool{}
		for _, g := range all {
			if g.When == "" || seen[g.When] {
				r.Fatalf("%q is there twice, or says nothing", g.When)
			}
			seen[g.When] = true
			if g.Fires && !g.Until.IsZero() && !g.Until.After(noon) {
				r.Fatalf("fires until %s, which is over: %+v", g.Until, g)
			}
		}
	})
}
