package policy

import (
	"slices"
	"time"
)

// Wake is one wake of the past.
type Wake struct {
	At   time.Time     // when it began: the mark's time
	Took time.Duration // until visitors were let through; zero when nobody watched
}

// Expectation is how long a wake takes, learned from earlier ones. The zero value knows nothing.
type Expectation struct {
	Usual time.Duration // the median
	Slow  time.Duration // the 90th percentile
}

// Expect learns from earlier wakes. Percentiles are by nearest rank, so that each is a time that was really taken.
func Expect(wakes []Wake) Expectation {
	var took []time.Duration
	for _, w := range wakes {
		if w.Took > 0 {
			took = append(took, w.Took)
		}
	}
	if len(took) == 0 {
		return Expectation{}
	}
	slices.Sort(took)
	rank := func(percent int) time.Duration { return took[(percent*len(took)+99)/100-1] }
	return Expectation{Usual: rank(50), Slow: rank(90)}
}

// Left is how long a wake that has taken elapsed will still take: until the usual time, then until the slow one. Known
// is false when nothing was learned, and for a wake that is later than that: whoever promised more would lie.
func (e Expectation) Left(elapsed time.Duration) (left time.Duration, known bool) {
	elapsed = max(elapsed, 0) // clocks differ
	switch {
	case elapsed < e.Usual:
		return e.Usual - elapsed, true
	case elapsed < e.Slow:
		return e.Slow - elapsed, true
	default:
		return 0, false
	}
}

// limited tells whether the wakes of the last hour are used up, and until when. Wakes that failed are held back by
// their own back-off and don't count.
func (s Snapshot) limited(set Settings, now time.Time) (over time.Time, limited bool) {
	if set.WakesPerHour <= 0 {
		return time.Time{}, false
	}
	var recent []time.Time
	for _, w := range s.Wakes {
		if over := w.At.Add(time.Hour); over.After(now) {
			recent = append(recent, over)
		}
	}
	if len(recent) < set.WakesPerHour {
		return time.Time{}, false
	}
	slices.SortFunc(recent, time.Time.Compare)
	return recent[len(recent)-set.WakesPerHour], true
}

// Limited tells whether only a person's click wakes the service.
func (s Snapshot) Limited(set Settings, now time.Time) bool {
	_, limited := s.limited(set, now)
	return limited
}
