package policy_test

import (
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
)

// drowsyCases are decided without evidence.
func drowsyCases() []nextCase {
	old := mark(-10*time.Minute, -20*time.Minute)
	wake := mark(-time.Minute, -time.Minute)
	young := mark(1-30*time.Second, -time.Hour)
	ready := marking(policy.ActionDisarm, policy.ReasonReady, -time.Minute)
	early := 1 - 10*time.Second
	quiet := history(-20*time.Minute, ".....................")
	return []nextCase{
		{"drowsy, frozen and settling", drowsy(young, frozen(time.Hour)), usual(), noneUntil(policy.ReasonSettling, 1)},
		{
			"drowsy and frozen", drowsy(mark(-30*time.Second, 0), frozen(time.Hour)), usual(),
			act(policy.ActionStop, policy.ReasonFrozen),
		},
		{
			"drowsy and frozen: overrules all", drowsy(wake, frozen(time.Hour), deploying(-time.Second), quiet, protected),
			usual(pinned(time.Hour), window(0, 24*time.Hour)), act(policy.ActionStop, policy.ReasonFrozen),
		},
		{"the first healthy target of a wake", drowsy(wake), usual(), ready},
		{"too early for a new task", drowsy(mark(early, early)), usual(), noneUntil(policy.ReasonWaking, 1)},
		{"too early for a new task, though pinned", drowsy(mark(early, early)), usual(pinned(1)), noneUntil(policy.ReasonWaking, 1)},
		{
			"just late enough for a new task", drowsy(mark(early-1, early-1)), usual(),
			marking(policy.ActionDisarm, policy.ReasonReady, early-1),
		},
		{"the first healthy target of a pin's wake", drowsy(wake), usual(pinned(time.Hour)), ready},
		{
			"drowsy and pinned", drowsy(old, quiet), usual(pinned(1)),
			marking(policy.ActionDisarm, policy.ReasonPinned, 0),
		},
		{
			"drowsy in a window", drowsy(old, quiet), usual(window(12*time.Hour, 13*time.Hour)),
			marking(policy.ActionDisarm, policy.ReasonSchedule, 0),
		},
		{"drowsy and deploying", drowsy(old, quiet, deploying(-time.Hour)), usual(), none(policy.ReasonDeployment)},
		{"drowsy, settling and deploying", drowsy(young, deploying(-time.Hour)), usual(), none(policy.ReasonDeployment)},
		{"drowsy and settling", drowsy(young, quiet), usual(), noneUntil(policy.ReasonSettling, 1)},
		{"settled at this moment", drowsy(mark(-30*time.Second, -10*time.Minute)), usual(), measureFrom(-10 * time.Minute)},
	}
}

