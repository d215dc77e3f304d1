package settings

import (
	"fmt"
	"regexp"
	"slices"
	"time"
	// Lambda's provided.al2023 does not promise zone files; without this, "Europe/Paris" may be unknown there. 450 KB.
	_ "time/tzdata"

	"github.com/catnap-dev/catnap/internal/policy"
)

var weekdays = map[string]time.Weekday{
	"mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday,
	"fri": time.Friday, "sat": time.Saturday, "sun": time.Sunday,
}

var clockTimes = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)

// dayEnd may end a window and not begin one.
const dayEnd = "24:00"

func (s Schedule) check(ps *problems) {
	_, ok := s.location()
	ps.check(ok, "schedule.time_zone", given(s.TimeZone), `must be an IANA name like "Europe/Paris"`)
	ps.check(len(s.Windows) > 0, "schedule.windows", "is empty,",
		"must have at least one window, or leave the schedule out")
	for i, w := range s.Windows {
		w.check(ps, element("schedule.windows", i))
	}
}

// location refuses "Local": a function's own zone says nothing about the user's.
func (s Schedule) location() (*time.Location, bool) {
	if s.TimeZone == "" || s.TimeZone == "Local" {
		return nil, false
	}
	loc, err := time.LoadLocation(s.TimeZone)
	return loc, err == nil
}

func (w Window) check(ps *problems, path string) {
	ps.check(len(w.Days) > 0, member(path, "days"), "is empty,", "must have at least one of mon to sun")
	for i, day := range w.Days {
		at := element(member(path, "days"), i)
		_, ok := weekdays[day]
		ps.check(ok, at, quote(day), "must be mon, tue, wed, thu, fri, sat or sun")
		ps.check(!slices.Contains(w.Days[:i], day), at, quote(day), "is there twice, must be given once")
	}
	from := ps.check(clockTimes.MatchString(w.From), member(path, "from"), given(w.From),
		"must be a time from 00:00 to 23:59")
	to := ps.check(w.To == dayEnd || clockTimes.MatchString(w.To), member(path, "to"), given(w.To),
		"must be a time from 00:00 to 24:00")
	if from && to {
		ps.check(w.From != w.To, member(path, "to"), quote(w.To),
			`must differ from "from": a whole day is "00:00" to "24:00"`)
	}
}

// policy expects a valid schedule.
func (s Schedule) policy() policy.Schedule {
	loc, _ := s.location() // nil, which policy takes for UTC, only if nobody validated
	schedule := policy.Schedule{Location: loc}
	for _, w := range s.Windows {
		schedule.Windows = append(schedule.Windows, w.policy())
	}
	return schedule
}

func (w Window) policy() policy.Window {
	window := policy.Window{From: sinceMidnight(w.From), To: sinceMidnight(w.To)}
	for _, day := range w.Days {
		window.Days[weekdays[day]] = true
	}
	return window
}

// sinceMidnight expects "HH:MM". Digits and not time.Parse, which knows no 24:00.
func sinceMidnight(text string) time.Duration {
	var hours, minutes int
	// A valid window cannot fail here, and an invalid one is never used.
	_, _ = fmt.Sscanf(text, "%d:%d", &hours, &minutes)
	return time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
}
