package policy_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/policy"
)

// answerCase is a request at noon.
type answerCase struct {
	name     string
	caller   policy.Caller
	snapshot policy.Snapshot
	settings policy.Settings
	want     policy.Reply
}

func TestAnswer(t *testing.T) {
	for _, c := range answerCases() {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, policy.Answer(c.caller, c.snapshot, c.settings, noon)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func answerCases() []answerCase {
	return slices.Concat(bystanderCases(), statusCases(), visitorCases(), sleeperCases(), limitCases())
}

func reply(k policy.ReplyKind, a policy.Action, r policy.Reason) policy.Reply {
	return policy.Reply{Kind: k, Action: a, Reason: r}
}

// bystanderCases are callers that never change anything.
func bystanderCases() []answerCase {
	m := mark(-10*time.Minute, -20*time.Minute)
	fresh, wake := mark(-9*time.Second, -9*time.Second), mark(-time.Minute, -time.Minute)
	still := func(k policy.ReplyKind) policy.Reply { return reply(k, policy.ActionNone, policy.ReasonNoWake) }
	return []answerCase{
		{"health check", policy.CallerHealthCheck, asleep(m), usual(), still(policy.ReplyOK)},
		{
			"health check, nothing observed", policy.CallerHealthCheck, policy.Snapshot{}, policy.Settings{},
			still(policy.ReplyOK),
		},
		{"reserved path", policy.CallerReserved, awake(m), usual(), still(policy.ReplyNotFound)},
		{
			"reserved path, nothing observed", policy.CallerReserved, policy.Snapshot{}, policy.Settings{},
			still(policy.ReplyNotFound),
		},
		{"probe, stopping", policy.CallerProbe, snapshot(0, 1, policy.Rule{}, nil), usual(), still(policy.ReplyNotFound)},
		{"probe, the old task is still healthy", policy.CallerProbe, drowsy(fresh), usual(), still(policy.ReplyNotFound)},
		{"probe, awake", policy.CallerProbe, awake(m), usual(), still(policy.ReplyPass)},
		{"probe, a wake is ready: left to who waits", policy.CallerProbe, drowsy(wake), usual(), still(policy.ReplyNotFound)},
		{"probe, drowsy: would be counted", policy.CallerProbe, drowsy(m), usual(), still(policy.ReplyNotFound)},
		{"probe, drowsy and unmanaged", policy.CallerProbe, drowsy(m), usual(unmanaged), still(policy.ReplyNotFound)},
		{"monitor, awake", policy.CallerMonitor, awake(m), usual(), still(policy.ReplyPass)},
		{"monitor, awake, no way to the application", policy.CallerMonitor, awake(m), usual(bypassOff), still(policy.ReplyDormant)},
		{"monitor, a wake is ready: left to who waits", policy.CallerMonitor, drowsy(wake), usual(), still(policy.ReplyDormant)},
		{"crawler, drowsy: would be counted", policy.CallerCrawler, drowsy(m), usual(), still(policy.ReplyDormant)},
		{"crawler, frozen", policy.CallerCrawler, asleep(m, frozen(time.Hour)), usual(), still(policy.ReplyDormant)},
		{"crawler, missing", policy.CallerCrawler, policy.Snapshot{}, usual(), still(policy.ReplyDormant)},
	}
}

func statusCases() []answerCase {
	m, wake := mark(-10*time.Minute, -20*time.Minute), mark(-time.Minute, -time.Minute)
	fresh := mark(-9*time.Second, -9*time.Second)
	still := reply(policy.ReplyStatus, policy.ActionNone, policy.ReasonNoWake)
	ready := reply(policy.ReplyStatus, policy.ActionDisarm, policy.ReasonReady)
	return []answerCase{
		{"status, asleep", policy.CallerStatus, asleep(m), usual(), still},
		{"status, missing", policy.CallerStatus, policy.Snapshot{}, usual(), still},
		{"status, waking", policy.CallerStatus, starting(wake), usual(), still},
		{"status, a wake is ready", policy.CallerStatus, drowsy(wake), usual(), ready},
		{"status, a wake is ready and unmanaged", policy.CallerStatus, drowsy(wake), usual(unmanaged), still},
		{"status, a wake is ready and frozen", policy.CallerStatus, drowsy(wake, frozen(time.Hour)), usual(), still},
		{"status, the old task is still healthy", policy.CallerStatus, drowsy(fresh), usual(), still},
		{"status, drowsy", policy.CallerStatus, drowsy(m), usual(), still},
		{"status, awake since a wake", policy.CallerStatus, awake(wake), usual(), still},
	}
}

// visitorCases are requests to a service that runs, or that can't be woken.
func visitorCases() []answerCase {
	m, wake := mark(-10*time.Minute, -20*time.Minute), mark(-time.Minute, -time.Minute)
	pass := reply(policy.ReplyPass, policy.ActionNone, policy.ReasonRequest)
	disarm := reply(policy.ReplyPass, policy.ActionDisarm, policy.ReasonRequest)
	unmanagedReply := reply(policy.ReplyUnavailable, policy.ActionNone, policy.ReasonUnmanaged)
	missingReply := reply(policy.ReplyUnavailable, policy.ActionNone, policy.ReasonNotFound)
	freeze := frozen(time.Hour)
	paused := policy.Reply{
		Kind: policy.ReplyFrozen, Action: policy.ActionNone, Reason: policy.ReasonFrozen, RetryAt: at(time.Hour),
	}
	return []answerCase{
		{"page, missing", policy.CallerNavigation, asleep(m, missing), usual(), missingReply},
		{"client, missing and unmanaged", policy.CallerClient, policy.Snapshot{}, usual(unmanaged), missingReply},
		{"page, awake", policy.CallerNavigation, awake(m), usual(), pass},
		{"client, awake and frozen", policy.CallerClient, awake(m, freeze), usual(), pass},
		{"client, drowsy", policy.CallerClient, drowsy(m), usual(), disarm},
		{"page, drowsy", policy.CallerNavigation, drowsy(m), usual(), disarm},
		{"client, a wake is ready", policy.CallerClient, drowsy(wake), usual(), disarm},
		{
			"client, drowsy after a failure", policy.CallerClient, drowsy(mark(-time.Second, -time.Hour), failed(1)), usual(),
			disarm,
		},
		{"client, drowsy and unmanaged", policy.CallerClient, drowsy(m), usual(unmanaged), pass},
		{"client, drowsy, unmanaged and frozen", policy.CallerClient, drowsy(m, freeze), usual(unmanaged), pass},
		{"client, drowsy and frozen", policy.CallerClient, drowsy(m, freeze), usual(), paused},
		{"page, asleep and frozen", policy.CallerNavigation, asleep(m, freeze, failed(9)), usual(), paused},
		{"page, waking and frozen", policy.CallerNavigation, starting(wake, freeze), usual(), paused},
		{"page, asleep and unmanaged", policy.CallerNavigation, asleep(m), usual(unmanaged), unmanagedReply},
		{"page, asleep, unmanaged and frozen", policy.CallerNavigation, asleep(m, freeze), usual(unmanaged), unmanagedReply},
	}
}

// sleeperCases are requests to a service that has to be woken.
func sleeperCases() []answerCase {
	m, wake := mark(-10*time.Minute, -20*time.Minute), mark(-time.Minute, -time.Minute)
	hold := reply(policy.ReplyHold, policy.ActionStart, policy.ReasonRequest)
	page := reply(policy.ReplyPage, policy.ActionStart, policy.ReasonRequest)
	holding := reply(policy.ReplyHold, policy.ActionNone, policy.ReasonWaking)
	paging := reply(policy.ReplyPage, policy.ActionNone, policy.ReasonWaking)
	disarm := reply(policy.ReplyPass, policy.ActionDisarm, policy.ReasonRequest)
	fresh, late := mark(-9*time.Second, -9*time.Second), mark(-10*time.Second, -10*time.Second)
	noted := mark(-time.Minute, -10*time.Minute)
	gaveUp := policy.Reply{
		Kind: policy.ReplyFailed, Action: policy.ActionNone, Reason: policy.ReasonBackOff, RetryAt: at(time.Minute),
	}
	return []answerCase{
		{"client, asleep", policy.CallerClient, asleep(m), usual(), hold},
		{"page, asleep", policy.CallerNavigation, asleep(m), usual(), page},
		{"page, thawed at this moment", policy.CallerNavigation, asleep(m, frozen(0)), usual(), page},
		{"page, asleep with a wake's mark", policy.CallerNavigation, asleep(wake), usual(), page},
		{"page, stopping", policy.CallerNavigation, snapshot(0, 1, asleep(m).Rule, nil), usual(), page},
		{"client, waking", policy.CallerClient, starting(wake), usual(), holding},
		{"page, waking", policy.CallerNavigation, starting(wake), usual(), paging},
		{"client, waking, the old task is still healthy", policy.CallerClient, drowsy(fresh), usual(), holding},
		{"page, the old task is gone by now", policy.CallerNavigation, drowsy(late), usual(), disarm},
		{"client, down and armed", policy.CallerClient, starting(m), usual(), hold},
		{"client, down since a wake", policy.CallerClient, down(wake), usual(), hold},
		{"page, backing off", policy.CallerNavigation, asleep(noted, failed(2)), usual(), gaveUp},
		{"client, backing off", policy.CallerClient, asleep(noted, failed(2)), usual(), gaveUp},
		{"client, failed, raised by hand", policy.CallerClient, starting(noted, failed(2)), usual(), hold},
		{"page, back-off over at this moment", policy.CallerNavigation, asleep(noted, failed(1)), usual(), page},
		{
			"page, failed, then deployed", policy.CallerNavigation, asleep(noted, failed(2), deployed(-time.Second)), usual(),
			page,
		},
	}
}
