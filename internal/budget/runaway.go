package budget

import "time"

// runawayGuards freeze one service when no person has ordered otherwise, and it was awake today for longer than the
// settings allow, or woken more often in the last hour. Unknown times count for nothing.
//
// Awake for too long, it is frozen until the next day (UTC), when the count begins anew. Woken too often, it is frozen
// until the last wake is an hour old: then the hour that is looked at is empty, and earlier the same wakes would
// freeze it again. Both end by themselves; a raised limit lifts the first before that.
func runawayGuards(s Snapshot, svc Service, u use, f Freeze, rule Runaway, now time.Time) []Guard {
	over, mine := f.active(now), svc.Freeze.mine(now)
	already := over && mine && !svc.Freeze.Until.Before(f.Until)
	return append(orders(s, svc.Freeze, now),
		when("a rule for one service is broken, and it is frozen already", already, ActionNone, ReasonFrozen).until(f.Until),
		when("awake for too long today", over && f.Cause == CauseAwake, ActionFreeze, ReasonAwake).until(f.Until),
		when("woken too often in an hour", over && f.Cause == CauseWakes, ActionFreeze, ReasonWakes).until(f.Until),
		when("the rule that froze it allows this now", mine && outgrown(svc.Freeze.Cause, u, rule), ActionLift, ReasonBelow),
		when("the guard froze it", mine, ActionNone, ReasonFrozen).until(svc.Freeze.Until),
		when("no rule for one service is broken", true, ActionNone, ReasonBelow),
	)
}

// use is how much a service was used of late, as far as it is known.
type use struct {
	read  bool          // false: of today nothing is known
	today time.Duration // awake since midnight, UTC
	wakes int           // in the hour before now
	last  time.Time     // the newest of them
}

func (svc Service) use(tl *timeline, now time.Time) use {
	u := use{read: svc.Read}
	if svc.Read {
		u.today, _ = tl.awake(now.Truncate(24*time.Hour), now)
	}
	if !svc.WakesRead {
		return u
	}
	for _, at := range svc.Wakes {
		if at.After(now.Add(-time.Hour)) && !at.After(now) {
			u.last, u.wakes = latest(u.last, at), u.wakes+1
		}
	}
	return u
}

// runawayFreeze is that of the rule which freezes for longer, or the zero value.
func runawayFreeze(name string, u use, rule Runaway, now time.Time) Freeze {
	var f Freeze
	if rule.WakesPerHour > 0 && u.wakes > rule.WakesPerHour {
		f = Freeze{Until: u.last.UTC().Add(time.Hour), Cause: CauseWakes, Reason: wakesReason(name, u, rule)}
	}
	if rule.AwakePerDay > 0 && u.today > rule.AwakePerDay && nextDay(now).After(f.Until) {
		f = Freeze{Until: nextDay(now), Cause: CauseAwake, Reason: awakeReason(name, u, rule)}
	}
	f.By = ByGuard
	return f
}

// outgrown tells whether a rule was raised or removed since it froze a service.
func outgrown(c Cause, u use, rule Runaway) bool {
	switch c {
	case CauseAwake:
		return rule.AwakePerDay <= 0 || u.read && u.today <= rule.AwakePerDay
	case CauseWakes:
		return rule.WakesPerHour <= 0
	case CauseBudget:
		return true // a budget freezes all services or none
	default:
		return false
	}
}
