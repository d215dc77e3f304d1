package policy

import "time"

// Schedule is a set of weekly windows in a time zone. The zero value has no window.
type Schedule struct {
	Location *time.Location // nil means UTC
	Windows  []Window
}

// Window is a span of local wall-clock time that begins on each of Days. One that ends at or before its start ends on
// the next day. Across a change to or from summer time the wall clock counts, so a window may be an hour longer or
// shorter.
type Window struct {
	Days [7]bool // indexed by time.Weekday
	From time.Duration
	To   time.Duration // since midnight; 24 h is midnight at the day's end
}

type span struct{ from, to time.Time }

func (s span) covers(t time.Time) bool { return !t.Before(s.from) && t.Before(s.to) }

// Covers tells whether now is inside a window.
func (s Schedule) Covers(now time.Time) bool {
	for _, span := range s.spans(now) {
		if span.covers(now) {
			return true
		}
	}
	return false
}

// End returns when the window that now is in ends, and of several the last; zero outside of all.
func (s Schedule) End(now time.Time) time.Time {
	var end time.Time
	for _, span := range s.spans(now) {
		if span.covers(now) {
			end = latest(end, span.to)
		}
	}
	return end
}

// LastEnd returns the newest end of a window that is not after now, within the last week; zero when there is none.
func (s Schedule) LastEnd(now time.Time) time.Time {
	var last time.Time
	for _, span := range s.spans(now) {
		if !span.to.After(now) && span.to.After(last) {
			last = span.to
		}
	}
	return last
}

// NextStart returns the first start of a window after now, within the next week; zero when there is none.
func (s Schedule) NextStart(now time.Time) time.Time {
	var next time.Time
	for _, span := range s.spans(now) {
		if span.from.After(now) && (next.IsZero() || span.from.Before(next)) {
			next = span.from
		}
	}
	return next
}

// spans lists the windows that begin between eight days before now and eight days after it.
func (s Schedule) spans(now time.Time) []span {
	if len(s.Windows) == 0 {
		return nil
	}
	loc := s.Location
	if loc == nil {
		loc = time.UTC
	}
	local := now.In(loc)
	var spans []span
	for offset := -8; offset <= 8; offset++ {
		// At noon: where summer time begins at midnight, that day has no midnight.
		day := time.Date(local.Year(), local.Month(), local.Day()+offset, 12, 0, 0, 0, loc)
		for _, w := range s.Windows {
			if w.Days[day.Weekday()] {
				spans = append(spans, w.on(day))
			}
		}
	}
	return spans
}

func (w Window) on(day time.Time) span {
	to := w.To
	if to <= w.From {
		to += 24 * time.Hour
	}
	return span{from: wallClock(day, w.From), to: wallClock(day, to)}
}

// wallClock goes through the calendar and not through addition: on the days of a change of time the two differ. A time
// that the clock skips is as long after the skip; time.Date gives an hour before that in some zones.
func wallClock(day time.Time, sinceMidnight time.Duration) time.Time {
	y, m, d, s := day.Year(), day.Month(), day.Day(), int(sinceMidnight/time.Second)
	at := time.Date(y, m, d, 0, 0, s, 0, day.Location())
	if early := time.Date(y, m, d, 0, 0, s, 0, time.UTC).Sub(asUTC(at)); early > 0 {
		return at.Add(early)
	}
	return at
}

// asUTC is the moment at which a clock in UTC shows what t's shows.
func asUTC(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}
