package budget

import "time"

// Cost is what one service cost in a stretch of time, and what it would have cost had it never slept. Times of which
// nothing is known are in neither, so that the two can be compared.
type Cost struct {
	Service   string
	TaskHours float64
	Awake     time.Duration // with at least one task
	Unknown   time.Duration
	USD       float64
	AlwaysOn  float64 // USD
	Priced    bool    // false: the price is not known, and both amounts mean nothing
}

// Saved is the difference in USD. It is negative when more tasks ran than AlwaysOn has.
func (c Cost) Saved() float64 { return c.AlwaysOn - c.USD }

// Costs sums up each service from one time to another; at most the last 35 days are known.
func Costs(s Snapshot, from, to, now time.Time) []Cost {
	list := make([]Cost, len(s.Services))
	for i, svc := range s.Services {
		list[i] = svc.cost(newTimeline(svc.Buckets, now), from, to)
	}
	return list
}

func (svc Service) cost(tl *timeline, from, to time.Time) Cost {
	c := Cost{Service: svc.Name, Priced: priced(svc.Priced, svc.Hourly)}
	var known float64
	tl.each(from, to, func(i int, share float64) {
		h := tl.hours[i]
		c.TaskHours += share * h.tasks / 60
		known += share * min(h.known, tl.length(i)) / 60
	})
	c.Awake, c.Unknown = tl.awake(from, to)
	if c.Priced {
		c.USD, c.AlwaysOn = c.TaskHours*svc.Hourly, known*float64(max(svc.AlwaysOn, 1))*svc.Hourly
	}
	return c
}

// Day is one day, UTC, of one service.
type Day struct {
	Start   time.Time
	Awake   time.Duration
	Unknown time.Duration // of the part of the day that is over
	Hours   [24]Hour
}

// Hour is one hour of a day. One that has not begun is unknown.
type Hour struct {
	Awake time.Duration
	Known bool // at least half of what is over of it
}

// AwakeByDay returns the days from the one that a time is in to the present one, the oldest first.
func AwakeByDay(svc Service, from, now time.Time) []Day {
	tl := newTimeline(svc.Buckets, now)
	var days []Day
	start := latest(from.UTC(), tl.start).Truncate(24 * time.Hour)
	for ; start.Before(tl.now); start = start.Add(24 * time.Hour) {
		days = append(days, tl.day(start))
	}
	return days
}

func (tl *timeline) day(start time.Time) Day {
	d := Day{Start: start}
	d.Awake, d.Unknown = tl.awake(start, start.Add(24*time.Hour))
	for h := range d.Hours {
		from := start.Add(time.Duration(h) * time.Hour)
		to := from.Add(time.Hour)
		var unknown time.Duration
		d.Hours[h].Awake, unknown = tl.awake(from, to)
		d.Hours[h].Known = from.Before(tl.now) && !from.Before(tl.start) && 2*unknown <= earliest(to, tl.now).Sub(from)
	}
	return d
}
