package policy_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/policy"
)

// nextCase is a look at noon.
type nextCase struct {
	name     string
	snapshot policy.Snapshot
	settings policy.Settings
	want     policy.Decision
}

func TestNext(t *testing.T) {
	for _, c := range nextCases() {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, policy.Next(c.snapshot, c.settings, noon)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func nextCases() []nextCase {
	return slices.Concat(untouchedCases(), asleepCases(), wakingCases(), unhealthyCases(), downCases(),
		drowsyCases(), quietCases(), unsettledCases(), signalCases(), awakeCases(), unconfirmedCases())
}

func none(r policy.Reason) policy.Decision {
	return policy.Decision{Action: policy.ActionNone, Reason: r}
}

func noneUntil(r policy.Reason, next time.Duration) policy.Decision {
	return policy.Decision{Action: policy.ActionNone, Reason: r, Next: at(next)}
}

func act(a policy.Action, r policy.Reason) policy.Decision {
	return policy.Decision{Action: a, Reason: r}
}

// marking is an action that writes the last activity into the mark.
func marking(a policy.Action, r policy.Reason, active time.Duration) policy.Decision {
	return policy.Decision{Action: a, Reason: r, Active: at(active)}
}

func untouchedCases() []nextCase {
	old := mark(-time.Hour, -2*time.Hour)
	return []nextCase{
		{"unmanaged", asleep(old, disarmed), usual(unmanaged), none(policy.ReasonUnmanaged)},
		{"unmanaged and frozen", awake(old, frozen(time.Hour)), usual(unmanaged), none(policy.ReasonUnmanaged)},
		{"unmanaged and missing", asleep(old, missing), usual(unmanaged), none(policy.ReasonUnmanaged)},
		{"missing", asleep(old, missing), usual(), none(policy.ReasonNotFound)},
		{"missing and pinned", asleep(old, missing), usual(pinned(time.Hour)), none(policy.ReasonNotFound)},
		{
			"unmarked, serving: keeps serving", drowsy(policy.Mark{}), usual(),
			marking(policy.ActionDisarm, policy.ReasonUnmarked, 0),
		},
		{
			"unmarked, no healthy target", down(policy.Mark{}), usual(),
			act(policy.ActionArm, policy.ReasonUnmarked),
		},
		{
			"unmarked, no task", snapshot(0, 0, policy.Rule{}, nil), usual(),
			act(policy.ActionArm, policy.ReasonUnmarked),
		},
		{
			"unmarked, stopped, its target still draining", snapshot(0, 1, policy.Rule{}, nil), usual(),
			act(policy.ActionArm, policy.ReasonUnmarked),
		},
	}
}

func asleepCases() []nextCase {
	old := mark(-10*time.Minute, -20*time.Minute)
	heal := func(active time.Duration) policy.Decision {
		return marking(policy.ActionArm, policy.ReasonDisarmed, active)
	}
	wake := func(since time.Duration) policy.Snapshot { return asleep(mark(since, since)) }
	return []nextCase{
		{"asleep", asleep(old), usual(), none(policy.ReasonAsleep)},
		{"asleep, its target still draining", snapshot(0, 1, asleep(old).Rule, nil), usual(), none(policy.ReasonAsleep)},
		{
			"asleep before a window", asleep(old), usual(window(13*time.Hour, 14*time.Hour)),
			noneUntil(policy.ReasonAsleep, time.Hour),
		},
		{"disarmed: the switch was a request", asleep(old, disarmed), usual(), heal(-10 * time.Minute)},
		{"disarmed, newer activity seen", asleep(old, disarmed, seen(-time.Minute)), usual(), heal(-time.Minute)},
		{"disarmed, a pin is over", asleep(old, disarmed), usual(pinned(-2 * time.Minute)), heal(-2 * time.Minute)},
		{"disarmed and pinned: arm first", asleep(old, disarmed), usual(pinned(time.Hour)), heal(-10 * time.Minute)},
		{"disarmed and frozen: arm", asleep(old, disarmed, frozen(time.Hour)), usual(), heal(-10 * time.Minute)},
		{
			"disarmed, a window is over", asleep(old, disarmed), usual(window(11*time.Hour, 11*time.Hour+55*time.Minute)),
			heal(-5 * time.Minute),
		},
		{
			"disarmed a moment ago: the waker's", asleep(mark(1-10*time.Second, -time.Hour), disarmed, frozen(time.Hour)),
			usual(pinned(time.Hour)), noneUntil(policy.ReasonSettling, 1),
		},
		{
			"disarmed, and the waker has had its time", asleep(mark(-10*time.Second, -time.Hour), disarmed), usual(),
			act(policy.ActionStart, policy.ReasonCrossed),
		},
		{
			"disarmed just so long ago that a stop has crossed", asleep(mark(1-80*time.Second, -time.Hour), disarmed), usual(),
			act(policy.ActionStart, policy.ReasonCrossed),
		},
		{
			"disarmed longer ago: stopped by hand", asleep(mark(-80*time.Second, -time.Hour), disarmed), usual(),
			heal(-80 * time.Second),
		},
		{
			"disarmed, and a stop has crossed, but frozen", asleep(mark(-20*time.Second, -time.Hour), disarmed, frozen(1)),
			usual(), heal(-20 * time.Second),
		},
		{"frozen", asleep(old, frozen(1)), usual(), none(policy.ReasonFrozen)},
		{"frozen and pinned", asleep(old, frozen(time.Hour)), usual(pinned(time.Hour)), none(policy.ReasonFrozen)},
		{"frozen and failed", asleep(old, frozen(time.Hour), failed(9)), usual(), none(policy.ReasonFrozen)},
		{"thawed at this moment", asleep(old, frozen(0)), usual(), none(policy.ReasonAsleep)},
		{
			"backing off, though pinned", asleep(mark(-59*time.Second, -time.Hour), failed(1)), usual(pinned(time.Hour)),
			noneUntil(policy.ReasonBackOff, time.Second),
		},
		{
			"back-off over, pinned", asleep(mark(-time.Minute, -time.Hour), failed(1)), usual(pinned(time.Hour)),
			act(policy.ActionStart, policy.ReasonPinned),
		},
		{"back-off over, nobody asks", asleep(mark(-time.Minute, -time.Hour), failed(1)), usual(), none(policy.ReasonAsleep)},
		{
			"failed, then deployed: no back-off",
			asleep(mark(-30*time.Second, -time.Hour), failed(5), deployed(-time.Second)), usual(pinned(time.Hour)),
			act(policy.ActionStart, policy.ReasonPinned),
		},
		{
			"failed after a deployment: backing off",
			asleep(mark(-30*time.Second, -time.Hour), failed(1), deployed(-30*time.Second)), usual(),
			noneUntil(policy.ReasonBackOff, 30*time.Second),
		},
		{"pinned", asleep(old), usual(pinned(1)), act(policy.ActionStart, policy.ReasonPinned)},
		{"pin over at this moment", asleep(old), usual(pinned(0)), none(policy.ReasonAsleep)},
		{
			"a window begins", asleep(old), usual(window(12*time.Hour, 13*time.Hour)),
			act(policy.ActionStart, policy.ReasonSchedule),
		},
		{
			"a window ends: until tomorrow's", asleep(old), usual(window(11*time.Hour, 12*time.Hour)),
			noneUntil(policy.ReasonAsleep, 23*time.Hour),
		},
		{"a wake may still be carried out", wake(-30*time.Second + 1), usual(), none(policy.ReasonAsleep)},
		{"a wake was lost", wake(-30 * time.Second), usual(), act(policy.ActionStart, policy.ReasonLostWake)},
		{"a wake was lost just in time", wake(-5*time.Minute + 1), usual(), act(policy.ActionStart, policy.ReasonLostWake)},
		{"a wake was lost too long ago", wake(-5 * time.Minute), usual(), none(policy.ReasonAsleep)},
		{"put to sleep a minute ago", asleep(mark(-time.Minute, -6*time.Minute)), usual(), none(policy.ReasonAsleep)},
	}
}
