package policy_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/catnap-dev/catnap/internal/policy"
)

// allowed is what a request may bring about, by the words of the settings and not by the code's order.
type allowed struct{ ready, start, disarm bool }

func allowedTo(caller policy.Caller, s policy.Snapshot, set policy.Settings) allowed {
	wake := s.Rule.Mark.Waking()
	leftOver := s.Rule.Armed && wake && noon.Sub(s.Rule.Mark.Since) < 10*time.Second
	visitor := !slices.Contains(sleepers, caller) && s.Found
	free := set.Managed && !s.FrozenUntil.After(noon)
	a := allowed{ready: s.Desired > 0 && s.Healthy > 0 && !leftOver}
	a.start = visitor && free && !a.ready && !s.BackingOff(noon) && (s.Desired > 0 || mayOrder(caller, s, set))
	a.disarm = free && a.ready && s.Rule.Armed && (visitor || caller == policy.CallerStatus && wake)
	return a
}

// mayOrder tells whether a caller may order tasks where none are.
func mayOrder(caller policy.Caller, s policy.Snapshot, set policy.Settings) bool {
	recent := 0
	for _, w := range s.Wakes {
		if noon.Sub(w.At) < time.Hour {
			recent++
		}
	}
	byPage := caller == policy.CallerWake || caller == policy.CallerClick
	switch {
	case set.WakesPerHour > 0 && recent >= set.WakesPerHour &&
		caller != policy.CallerClick && caller != policy.CallerForm:
		return false
	case set.Wake == policy.WakeJavaScript:
		return byPage
	case set.Wake == policy.WakeNavigation:
		return byPage || caller.Shown()
	default:
		return true
	}
}

func TestAnswerKeepsItsWord(t *testing.T) {
	given := make(map[policy.ReplyKind]int)
	rapid.Check(t, func(r *rapid.T) {
		set := drawSettings(r)
		s := drawSnapshot(r, set)
		for _, caller := range callers {
			got := policy.Answer(caller, s, set, noon)
			given[got.Kind]++
			if fault := wrong(got, allowedTo(caller, s, set), s, set); fault != "" {
				r.Errorf("%s: %s: %+v", caller, fault, got)
			}
		}
	})
	for _, kind := range []policy.ReplyKind{
		policy.ReplyPage, policy.ReplyHold, policy.ReplyPass, policy.ReplyRetry, policy.ReplyDormant,
	} {
		if given[kind] == 0 {
			t.Errorf("no %s: the check is empty", kind)
		}
	}
}

// wrong says what is wrong with an answer; empty: nothing.
func wrong(got policy.Reply, may allowed, s policy.Snapshot, set policy.Settings) string {
	switch {
	case got.Action == policy.ActionStart && !may.start, got.Action == policy.ActionDisarm && !may.disarm:
		return "does what it may not"
	case got.Kind == "" || got.Reason == "" || got.Action == "":
		return "no whole answer"
	case got.Kind == policy.ReplyPass && (!may.ready || set.BypassOff):
		return "passed on to nobody"
	case got.Kind == policy.ReplyHold && set.BypassOff:
		return "held, and can't be passed on"
	case may.start && got.Action != policy.ActionStart && !underWay(s):
		return "nobody starts it"
	case !got.RetryAt.IsZero() && !got.RetryAt.After(noon):
		return "try again at a time past"
	default:
		return ""
	}
}

// underWay tells whether somebody has started it: by a mark that came with tasks, or a moment ago.
func underWay(s policy.Snapshot) bool {
	wake := s.Rule.Armed && s.Rule.Mark.Waking()
	return wake && (s.Desired > 0 || noon.Sub(s.Rule.Mark.Since).Abs() < 10*time.Second)
}

// A person's click wakes whatever anybody else's request would.
func TestClickWakesWhatOthersDo(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		set := drawSettings(r)
		s := drawSnapshot(r, set)
		click := policy.Answer(policy.CallerClick, s, set, noon)
		for _, caller := range callers {
			got := policy.Answer(caller, s, set, noon)
			if got.Action == policy.ActionStart && click.Action != policy.ActionStart {
				r.Fatalf("%s: %+v, a click: %+v", caller, got, click)
			}
		}
	})
}
