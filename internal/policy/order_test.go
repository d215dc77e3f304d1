package policy_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/policy"
)

func TestOrderWake(t *testing.T) {
	for _, c := range wakeOrders() {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, policy.OrderWake(c.snapshot, c.settings, noon)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func wakeOrders() []nextCase {
	old, wake := mark(-time.Hour, -2*time.Hour), mark(-time.Minute, -time.Minute)
	young := mark(-5*time.Second, -5*time.Second)
	start := act(policy.ActionStart, policy.ReasonOrder)
	return []nextCase{
		{"asleep", asleep(old), usual(), start},
		{"asleep, unmarked", asleep(policy.Mark{}), usual(), start},
		{"asleep after a failure: no back-off for an operator", asleep(mark(-time.Second, -time.Hour), failed(5)), usual(), start},
		{"asleep, wakes of the hour used up", asleep(old, woken(-time.Minute)), usual(wakesPerHour(1)), start},
		{"frozen", asleep(old, frozen(time.Hour)), usual(), noneUntil(policy.ReasonFrozen, time.Hour)},
		{"frozen and still awake", awake(old, frozen(time.Hour)), usual(), noneUntil(policy.ReasonFrozen, time.Hour)},
		{"unmanaged", asleep(old), usual(unmanaged), none(policy.ReasonUnmanaged)},
		{"missing", asleep(old, missing), usual(), none(policy.ReasonNotFound)},
		{"awake", awake(old), usual(), none(policy.ReasonReady)},
		{"drowsy", drowsy(old), usual(), marking(policy.ActionDisarm, policy.ReasonOrder, 0)},
		{"waking", starting(wake), usual(), none(policy.ReasonWaking)},
		{"waking, the count does not show yet", asleep(young), usual(), none(policy.ReasonWaking)},
		{"a wake that was lost", asleep(wake), usual(), start},
		{"the end of a wake", drowsy(wake), usual(), marking(policy.ActionDisarm, policy.ReasonReady, -time.Minute)},
		{"the target is an old one's", drowsy(young), usual(), none(policy.ReasonWaking)},
		{"runs without a healthy target, disarmed", down(old), usual(), start},
		{"runs without a healthy target, armed because of quiet", starting(old), usual(), start},
	}
}

func TestOrderSleep(t *testing.T) {
	old, wake := mark(-time.Hour, -2*time.Hour), mark(-time.Minute, -time.Minute)
	young := mark(-5*time.Second, -5*time.Second)
	stop := act(policy.ActionStop, policy.ReasonOrder)
	arm := func(active time.Duration) policy.Decision {
		return marking(policy.ActionArm, policy.ReasonOrder, active)
	}
	empty := history(0, "")
	for _, c := range []nextCase{
		{"awake", awake(wake), usual(), arm(-time.Minute)},
		{"awake, and used since", awake(old, seen(-time.Second)), usual(), arm(-time.Second)},
		{"down", down(old), usual(), arm(-time.Hour)},
		{"armed, and still spreading", drowsy(mark(-29*time.Second, -time.Hour)), usual(), noneUntil(policy.ReasonSettling, time.Second)},
		{"armed for long enough", drowsy(mark(-30*time.Second, -time.Hour)), usual(), stop},
		{"used a moment ago: an order does not mind", drowsy(mark(-30*time.Second, -31*time.Second)), usual(), stop},
		{"no healthy target, no wake", starting(old), usual(), stop},
		{"the end of a wake", drowsy(wake), usual(), none(policy.ReasonWaking)},
		{"unmanaged", awake(old), usual(unmanaged), none(policy.ReasonUnmanaged)},
		{"missing", asleep(old, missing), usual(), none(policy.ReasonNotFound)},
		{"asleep", asleep(old), usual(pinned(time.Hour)), none(policy.ReasonAsleep)},
		{"asleep, but exposed", asleep(old, disarmed), usual(), arm(-time.Hour)},
		{"waking", starting(wake), usual(), none(policy.ReasonWaking)},
		{"waking, the count does not show yet", asleep(young), usual(), none(policy.ReasonWaking)},
		{"deploying", awake(old, deploying(-time.Minute)), usual(), none(policy.ReasonDeployment)},
		{"protected", awake(old, empty, protected), usual(), none(policy.ReasonProtected)},
		{"pinned", awake(old), usual(pinned(time.Hour)), noneUntil(policy.ReasonPinned, time.Hour)},
		{"scheduled", awake(old), usual(window(11*time.Hour, 15*time.Hour)), noneUntil(policy.ReasonSchedule, 3*time.Hour)},
		{
			"pinned and scheduled, but frozen: nobody would wake it", awake(old, frozen(time.Hour)),
			usual(pinned(time.Hour), window(11*time.Hour, 15*time.Hour)), arm(-time.Hour),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := policy.Decisive(policy.OrderSleep(c.snapshot, c.settings, noon)).Then
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
