package policy_test

import (
	"strings"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
)

// quietCases are drowsy services with nothing but activity in the way of a stop.
func quietCases() []nextCase {
	// Armed at 11:55 with the last activity at 11:50: minutes up to 11:55 matter, which 11:55:30 is in.
	m := mark(-5*time.Minute, -10*time.Minute)
	stop := act(policy.ActionStop, policy.ReasonQuiet)
	seenAt := func(when time.Duration) policy.Snapshot { return drowsy(mark(-time.Hour, -2*time.Hour), seen(when)) }
	recent := func(next time.Duration) policy.Decision { return noneUntil(policy.ReasonRecent, next) }
	return []nextCase{
		{"quiet", drowsy(m, history(-10*time.Minute, "B.....?????")), usual(), stop},
		{"quiet, settled to the last minute", drowsy(m, history(-10*time.Minute, "B..........")), usual(), stop},
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

// unsettledCases are drowsy services of which it is not known that nobody came: a stop waits until IdleAfter after
// such a minute, as if somebody had come.
func unsettledCases() []nextCase {
	armed := func(since time.Duration) policy.Mark { return mark(since, -10*time.Minute) }
	stop := act(policy.ActionStop, policy.ReasonQuiet)
	unsettled := func(next time.Duration) policy.Decision { return noneUntil(policy.ReasonUnsettled, next) }
	long := mark(-4*time.Minute, -20*time.Minute)
	longHistory := history(-20*time.Minute, "B...............?....")
	hours := strings.Repeat(".", 123)
	return []nextCase{
		{
			"the arming's minute is unsettled, and not yet due",
			drowsy(armed(-time.Minute), history(-10*time.Minute, "B........??")), usual(), unsettled(time.Minute),
		},
		{
			"the arming's minute is due at this moment", drowsy(armed(-2*time.Minute), history(-10*time.Minute, "B.......???")),
			usual(), unsettled(policy.Retry),
		},
		{
			"the arming's minute is late", drowsy(armed(-3*time.Minute), history(-10*time.Minute, "B......????")),
			usual(), unsettled(10 * time.Second),
		},
		{
			"the minute right after the last activity's", drowsy(armed(-3*time.Minute), history(-5*time.Minute, "B?....")),
			usual(), unsettled(time.Minute),
		},
		{
			"late by almost two minutes", drowsy(long, longHistory), usual(idleAfter(10*time.Minute), metricLag(time.Minute+1)),
			unsettled(policy.Retry),
		},
		{"late by two minutes: no haste", drowsy(long, longHistory), usual(idleAfter(10 * time.Minute)), unsettled(time.Minute)},
		{
			"late, but no longer relevant in a moment", drowsy(long, longHistory),
			usual(idleAfter(4*time.Minute + 30*time.Second)), unsettled(30 * time.Second),
		},
		{
			"due later than it is relevant", drowsy(armed(-3*time.Minute), history(-10*time.Minute, "B......????")),
			usual(metricLag(10 * time.Minute)), unsettled(2 * time.Minute),
		},
		{
			"relevant for one more moment", drowsy(armed(-5*time.Minute), history(-10*time.Minute, "B....??????")),
			usual(idleAfter(5*time.Minute + 1)), unsettled(1),
		},
		{
			"unsettled five minutes ago: not relevant", drowsy(armed(-5*time.Minute), history(-10*time.Minute, "B....??????")),
			usual(), stop,
		},
		{
			"unsettled longer ago", drowsy(armed(-3*time.Minute), history(-10*time.Minute, "B????......")),
			usual(), stop,
		},
		{
			"the newest unsettled minute counts", drowsy(armed(-3*time.Minute), history(-10*time.Minute, "B.??...?...")),
			usual(metricLag(10 * time.Minute)), unsettled(2 * time.Minute),
		},
		{
			"the newest is not the arming's own", drowsy(armed(-3*time.Minute), history(-10*time.Minute, "B.?...?....")),
			usual(metricLag(10 * time.Minute)), unsettled(time.Minute),
		},
		{
			"a minute that evidence lacks is unsettled", drowsy(armed(-3*time.Minute), history(-10*time.Minute, "B......")),
			usual(), unsettled(policy.Retry),
		},
		{
			"settled at a full minute: the next one is the waker's",
			drowsy(armed(-3*time.Minute-30*time.Second), history(-10*time.Minute, "B......????")), usual(), stop,
		},
		{
			"no heartbeat for a minute while a task was replaced",
			drowsy(mark(-2*time.Hour, -126*time.Minute), history(-126*time.Minute, "...?"+hours)), usual(), stop,
		},
		{
			"no heartbeat for a minute after a failed wake and a good deployment",
			drowsy(mark(-2*time.Hour, -125*time.Minute), failed(1), deployed(-110*time.Minute),
				history(-125*time.Minute, "..?"+hours)), usual(), stop,
		},
		{
			"no heartbeat for a minute, adopted without a known activity",
			drowsy(policy.Mark{Since: at(-2 * time.Hour)},
				history(-155*time.Minute, strings.Repeat(".", 32)+"?"+hours)), usual(), stop,
		},
	}
}

// signalCases are drowsy services that more than requests keep awake: the waker does not see that, so the minutes after
// the arming matter, too, up to the newest that ended a MetricLag ago. Metrics that stay away keep nothing awake for
// ever.
func signalCases() []nextCase {
	m := mark(-8*time.Minute, -10*time.Minute)
	lateHistory := history(-30*time.Minute, strings.Repeat(".", 27)+"????")
	stop := act(policy.ActionStop, policy.ReasonQuiet)
	unsettled := func(next time.Duration) policy.Decision { return noneUntil(policy.ReasonUnsettled, next) }
	return []nextCase{
		{"signals, quiet", drowsy(m, history(-10*time.Minute, "B.......???")), usual(signals), stop},
		{
			"signals, a minute ended longer than the lag ago is unsettled",
			drowsy(m, history(-10*time.Minute, "B......????")), usual(signals), unsettled(policy.Retry),
		},
		{"no signals, the same", drowsy(m, history(-10*time.Minute, "B......????")), usual(), stop},
		{
			"signals, a longer lag asks for less", drowsy(m, history(-10*time.Minute, "B......????")),
			usual(signals, metricLag(2*time.Minute)), stop,
		},
		{
			"signals, a moment later", drowsy(m, history(-10*time.Minute, "B......????")),
			usual(signals, metricLag(2*time.Minute-1)), unsettled(policy.Retry),
		},
		{
			"signals, unsettled longer ago", drowsy(m, history(-10*time.Minute, "B....?.....")), usual(signals), stop,
		},
		{
			"signals, the arming's minute still counts", drowsy(mark(-time.Minute, -10*time.Minute),
				history(-10*time.Minute, "B........??")), usual(signals), unsettled(time.Minute),
		},
		{
			"signals, busy since the arming", drowsy(m, history(-10*time.Minute, "B......b???")), usual(signals),
			noneUntil(policy.ReasonRecent, 2*time.Minute),
		},
		{
			"signals, armed for long, busy until metrics fell behind",
			drowsy(mark(-time.Hour, -2*time.Hour), history(-6*time.Minute, "B??????")), usual(signals), unsettled(policy.Retry),
		},
		{
			"signals, unconfirmed for fifteen minutes longer than it must be quiet",
			drowsy(mark(-20*time.Minute-30*time.Second, -30*time.Minute), lateHistory), usual(signals), unsettled(policy.Retry),
		},
		{
			"signals, unconfirmed for longer: on the waker's word alone",
			drowsy(mark(-20*time.Minute-31*time.Second, -30*time.Minute), lateHistory), usual(signals), stop,
		},
		{
			"signals, busy since the arming, which was long ago",
			drowsy(mark(-time.Hour, -2*time.Hour), history(-10*time.Minute, "......b????")), usual(signals),
			noneUntil(policy.ReasonRecent, time.Minute),
		},
		{
			"signals, unhealthy", starting(m, history(-10*time.Minute, "B......????")), usual(signals),
			unsettled(policy.Retry),
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
