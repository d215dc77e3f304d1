package policy_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/catnap-dev/catnap/internal/policy"
)

func on(days ...time.Weekday) (list [7]bool) {
	for _, day := range days {
		list[day] = true
	}
	return list
}

const minuteLayout = "2006-01-02 15:04"

func instant(tb testing.TB, loc *time.Location, text string) time.Time {
	tb.Helper()
	if text == "" {
		return time.Time{}
	}
	when, err := time.ParseInLocation(minuteLayout, text, loc)
	if err != nil {
		tb.Fatal(err)
	}
	return when
}

// The end and the start are looked for in UTC, so that the changes of time leave no doubt.
func TestSchedule(t *testing.T) {
	paris := mustLoad(t, "Europe/Paris")
	week := on(time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday)
	office := policy.Schedule{Windows: []policy.Window{{Days: week, From: 8 * time.Hour, To: 19 * time.Hour}}}
	night := policy.Schedule{Windows: []policy.Window{{Days: on(time.Friday), From: 22 * time.Hour, To: 2 * time.Hour}}}
	late := policy.Window{Days: on(time.Friday), From: 20 * time.Hour, To: 24 * time.Hour}
	toMidnight := policy.Schedule{Windows: []policy.Window{late}}
	equal := policy.Schedule{Windows: []policy.Window{{Days: on(time.Friday), From: 8 * time.Hour, To: 8 * time.Hour}}}
	two := policy.Schedule{Windows: []policy.Window{
		{Days: on(time.Friday), From: 10 * time.Hour, To: 14 * time.Hour},
		{Days: on(time.Friday), From: 8 * time.Hour, To: 18 * time.Hour},
	}}
	noDay := policy.Schedule{Windows: []policy.Window{{To: 24 * time.Hour}}}
	sunday := func(from, to time.Duration) policy.Schedule {
		return policy.Schedule{Location: paris, Windows: []policy.Window{{Days: on(time.Sunday), From: from, To: to}}}
	}
	allSunday := sunday(0, 24*time.Hour)
	nightlyParis := daily(paris, 22*time.Hour, 4*time.Hour)
	morning := daily(paris, 8*time.Hour, 9*time.Hour)
	// In Santiago, 2026-09-06 has no midnight: summer time begins at 04:00 UTC, and Saturday's 24:00 is Sunday's 01:00.
	// 2026-04-04 has two hours from 23:00 to 24:00.
	santiago := func(day time.Weekday, from, to time.Duration) policy.Schedule {
		window := policy.Window{Days: on(day), From: from, To: to}
		return policy.Schedule{Location: mustLoad(t, "America/Santiago"), Windows: []policy.Window{window}}
	}
	noMidnight := santiago(time.Sunday, 8*time.Hour, 19*time.Hour)
	twoElevens := santiago(time.Saturday, 20*time.Hour, 24*time.Hour)
	// New York goes to summer time on 2026-03-08 at 07:00 UTC, which is two o'clock.
	skippedEnd := policy.Schedule{Location: mustLoad(t, "America/New_York"), Windows: []policy.Window{
		{Days: on(time.Saturday), From: 22 * time.Hour, To: 150 * time.Minute},
	}}
	// 2026-11-27 is a Friday. Paris goes to summer time on 2026-03-29 and back on 2026-10-25, both at 01:00 UTC.
	for _, c := range []struct {
		name      string
		schedule  policy.Schedule
		now       string
		covers    bool
		lastEnd   string
		nextStart string
	}{
		{"no window", policy.Schedule{}, "2026-11-27 12:00", false, "", ""},
		{"a window on no day", noDay, "2026-11-27 12:00", false, "", ""},
		{"before the first hour", office, "2026-11-27 07:59", false, "2026-11-26 19:00", "2026-11-27 08:00"},
		{"the first minute", office, "2026-11-27 08:00", true, "2026-11-26 19:00", "2026-11-30 08:00"},
		{"the last minute", office, "2026-11-27 18:59", true, "2026-11-26 19:00", "2026-11-30 08:00"},
		{"the end is outside", office, "2026-11-27 19:00", false, "2026-11-27 19:00", "2026-11-30 08:00"},
		{"week-end", office, "2026-11-29 12:00", false, "2026-11-27 19:00", "2026-11-30 08:00"},
		{"across midnight, before", night, "2026-11-27 21:59", false, "2026-11-21 02:00", "2026-11-27 22:00"},
		{"across midnight, evening", night, "2026-11-27 23:00", true, "2026-11-21 02:00", "2026-12-04 22:00"},
		{"across midnight, morning", night, "2026-11-28 01:59", true, "2026-11-21 02:00", "2026-12-04 22:00"},
		{"across midnight, over", night, "2026-11-28 02:00", false, "2026-11-28 02:00", "2026-12-04 22:00"},
		{"not the morning of the day itself", night, "2026-11-27 01:00", false, "2026-11-21 02:00", "2026-11-27 22:00"},
		{"until 24:00, the last minute", toMidnight, "2026-11-27 23:59", true, "2026-11-21 00:00", "2026-12-04 20:00"},
		{"until 24:00, midnight", toMidnight, "2026-11-28 00:00", false, "2026-11-28 00:00", "2026-12-04 20:00"},
		{"equal ends are a whole day", equal, "2026-11-28 07:59", true, "2026-11-21 08:00", "2026-12-04 08:00"},
		{"two windows, both", two, "2026-11-27 12:00", true, "2026-11-20 18:00", "2026-12-04 08:00"},
		{"two windows, the longer", two, "2026-11-27 15:00", true, "2026-11-27 14:00", "2026-12-04 08:00"},
		{"two windows, before", two, "2026-11-27 07:00", false, "2026-11-20 18:00", "2026-11-27 08:00"},
		{"two windows, over", two, "2026-11-27 18:00", false, "2026-11-27 18:00", "2026-12-04 08:00"},
		{"Paris in winter: an hour before UTC", morning, "2026-11-27 07:00", true, "2026-11-26 08:00", "2026-11-28 07:00"},
		{"Paris in summer: two hours", morning, "2026-07-10 06:00", true, "2026-07-09 07:00", "2026-07-11 06:00"},
		{"spring: the day begins in winter", allSunday, "2026-03-28 22:59", false, "2026-03-22 23:00", "2026-03-28 23:00"},
		{"spring: the day ends in summer", allSunday, "2026-03-29 21:59", true, "2026-03-22 23:00", "2026-04-04 22:00"},
		{"spring: over after 23 hours", allSunday, "2026-03-29 22:00", false, "2026-03-29 22:00", "2026-04-04 22:00"},
		{"spring: a night of five hours", nightlyParis, "2026-03-29 01:59", true, "2026-03-28 03:00", "2026-03-29 20:00"},
		{"spring: over", nightlyParis, "2026-03-29 02:00", false, "2026-03-29 02:00", "2026-03-29 20:00"},
		{
			"spring: a missing start is an hour later", sunday(150*time.Minute, 5*time.Hour), "2026-03-29 01:00",
			false, "2026-03-22 04:00", "2026-03-29 01:30",
		},
		{
			"spring: a window of nothing", sunday(2*time.Hour, 3*time.Hour), "2026-03-29 01:00",
			false, "2026-03-29 01:00", "2026-04-05 00:00",
		},
		{"autumn: the day begins in summer", allSunday, "2026-10-24 22:00", true, "2026-10-18 22:00", "2026-10-31 23:00"},
		{"autumn: the day ends in winter", allSunday, "2026-10-25 22:59", true, "2026-10-18 22:00", "2026-10-31 23:00"},
		{"autumn: over after 25 hours", allSunday, "2026-10-25 23:00", false, "2026-10-25 23:00", "2026-10-31 23:00"},
		{"autumn: a night of seven hours", nightlyParis, "2026-10-25 02:59", true, "2026-10-24 02:00", "2026-10-25 21:00"},
		{"autumn: over", nightlyParis, "2026-10-25 03:00", false, "2026-10-25 03:00", "2026-10-25 21:00"},
		{"no midnight: before", noMidnight, "2026-09-06 10:59", false, "2026-08-30 23:00", "2026-09-06 11:00"},
		{"no midnight: the day is there", noMidnight, "2026-09-06 15:00", true, "2026-08-30 23:00", "2026-09-13 11:00"},
		{"no midnight: over", noMidnight, "2026-09-06 22:00", false, "2026-09-06 22:00", "2026-09-13 11:00"},
		{"no midnight: seen from the day before", noMidnight, "2026-09-05 15:00", false, "2026-08-30 23:00", "2026-09-06 11:00"},
		{"no midnight: the evening, last minute", twoElevens, "2026-09-06 03:59", true, "2026-08-30 04:00", "2026-09-12 23:00"},
		{"no midnight: the skip ends it", twoElevens, "2026-09-06 04:00", false, "2026-09-06 04:00", "2026-09-12 23:00"},
		{"a skipped end is an hour later", skippedEnd, "2026-03-08 07:29", true, "2026-03-01 07:30", "2026-03-15 02:00"},
		{"a skipped end is over", skippedEnd, "2026-03-08 07:30", false, "2026-03-08 07:30", "2026-03-15 02:00"},
		{"two elevens: the second", twoElevens, "2026-04-05 03:59", true, "2026-03-29 03:00", "2026-04-12 00:00"},
		{"two elevens: over", twoElevens, "2026-04-05 04:00", false, "2026-04-05 04:00", "2026-04-12 00:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := instant(t, time.UTC, c.now)
			if got := c.schedule.Covers(now); got != c.covers {
				t.Errorf("covers %t, want %t", got, c.covers)
			}
			if got, want := c.schedule.LastEnd(now), instant(t, time.UTC, c.lastEnd); !got.Equal(want) {
				t.Errorf("last end %s, want %s", got.UTC(), want)
			}
			if got, want := c.schedule.NextStart(now), instant(t, time.UTC, c.nextStart); !got.Equal(want) {
				t.Errorf("next start %s, want %s", got.UTC(), want)
			}
		})
	}
}

