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
	return first(Explain(s, set, now))
}

// Explain lists the guards of a decision in their order, whether they fire or not. The first that fires decides.
func Explain(s Snapshot, set Settings, now time.Time) []Guard {
	outside := []Guard{
		unmanaged(set),
		missing(s),
		when("the waker rule carries no mark", s.Rule.Mark.Since.IsZero(), adopt(s, now)),
	}
	return append(outside, guards(s, set, now)...)
}

// guards are those of where the service stands.
func guards(s Snapshot, set Settings, now time.Time) []Guard {
	switch {
	case s.Desired == 0 && s.Rule.Armed:
		return asleepGuards(s, set, now)
	case s.Desired == 0:
		return exposedGuards(s, set, now)
	case s.Healthy == 0 && s.Rule.Armed:
		return append(unhealthyGuards(s, set, now), quietGuards(s, set, now)...)
	case s.Healthy == 0:
		return downGuards(s, set, now)
	case s.Rule.Armed:
		return append(drowsyGuards(s, set, now), quietGuards(s, set, now)...)
	default:
		return awakeGuards(s, set, now)
	}
}

// adopt marks a rule that is new, or that somebody rewrote by hand. A service that answers keeps answering.
func adopt(s Snapshot, now time.Time) Decision {
	if s.Desired > 0 && s.Healthy > 0 {
		return disarm(ReasonUnmarked, now)
	}
	return arm(ReasonUnmarked, time.Time{})
}

func asleepGuards(s Snapshot, set Settings, now time.Time) []Guard {
	return []Guard{
		frozen(s, now, keep(ReasonFrozen)),
		when("wakes failed a short time ago", s.BackingOff(now), keepUntil(ReasonBackOff, s.RetryAt())),
		pinned(set, now, start(ReasonPinned)),
		scheduled(set, now, start(ReasonSchedule)),
		when("a wake was marked, but not carried out", s.lostWake(set, now), start(ReasonLostWake)),
		otherwise(keepUntil(ReasonAsleep, set.Schedule.NextStart(now))),
	}
}

// crossing is how young a disarmed rule's mark must be for a stop to have crossed the request that disarmed it. A look
// a minute sees it in time.
const crossing = time.Minute + 2*handOver

// exposedGuards are of a service without tasks whose visitors would meet an error. Where a stop has crossed a request
// and stale reads hid each from the other, the request wins. A service that somebody stopped by hand stays stopped.
func exposedGuards(s Snapshot, set Settings, now time.Time) []Guard {
	handedOver := s.Rule.Mark.Since.Add(handOver)
	crossed := !s.frozen(now) && now.Before(s.Rule.Mark.Since.Add(crossing))
	return []Guard{
		when("it was disarmed a moment ago", now.Before(handedOver), keepUntil(ReasonSettling, handedOver)),
		when("a stop and a request missed each other", crossed, start(ReasonCrossed)),
		otherwise(arm(ReasonDisarmed, known(s, set, now))),
	}
}

// lostWake tells whether a waker marked a wake and died before it set the desired count. The visitor it died under may
// be looking at a page that only polls.
func (s Snapshot) lostWake(set Settings, now time.Time) bool {
	age := now.Sub(s.Rule.Mark.Since)
	return s.Rule.Mark.Waking() && age >= set.Settle && age < set.WakeTimeout
}

// unhealthyGuards give up a wake after the wake timeout. Whoever armed a rule without one may have covered the mark of
// a wake that crossed: then somebody waits for the first target, so it gets as much time.
func unhealthyGuards(s Snapshot, set Settings, now time.Time) []Guard {
	waking, limit := s.Rule.Mark.Waking(), s.begun(now).Add(set.WakeTimeout)
	return []Guard{
		frozen(s, now, stop(ReasonFrozen)),
		when("a wake is on its way", waking && now.Before(limit), keepUntil(ReasonWaking, limit)).since(s.begun(now)),
		when("a wake has no healthy target in time", waking && !now.Before(limit),
			Decision{Action: ActionFail, Reason: ReasonWakeTimeout}).since(s.begun(now)),
		pinned(set, now, start(ReasonPinned)), // marks it as a wake, so that it is given up like one
		scheduled(set, now, start(ReasonSchedule)),
		when("it has been without a healthy target for less than a wake may take", now.Before(limit),
			keepUntil(ReasonGrace, limit)).since(s.begun(now)),
	}
}

