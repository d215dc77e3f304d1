package policy_test

import (
	"strings"
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
		{"drowsy and deploying", drowsy(old, quiet, deploying(1-3*time.Hour)), usual(), none(policy.ReasonDeployment)},
		{
			"drowsy, deploying for three hours", drowsy(old, quiet, deploying(-3*time.Hour)), usual(),
			act(policy.ActionStop, policy.ReasonQuiet),
		},
		{"drowsy, settling and deploying", drowsy(young, deploying(-time.Hour)), usual(), none(policy.ReasonDeployment)},
		{"drowsy and settling", drowsy(young, quiet), usual(), noneUntil(policy.ReasonSettling, 1)},
		{"settled at this moment", drowsy(mark(-30*time.Second, -10*time.Minute)), usual(), measureFrom(-10 * time.Minute)},
	}
}

func awakeCases() []nextCase {
	m := mark(-10*time.Minute, -20*time.Minute)
	hung := mark(-72*time.Hour, -73*time.Hour)
	arm := func(active time.Duration) policy.Decision {
		return marking(policy.ActionArm, policy.ReasonQuiet, active)
	}
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
		{"awake and deploying", awake(m, deploying(1-3*time.Hour)), usual(), none(policy.ReasonDeployment)},
		{"awake, deploying for three hours", awake(m, deploying(-3*time.Hour)), usual(), measureFrom(-10 * time.Minute)},
		{
			"awake and quiet, a deployment hangs for days",
			awake(hung, deploying(-71*time.Hour), history(-35*time.Minute, strings.Repeat(".", 36))), usual(),
			arm(-35 * time.Minute),
		},
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
			usual(idleAfter(30 * time.Hour)), measureFrom(-20 * time.Hour),
		},
		{"awake and quiet", awake(m, history(-10*time.Minute, "...........")), usual(), arm(-10 * time.Minute)},
		{"one settled minute will do", awake(m, history(-10*time.Minute, "?????.?????")), usual(), arm(-10 * time.Minute)},
		{"busy, then quiet", awake(m, history(-10*time.Minute, "..B..??????")), usual(), arm(-8 * time.Minute)},
		{
			"awake, evidence begins late", awake(mark(-10*time.Hour, -11*time.Hour), history(-2*time.Minute, "...")), usual(),
			noneUntil(policy.ReasonRecent, time.Minute),
		},
	}
}

// unconfirmedCases are awake services without a settled minute that confirms the quiet. The next look is when the first
// one is due that can.
func unconfirmedCases() []nextCase {
	m := mark(-10*time.Minute, -20*time.Minute)
	recent := func(next time.Duration) policy.Decision { return noneUntil(policy.ReasonRecent, next) }
	unsettled := func(next time.Duration) policy.Decision { return noneUntil(policy.ReasonUnsettled, next) }
	nothing := history(-20*time.Minute, strings.Repeat("?", 21))
	busy := history(-10*time.Minute, "..B????????")
	return []nextCase{
		{"busy just now", awake(m, history(-10*time.Minute, "........b??")), usual(), recent(time.Minute)},
		{"busy just now, seen", awake(m, seen(-2*time.Minute)), usual(), recent(time.Minute)},
		{
			"busy just now, quiet is short", awake(m, seen(-2*time.Minute)), usual(metricLag(time.Second)),
			recent(30 * time.Second),
		},
		{"the minute of the switch does not count", awake(m, history(-10*time.Minute, ".??????????")), usual(), unsettled(time.Minute)},
		{"settled and busy, then nothing is known", awake(m, busy), usual(), unsettled(time.Minute)},
		{"the same, metrics are not overdue", awake(m, busy), usual(metricLag(10 * time.Minute)), unsettled(4 * time.Minute)},
		{"the same, metrics are a little overdue", awake(m, busy), usual(metricLag(5 * time.Minute)), unsettled(policy.Retry)},
		{
			"unconfirmed for almost fifteen minutes", awake(mark(1-17*time.Minute-30*time.Second, -time.Hour), nothing), usual(),
			unsettled(time.Minute),
		},
		{
			"unconfirmed for fifteen minutes: armed without", awake(mark(-17*time.Minute-30*time.Second, -time.Hour), nothing),
			usual(), marking(policy.ActionArm, policy.ReasonQuiet, -17*time.Minute-30*time.Second),
		},
		{
			"patience begins with the newest activity",
			awake(mark(-time.Hour, -2*time.Hour), history(-20*time.Minute, "????b????????????????")), usual(),
			unsettled(time.Minute),
		},
	}
}