// The zone that now happens to be in says nothing.
func TestScheduleIgnoresTheZoneOfNow(t *testing.T) {
	paris := mustLoad(t, "Europe/Paris")
	morning := daily(nil, 8*time.Hour, 9*time.Hour)
	for _, c := range []struct {
		now  string
		want bool
	}{{"2026-07-10 08:30", false}, {"2026-07-10 10:30", true}} {
		if got := morning.Covers(instant(t, paris, c.now)); got != c.want {
			t.Errorf("%s in Paris: covers %t, want %t in UTC", c.now, got, c.want)
		}
	}
}

func drawWindow(r *rapid.T) policy.Window {
	var w policy.Window
	for day := range w.Days {
		w.Days[day] = rapid.Bool().Draw(r, "day")
	}
	w.From = time.Duration(rapid.IntRange(0, 24*60-1).Draw(r, "from, minutes")) * time.Minute
	w.To = time.Duration(rapid.IntRange(0, 24*60).Draw(r, "to, minutes")) * time.Minute
	return w
}

// covered is what a reader of the settings would say, with a wall clock that never changes.
func covered(w policy.Window, now time.Time) bool {
	clock := time.Duration(now.Hour())*time.Hour + time.Duration(now.Minute())*time.Minute
	today, yesterday := now.Weekday(), (now.Weekday()+6)%7
	if w.From < w.To {
		return w.Days[today] && w.From <= clock && clock < w.To
	}
	return w.Days[today] && w.From <= clock || w.Days[yesterday] && clock < w.To
}