// quietCases are drowsy services with nothing but activity in the way of a stop.
func quietCases() []nextCase {
	// Armed at 11:55 with the last activity at 11:50: minutes up to 11:55 matter, which 11:55:30 is in.
	m := mark(-5*time.Minute, -10*time.Minute)
	stop := act(policy.ActionStop, policy.ReasonQuiet)
	seenAt := func(when time.Duration) policy.Snapshot { return drowsy(mark(-time.Hour, -2*time.Hour), seen(when)) }
	recent := func(next time.Duration) policy.Decision { return noneUntil(policy.ReasonRecent, next) }
	late := func(set *policy.Settings) { set.MetricLag = 10 * time.Minute }
	return []nextCase{
		{"quiet", drowsy(m, history(-10*time.Minute, "B.....?????")), usual(), stop},
		{"quiet, settled to the last minute", drowsy(m, history(-10*time.Minute, "B..........")), usual(), stop},
		{
			"the minute of the arming is unsettled", drowsy(m, history(-10*time.Minute, "B....??????")), usual(),
			noneUntil(policy.ReasonUnsettled, policy.Retry),
		},
		{
			"the same, metrics are not overdue", drowsy(m, history(-10*time.Minute, "B....??????")), usual(late),
			noneUntil(policy.ReasonUnsettled, 6*time.Minute),
		},
		{
			"an earlier minute is unsettled", drowsy(m, history(-10*time.Minute, "B.?...?????")), usual(late),
			noneUntil(policy.ReasonUnsettled, 3*time.Minute),
		},
		{
			"due at this moment is overdue", drowsy(m, history(-10*time.Minute, "B?.........")),
			usual(func(set *policy.Settings) { set.MetricLag = 8 * time.Minute }),
			noneUntil(policy.ReasonUnsettled, policy.Retry),
		},
		{
			"the last activity's own minute tells nothing newer", drowsy(m, history(-10*time.Minute, "?.....?????")),
			usual(), stop,
		},
		{
			"a minute that evidence lacks is unsettled", drowsy(m, history(-10*time.Minute, "B....")), usual(late),
			noneUntil(policy.ReasonUnsettled, 6*time.Minute),
		},
		{"protected", drowsy(m, history(-10*time.Minute, "B....??????"), protected), usual(), none(policy.ReasonProtected)},
		{"busy since", drowsy(m, history(-10*time.Minute, "B.....B....")), usual(), recent(time.Minute)},
		{"busy since, not settled", drowsy(m, history(-10*time.Minute, "B.....b?...")), usual(), recent(time.Minute)},
		{
			"busy five minutes ago, and settled since: the arming's minute",
			drowsy(m, history(-10*time.Minute, "B....B.....")), usual(), stop,
		},
		{
			"busy after an unsettled minute", drowsy(mark(-5*time.Minute, -20*time.Minute),
				history(-20*time.Minute, ".?.B.................")), usual(), stop,
		},
		{
			"armed at a full minute: the next one is the waker's",
			drowsy(mark(-5*time.Minute-30*time.Second, -10*time.Minute), history(-10*time.Minute, ".....??????")), usual(), stop,
		},
		{
			"the last activity is younger than the arming's settling",
			drowsy(mark(-6*time.Minute, -5*time.Minute-time.Second), history(-6*time.Minute, "???????"), notWaking),
			usual(), stop,
		},
		{
			"what lies before the evidence may have been busy", drowsy(m, history(-3*time.Minute, "....")), usual(),
			recent(2 * time.Minute),
		},
		{"activity of the mark", drowsy(mark(-time.Minute, -4*time.Minute)), usual(), recent(time.Minute)},
		{"the arming is no activity", drowsy(mark(-time.Minute, -5*time.Minute+1)), usual(), recent(1)},
		{"activity seen", seenAt(-time.Minute), usual(), recent(4 * time.Minute)},
		{"a pin is over", drowsy(m), usual(pinned(-time.Minute)), recent(4 * time.Minute)},
		{"a pin is over at this moment", drowsy(m), usual(pinned(0)), recent(5 * time.Minute)},
		{"a window is over", drowsy(m), usual(window(11*time.Hour, 12*time.Hour)), recent(5 * time.Minute)},
		{"needs evidence", drowsy(m), usual(), measureFrom(-10 * time.Minute)},
		{
			"needs evidence, from a full minute", drowsy(m, seen(-17*time.Second-8*time.Minute)), usual(),
			measureFrom(-9 * time.Minute),
		},
		{
			"needs evidence, activity is long ago: from before the arming",
			drowsy(mark(-10*time.Minute, -2*time.Hour)), usual(), measureFrom(-45 * time.Minute),
		},
		{
			"needs evidence, armed for long: a day of minutes at the most",
			drowsy(mark(-30*time.Hour, -40*time.Hour)), usual(), measureFrom(-20 * time.Hour),
		},
		{
			"armed for a day: nobody can have come unseen",
			drowsy(mark(-30*time.Hour, -40*time.Hour), history(-20*time.Hour, "???")), usual(), stop,
		},
	}
}

