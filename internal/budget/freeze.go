package budget

import (
	"slices"
	"time"
)

// hysteresis is how far below the limit the guard's freeze is lifted, as a share of it. Frozen, a service adds
// nothing, so only a corrected bill or a raised limit brings the spend down: this keeps corrections of some cents from
// waking and freezing in turn.
const hysteresis = 0.02

// budgetGuards freeze all services when these hold:
//
//	a) no person has ordered otherwise: neither a freeze, which is theirs to lift, nor a thaw;
//	b) there is a limit, and it is to freeze;
//	c) what the meters prove, with the reserve if there is to be one, has reached it. A meter that was not read proves
//	   nothing, so it never freezes by itself; the other may prove it alone.
//
// The guard's own freeze ends with the month. It is lifted before that by a thaw, without a limit, and when all meters
// were read and the best estimate, which is above what is proven, is below the limit by the hysteresis.
func budgetGuards(s Snapshot, set Settings, a Amounts, now time.Time) []Guard {
	mine, end := s.Freeze.mine(now), MonthEnd(now)
	over := a.Proven+set.reserve(a) >= set.Limit
	return append(orders(s, s.Freeze, now),
		when("no budget is to freeze", set.off() && mine, ActionLift, ReasonOff),
		when("no budget is to freeze", set.off(), ActionNone, ReasonOff),
		when("no meter could be read", s.blind(a), ActionNone, ReasonUnknown),
		when("the limit is spent, and it is frozen already", over && mine && !s.Freeze.Until.Before(end),
			ActionNone, ReasonFrozen).until(end),
		when("the limit is spent", over, ActionFreeze, ReasonLimit).until(end),
		when("the spend is below the limit", !mine, ActionNone, ReasonBelow),
		when("frozen, and a meter could not be read", !s.read(), ActionNone, ReasonUnknown),
		when("frozen, and the spend is below the limit, but near it", a.Spent+set.reserve(a) >= set.Limit*(1-hysteresis),
			ActionNone, ReasonNear).until(end),
		when("frozen, and the spend is well below the limit", true, ActionLift, ReasonBelow),
	)
}

// orders are a person's, and go before every rule of the guard's.
func orders(s Snapshot, f Freeze, now time.Time) []Guard {
	thawed := s.Thaw.Until.After(now)
	return []Guard{
		when("a person froze it", f.active(now) && !f.mine(now), ActionNone, ReasonOperator).until(f.Until),
		when("a person's thaw holds, and the guard had frozen it", thawed && f.mine(now),
			ActionLift, ReasonThaw).until(s.Thaw.Until),
		when("a person's thaw holds", thawed, ActionNone, ReasonThaw).until(s.Thaw.Until),
	}
}

// reserve is what the limit must still be enough for.
func (set Settings) reserve(a Amounts) float64 {
	if !set.Reserve {
		return 0
	}
	return a.Standing
}

func (set Settings) off() bool { return !set.limited() || !set.Freeze }

func (set Settings) limited() bool { return set.Limit > 0 && finite(set.Limit) }

// blind tells whether neither meter says anything: what is left are the fixed costs, which nobody has measured.
func (s Snapshot) blind(a Amounts) bool {
	read := func(svc Service) bool { return svc.Read && priced(svc.Priced, svc.Hourly) }
	return !a.Known && !slices.ContainsFunc(s.Services, read)
}

// read tells whether all meters were. A bill that has no data was read: there is nothing in it.
func (s Snapshot) read() bool {
	for _, svc := range s.Services {
		if !svc.Read || !priced(svc.Priced, svc.Hourly) {
			return false
		}
	}
	return s.Billing.Read
}

func budgetFreeze(set Settings, a Amounts, now time.Time) Freeze {
	return Freeze{Until: MonthEnd(now), By: ByGuard, Cause: CauseBudget, Reason: set.limitReason(a)}
}