func anyCovers(windows []policy.Window, now time.Time) bool {
	return slices.ContainsFunc(windows, func(w policy.Window) bool { return covered(w, now) })
}

func TestScheduleAgreesWithANaiveReader(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		windows := rapid.SliceOfN(rapid.Custom(drawWindow), 0, 3).Draw(r, "windows")
		schedule := policy.Schedule{Windows: windows}
		now := at(time.Duration(rapid.IntRange(-5000, 5000).Draw(r, "minute")) * time.Minute)
		covers := anyCovers(windows, now)
		if got := schedule.Covers(now); got != covers {
			r.Fatalf("covers %t, want %t", got, covers)
		}
		end, start := schedule.LastEnd(now), schedule.NextStart(now)
		if end.After(now) || !start.IsZero() && !start.After(now) {
			r.Fatalf("last end %s, next start %s around %s", end, start, now)
		}
		if !end.IsZero() && !anyCovers(windows, end.Add(-time.Minute)) || !start.IsZero() && !anyCovers(windows, start) {
			r.Fatalf("last end %s or next start %s is no window's", end, start)
		}
		if minute := firstCovered(windows, now, start); !covers && minute.Before(start) {
			r.Fatalf("covered at %s, before the next start %s", minute, start)
		}
	})
}

func TestScheduleEndAgreesWithANaiveReader(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		windows := rapid.SliceOfN(rapid.Custom(drawWindow), 0, 3).Draw(r, "windows")
		now := at(time.Duration(rapid.IntRange(-5000, 5000).Draw(r, "minute")) * time.Minute)
		end := policy.Schedule{Windows: windows}.End(now)
		if covers := anyCovers(windows, now); !covers {
			if !end.IsZero() {
				r.Fatalf("ends %s, outside of all windows", end)
			}
			return
		}
		if uncovered := firstUncovered(windows, now, end); !end.After(now) || uncovered.Before(end) {
			r.Fatalf("ends %s, not covered at %s", end, uncovered)
		}
	})
}

