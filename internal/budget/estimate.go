package budget

import (
	"cmp"
	"slices"
	"time"
)

// Amounts are in USD, of the month up to now.
type Amounts struct {
	Month time.Time // its start
	Spent float64   // the best estimate: the sum of the next three
	// Truth is what the newest points of meter 1 say, Metered what was counted since then by meter 2 and the fixed
	// costs, and Guessed what is expected of times without a count and of what is not catnap's.
	Truth, Metered, Guessed float64

	Proven   float64   // what was spent at least
	Standing float64   // what the fixed costs will add until the month's end
	Forecast float64   // for the month's end
	Young    bool      // the forecast rests on less than a week of a service: no warning is given on it
	Known    bool      // meter 1 has points of this month; otherwise all of it is an estimate
	AsOf     time.Time // the newest of them; of several series that with the oldest one
}

// Estimate sums up a month.
func Estimate(s Snapshot, set Settings, now time.Time) Amounts {
	l := newLedger(s, set, now)
	a := l.amounts()
	a.Forecast = l.forecast(a)
	return a
}

// amounts are without the forecast.
func (l ledger) amounts() Amounts {
	a := Amounts{Month: l.month, Young: slices.ContainsFunc(l.services, account.young)}
	for _, ln := range l.lines {
		l.add(&a, ln)
		a.Standing += l.standing(ln, l.now, l.end)
	}
	a.Spent = a.Truth + a.Metered + a.Guessed
	return a
}

// forecast is for the month's end, with the freezes that the services have.
func (l ledger) forecast(a Amounts) float64 {
	sum := a.Spent + a.Standing
	for _, ln := range l.lines {
		sum += l.rest(ln)
	}
	return sum
}

// add counts a line: what its newest point says, and what came after it.
func (l ledger) add(a *Amounts, ln line) {
	from := l.month
	if p, ok := ln.reading.newest(); ok {
		a.Truth += p.USD
		from = latest(l.month, p.At.Add(-l.lag))
		if a.AsOf = cmp.Or(a.AsOf, p.At); p.At.Before(a.AsOf) {
			a.AsOf = p.At
		}
		a.Known = true
	}
	known, guessed := l.own(ln, from, l.now)
	a.Metered += known
	a.Guessed += guessed + ln.others*l.now.Sub(from).Hours()
	a.Proven += l.proven(ln)
}

// proven is the greatest of what is proven by the points, and by the month's start, when nothing was spent: what the
// bill said, and what was counted after it. A newer point need not prove more, as it may not know yet what was counted
// after an older one. But what is older than the lag it knows, and is the judge of: so its charges and what was
// counted since then are the most that can be proven, whatever a price that is too high has summed up to before.
func (l ledger) proven(ln line) float64 {
	var sum, most float64
	until := l.now
	for _, p := range slices.Backward(ln.reading.points) {
		known, _ := l.own(ln, nextHour(p.At), until)
		sum, until = sum+known, earliest(nextHour(p.At), l.now)
		most = max(most, p.USD+sum)
	}
	known, _ := l.own(ln, l.month, until)
	most = max(most, sum+known)
	if p, ok := ln.reading.newest(); ok {
		late, _ := l.own(ln, latest(l.month, p.At.Add(-l.lag)), l.now)
		most = min(most, p.USD+late)
	}
	return most
}

// nextHour is the end of the hour: where in an hour its tasks ran is not known, so what follows it is what surely came
// later.
func nextHour(t time.Time) time.Time { return t.UTC().Add(time.Hour - 1).Truncate(time.Hour) }

// rest is what a line will cost from now to the month's end, beside the fixed costs.
func (l ledger) rest(ln line) float64 {
	sum := ln.others * l.end.Sub(l.now).Hours()
	if !ln.covers(taskService) {
		return sum
	}
	for _, a := range l.services {
		sum += a.hourly * a.expect(latest(l.now, a.frozen), l.end)
	}
	return sum
}

// expect is the task-hours that are expected from one time to another.
func (a account) expect(from, to time.Time) float64 {
	var sum float64
	for at := from.UTC(); at.Before(to); {
		next := earliest(at.Truncate(time.Hour).Add(time.Hour), to)
		sum += a.profile.tasks(at) * next.Sub(at).Hours()
		at = next
	}
	return sum
}
