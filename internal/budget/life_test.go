package budget_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/budget"
	"github.com/catnap-dev/catnap/internal/price"
)

// delay is how late the bill can be in this world: a lag of eight hours, and eight more until the next point. What the
// guard meters by itself it knows after an hour.
const delay = 17 * time.Hour

// life is a year of one account under the guard.
type life struct {
	w    *world
	set  budget.Settings
	all  budget.Freeze
	thaw budget.Thaw
	sent []budget.Sent

	frozen []time.Time // when all was frozen
	lifted []time.Time
	alone  map[string][]time.Time // when one service was
	keys   map[time.Month][]string
	spent  map[time.Month]float64 // what each month cost
}

// runsAway tells when the batch service hangs and never ends: in April from the twelfth, in September from the fifth.
func runsAway(at time.Time) bool {
	return at.Month() == time.April && at.Day() >= 12 || at.Month() == time.September && at.Day() >= 5
}

func newLife(t *testing.T, set budget.Settings) *life {
	t.Helper()
	office := func(at time.Time) float64 {
		if !weekday(at) {
			return 0
		}
		return between(at, 8, 18)
	}
	chance := func(at time.Time) float64 {
		return max(0, rand.New(rand.NewPCG(5, uint64(at.Unix()))).Float64()-0.7)
	}
	batch := func(at time.Time) float64 {
		if runsAway(at) {
			return 3
		}
		return between(at, 2, 4)
	}
	l := &life{set: set, alone: map[string][]time.Time{}, keys: map[time.Month][]string{}, spent: map[time.Month]float64{}}
	l.w = newWorld(day(2026, 1, 1),
		&habitant{name: "office", hourly: hourly(t, price.Task{CPU: 512, MemoryMiB: 1024}), tasks: office},
		&habitant{name: "blog", hourly: hourly(t, price.Task{CPU: 256, MemoryMiB: 512, ARM: true}), tasks: chance},
		&habitant{name: "batch", hourly: hourly(t, price.Task{CPU: 2048, MemoryMiB: 4096, Spot: true}), tasks: batch})
	l.w.fixed, l.w.rng = balancer(t), rand.New(rand.NewPCG(11, 12))
	l.w.others = func(at time.Time) float64 {
		if at.Day() == 1 && at.Hour() == 0 {
			return 0.5 // a hosted zone
		}
		return 0.005
	}
	return l
}

// run decides every hour up to a time and does what is decided. What is proven never falls within a month.
func (l *life) run(t *testing.T, until time.Time) {
	t.Helper()
	var proven float64
	for l.w.now.Before(until) {
		s, at := l.w.look()
		s.Freeze, s.Thaw, s.Sent = l.all, l.thaw, l.sent
		d := budget.Decide(s, l.set, at)
		if l.w.now.Equal(budget.MonthStart(at)) {
			proven = 0
		}
		spent := l.w.charges(l.w.now) + 0.0325*at.Sub(l.w.now).Hours()
		if d.Amounts.Proven < proven-1e-9 || d.Amounts.Proven > spent+1e-9 {
			t.Fatalf("%s: proven %.4f USD, an hour before %.4f, spent %.4f", at, d.Amounts.Proven, proven, spent)
		}
		proven = d.Amounts.Proven
		l.apply(d, at)
		month := l.w.now.Month()
		l.w.step(l.all)
		if l.w.now.Month() != month {
			l.spent[month] = l.w.charges(l.w.now.Add(-time.Nanosecond))
		}
	}
}

func (l *life) apply(d budget.Decision, at time.Time) {
	switch d.Freeze.Action {
	case budget.ActionFreeze:
		l.all, l.frozen = d.Freeze.Freeze, append(l.frozen, at)
	case budget.ActionLift:
		l.all, l.lifted = budget.Freeze{}, append(l.lifted, at)
	case budget.ActionNone:
	}
	for i, o := range d.Services {
		h := l.w.services[i]
		if o.Action == budget.ActionFreeze {
			h.freeze = o.Freeze
			l.alone[h.name] = append(l.alone[h.name], at)
		}
	}
	for _, w := range d.Warnings {
		l.sent = append(l.sent, budget.Sent{Key: w.Key, At: at})
		l.keys[at.Month()] = append(l.keys[at.Month()], w.Key)
	}
}