// firstCovered is the first covered minute after now, or until.
func firstCovered(windows []policy.Window, now, until time.Time) time.Time {
	minute := now.Add(time.Minute)
	for minute.Before(until) && !anyCovers(windows, minute) {
		minute = minute.Add(time.Minute)
	}
	return minute
}

// firstUncovered is the first minute after now that is not covered, or until.
func firstUncovered(windows []policy.Window, now, until time.Time) time.Time {
	minute := now
	for minute.Before(until) && anyCovers(windows, minute) {
		minute = minute.Add(time.Minute)
	}
	return minute
}

// TestEndIsTheLastOfSeveral: a window that ends goes on in another that still covers.
func TestEndIsTheLastOfSeveral(t *testing.T) {
	s := policy.Schedule{Windows: []policy.Window{
		{Days: on(time.Wednesday), From: 10 * time.Hour, To: 14 * time.Hour},
		{Days: on(time.Wednesday), From: 8 * time.Hour, To: 18 * time.Hour},
		{Days: on(time.Wednesday), From: 17 * time.Hour, To: 20 * time.Hour},
	}}
	for _, c := range []struct{ now, want time.Duration }{
		{0, 6 * time.Hour}, {5 * time.Hour, 8 * time.Hour}, {7 * time.Hour, 8 * time.Hour},
	} {
		if got := s.End(at(c.now)); !got.Equal(at(c.want)) {
			t.Errorf("at %s it ends %s, want %s", at(c.now), got, at(c.want))
		}
	}
	if got := s.End(at(8 * time.Hour)); !got.IsZero() {
		t.Errorf("outside it ends %s", got)
	}
}

// TestSkippedTimes: a time that the clock skips is the moment of the skip, also in zones where time.Date would give an
// hour before it.
func TestSkippedTimes(t *testing.T) {
	santiago, newYork := mustLoad(t, "America/Santiago"), mustLoad(t, "America/New_York")
	lateSaturday := time.Date(2026, 9, 5, 23, 30, 0, 0, santiago) // at midnight it is one o'clock
	tests := []struct {
		name     string
		location *time.Location
		window   policy.Window
		now      time.Time
		want     bool
	}{
		{
			"ends at a skipped midnight", santiago,
			policy.Window{Days: on(time.Saturday), From: 20 * time.Hour, To: 24 * time.Hour}, lateSaturday, true,
		},
		{
			"begins at a skipped midnight", santiago,
			policy.Window{Days: on(time.Sunday), From: 0, To: 8 * time.Hour}, lateSaturday, false,
		},
		{
			"ends at a skipped half past two", newYork,
			policy.Window{Days: on(time.Saturday), From: 22 * time.Hour, To: 150 * time.Minute},
			time.Date(2026, 3, 8, 1, 45, 0, 0, newYork), true,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := policy.Schedule{Location: test.location, Windows: []policy.Window{test.window}}
			if got := s.Covers(test.now); got != test.want {
				t.Errorf("Covers(%s) = %v; the last window ended %s", test.now, got, s.LastEnd(test.now))
			}
		})
	}
}
