package budget_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/budget"
	"github.com/catnap-dev/catnap/internal/price"
)

// month is May 2026 as a service made it, and how wrong a forecast may be on some of its days.
type month struct {
	name  string
	tasks func(at time.Time) float64
	lost  func(at time.Time) bool // hours of which neither meter tells
	blind func(s *budget.Snapshot)
	rng   *rand.Rand
	bound map[int]float64
}

func all(bound float64) map[int]float64 {
	days := map[int]float64{}
	for d := 1; d <= 31; d++ {
		days[d] = bound
	}
	return days
}

// A forecast is as good as habits last. Where they do, a hundredth is allowed for. A month that runs away cannot be
// forecast before it does, and must be from a day later on. Where the bill's points are up to three hours older or
// younger than they are taken to be, of a service at 0.05 USD an hour, the week that tells what else is spent is wrong
// by up to 0.3 USD, and four weeks by 1.2 USD, which is 4 %. A service that runs by chance is as far from its mean as
// chance is: half of 155 hours have a standard deviation of 0.3 USD, or 1 %; three of them are allowed beside that.
func months() []month {
	evenings := func(at time.Time) float64 { return between(at, 18, 23) }
	office := func(at time.Time) float64 {
		if !weekday(at) {
			return 0
		}
		return between(at, 8, 18)
	}
	chance := func(at time.Time) float64 {
		if rand.New(rand.NewPCG(7, uint64(at.Unix()))).Float64() < 0.5 {
			return 0
		}
		return evenings(at)
	}
	runaway := func(at time.Time) float64 {
		if !at.Before(day(2026, 5, 20)) {
			return 4
		}
		return between(at, 9, 12)
	}
	fewer := func(at time.Time) float64 {
		if at.Before(day(2026, 5, 4)) {
			return evenings(at)
		}
		return between(at, 18, 19)
	}
	wavers := func(at time.Time) float64 {
		if at.Day() == 21 && at.Month() == time.May {
			return 3
		}
		return runaway(at)
	}
	lost := func(at time.Time) bool { return !at.Before(day(2026, 5, 12)) && at.Before(day(2026, 5, 14)) }
	noBill := func(s *budget.Snapshot) { s.Billing = budget.Billing{} }
	noUsage := func(s *budget.Snapshot) { s.Services[0].Read, s.Services[0].Buckets = false, nil }
	steady := func(time.Time) float64 { return 1 }
	found := map[int]float64{5: 0.9, 19: 0.9, 21: 0.01, 22: 0.01, 24: 0.01, 28: 0.01}
	return []month{
		{name: "steady", tasks: steady, bound: all(0.01)},
		{name: "evenings", tasks: evenings, bound: all(0.01)},
		{name: "week-days", tasks: office, bound: all(0.01)},
		{name: "week-days, points in disorder", tasks: office, rng: rand.New(rand.NewPCG(1, 2)), bound: all(0.04)},
		{name: "run-away on day 20", tasks: runaway, bound: found},
		{name: "fewer hours from day 4 on", tasks: fewer, bound: map[int]float64{4: 0.25, 11: 0.1, 18: 0.03, 25: 0.01}},
		{name: "run-away that wavers", tasks: wavers, bound: map[int]float64{21: 0.1, 23: 0.01, 24: 0.01, 28: 0.01}},
		{name: "two days missing", tasks: office, lost: lost, bound: all(0.01)},
		{name: "run-away, two days missing before", tasks: runaway, lost: lost, bound: found},
		{name: "by chance", tasks: chance, rng: rand.New(rand.NewPCG(3, 4)), bound: all(0.07)},
		{name: "task-minutes alone, without what is not catnap's", tasks: office, blind: noBill, bound: all(0.09)},
		{name: "the bill alone", tasks: steady, blind: noUsage, bound: all(0.02)},
	}
}

func TestForecast(t *testing.T) {
	for _, m := range months() {
		t.Run(m.name, func(t *testing.T) {
			usd := hourly(t, price.Task{CPU: 1024, MemoryMiB: 2048})
			h := &habitant{name: "web", hourly: usd, tasks: m.tasks, unread: m.lost}
			w := newWorld(day(2026, 4, 1), h)
			w.fixed, w.others, w.rng, w.silent = balancer(t), func(time.Time) float64 { return 0.004 }, m.rng, m.lost
			m.check(t, w)
		})
	}
}

// check runs April and May and compares what was forecast in May, each day at six, with what May cost.
func (m month) check(t *testing.T, w *world) {
	t.Helper()
	forecast := map[int]float64{}
	for w.now.Before(day(2026, 6, 1)) {
		if w.now.Month() == time.May && w.now.Hour() == 6 {
			s, at := w.look()
			if m.blind != nil {
				m.blind(&s)
			}
			forecast[w.now.Day()] = budget.Estimate(s, budget.Defaults(), at).Forecast
		}
		w.step(budget.Freeze{})
	}
	truth := w.charges(day(2026, 6, 1).Add(-time.Nanosecond))
	var report strings.Builder
	for d := 1; d <= 31; d++ {
		wrong := forecast[d]/truth - 1
		fmt.Fprintf(&report, " %d: %+.1f%%", d, 100*wrong)
		if b, ok := m.bound[d]; ok && (wrong > b || wrong < -b) {
			t.Errorf("day %d: forecast %.2f USD of %.2f, %+.1f %%, more than %.0f %% wrong", d, forecast[d], truth,
				100*wrong, 100*b)
		}
	}
	t.Logf("May cost %.2f USD; forecast by day:%s", truth, report.String())
}
