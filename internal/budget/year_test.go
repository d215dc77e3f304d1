package budget_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/budget"
)

// yearly are settings under which an ordinary month ends at 85 to 95 % of the limit, and months with a run-away
// beyond.
func yearly() budget.Settings {
	set := budget.Defaults()
	set.Limit, set.BillingLag = 39, 8*time.Hour
	return set
}

func TestYear(t *testing.T) {
	t.Parallel()
	l := newLife(t, yearly())
	l.run(t, day(2027, 1, 1))
	l.report(t)
	if len(l.lifted) > 0 {
		t.Errorf("lifted %v: a freeze ends by itself", l.lifted)
	}
	for _, at := range l.frozen {
		l.checkFreeze(t, at)
	}
	l.checkMonths(t, 10)
	l.checkWarnings(t)
}

// With a limit of which the dearest of the ordinary months leaves a third of a per cent, none of them is frozen.
func TestYearAtTheLimit(t *testing.T) {
	t.Parallel()
	l := newLife(t, yearly())
	l.set.Limit = 37
	l.run(t, day(2027, 1, 1))
	l.report(t)
	l.checkMonths(t, 10)
}

// With a reserve for the fixed costs the limit holds for the month as a whole, but for a metering delay and what is
// not catnap's.
func TestYearWithReserve(t *testing.T) {
	t.Parallel()
	l := newLife(t, yearly())
	l.set.Reserve = true
	l.run(t, day(2027, 1, 1))
	l.report(t)
	l.checkMonths(t, 10)
	for _, at := range l.frozen {
		hour := at.Truncate(time.Hour)
		late := l.w.charges(hour) - l.w.charges(hour.Add(-delay))
		foreign := 0.005 * budget.MonthEnd(at).Sub(at).Hours()
		if spent := l.spent[at.Month()]; spent > l.set.Limit+late+foreign {
			t.Errorf("%s cost %.2f USD, %.2f were allowed", at.Month(), spent, l.set.Limit+late+foreign)
		}
	}
}

func (l *life) report(t *testing.T) {
	t.Helper()
	for month := time.January; month <= time.December; month++ {
		t.Logf("%-9s %6.2f USD of %.2f, warned %v", month, l.spent[month], l.set.Limit, l.keys[month])
	}
	t.Logf("frozen %v, lifted %v", l.frozen, l.lifted)
}

// checkFreeze wants that the limit was passed no longer than the metering delay ago, and that nothing runs from then
// to the month's end.
func (l *life) checkFreeze(t *testing.T, at time.Time) {
	t.Helper()
	hour := at.Truncate(time.Hour)
	if spent := l.w.charges(hour.Add(-delay)); spent >= l.set.Limit {
		t.Errorf("%s: frozen too late: a metering delay before it %.2f USD were spent", at, spent)
	}
	if spent := l.w.charges(hour); spent < l.set.Limit {
		t.Errorf("%s: frozen too early: %.2f USD were spent", at, spent)
	}
	var later float64
	for from := hour; from.Before(budget.MonthEnd(at)); from = from.Add(time.Hour) {
		later += l.at(from) - 0.0325 - 0.005
	}
	if later > 1e-9 || later < -1e-9 {
		t.Errorf("%s: tasks ran for %.4f USD after the freeze", at, later)
	}
}

// at is what an hour cost.
func (l *life) at(hour time.Time) float64 { return l.w.spent[int(hour.Sub(l.w.begin)/time.Hour)] }

// checkMonths wants one freeze in a month over the limit and none in one that stays under, and services that run again
// after the month's turn.
func (l *life) checkMonths(t *testing.T, under int) {
	t.Helper()
	for month := time.January; month <= time.December; month++ {
		var freezes int
		for _, at := range l.frozen {
			if at.Month() == month {
				freezes++
			}
		}
		over := l.spent[month] >= l.set.Limit
		if over != (freezes == 1) || freezes > 1 {
			t.Errorf("%s: %.2f USD, frozen %d times", month, l.spent[month], freezes)
		}
		if !over {
			under--
		}
		if l.at(day(2026, month, 1).Add(2*time.Hour)) < 0.05 {
			t.Errorf("%s: the nightly batch of the first did not run", month)
		}
	}
	if under != 0 {
		t.Errorf("%d more months stayed under than should", -under)
	}
}

// checkWarnings wants every warning once in the months that deserve it. The forecasts of a month after a run-away
// still have it among their habits.
func (l *life) checkWarnings(t *testing.T) {
	t.Helper()
	for month := time.January; month <= time.December; month++ {
		want := []string{"spent-50", "spent-80"}
		switch month {
		case time.April, time.September:
			want = []string{"forecast-100", "spent-100", "spent-50", "spent-80"}
		case time.May, time.October:
			want = []string{"forecast-100", "spent-50", "spent-80"}
		}
		got := slices.Sorted(slices.Values(l.keys[month]))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %.2f USD: warnings (-want +got):\n%s", month, l.spent[month], diff)
		}
	}
}

// The operator thaws April's freeze for two days: it all runs on for as long, and then is frozen again.
func TestThaw(t *testing.T) {
	t.Parallel()
	l := newLife(t, yearly())
	l.run(t, day(2026, 4, 20))
	l.thaw = budget.Thaw{Until: day(2026, 4, 22), Reason: "a demonstration"}
	l.run(t, day(2026, 5, 2))
	want := []time.Time{day(2026, 4, 22).Add(5 * time.Minute)}
	if diff := cmp.Diff(want, l.frozen[1:]); diff != "" {
		t.Errorf("frozen again (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]time.Time{day(2026, 4, 20).Add(5 * time.Minute)}, l.lifted); diff != "" {
		t.Errorf("lifted (-want +got):\n%s", diff)
	}
	for hour, runs := range map[time.Time]bool{
		day(2026, 4, 19): false, day(2026, 4, 20): true, day(2026, 4, 21): true, day(2026, 4, 22): false,
		day(2026, 4, 30): false,
	} {
		if got := l.at(hour.Add(12*time.Hour)) > 0.1; got != runs {
			t.Errorf("%s: runs %t, want %t", hour, got, runs)
		}
	}
}

// A rule for one service lets the run-away run for twelve hours a day and an hour of metering, and the others as they
// like. The budget lasts for three days more.
func TestRunawayRule(t *testing.T) {
	t.Parallel()
	l := newLife(t, yearly())
	l.set.Runaway.AwakePerDay = 12 * time.Hour
	l.run(t, day(2026, 5, 1))
	var want []time.Time
	for d := 12; d <= 21; d++ {
		want = append(want, day(2026, 4, d).Add(13*time.Hour+5*time.Minute))
	}
	if diff := cmp.Diff(map[string][]time.Time{"batch": want}, l.alone); diff != "" {
		t.Errorf("frozen alone (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]time.Time{day(2026, 4, 21).Add(18*time.Hour + 5*time.Minute)}, l.frozen); diff != "" {
		t.Errorf("all frozen (-want +got):\n%s", diff)
	}
}
