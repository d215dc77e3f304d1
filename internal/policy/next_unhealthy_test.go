package policy_test

import (
	"strings"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
)

// wakingCases are armed without a healthy target, and are to have one: because of a wake, or by an order.
func wakingCases() []nextCase {
	fail := act(policy.ActionFail, policy.ReasonWakeTimeout)
	waking := func(next time.Duration) policy.Decision { return noneUntil(policy.ReasonWaking, next) }
	young, old := mark(-time.Minute, -time.Minute), mark(-5*time.Minute, -5*time.Minute)
	healed, healedLong := mark(-time.Minute, -time.Hour), mark(-5*time.Minute, -time.Hour)
	day := window(0, 24*time.Hour)
	return []nextCase{
		{"waking", starting(young), usual(), waking(4 * time.Minute)},
		{"waking, last moment", starting(mark(1-5*time.Minute, 1-5*time.Minute)), usual(), waking(1)},
		{"waking for too long", starting(old), usual(), fail},
		{"waking for too long, pinned", starting(old), usual(pinned(time.Hour)), fail},
		{"waking, deployment since", starting(old, deploying(-time.Minute)), usual(), waking(4 * time.Minute)},
		{"waking for too long, deployment older", starting(old, deploying(-time.Hour)), usual(), fail},
		{"waking for too long, deployment over", starting(old, deployed(-time.Minute)), usual(), fail},
		{
			"waking, deploying for almost three hours", starting(mark(-5*time.Hour, -5*time.Hour), deploying(1-3*time.Hour)),
			usual(wakeTimeout(4 * time.Hour)), waking(time.Hour + 1),
		},
		{
			"waking for too long, deploying for three hours: does not count",
			starting(mark(-5*time.Hour, -5*time.Hour), deploying(-3*time.Hour)), usual(wakeTimeout(4 * time.Hour)),
			fail,
		},
		{"waking after failures", starting(young, failed(3)), usual(), waking(4 * time.Minute)},
		{"waking and frozen", starting(young, frozen(time.Hour)), usual(), act(policy.ActionStop, policy.ReasonFrozen)},

		{"down and armed, pinned", starting(healed), usual(pinned(1)), act(policy.ActionStart, policy.ReasonPinned)},
		{"down and armed, in a window", starting(healed), usual(day), act(policy.ActionStart, policy.ReasonSchedule)},
		{"down and armed for long, pinned", starting(healedLong), usual(pinned(1)), act(policy.ActionStart, policy.ReasonPinned)},
		{"down and armed for long, in a window", starting(healedLong), usual(day), act(policy.ActionStart, policy.ReasonSchedule)},
		{
			"down and armed, pinned, deployment since", starting(healedLong, deploying(-time.Minute)), usual(pinned(1)),
			act(policy.ActionStart, policy.ReasonPinned),
		},
		{
			"raised by hand, pinned: is kept", starting(healed, failed(1)), usual(pinned(time.Hour)),
			act(policy.ActionStart, policy.ReasonPinned),
		},
		{
			"down and armed, pinned and frozen", starting(healed, frozen(1)), usual(pinned(time.Hour)),
			act(policy.ActionStop, policy.ReasonFrozen),
		},
	}
}

