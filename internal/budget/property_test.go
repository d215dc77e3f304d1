package budget_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/catnap-dev/catnap/internal/budget"
)

// counted is what meter 2 and the fixed costs have since a time, bucket by bucket.
func counted(s budget.Snapshot, since, now time.Time) (usd float64) {
	for _, svc := range s.Services {
		for _, b := range svc.Buckets {
			if svc.Read && svc.Priced && !b.Start.Before(since) {
				usd += b.TaskMinutes / 60 * svc.Hourly
			}
		}
	}
	for _, f := range s.Fixed {
		if f.Priced {
			usd += f.Hourly * max(0, now.Sub(since).Hours())
		}
	}
	return usd
}

// most is the most that anybody could call proven: the newest charges, and all that was counted since the lag before
// them; without them, all that was counted in the month.
func most(s budget.Snapshot, set budget.Settings, now time.Time) float64 {
	month := at(1, 0)
	if !s.Billing.Read || len(s.Billing.Series) == 0 {
		return counted(s, month, now)
	}
	points := s.Billing.Series[0].Points
	newest := points[len(points)-1]
	if newest.At.Before(month) {
		return counted(s, month, now)
	}
	since := newest.At.Add(-set.BillingLag)
	if since.Before(month) {
		since = month
	}
	return newest.USD + counted(s, since, now)
}

func TestNeverFreezesBelowTheLimit(t *testing.T) {
	var freezes, others int
	rapid.Check(t, func(r *rapid.T) {
		now := drawNow(r)
		s := drawSnapshot(r, now)
		set := drawSettings(r, s, now)
		d := budget.Decide(s, set, now)
		if d.Freeze.Action != budget.ActionFreeze {
			others++
			return
		}
		freezes++
		if bound := most(s, set, now); bound < set.Limit-1e-6 {
			r.Fatalf("frozen at %.4f USD of %.4f: at most %.4f are proven", d.Amounts.Proven, set.Limit, bound)
		}
		if !set.Freeze || s.Thaw.Until.After(now) || s.Freeze.By == budget.ByOperator && s.Freeze.Until.After(now) {
			r.Fatalf("frozen against orders: %+v", s)
		}
	})
	if freezes == 0 || others == 0 {
		t.Errorf("%d freezes, %d others: the check is empty", freezes, others)
	}
}

func TestAmountsBelongTogether(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		now := drawNow(r)
		s := drawSnapshot(r, now)
		set := drawSettings(r, s, now)
		a := budget.Estimate(s, set, now)
		if a.Proven < 0 || a.Proven > a.Spent+1e-6 || a.Truth > a.Spent+1e-9 || a.Forecast < a.Spent-1e-9 {
			r.Fatalf("%+v", a)
		}
		if bound := most(s, set, now); a.Proven > bound+1e-6 {
			r.Fatalf("proven %.4f USD, of which %.4f can be", a.Proven, bound)
		}
	})
}

// What was decided is done once: the next look finds nothing to do.
func TestDecideComesToRest(t *testing.T) {
	var freezes, lifts int
	rapid.Check(t, func(r *rapid.T) {
		now := drawNow(r)
		s := drawSnapshot(r, now)
		set := drawSettings(r, s, now)
		first := budget.Decide(s, set, now)
		apply(&s, first, now)
		second := budget.Decide(s, set, now)
		if n := count(second, budget.ActionNone); n != len(s.Services)+1 {
			r.Fatalf("after %+v\nagain %+v", first, second)
		}
		if len(second.Warnings) > 0 {
			r.Fatalf("warned again: %+v", second.Warnings)
		}
		freezes += count(first, budget.ActionFreeze)
		lifts += count(first, budget.ActionLift)
	})
	if freezes == 0 || lifts == 0 {
		t.Errorf("%d freezes, %d lifts: the check is empty", freezes, lifts)
	}
}

// count is how many orders have an action.
func count(d budget.Decision, a budget.Action) (n int) {
	for _, o := range append(d.Services, d.Freeze) {
		if o.Action == a {
			n++
		}
	}
	return n
}

func apply(s *budget.Snapshot, d budget.Decision, now time.Time) {
	order := func(f *budget.Freeze, o budget.Order) {
		if o.Action != budget.ActionNone {
			*f = o.Freeze
		}
	}
	order(&s.Freeze, d.Freeze)
	for i := range s.Services {
		order(&s.Services[i].Freeze, d.Services[i])
	}
	for _, w := range d.Warnings {
		s.Sent = append(s.Sent, budget.Sent{Key: w.Key, At: now})
	}
}

