package policy_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/catnap-dev/catnap/internal/policy"
)

// obstacles lists what the design names against a stop of a healthy service that is not frozen.
func obstacles(s policy.Snapshot, set policy.Settings) (list []string) {
	hold := func(holds bool, name string) {
		if holds {
			list = append(list, name)
		}
	}
	m := s.Rule.Mark
	hold(!set.Managed || !s.Found || m.Since.IsZero(), "not catnap's to judge")
	hold(set.PinnedUntil.After(noon), "a: pinned")
	hold(set.Schedule.Covers(noon), "a: in a window")
	hold(m.Active.Equal(m.Since), "a: the end of a wake")
	hold(s.Deploying, "b: deploying")
	hold(s.Evidence == nil || s.Evidence.Protected, "b: protected")
	hold(!s.Rule.Armed, "c: disarmed")
	hold(noon.Sub(m.Since) < set.Settle, "c: settling")
	last := newestActivity(s, set)
	hold(s.Evidence == nil || !allQuiet(*s.Evidence, last, m.Since.Add(set.Settle)), "d: a minute busy or unknown")
	hold(noon.Sub(last) < set.IdleAfter, "e: recent activity")
	return list
}

func newestActivity(s policy.Snapshot, set policy.Settings) time.Time {
	times := []time.Time{s.Rule.Mark.Active, s.Seen, set.Schedule.LastEnd(noon)}
	if !s.Rule.Armed {
		times = append(times, s.Rule.Mark.Since)
	}
	if !set.PinnedUntil.After(noon) {
		times = append(times, set.PinnedUntil)
	}
	if s.Evidence != nil {
		times = append(times, s.Evidence.From)
		for _, m := range s.Evidence.Minutes {
			if m.Busy {
				times = append(times, m.Start)
			}
		}
	}
	var newest time.Time
	for _, when := range times {
		if when.After(newest) {
			newest = when
		}
	}
	return newest
}

// allQuiet looks at every minute that begins in between, second by second so as to miss none.
func allQuiet(e policy.Evidence, last, until time.Time) bool {
	for when := last.Add(time.Second); when.Before(until); when = when.Add(time.Second) {
		if when.Second() != 0 {
			continue
		}
		quiet := false
		for _, m := range e.Minutes {
			quiet = quiet || m.Start.Equal(when) && m.Settled && !m.Busy
		}
		if !quiet {
			return false
		}
	}
	return true
}

func TestStopsExactlyWhenNothingIsInTheWay(t *testing.T) {
	var stops, others int
	rapid.Check(t, func(r *rapid.T) {
		s, set := drawDrowsy(r)
		if rarely(r, "anything") {
			s = drawSnapshot(r, set)
			s.Desired, s.Healthy = max(s.Desired, 1), max(s.Healthy, 1)
		}
		decision, against := policy.Next(s, set, noon), obstacles(s, set)
		want := len(against) == 0
		if s.FrozenUntil.After(noon) {
			want = set.Managed && s.Found && !s.Rule.Mark.Since.IsZero() && s.Rule.Armed &&
				noon.Sub(s.Rule.Mark.Since) >= set.Settle
		}
		if got := decision.Action == policy.ActionStop; got != want {
			r.Fatalf("%s because of %s; against a stop: %q", decision.Action, decision.Reason, against)
		}
		if want {
			stops++
		} else {
			others++
		}
	})
	if stops == 0 || others == 0 {
		t.Errorf("%d stops, %d others: the check is empty", stops, others)
	}
}

func TestNeverMeasuresTwice(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		set := drawSettings(r)
		s := drawSnapshot(r, set)
		if s.Evidence == nil {
			s.Evidence = drawEvidence(r, s, set)
		}
		if decision := policy.Next(s, set, noon); decision.Action == policy.ActionMeasure {
			r.Fatalf("asked for evidence that it has: %+v", decision)
		}
	})
}