// notWaking keeps a mark whose activity is younger than the switch from being a wake's: nothing writes one, but the
// last activity may come from elsewhere.
func notWaking(s *policy.Snapshot) {
	s.Seen, s.Rule.Mark.Active = s.Rule.Mark.Active, s.Rule.Mark.Since.Add(-time.Minute)
}

func measureFrom(from time.Duration) policy.Decision {
	return policy.Decision{Action: policy.ActionMeasure, Reason: policy.ReasonNeedsEvidence, From: at(from)}
}

func awakeCases() []nextCase {
	m := mark(-10*time.Minute, -20*time.Minute)
	arm := func(active time.Duration) policy.Decision {
		return marking(policy.ActionArm, policy.ReasonQuiet, active)
	}
	unsettled := func(next time.Duration) policy.Decision { return noneUntil(policy.ReasonUnsettled, next) }
	late := func(set *policy.Settings) { set.MetricLag = 10 * time.Minute }
	return []nextCase{
		{
			"awake and frozen", awake(m, frozen(time.Hour)), usual(),
			marking(policy.ActionArm, policy.ReasonFrozen, -10*time.Minute),
		},
		{
			"awake and frozen: overrules a pin, a window, a deployment", awake(m, frozen(time.Hour), deploying(0)),
			usual(pinned(time.Hour), window(0, 24*time.Hour)),
			marking(policy.ActionArm, policy.ReasonFrozen, -10*time.Minute),
		},
		{"awake and pinned", awake(m), usual(pinned(time.Hour)), noneUntil(policy.ReasonPinned, time.Hour)},
		{"awake in a window", awake(m), usual(window(12*time.Hour, 13*time.Hour)), none(policy.ReasonSchedule)},
		{"awake and deploying", awake(m, deploying(-time.Hour)), usual(), none(policy.ReasonDeployment)},
		{
			"disarmed a moment ago: by a request", awake(mark(1-150*time.Second, -time.Hour)), usual(),
			noneUntil(policy.ReasonRecent, 1),
		},
		{"awake, needs evidence", awake(m), usual(), measureFrom(-10 * time.Minute)},
		{
			"awake for long, needs evidence", awake(mark(-10*time.Hour, -11*time.Hour)), usual(),
			measureFrom(-35 * time.Minute),
		},
		{"awake, needs evidence at once", awake(mark(-150*time.Second, -time.Hour)), usual(), measureFrom(-3 * time.Minute)},
		{
			"awake, idle for hours at the most: a day of minutes", awake(mark(-30*time.Hour, -40*time.Hour)),
			usual(func(set *policy.Settings) { set.IdleAfter = 30 * time.Hour }), measureFrom(-20 * time.Hour),
		},
		{"awake and quiet", awake(m, history(-10*time.Minute, "...........")), usual(), arm(-10 * time.Minute)},
		{"one settled minute will do", awake(m, history(-10*time.Minute, "?????.?????")), usual(), arm(-10 * time.Minute)},
		{
			"the minute of the switch does not count", awake(m, history(-10*time.Minute, ".??????????")), usual(),
			unsettled(policy.Retry),
		},
		{
			"settled and busy, then nothing is known", awake(m, history(-10*time.Minute, "..B????????")), usual(),
			unsettled(policy.Retry),
		},
		{
			"the same, metrics are not overdue", awake(m, history(-10*time.Minute, "..B????????")), usual(late),
			unsettled(4 * time.Minute),
		},
		{"busy, then quiet", awake(m, history(-10*time.Minute, "..B..??????")), usual(), arm(-8 * time.Minute)},
		{
			"busy just now", awake(m, history(-10*time.Minute, "........b??")), usual(),
			noneUntil(policy.ReasonRecent, 30*time.Second),
		},
		{
			"awake, evidence begins late", awake(mark(-10*time.Hour, -11*time.Hour), history(-2*time.Minute, "...")), usual(),
			noneUntil(policy.ReasonRecent, 30*time.Second),
		},
	}
}