// downGuards let visitors of a disarmed service meet the waiting page: at once when no task runs, and otherwise when it
// is down for longer than a health check that failed or a deployment explains.
func downGuards(s Snapshot, set Settings, now time.Time) []Guard {
	limit := s.Rule.Mark.Since.Add(set.HealAfter)
	if s.deploying(now) {
		limit = s.begun(now).Add(set.WakeTimeout)
	}
	return []Guard{
		frozen(s, now, arm(ReasonFrozen, known(s, set, now))),
		when("it may have been without a healthy target for a short time only", s.Running > 0 && now.Before(limit),
			keepUntil(ReasonGrace, limit)),
		otherwise(arm(ReasonUnhealthy, known(s, set, now))),
	}
}

// drowsyGuards move an armed service on: to awake at the end of a wake or when it is wanted, and else towards sleep.
func drowsyGuards(s Snapshot, set Settings, now time.Time) []Guard {
	waking, switched := s.Rule.Mark.Waking(), s.Rule.Mark.Since
	settled := switched.Add(set.Settle)
	return []Guard{
		when("frozen, but the switched rule may still be spreading", s.frozen(now) && now.Before(settled),
			keepUntil(ReasonSettling, settled)).since(switched),
		frozen(s, now, stop(ReasonFrozen)),
		when("a wake is too young for its own task to be healthy", waking && !s.serves(now),
			keepUntil(ReasonWaking, switched.Add(handOver))).since(switched),
		when("a wake is over", waking && s.serves(now), disarm(ReasonReady, s.Rule.Mark.Active)),
		pinned(set, now, disarm(ReasonPinned, now)),
		scheduled(set, now, disarm(ReasonSchedule, now)),
	}
}

// quietGuards stop an armed service when all of these hold:
//
//	a) managed, not pinned, not in a window of the schedule, not waking (all seen by guards before these);
//	b) no deployment in progress, no task protected from scale-in;
//	c) the rule has been armed for at least the settling time: every request now meets the waker;
//	d) every minute since the last activity up to then is settled and had no request, or lies IdleAfter back: what is
//	   unknown counts as busy;
//	e) the last activity is at least IdleAfter ago.
//
// What needs no call is looked at first.
func quietGuards(s Snapshot, set Settings, now time.Time) []Guard {
	settled := s.Rule.Mark.Since.Add(set.Settle)
	last := LastActivity(s, set, now)
	idle := last.Add(set.IdleAfter)
	unknown, found := s.unsettled(last, watched(settled, last, set, now))
	limit := unknown.Add(set.IdleAfter)
	return []Guard{
		deploying(s, now),
		when("the armed rule may still be spreading", now.Before(settled),
			keepUntil(ReasonSettling, settled)).since(s.Rule.Mark.Since),
		when("it was used a short time ago", now.Before(idle), keepUntil(ReasonRecent, idle)).since(last),
		unmeasured(s, set, now),
		when("a task is protected from scale-in", s.protected(), keep(ReasonProtected)),
		when("it is not known of every minute that nobody came", found && now.Before(limit),
			keepUntil(ReasonUnsettled, earlier(limit, due(unknown, set, now)))).since(unknown),
		otherwise(stop(ReasonQuiet)),
	}
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

// awakeGuards arm the rule when it has been quiet for DrowsyAfter and at least one settled minute confirms it. That
// arms on incomplete knowledge, which is harmless: a request in that phase is passed on.
func awakeGuards(s Snapshot, set Settings, now time.Time) []Guard {
	last := LastActivity(s, set, now)
	drowsy := last.Add(set.DrowsyAfter)
	confirmed := firstAfter(last).Add(time.Minute + set.MetricLag)
	unconfirmed := !s.quietSince(last) && now.Before(drowsy.Add(patience))
	return []Guard{
		frozen(s, now, arm(ReasonFrozen, last)),
		pinned(set, now, keepUntil(ReasonPinned, set.PinnedUntil)),
		scheduled(set, now, keep(ReasonSchedule)),
		deploying(s, now),
		when("it was used a short time ago", now.Before(drowsy),
			keepUntil(ReasonRecent, latest(drowsy, confirmed))).since(last),
		unmeasured(s, set, now),
		when("no minute confirms yet that nobody came", unconfirmed,
			keepUntil(ReasonUnsettled, due(firstAfter(last), set, now))).since(last),
		otherwise(arm(ReasonQuiet, last)),
	}
}
