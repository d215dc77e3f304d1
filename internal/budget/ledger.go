package budget

import "time"

// taskService is the ServiceName under which AWS bills tasks on Fargate.
const taskService = "AmazonECS"

// ledger holds what was read in the form that is counted with.
type ledger struct {
	now      time.Time
	month    time.Time // its start
	end      time.Time // the start of the next
	lag      time.Duration
	lines    []line
	fixed    []Fixed
	services []account
}

// line is one part of the bill.
type line struct {
	name    string // empty: all of it
	reading reading
	others  float64 // what of it is not catnap's, in USD an hour
}

// account is a service.
type account struct {
	hourly   float64 // zero: not known
	timeline *timeline
	profile  profile
	frozen   time.Time // until when nothing runs
	read     bool
}

// young tells whether a service has been counted for less than a week, so that nobody knows its week-ends, or its
// week-days.
func (a account) young() bool {
	var minutes float64
	for _, h := range a.timeline.hours[:] {
		minutes += h.known
	}
	return a.read && minutes < 7*24*60
}

func newLedger(s Snapshot, set Settings, now time.Time) ledger {
	now = now.UTC()
	l := ledger{now: now, month: MonthStart(now), end: MonthEnd(now), lag: set.BillingLag, fixed: s.Fixed}
	for _, svc := range s.Services {
		l.services = append(l.services, svc.account(s.Freeze, now))
	}
	for _, name := range set.lines() {
		ln := line{name: name, reading: s.Billing.reading(name, now)}
		ln.others = l.others(ln)
		l.lines = append(l.lines, ln)
	}
	return l
}

// account is without a price, and so costs nothing that is counted, where price or meter is not known.
func (svc Service) account(all Freeze, now time.Time) account {
	a := account{timeline: newTimeline(svc.Buckets, now), frozen: latest(all.Until, svc.Freeze.Until), read: svc.Read}
	a.profile = a.timeline.profile()
	if svc.Read && priced(svc.Priced, svc.Hourly) {
		a.hourly = svc.Hourly
	}
	return a
}

// priced tells whether a price is known and can be one.
func priced(known bool, usd float64) bool { return known && finite(usd) && usd >= 0 }

// reading is that of a series, and an empty one where there is none.
func (b Billing) reading(name string, now time.Time) reading {
	if !b.Read {
		return reading{}
	}
	for _, series := range b.Series {
		if series.ServiceName == name {
			return read(series.Points, now)
		}
	}
	return reading{}
}

// covers tells whether a line of the bill has what AWS bills under a name.
func (ln line) covers(service string) bool { return ln.name == "" || ln.name == service }

// own is what catnap's services and the fixed costs take from one time to another: what was counted, and what is
// guessed of the times that were not.
func (l ledger) own(ln line, from, to time.Time) (known, guessed float64) {
	if ln.covers(taskService) {
		for _, a := range l.services {
			k, g := a.timeline.used(a.profile, from, to)
			known += k * a.hourly
			guessed += g * a.hourly
		}
	}
	return known + l.standing(ln, from, to), guessed
}

// standing is the fixed costs.
func (l ledger) standing(ln line, from, to time.Time) float64 {
	var sum float64
	for _, f := range l.fixed {
		if priced(f.Priced, f.Hourly) && ln.covers(f.ServiceName) {
			sum += f.Hourly * max(0, to.Sub(latest(from, f.Since)).Hours())
		}
	}
	return sum
}

// others is what else a line costs an hour: the mean of the last week's days but the dearest and the cheapest, so that
// a charge that comes once, and a point that comes later than others, count for little. A week that began in the month
// before goes on there. It is zero when it is not known.
func (l ledger) others(ln line) float64 {
	points := ln.reading.points
	if len(points) > 0 {
		turn := Point{At: l.month.Add(l.lag)} // a point of that moment would know of nothing
		points = append([]Point{turn}, points...)
	}
	rates := append(l.rates(ln, daily(points)), l.rates(ln, daily(ln.reading.earlier))...)
	return max(0, trimmed(rates[:min(len(rates), week)]))
}

// rates are those between points that follow each other, the newest first.
func (l ledger) rates(ln line, marks []Point) (list []float64) {
	for i := 1; i < len(marks); i++ {
		newer, older := marks[i-1], marks[i]
		known, guessed := l.own(ln, older.At.Add(-l.lag), newer.At.Add(-l.lag))
		list = append(list, (newer.USD-older.USD-known-guessed)/newer.At.Sub(older.At).Hours())
	}
	return list
}
