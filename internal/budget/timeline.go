package budget

import (
	"slices"
	"time"
)

// reach is how far back meter 2 is looked at: the longest month, and four weeks before a month's first days.
const reach = 35 * 24

// timeline is meter 2 of one service by the hour. The last hour is the present one, up to now.
type timeline struct {
	start time.Time // of the first hour
	now   time.Time
	past  time.Duration // from start to now
	hours [reach + 1]hour

	counted bool // there is a bucket
	first   int  // the hour of the first one
}

// hour is what is known of one.
type hour struct {
	known float64 // minutes of it that were counted
	tasks float64 // task-minutes
	awake float64 // minutes with a task
}

// newTimeline sorts buckets into hours. What overlaps an earlier bucket is not counted twice.
func newTimeline(buckets []Bucket, now time.Time) *timeline {
	now = now.UTC()
	tl := &timeline{start: now.Truncate(time.Hour).Add(-reach * time.Hour), now: now}
	tl.past = now.Sub(tl.start)
	sorted := buckets
	if !slices.IsSortedFunc(buckets, byStart) {
		sorted = slices.SortedStableFunc(slices.Values(buckets), byStart)
	}
	var done time.Duration
	for _, b := range sorted {
		if b.sane() && b.Start.Before(now) {
			done = max(done, tl.add(b, done))
		}
	}
	return tl
}

func byStart(a, b Bucket) int { return a.Start.Compare(b.Start) }

func (b Bucket) sane() bool {
	return b.Length > 0 && b.Length <= reach*time.Hour &&
		finite(b.TaskMinutes) && b.TaskMinutes >= 0 && finite(b.AwakeMinutes) && b.AwakeMinutes >= 0
}

// add spreads what a bucket has after a time evenly over its hours, and returns its end. Of one that is not over, all
// was counted before now.
func (tl *timeline) add(b Bucket, after time.Duration) (end time.Duration) {
	start := b.Start.Sub(tl.start)
	end = min(start+b.Length, tl.past)
	length := (end - start).Minutes()
	for at := max(start, after); at < end; {
		if !tl.counted {
			tl.counted, tl.first = true, int(at/time.Hour)
		}
		next := min(at.Truncate(time.Hour)+time.Hour, end)
		minutes := (next - at).Minutes()
		h := &tl.hours[at/time.Hour]
		h.known += minutes
		h.tasks += b.TaskMinutes * minutes / length
		h.awake += b.AwakeMinutes * minutes / length
		at = next
	}
	return end
}

func (tl *timeline) at(i int) time.Time { return tl.start.Add(time.Duration(i) * time.Hour) }

// length is how many minutes of an hour are over.
func (tl *timeline) length(i int) float64 {
	return min(60, (tl.past - time.Duration(i)*time.Hour).Minutes())
}

// each calls f with the hours from one time to another and the share of what is over of each that lies between.
func (tl *timeline) each(from, to time.Time, f func(i int, share float64)) {
	first, last := max(0, from.Sub(tl.start)), min(to.Sub(tl.start), tl.past)
	for at := first; at < last; {
		i := int(at / time.Hour)
		next := min(time.Duration(i+1)*time.Hour, last)
		f(i, (next-at).Minutes()/tl.length(i))
		at = next
	}
}

// unknown is how many minutes of an hour were not counted.
func (tl *timeline) unknown(i int) float64 { return max(0, tl.length(i)-tl.hours[i].known) }

// missing is how many minutes of an hour were not counted although the service was there: before the first bucket it
// was not.
func (tl *timeline) missing(i int) float64 {
	if !tl.counted || i < tl.first {
		return 0
	}
	return tl.unknown(i)
}

// used is the task-hours that were counted, and those that are expected of the times that were not.
func (tl *timeline) used(p profile, from, to time.Time) (known, guessed float64) {
	tl.each(from, to, func(i int, share float64) {
		known += share * tl.hours[i].tasks / 60
		if gap := tl.missing(i); gap > 0 {
			guessed += share * gap / 60 * p.tasks(tl.at(i))
		}
	})
	return known, guessed
}

// awake is the time with at least one task that was counted, and the time that nothing is known of.
func (tl *timeline) awake(from, to time.Time) (awake, unknown time.Duration) {
	var minutes, gaps float64
	tl.each(from, to, func(i int, share float64) {
		minutes += share * tl.hours[i].awake
		gaps += share * tl.unknown(i)
	})
	return span(minutes), span(gaps)
}

func span(minutes float64) time.Duration {
	return time.Duration(minutes * float64(time.Minute)).Round(time.Second)
}
