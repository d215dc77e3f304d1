package policy

import (
	"slices"
	"time"
)

// OrderWake says how an operator's order to wake a service is carried out now. Action none means that it is refused,
// that a wake is on its way (ReasonWaking), or that the service is awake (ReasonReady).
func OrderWake(s Snapshot, set Settings, now time.Time) Decision {
	serves, waking := s.serves(now), s.Rule.Mark.Waking()
	return first([]Guard{
		unmanaged(set),
		missing(s),
		frozen(s, now, keepUntil(ReasonFrozen, s.FrozenUntil)),
		when("it is awake", serves && !s.Rule.Armed, keep(ReasonReady)),
		when("a wake is over", serves && waking, disarm(ReasonReady, s.Rule.Mark.Active)),
		when("it runs, behind the waker", serves, disarm(ReasonOrder, now)),
		when("a wake is on its way", s.ordered(now) && s.Rule.Armed && waking, keep(ReasonWaking)),
		otherwise(start(ReasonOrder)),
	})
}

// OrderSleep lists what decides how an operator's order to put a service to sleep is carried out now. It is the same
// order of things as when the reaper does so by itself: arm, let the rule settle, stop. Action none means that it is
// refused, that it is asleep (ReasonAsleep), or that the rule has to settle first (ReasonSettling).
//
// Of what speaks against it, a pin and a schedule do no harm by themselves: the reaper would wake the service again. A
// freeze lets it do neither.
func OrderSleep(s Snapshot, set Settings, now time.Time) []Guard {
	settled := s.Rule.Mark.Since.Add(set.Settle)
	unfrozen := set
	if s.frozen(now) {
		unfrozen.PinnedUntil, unfrozen.Schedule = time.Time{}, Schedule{}
	}
	return []Guard{
		unmanaged(set),
		missing(s),
		when("it is asleep", s.Desired == 0 && s.Rule.Armed && !s.justMarked(now), keep(ReasonAsleep)),
		when("a wake is on its way", s.ordered(now) && s.Rule.Armed && s.Rule.Mark.Waking(), keep(ReasonWaking)),
		deploying(s, now),
		when("a task is protected from scale-in", s.protected(), keep(ReasonProtected)),
		pinned(unfrozen, now, keepUntil(ReasonPinned, unfrozen.PinnedUntil)),
		scheduled(unfrozen, now, keepUntil(ReasonSchedule, unfrozen.Schedule.End(now))),
		when("the rule is not armed", !s.Rule.Armed, arm(ReasonOrder, LastActivity(s, set, now))),
		when("the armed rule may still be spreading", now.Before(settled), keepUntil(ReasonSettling, settled)),
		otherwise(stop(ReasonOrder)),
	}
}

// first is the decision of the first guard that fires.
func first(guards []Guard) Decision { return Decisive(guards).Then }

// Decisive is the first guard that fires. The last of every table does.
func Decisive(guards []Guard) Guard { return guards[slices.IndexFunc(guards, Guard.fires)] }