func hide(s *budget.Snapshot, bill, usage bool) {
	s.Billing.Read = s.Billing.Read && !bill
	for i := range s.Services {
		s.Services[i].Read = s.Services[i].Read && !usage
		s.Services[i].WakesRead = s.Services[i].WakesRead && !usage
	}
}

// A meter that is hidden freezes nothing by that, unless the other proves it alone; and it lifts nothing.
func TestUnknownNeitherFreezesNorLifts(t *testing.T) {
	var frozen, kept int
	rapid.Check(t, func(r *rapid.T) {
		now := drawNow(r)
		s := drawSnapshot(r, now)
		set := drawSettings(r, s, now)
		set.Freeze, s.Thaw = true, budget.Thaw{} // what lifts whatever the meters say
		bill, usage := rapid.Bool().Draw(r, "hide the bill"), rapid.Bool().Draw(r, "hide task-minutes")
		hide(&s, bill, usage)
		d := budget.Decide(s, set, now)
		switch {
		case d.Freeze.Action == budget.ActionFreeze && (bill && usage || most(s, set, now) < set.Limit-1e-6):
			r.Fatalf("frozen without knowledge: %+v", d.Amounts)
		case d.Freeze.Action == budget.ActionFreeze:
			frozen++
		case set.Limit > 0 && bill && d.Freeze.Action == budget.ActionLift:
			r.Fatalf("lifted without the bill")
		case s.Freeze.Until.After(now) && s.Freeze.By == budget.ByGuard:
			kept++
		}
		d.Freeze.Action = budget.ActionNone
		if usage && count(d, budget.ActionFreeze) > 0 {
			r.Fatalf("frozen alone without knowledge")
		}
	})
	if frozen == 0 || kept == 0 {
		t.Errorf("%d frozen, %d kept: the check is empty", frozen, kept)
	}
}

// Time alone lowers nothing, nor does a task that ran for longer.
func TestSpendNeverFalls(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		now := drawNow(r)
		s := drawSnapshot(r, now)
		for i := range s.Services {
			s.Services[i].Buckets = full(now.Truncate(time.Hour).Add(-800*time.Hour), now, float64(pick(r, "tasks", 3)))
		}
		set := drawSettings(r, s, now)
		before := budget.Estimate(s, set, now)
		later := now.Add(drawHours(r, "later by", 0, 30))
		if !later.Before(june) {
			return
		}
		after := budget.Estimate(s, set, later)
		if after.Spent < before.Spent-1e-6 || after.Proven < before.Proven-1e-6 {
			r.Fatalf("%+v became %+v", before, after)
		}
		for i := range s.Services {
			for j := range s.Services[i].Buckets {
				s.Services[i].Buckets[j].TaskMinutes += 10
			}
		}
		if more := budget.Estimate(s, set, later); more.Proven < after.Proven-1e-6 {
			r.Fatalf("%+v became %+v with more task-minutes", after, more)
		}
	})
}

// In a world whose bill is never later than the settings say, what is proven grows from hour to hour, and was spent.
func TestProvenWasSpent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var tasks []float64
		for len(tasks) < 6*24 {
			tasks = append(tasks, slices.Repeat([]float64{float64(pick(r, "tasks", 4))}, 1+pick(r, "hours", 40))...)
		}
		h := &habitant{name: "web", hourly: 1, tasks: func(when time.Time) float64 {
			return tasks[int(when.Sub(at(-1, 0))/time.Hour)]
		}}
		w := newWorld(at(-1, 0), h)
		w.rng = rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		w.others = func(time.Time) float64 { return 0.1 }
		set := budget.Defaults()
		set.BillingLag = 8 * time.Hour
		var last float64
		for w.now.Before(at(5, 0)) {
			s, now := w.look()
			proven, spent := budget.Estimate(s, set, now).Proven, w.charges(w.now)
			if budget.MonthStart(now).Equal(w.now) {
				last = 0
			}
			if proven < last-1e-6 || proven > spent+1e-6 {
				r.Fatalf("%s: proven %.4f USD, an hour before %.4f, spent %.4f", now, proven, last, spent)
			}
			last = proven
			w.step(budget.Freeze{})
		}
	})
}
