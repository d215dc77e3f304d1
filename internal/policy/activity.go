package policy

import "time"

const (
	// slack is how far before the idle time the metrics are asked for: enough for late ones.
	slack = 30 * time.Minute
	// reach bounds the metrics that are asked for. GetMetricStatistics returns 1,440 points at the most, a day of
	// minutes.
	reach = 20 * time.Hour
)

// known is the last activity that needs no metrics to be known: what the mark says, the mark's own time while
// disarmed (a request came then, whatever late metrics say), the end of a pin or of a window, and what an earlier
// look found. A task's start is not activity: a task that crashes and is replaced would keep a service awake.
func known(s Snapshot, set Settings, now time.Time) time.Time {
	last := latest(s.Rule.Mark.Active, s.Seen)
	if !s.Rule.Armed {
		last = latest(last, s.Rule.Mark.Since)
	}
	if !set.PinnedUntil.After(now) {
		last = latest(last, set.PinnedUntil)
	}
	return latest(last, set.Schedule.LastEnd(now))
}

// LastActivity is the last activity that is known without metrics, or the start of the newest busy minute if that is
// later. What lies before the evidence was not asked for and may have been busy.
func LastActivity(s Snapshot, set Settings, now time.Time) time.Time {
	last := known(s, set, now)
	if s.Evidence == nil {
		return last
	}
	return latest(latest(last, s.Evidence.From), s.Evidence.NewestBusy())
}

// NewestBusy returns the start of the newest minute with activity; zero when there is none.
func (e Evidence) NewestBusy() time.Time {
	var newest time.Time
	for _, m := range e.Minutes {
		if m.Busy {
			newest = m.Start
		}
	}
	return newest
}

// protected tells whether a task is known to be protected from scale-in.
func (s Snapshot) protected() bool { return s.Evidence != nil && s.Evidence.Protected }

// quietSince tells whether a settled minute that began after last is known to have been quiet.
func (s Snapshot) quietSince(last time.Time) bool {
	if s.Evidence == nil {
		return false
	}
	for _, m := range s.Evidence.Minutes {
		if m.Start.After(last) && m.Settled && !m.Busy {
			return true
		}
	}
	return false
}

// unsettled returns the newest minute that began after last and before until, and of which it is not known that it
// was quiet. The minute of last itself began no later than last and can tell nothing newer. Without evidence there is
// none: the guard that asks for it comes first, and last may lie years back.
func (s Snapshot) unsettled(last, until time.Time) (start time.Time, found bool) {
	if s.Evidence == nil {
		return time.Time{}, false
	}
	settled := make(map[int64]bool, len(s.Evidence.Minutes))
	for _, m := range s.Evidence.Minutes {
		settled[m.Start.Unix()] = m.Settled && !m.Busy
	}
	for minute := firstAfter(last); minute.Before(until); minute = minute.Add(time.Minute) {
		if !settled[minute.Unix()] {
			start, found = minute, true
		}
	}
	return start, found
}

// measure asks for the evidence from the minute of the last known activity on.
func measure(s Snapshot, set Settings, now time.Time) Decision {
	ref := now
	if s.Rule.Armed {
		ref = s.Rule.Mark.Since
	}
	from := latest(known(s, set, now), latest(ref.Add(-set.IdleAfter-slack), now.Add(-reach)))
	return Decision{Action: ActionMeasure, Reason: ReasonNeedsEvidence, From: from.Truncate(time.Minute)}
}

// due is when the minute that begins at start is settled if metrics are on time, soon if they are a little late, and
// at the next pass if they are later than that.
func due(start time.Time, set Settings, now time.Time) time.Time {
	at := start.Add(time.Minute + set.MetricLag)
	switch late := now.Sub(at); {
	case late < 0:
		return at
	case late < 2*time.Minute:
		return now.Add(Retry)
	default:
		return now.Add(time.Minute)
	}
}

// firstAfter is the start of the first minute that begins after t.
func firstAfter(t time.Time) time.Time { return t.Truncate(time.Minute).Add(time.Minute) }

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (set Settings) pinned(now time.Time) bool { return set.PinnedUntil.After(now) }

func (s Snapshot) frozen(now time.Time) bool { return s.FrozenUntil.After(now) }

// stuck is after how long a deployment in progress does not count any more: without a circuit breaker ECS tries one
// that cannot succeed for ever.
const stuck = 3 * time.Hour

func (s Snapshot) deploying(now time.Time) bool {
	return s.Deploying && now.Before(s.DeployedAt.Add(stuck))
}

// begun is when the current attempt to have a healthy target began: at the mark, or with a newer deployment.
func (s Snapshot) begun(now time.Time) time.Time {
	if s.deploying(now) {
		return latest(s.Rule.Mark.Since, s.DeployedAt)
	}
	return s.Rule.Mark.Since
}
