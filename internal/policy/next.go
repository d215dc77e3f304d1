package policy

import "time"

// Retry is how soon to look again when the answer is overdue: metrics that are late, a rule that has not settled.
const Retry = 10 * time.Second

// handOver is how long a switch of the rule is left to the waker that made it. A waker that crossed a stop sees it by
// itself; who acts meanwhile on an older look covers its mark.
const handOver = 10 * time.Second

// Next says what the reaper should do with a service now.
//
// It is level-triggered: it looks at where the service stands, not at how it came there, so a pass that died half-way
// is completed by the next one. Combinations that no sound transition leaves behind are healed.
func Next(s Snapshot, set Settings, now time.Time) Decision {
	switch {
	case !set.Managed:
		return keep(ReasonUnmanaged)
	case !s.Found:
		return keep(ReasonNotFound)
	case s.Rule.Mark.Since.IsZero():
		return adopt(s, now)
	case s.Desired == 0:
		return nextAsleep(s, set, now)
	case s.Healthy == 0:
		return nextUnhealthy(s, set, now)
	case s.Rule.Armed:
		return nextDrowsy(s, set, now)
	default:
		return nextAwake(s, set, now)
	}
}

// adopt marks a rule that is new, or that somebody rewrote by hand. A service that answers keeps answering.
func adopt(s Snapshot, now time.Time) Decision {
	if s.Desired > 0 && s.Healthy > 0 {
		return disarm(ReasonUnmarked, now)
	}
	return arm(ReasonUnmarked, time.Time{})
}

func nextAsleep(s Snapshot, set Settings, now time.Time) Decision {
	switch {
	case !s.Rule.Armed:
		return nextExposed(s, set, now)
	case s.frozen(now):
		return keep(ReasonFrozen)
	case s.BackingOff(now):
		return keepUntil(ReasonBackOff, s.RetryAt())
	case set.pinned(now):
		return start(ReasonPinned)
	case set.Schedule.Covers(now):
		return start(ReasonSchedule)
	case s.lostWake(set, now):
		return start(ReasonLostWake)
	default:
		return keepUntil(ReasonAsleep, set.Schedule.NextStart(now))
	}
}

// crossing is how young a disarmed rule's mark must be for a stop to have crossed the request that disarmed it. A look
// a minute sees it in time.
const crossing = time.Minute + 2*handOver

// nextExposed covers a service without tasks whose visitors would meet an error. Where a stop has crossed a request and
// stale reads hid each from the other, the request wins. A service that somebody stopped by hand stays stopped.
func nextExposed(s Snapshot, set Settings, now time.Time) Decision {
	handedOver := s.Rule.Mark.Since.Add(handOver)
	switch {
	case now.Before(handedOver):
		return keepUntil(ReasonSettling, handedOver)
	case !s.frozen(now) && now.Before(s.Rule.Mark.Since.Add(crossing)):
		return start(ReasonCrossed)
	default:
		return arm(ReasonDisarmed, known(s, set, now))
	}
}

// lostWake tells whether a waker marked a wake and died before it set the desired count. The visitor it died under may
// be looking at a page that only polls.
func (s Snapshot) lostWake(set Settings, now time.Time) bool {
	age := now.Sub(s.Rule.Mark.Since)
	return s.Rule.Mark.Waking() && age >= set.Settle && age < set.WakeTimeout
}

func nextUnhealthy(s Snapshot, set Settings, now time.Time) Decision {
	switch {
	case !s.Rule.Armed:
		return nextDown(s, set, now)
	case s.frozen(now):
		return stop(ReasonFrozen)
	case s.Rule.Mark.Waking():
		return nextWaking(s, set, now)
	case set.pinned(now): // marks it as a wake, so that it is given up like one
		return start(ReasonPinned)
	case set.Schedule.Covers(now):
		return start(ReasonSchedule)
	}
	// Whoever armed it may have covered the mark of a wake that crossed: then somebody waits for the first target.
	if limit := s.begun(now).Add(set.WakeTimeout); now.Before(limit) {
		return keepUntil(ReasonGrace, limit)
	}
	return nextQuiet(s, set, now)
}

// nextDown lets visitors of a disarmed service meet the waiting page: at once when no task runs, and otherwise when it
// is down for longer than a health check that failed or a deployment explains.
func nextDown(s Snapshot, set Settings, now time.Time) Decision {
	limit := s.Rule.Mark.Since.Add(set.HealAfter)
	if s.deploying(now) {
		limit = s.begun(now).Add(set.WakeTimeout)
	}
	switch {
	case s.frozen(now):
		return arm(ReasonFrozen, known(s, set, now))
	case s.Running > 0 && now.Before(limit):
		return keepUntil(ReasonGrace, limit)
	default:
		return arm(ReasonUnhealthy, known(s, set, now))
	}
}

