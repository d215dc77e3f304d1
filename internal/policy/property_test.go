package policy_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/catnap-dev/catnap/internal/policy"
)

// obstacles lists what the design names against a stop of a service that has tasks and is not frozen.
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
	hold(s.Deploying && noon.Sub(s.DeployedAt) < 3*time.Hour, "b: deploying")
	hold(s.Evidence == nil || s.Evidence.Protected, "b: protected")
	hold(!s.Rule.Armed, "c: disarmed")
	hold(noon.Sub(m.Since) < set.Settle, "c: settling")
	last := newestActivity(s, set)
	hold(s.Evidence == nil || !allQuiet(*s.Evidence, last, set, judgedUntil(m, last, set)), "d: a minute busy or unknown")
	hold(noon.Sub(last) < set.IdleAfter, "e: recent activity")
	hold(s.Healthy == 0 && noon.Sub(newestAttempt(s)) < set.WakeTimeout, "unhealthy for less than a wake may take")
	return list
}

// judgedUntil is the end of what metrics alone can tell of.
func judgedUntil(m policy.Mark, last time.Time, set policy.Settings) time.Time {
	armed := m.Since.Add(set.Settle)
	newest := armed
	if last.After(newest) {
		newest = last
	}
	told, patient := noon.Add(-time.Minute-set.MetricLag), noon.Sub(newest) <= set.IdleAfter+15*time.Minute
	if set.Signals && patient && told.After(armed) {
		return told
	}
	return armed
}

func newestAttempt(s policy.Snapshot) time.Time {
	if s.Deploying && noon.Sub(s.DeployedAt) < 3*time.Hour && s.DeployedAt.After(s.Rule.Mark.Since) {
		return s.DeployedAt
	}
	return s.Rule.Mark.Since
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

// allQuiet looks at every minute that begins in between, second by second so as to miss none. One that began IdleAfter
// ago may have been busy.
func allQuiet(e policy.Evidence, last time.Time, set policy.Settings, until time.Time) bool {
	for when := last.Add(time.Second); when.Before(until); when = when.Add(time.Second) {
		if when.Second() != 0 || noon.Sub(when) >= set.IdleAfter {
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
			s.Desired = max(s.Desired, 1)
		}
		decision, against := policy.Next(s, set, noon), obstacles(s, set)
		want := len(against) == 0
		if s.FrozenUntil.After(noon) {
			want = set.Managed && s.Found && !s.Rule.Mark.Since.IsZero() && s.Rule.Armed &&
				(s.Healthy == 0 || noon.Sub(s.Rule.Mark.Since) >= set.Settle)
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

// More activity, or less knowledge, never brings a service nearer to sleep.
func TestBusierHistoryNeverStopsAndNeverArms(t *testing.T) {
	var kept, lost int
	rapid.Check(t, func(r *rapid.T) {
		s, set := drawDrowsy(r)
		s.Rule.Armed = !rapid.Bool().Draw(r, "awake")
		before := policy.Next(s, set, noon)
		var odd []policy.Minute
		for range 1 + pick(r, "odd minutes", 6) {
			odd = append(odd, drawOdd(r, s.Evidence, drawAt(r, "minute near", -20*time.Minute, 0)))
		}
		after := policy.Next(s, set, noon)
		if after.Action != before.Action && after.Action != policy.ActionNone {
			r.Fatalf("%+v became %+v with %+v", before, after, odd)
		}
		if after.Action == before.Action {
			kept++
		} else {
			lost++
		}
	})
	if kept == 0 || lost == 0 {
		t.Errorf("%d decisions kept, %d put off: the check is empty", kept, lost)
	}
}

// An account whose metrics never come has services that sleep, too.
func TestUnknownEndsByItself(t *testing.T) {
	waited := make(map[policy.Action]int)
	rapid.Check(t, func(r *rapid.T) {
		s, set := drawDrowsy(r)
		set.Schedule = policy.Schedule{}
		least, later, want := set.Settle, noon.Add(set.IdleAfter), policy.ActionStop
		if set.Signals {
			later = later.Add(15*time.Minute + time.Second)
		}
		if s.Rule.Armed = !rapid.Bool().Draw(r, "awake"); !s.Rule.Armed {
			least, later, want = set.DrowsyAfter, noon.Add(15*time.Minute), policy.ActionArm
		}
		s.Rule.Mark.Since = at(-drawFor(r, "switched before", least, least+time.Minute))
		for i := range s.Evidence.Minutes {
			s.Evidence.Minutes[i].Settled = false
		}
		if decision := policy.Next(s, set, noon); decision.Reason != policy.ReasonUnsettled {
			return
		}
		if decision := policy.Next(s, set, later); decision.Action != want {
			r.Fatalf("at %s with nothing new known: %+v", later, decision)
		}
		waited[want]++
	})
	if waited[policy.ActionStop] == 0 || waited[policy.ActionArm] == 0 {
		t.Errorf("waited for %v: the check is empty", waited)
	}
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
