package budget

import "time"

const (
	weeks = 4
	// surge is how much busier than the busiest day before a day is that no habit explains.
	surge = 1.25
	// habit is how many days must be known before anything can differ from them.
	habit = 3
	// longest is after how many days a run-away is a habit: by then it is most of the weighted mean.
	longest = 14
)

// profile is how many tasks are expected to run at an hour.
type profile struct {
	mean    [2][24]float64 // week-days and week-ends, by the hour
	runaway bool
	rate    float64 // tasks at any hour, if it is a run-away
}

// tasks is the mean number of tasks at a time.
func (p profile) tasks(at time.Time) float64 {
	if p.runaway {
		return p.rate
	}
	return p.mean[kind(at)][at.Hour()]
}

// kind tells week-days (0) from week-ends (1), UTC.
func kind(at time.Time) int {
	if day := at.Weekday(); day == time.Saturday || day == time.Sunday {
		return 1
	}
	return 0
}

// cell is the kind and the hour of the day of an hour: those of its time, without a calendar for each of thousands.
func (tl *timeline) cell(i int) (k, clock int) {
	i += tl.start.Hour()
	if day := (int(tl.start.Weekday()) + i/24) % 7; day == int(time.Saturday) || day == int(time.Sunday) {
		k = 1
	}
	return k, i % 24
}

// mean is a weighted one. Its weight is zero while nothing is known.
type mean struct{ sum, weight float64 }

func (m *mean) add(o mean) { m.sum, m.weight = m.sum+o.sum, m.weight+o.weight }

// or is the mean, or another value while there is none.
func (m mean) or(other float64) float64 {
	if m.weight == 0 {
		return other
	}
	return m.sum / m.weight
}

// profile learns from the last four weeks. An hour of the day that was never known is taken for the mean of its kind
// of days, and a kind for the mean of all.
func (tl *timeline) profile() profile {
	var cells [2][24]mean
	var kinds [2]mean
	var all mean
	for age := range weeks * 7 * 24 {
		i := reach - 1 - age
		h := tl.hours[i]
		k, clock := tl.cell(i)
		weight := 1 / float64(int(1)<<(age/(7*24)))
		m := mean{sum: weight * h.tasks, weight: weight * h.known}
		cells[k][clock].add(m)
		kinds[k].add(m)
		all.add(m)
	}
	var p profile
	for k := range cells {
		for h := range cells[k] {
			p.mean[k][h] = cells[k][h].or(kinds[k].or(all.or(0)))
		}
	}
	p.rate, p.runaway = tl.runaway()
	return p
}

// runaway tells whether each of the last days was busier than any day before them by far, and the mean number of tasks
// in the last one.
func (tl *timeline) runaway() (rate float64, found bool) {
	days := tl.days()
	for n := 1; n <= longest; n++ {
		least, last := lowest(days[:n])
		most, known := highest(days[n:])
		if known >= habit && least > 0 && least >= surge*most {
			return last, true
		}
	}
	return 0, false
}

// days are the last 28 times 24 hours up to the present hour, newest first.
func (tl *timeline) days() (days [weeks * 7]mean) {
	for age := range weeks * 7 * 24 {
		h := tl.hours[reach-1-age]
		days[age/24].add(mean{sum: h.tasks, weight: h.known})
	}
	return days
}

// known tells whether all of a day is, but for an hour: what it lacks may hide a quiet night or a busy one, and the
// mean of the rest says nothing of either.
func (m mean) known() bool { return m.weight >= 23*60 }

// lowest is the least mean of the days that are known, and the mean of the newest; zero if none is known.
func lowest(days []mean) (least, last float64) {
	none := true
	for _, d := range days {
		if !d.known() {
			continue
		}
		if none {
			least, last, none = d.or(0), d.or(0), false
		}
		least = min(least, d.or(0))
	}
	return least, last
}

// highest is the greatest mean of the days that are known, and how many are.
func highest(days []mean) (most float64, known int) {
	for _, d := range days {
		if d.known() {
			most, known = max(most, d.or(0)), known+1
		}
	}
	return most, known
}