// unhealthyCases are armed without a healthy target, and no order wants one: after the time of a wake, which may have
// been covered, they sleep like healthy ones.
func unhealthyCases() []nextCase {
	brief := wakeTimeout(time.Minute)
	m := mark(-4*time.Minute, -10*time.Minute)
	slept := mark(-time.Hour, -2*time.Hour)
	stop := act(policy.ActionStop, policy.ReasonQuiet)
	grace := func(next time.Duration) policy.Decision { return noneUntil(policy.ReasonGrace, next) }
	noHeartbeat := history(-95*time.Minute, strings.Repeat("?", 96))
	return []nextCase{
		{
			"unhealthy, not for long", starting(mark(1-5*time.Minute, -time.Hour), history(-time.Hour, ".")), usual(), grace(1),
		},
		{"unhealthy for the time of a wake", starting(mark(-5*time.Minute, -10*time.Minute)), usual(), measureFrom(-10 * time.Minute)},
		{"unhealthy, deployment since", starting(slept, deploying(-time.Minute)), usual(), grace(4 * time.Minute)},
		{"failed, then deployed", starting(slept, failed(1), deploying(-time.Second)), usual(), grace(5*time.Minute - time.Second)},
		{"failed, then deployed, and that is over", starting(m, failed(1), deployed(-time.Second)), usual(), grace(time.Minute)},
		{"unhealthy and deploying", starting(m, deploying(1-3*time.Hour)), usual(brief), none(policy.ReasonDeployment)},
		{"unhealthy, deploying for three hours", starting(m, deploying(-3*time.Hour)), usual(brief), measureFrom(-10 * time.Minute)},
		{
			"unhealthy and settling", starting(mark(1-30*time.Second, -time.Hour)), usual(wakeTimeout(20 * time.Second)),
			noneUntil(policy.ReasonSettling, 1),
		},
		{
			"unhealthy, activity is recent", starting(mark(-time.Minute, -4*time.Minute)), usual(brief),
			noneUntil(policy.ReasonRecent, time.Minute),
		},
		{"unhealthy, a pin is over", starting(m), usual(brief, pinned(0)), noneUntil(policy.ReasonRecent, 5*time.Minute)},
		{
			"unhealthy for a moment, with a protected task", starting(slept, history(-2*time.Hour, "."), protected), usual(),
			none(policy.ReasonProtected),
		},
		{
			"unhealthy, the minute of the arming is unsettled",
			starting(m, history(-10*time.Minute, "B.....?????")), usual(brief),
			noneUntil(policy.ReasonUnsettled, time.Minute),
		},
		{"unhealthy and quiet", starting(m, history(-10*time.Minute, "B......????")), usual(brief), stop},
		{
			"unhealthy and frozen: overrules all",
			starting(mark(0, -time.Second), frozen(1), deploying(0), history(0, "b"), protected), usual(),
			act(policy.ActionStop, policy.ReasonFrozen),
		},

		// Who raises the desired count of a sleeping service without a pin finds it stopped at the next look.
		{"raised by hand, the first look", starting(slept), usual(), measureFrom(-95 * time.Minute)},
		{"raised by hand: stopped", starting(slept, noHeartbeat), usual(), stop},
		{"raised by hand after a failure: stopped", starting(slept, failed(1), noHeartbeat), usual(), stop},
		{
			"raised by hand a moment after a failure", starting(mark(-time.Second, -6*time.Minute), failed(1)), usual(),
			grace(5*time.Minute - time.Second),
		},
	}
}

// downCases are disarmed without a healthy target.
func downCases() []nextCase {
	m := func(since time.Duration) policy.Mark { return mark(since, -time.Hour) }
	return []nextCase{
		{"down, not for long", down(m(1 - time.Minute)), usual(), noneUntil(policy.ReasonGrace, 1)},
		{
			"down", down(m(-time.Minute)), usual(),
			marking(policy.ActionArm, policy.ReasonUnhealthy, -time.Minute),
		},
		{
			"down, not for long, no task runs", down(m(-time.Second), noTask), usual(),
			marking(policy.ActionArm, policy.ReasonUnhealthy, -time.Second),
		},
		{
			"down and deploying, no task runs", down(m(-time.Hour), deploying(-time.Second), noTask), usual(),
			marking(policy.ActionArm, policy.ReasonUnhealthy, -time.Hour),
		},
		{
			"down, newer activity seen", down(m(-10*time.Minute), seen(-4*time.Minute)), usual(),
			marking(policy.ActionArm, policy.ReasonUnhealthy, -4*time.Minute),
		},
		{
			"down and deploying", down(m(-time.Hour), deploying(-4*time.Minute)), usual(),
			noneUntil(policy.ReasonGrace, time.Minute),
		},
		{
			"down, deployment hangs", down(m(-time.Hour), deploying(-5*time.Minute)), usual(),
			marking(policy.ActionArm, policy.ReasonUnhealthy, -time.Hour),
		},
		{
			"down and deploying since before the switch", down(m(-4*time.Minute), deploying(-time.Hour)), usual(),
			noneUntil(policy.ReasonGrace, time.Minute),
		},
		{
			"down, deploying for almost three hours", down(m(-2*time.Minute), deploying(1-3*time.Hour)), usual(),
			noneUntil(policy.ReasonGrace, 3*time.Minute),
		},
		{
			"down, deploying for three hours: does not count", down(m(-2*time.Minute), deploying(-3*time.Hour)), usual(),
			marking(policy.ActionArm, policy.ReasonUnhealthy, -2*time.Minute),
		},
		{
			"down and frozen", down(m(-time.Second), frozen(time.Hour)), usual(),
			marking(policy.ActionArm, policy.ReasonFrozen, -time.Second),
		},
	}
}