// nextWaking gives up a wake after the wake timeout.
func nextWaking(s Snapshot, set Settings, now time.Time) Decision {
	limit := s.begun(now).Add(set.WakeTimeout)
	if now.Before(limit) {
		return keepUntil(ReasonWaking, limit)
	}
	return Decision{Action: ActionFail, Reason: ReasonWakeTimeout}
}

// nextDrowsy moves an armed service on: to awake at the end of a wake or when it is wanted, and else towards sleep.
func nextDrowsy(s Snapshot, set Settings, now time.Time) Decision {
	settled := s.Rule.Mark.Since.Add(set.Settle)
	switch {
	case s.frozen(now) && now.Before(settled):
		return keepUntil(ReasonSettling, settled)
	case s.frozen(now):
		return stop(ReasonFrozen)
	case s.Rule.Mark.Waking() && !s.serves(now):
		return keepUntil(ReasonWaking, s.Rule.Mark.Since.Add(handOver))
	case s.Rule.Mark.Waking():
		return disarm(ReasonReady, s.Rule.Mark.Active)
	case set.pinned(now):
		return disarm(ReasonPinned, now)
	case set.Schedule.Covers(now):
		return disarm(ReasonSchedule, now)
	default:
		return nextQuiet(s, set, now)
	}
}

// nextQuiet stops an armed service when all of these hold:
//
//	a) managed, not pinned, not in a window of the schedule, not waking (all seen by the callers);
//	b) no deployment in progress, no task protected from scale-in;
//	c) the rule has been armed for at least the settling time: every request now meets the waker;
//	d) every minute since the last activity up to then is settled and had no request, or lies IdleAfter back: what is
//	   unknown counts as busy;
//	e) the last activity is at least IdleAfter ago.
//
// What needs no call is looked at first.
func nextQuiet(s Snapshot, set Settings, now time.Time) Decision {
	settled := s.Rule.Mark.Since.Add(set.Settle)
	last := LastActivity(s, set, now)
	idle := last.Add(set.IdleAfter)
	switch {
	case s.deploying(now):
		return keep(ReasonDeployment)
	case now.Before(settled):
		return keepUntil(ReasonSettling, settled)
	case now.Before(idle):
		return keepUntil(ReasonRecent, idle)
	case s.Evidence == nil:
		return measure(s, set, now)
	case s.Evidence.Protected:
		return keep(ReasonProtected)
	}
	unknown, found := s.Evidence.unsettled(last, watched(settled, last, set, now))
	if limit := unknown.Add(set.IdleAfter); found && now.Before(limit) {
		return keepUntil(ReasonUnsettled, earlier(limit, due(unknown, set, now)))
	}
	return stop(ReasonQuiet)
}

// watched is until when minutes must be quiet: until the waker sees every request. Extra signals are not requests, so
// of them every minute counts that metrics can tell by now; but metrics that stay away for long keep nothing awake.
func watched(settled, last time.Time, set Settings, now time.Time) time.Time {
	if !set.Signals || now.After(latest(settled, last).Add(set.IdleAfter+patience)) {
		return settled
	}
	return latest(settled, now.Add(-time.Minute-set.MetricLag))
}

// patience is how long metrics are waited for that would confirm the quiet. An account whose metrics never come is
// armed without them, and what was unknown is busy: its services sleep a while later, on the waker's word alone.
const patience = 15 * time.Minute

// nextAwake arms the rule when it has been quiet for DrowsyAfter and at least one settled minute confirms it. That
// arms on incomplete knowledge, which is harmless: a request in that phase is passed on.
func nextAwake(s Snapshot, set Settings, now time.Time) Decision {
	last := LastActivity(s, set, now)
	drowsy := last.Add(set.DrowsyAfter)
	confirmed := firstAfter(last).Add(time.Minute + set.MetricLag)
	switch {
	case s.frozen(now):
		return arm(ReasonFrozen, last)
	case set.pinned(now):
		return keepUntil(ReasonPinned, set.PinnedUntil)
	case set.Schedule.Covers(now):
		return keep(ReasonSchedule)
	case s.deploying(now):
		return keep(ReasonDeployment)
	case now.Before(drowsy):
		return keepUntil(ReasonRecent, latest(drowsy, confirmed))
	case s.Evidence == nil:
		return measure(s, set, now)
	case !s.Evidence.quietSince(last) && now.Before(drowsy.Add(patience)):
		return keepUntil(ReasonUnsettled, due(firstAfter(last), set, now))
	default:
		return arm(ReasonQuiet, last)
	}
}