// What is asked for must hold every minute that a stop or an arming depends on, and few enough for one call.
func TestMeasureAsksForEnoughAndNotTooMuch(t *testing.T) {
	asked := 0
	rapid.Check(t, func(r *rapid.T) {
		s, set := drawDrowsy(r)
		s.Evidence = nil
		age := time.Duration(rapid.IntRange(0, 50).Draw(r, "older by hours")) * time.Hour
		s.Rule.Mark.Since, s.Rule.Mark.Active = s.Rule.Mark.Since.Add(-age), s.Rule.Mark.Active.Add(-age)
		decision := policy.Next(s, set, noon)
		if decision.Action != policy.ActionMeasure {
			return
		}
		asked++
		from, known := decision.From, newestActivity(s, set)
		if !from.Equal(from.Truncate(time.Minute)) || from.After(noon) {
			r.Errorf("from %s, which is no start of a minute past", from)
		}
		if points := noon.Sub(from)/time.Minute + 1; points > 1440 {
			r.Errorf("from %s: %d points", from, points)
		}
		if from.Before(known.Truncate(time.Minute)) {
			r.Errorf("from %s, before the activity known at %s", from, known)
		}
		judged := noon
		if s.Rule.Armed {
			judged = s.Rule.Mark.Since
		}
		reached := from.After(judged.Add(-set.IdleAfter)) && from.After(known) && noon.Sub(from) < 20*time.Hour-time.Minute
		if reached {
			r.Errorf("from %s misses what came before %s", from, judged)
		}
	})
	if asked == 0 {
		t.Error("never asked: the check is empty")
	}
}

// One doubt removed by another is the exception: activity that is newer than an unsettled minute makes it irrelevant.
func TestBusierHistoryNeverStops(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s, set := drawDrowsy(r)
		before := policy.Next(s, set, noon)
		until := drawAt(r, "minute near", -30*time.Minute, 0)
		m := drawOdd(r, s.Evidence, until)
		after := policy.Next(s, set, noon)
		overtaken := m.Busy && before.Reason == policy.ReasonUnsettled
		if after.Action == policy.ActionStop && before.Action != policy.ActionStop && !overtaken {
			r.Fatalf("%+v became %+v with minute %+v", before, after, m)
		}
	})
}

func TestNextLookIsInTheFuture(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		set := drawSettings(r)
		s := drawSnapshot(r, set)
		decision := policy.Next(s, set, noon)
		if decision.Action == policy.ActionNone && !decision.Next.IsZero() && !decision.Next.After(noon) {
			r.Fatalf("look again at %s, which is over: %+v", decision.Next, decision)
		}
		if decision.Active.After(noon) {
			r.Fatalf("activity in the future: %+v", decision)
		}
	})
}

func TestAnswerKeepsItsWord(t *testing.T) {
	visitors := map[policy.Caller]bool{policy.CallerNavigation: true, policy.CallerClient: true}
	rapid.Check(t, func(r *rapid.T) {
		set := drawSettings(r)
		s := drawSnapshot(r, set)
		caller := rapid.SampledFrom(callers).Draw(r, "caller")
		got := policy.Answer(caller, s, set, noon)
		frozen, wake := s.FrozenUntil.After(noon), s.Rule.Mark.Waking()
		leftOver := s.Rule.Armed && wake && noon.Sub(s.Rule.Mark.Since) < 10*time.Second
		ready := s.Desired > 0 && s.Healthy > 0 && !leftOver
		mayStart := visitors[caller] && s.Found && set.Managed && !frozen && !s.BackingOff(noon) && !ready
		mayDisarm := set.Managed && !frozen && ready && s.Rule.Armed &&
			(visitors[caller] && s.Found || caller == policy.CallerStatus && wake)
		switch {
		case got.Action == policy.ActionStart && !mayStart, got.Action == policy.ActionDisarm && !mayDisarm:
			r.Errorf("%s: %+v", caller, got)
		case got.Kind == "" || got.Reason == "" || got.Action == "":
			r.Errorf("%s: no whole answer: %+v", caller, got)
		case got.Kind == policy.ReplyPass && !ready:
			r.Errorf("%s: passed on to nobody: %+v", caller, got)
		case mayStart && got.Action != policy.ActionStart && (s.Desired == 0 || !s.Rule.Armed || !wake):
			r.Errorf("%s: nobody starts it: %+v", caller, got)
		case !got.RetryAt.IsZero() && !got.RetryAt.After(noon):
			r.Errorf("%s: try again at a time past: %+v", caller, got)
		}
	})
}
