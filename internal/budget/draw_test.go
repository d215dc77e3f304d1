package budget_test

import (
	"time"

	"pgregory.net/rapid"

	"github.com/catnap-dev/catnap/internal/budget"
)

// pick is even, where rapid's own ranges prefer small numbers.
func pick(r *rapid.T, label string, n int) int {
	number := 0
	for range 6 {
		number *= 2
		if rapid.Bool().Draw(r, label) {
			number++
		}
	}
	return number % n
}

// rarely is true once in eight times.
func rarely(r *rapid.T, label string) bool { return pick(r, label, 8) == 7 }

func drawHours(r *rapid.T, label string, least, most int) time.Duration {
	return time.Duration(rapid.IntRange(least, most).Draw(r, label)) * time.Hour
}

func drawUSD(r *rapid.T, label string, most float64) float64 {
	return rapid.Float64Range(0, most).Draw(r, label)
}

// drawNow is a time of May.
func drawNow(r *rapid.T) time.Time {
	return at(1, 0).Add(drawHours(r, "hour of the month", 0, 743) + time.Duration(pick(r, "minute", 60))*time.Minute)
}

// drawSnapshot draws anything, likely or not, but with a bill that is seen to be reset.
func drawSnapshot(r *rapid.T, now time.Time) budget.Snapshot {
	s := budget.Snapshot{Billing: budget.Billing{Read: !rarely(r, "no bill")}}
	if s.Billing.Read && !rarely(r, "no data") {
		s.Billing.Series = []budget.Series{{Points: drawPoints(r, now)}}
	}
	for range pick(r, "services", 4) {
		s.Services = append(s.Services, drawService(r, now))
	}
	for range pick(r, "fixed", 3) {
		s.Fixed = append(s.Fixed, budget.Fixed{Name: "x", Hourly: drawUSD(r, "fixed", 1), Priced: !rarely(r, "unpriced")})
	}
	if pick(r, "has freeze", 3) == 0 {
		s.Freeze = drawFreeze(r, now)
	}
	if rarely(r, "has thaw") {
		s.Thaw.Until = now.Add(drawHours(r, "thaw", -5, 100))
	}
	for _, key := range []string{"spent-50", "spent-80", "spent-100", "forecast-100"} {
		if rarely(r, "sent") {
			s.Sent = append(s.Sent, budget.Sent{Key: key, At: now.Add(-drawHours(r, "sent ago", 0, 1000))})
		}
	}
	return s
}

// drawPoints are those of April, which ended at 1,000 USD, and of May up to now.
func drawPoints(r *rapid.T, now time.Time) []budget.Point {
	list := []budget.Point{{At: at(0, 20), USD: 1000}}
	usd := 0.0
	for when := at(1, 0).Add(drawHours(r, "first", 0, 12)); !when.After(now); {
		usd += drawUSD(r, "rise", 20)
		list = append(list, budget.Point{At: when, USD: usd})
		when = when.Add(drawHours(r, "step", 1, 60))
	}
	return list
}

func drawService(r *rapid.T, now time.Time) budget.Service {
	svc := budget.Service{
		Name: rapid.StringMatching("[a-z]{3}").Draw(r, "name"), Hourly: drawUSD(r, "hourly", 1),
		Priced: !rarely(r, "unpriced"), Read: !rarely(r, "unread"), WakesRead: !rarely(r, "wakes unread"),
	}
	if svc.Read {
		svc.Buckets = drawBuckets(r, now)
	}
	for range pick(r, "wakes", 6) {
		svc.Wakes = append(svc.Wakes, now.Add(-time.Duration(pick(r, "woken ago", 64))*2*time.Minute))
	}
	if rarely(r, "has freeze") {
		svc.Freeze = drawFreeze(r, now)
	}
	return svc
}

// drawBuckets are stretches of hours with the same number of tasks, and stretches that are lost.
func drawBuckets(r *rapid.T, now time.Time) (list []budget.Bucket) {
	end := now.Truncate(time.Hour)
	for when := end.Add(-drawHours(r, "counted since", 0, 35*24)); when.Before(end); {
		next := when.Add(drawHours(r, "stretch", 1, 300))
		if next.After(end) {
			next = end
		}
		if tasks := pick(r, "tasks", 5); tasks < 4 {
			list = append(list, full(when, next, float64(tasks))...)
		}
		when = next
	}
	return list
}

func drawFreeze(r *rapid.T, now time.Time) budget.Freeze {
	f := budget.Freeze{Until: now.Add(drawHours(r, "freeze", -2, 800)), By: budget.ByGuard}
	switch pick(r, "whose freeze", 5) {
	case 0:
		f.By = budget.ByOperator
	case 1:
		f.Cause, f.Until = budget.CauseBudget, june
	case 2:
		f.Cause, f.Until = budget.CauseAwake, now.Truncate(24*time.Hour).Add(24*time.Hour)
	case 3:
		f.Cause = budget.CauseWakes
	}
	return f
}

// drawSettings have a limit near what is spent, as often as not.
func drawSettings(r *rapid.T, s budget.Snapshot, now time.Time) budget.Settings {
	set := budget.Defaults()
	set.BillingLag = drawHours(r, "lag", 0, 24)
	set.Freeze = !rarely(r, "does not freeze")
	set.Limit = drawUSD(r, "limit", 1000)
	if rapid.Bool().Draw(r, "near") {
		set.Limit = budget.Estimate(s, set, now).Proven * rapid.Float64Range(0.9, 1.1).Draw(r, "of the limit")
	}
	if rapid.Bool().Draw(r, "has rules") {
		set.Runaway = budget.Runaway{AwakePerDay: drawHours(r, "awake", 0, 20), WakesPerHour: pick(r, "wakes", 5)}
	}
	return set
}
