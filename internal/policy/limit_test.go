package policy_test

import (
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
)

// limitCases are requests to a service that was woken often, and to one that not everybody wakes.
func limitCases() []answerCase {
	m, wake := mark(-10*time.Minute, -20*time.Minute), mark(-time.Minute, -time.Minute)
	often := woken(-10*time.Minute, -50*time.Minute)
	until := func(kind policy.ReplyKind, reason policy.Reason, retry time.Duration) policy.Reply {
		return policy.Reply{Kind: kind, Action: policy.ActionNone, Reason: reason, RetryAt: at(retry)}
	}
	limited := func(retry time.Duration) policy.Reply {
		return until(policy.ReplyLimited, policy.ReasonLimited, retry)
	}
	page := reply(policy.ReplyPage, policy.ActionStart, policy.ReasonRequest)
	status := reply(policy.ReplyStatus, policy.ActionStart, policy.ReasonRequest)
	dormant := reply(policy.ReplyDormant, policy.ActionNone, policy.ReasonNoWake)
	byScript := wokenBy(policy.WakeJavaScript)
	return []answerCase{
		{"two of two", policy.CallerNavigation, asleep(m, often), usual(wakesPerHour(2)), limited(10 * time.Minute)},
		{"two of three", policy.CallerNavigation, asleep(m, often), usual(wakesPerHour(3)), page},
		{"two of one: until both are over", policy.CallerNavigation, asleep(m, often), usual(wakesPerHour(1)), limited(50 * time.Minute)},
		{"no limit", policy.CallerNavigation, asleep(m, often), usual(), page},
		{"a limit and no wakes", policy.CallerNavigation, asleep(m), usual(wakesPerHour(1)), page},
		{"wakes in another order", policy.CallerClient, asleep(m, woken(-50*time.Minute, -10*time.Minute)), usual(wakesPerHour(2)), limited(10 * time.Minute)},
		{"a wake an hour ago", policy.CallerNavigation, asleep(m, woken(-time.Hour)), usual(wakesPerHour(1)), page},
		{"a wake almost an hour ago", policy.CallerNavigation, asleep(m, woken(1-time.Hour)), usual(wakesPerHour(1)), limited(1)},
		{"script", policy.CallerWake, asleep(m, often), usual(wakesPerHour(2)), limited(10 * time.Minute)},
		{"a click goes through", policy.CallerClick, asleep(m, often), usual(wakesPerHour(2)), status},
		{"a click goes through where a script wakes", policy.CallerClick, asleep(m, often), usual(wakesPerHour(2), byScript), status},
		{"a page goes on to say so where a script wakes", policy.CallerNavigation, asleep(m, often), usual(wakesPerHour(2), byScript), limited(10 * time.Minute)},
		{"who may not wake is not told of limits", policy.CallerClient, asleep(m, often), usual(wakesPerHour(2), byScript), dormant},
		{"waking, whatever the limit", policy.CallerNavigation, starting(wake, often), usual(wakesPerHour(1)), reply(policy.ReplyPage, policy.ActionNone, policy.ReasonWaking)},
		{"marked a moment ago, whatever the limit", policy.CallerNavigation, asleep(mark(-9*time.Second, -9*time.Second), often), usual(wakesPerHour(1)), reply(policy.ReplyPage, policy.ActionNone, policy.ReasonWaking)},
		{"marked a moment ago, by a clock ahead", policy.CallerNavigation, asleep(mark(9*time.Second, 9*time.Second)), usual(), reply(policy.ReplyPage, policy.ActionNone, policy.ReasonWaking)},
		{"marked far ahead: nobody's of now", policy.CallerNavigation, asleep(mark(time.Hour, time.Hour)), usual(), page},
		{"marked long enough ago for the count", policy.CallerNavigation, asleep(mark(-10*time.Second, -10*time.Second)), usual(), page},
		{"raised by hand, whatever the limit", policy.CallerNavigation, starting(m, often), usual(wakesPerHour(1)), page},
		{"raised by hand, whoever wakes", policy.CallerClient, starting(m), usual(byScript), reply(policy.ReplyHold, policy.ActionStart, policy.ReasonRequest)},
		{"drowsy, whatever the limit", policy.CallerClient, drowsy(m, often), usual(wakesPerHour(1)), reply(policy.ReplyPass, policy.ActionDisarm, policy.ReasonRequest)},
		{
			"frozen before limited", policy.CallerClick, asleep(m, often, frozen(time.Minute)), usual(wakesPerHour(1)),
			until(policy.ReplyFrozen, policy.ReasonFrozen, time.Minute),
		},
		{
			"backing off before limited", policy.CallerClick, asleep(wake, often, failed(2), quietMark), usual(wakesPerHour(1)),
			until(policy.ReplyFailed, policy.ReasonBackOff, time.Minute),
		},
		{
			"unmanaged before frozen, backing off and limited", policy.CallerClick,
			asleep(wake, often, failed(2), quietMark, frozen(time.Hour)), usual(wakesPerHour(1), unmanaged),
			reply(policy.ReplyUnavailable, policy.ActionNone, policy.ReasonUnmanaged),
		},
	}
}

// quietMark makes a wake's mark one that notes a failure.
func quietMark(s *policy.Snapshot) { s.Rule.Mark.Active = s.Rule.Mark.Since.Add(-time.Hour) }

func TestLimited(t *testing.T) {
	for _, c := range []struct {
		name  string
		wakes trait
		limit int
		want  bool
	}{
		{"no wake", woken(), 1, false},
		{"no limit", woken(0, 0, 0), 0, false},
		{"one of one", woken(-time.Minute), 1, true},
		{"at this moment", woken(0), 1, true},
		{"an hour ago", woken(-time.Hour), 1, false},
		{"almost an hour ago", woken(1 - time.Hour), 1, true},
		{"one recent, one old, of two", woken(-time.Minute, -2*time.Hour), 2, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := asleep(policy.Mark{}, c.wakes)
			if got := s.Limited(usual(wakesPerHour(c.limit)), noon); got != c.want {
				t.Errorf("limited %t, want %t", got, c.want)
			}
		})
	}
}
