package policy_test

import (
	"testing"
	"time"
	_ "time/tzdata" // the schedule's zones, wherever the tests run

	"github.com/catnap-dev/catnap/internal/policy"
)

// noon is a Wednesday. The tables look at noon, and count everything from there.
var noon = time.Date(2026, time.November, 25, 12, 0, 0, 0, time.UTC)

func at(offset time.Duration) time.Time { return noon.Add(offset) }

// usual are the shipped settings, spelled out so that the tables can be checked by hand.
func usual(changes ...func(*policy.Settings)) policy.Settings {
	set := policy.Settings{
		Managed:     true,
		IdleAfter:   5 * time.Minute,
		DrowsyAfter: 150 * time.Second,
		MetricLag:   time.Minute,
		Settle:      30 * time.Second,
		HealAfter:   time.Minute,
		WakeTimeout: 5 * time.Minute,
	}
	for _, change := range changes {
		change(&set)
	}
	return set
}

type setting = func(*policy.Settings)

func unmanaged(set *policy.Settings) { set.Managed = false }
func signals(set *policy.Settings)   { set.Signals = true }

func idleAfter(d time.Duration) setting   { return func(set *policy.Settings) { set.IdleAfter = d } }
func metricLag(d time.Duration) setting   { return func(set *policy.Settings) { set.MetricLag = d } }
func wakeTimeout(d time.Duration) setting { return func(set *policy.Settings) { set.WakeTimeout = d } }

func bypassOff(set *policy.Settings) { set.BypassOff = true }

func wokenBy(mode policy.WakeMode) setting { return func(set *policy.Settings) { set.Wake = mode } }
func wakesPerHour(n int) setting           { return func(set *policy.Settings) { set.WakesPerHour = n } }

func pinned(until time.Duration) setting {
	return func(set *policy.Settings) { set.PinnedUntil = at(until) }
}

// window is one window a day in UTC, from and to since midnight.
func window(from, to time.Duration) setting {
	return func(set *policy.Settings) { set.Schedule = daily(nil, from, to) }
}

func daily(loc *time.Location, from, to time.Duration) policy.Schedule {
	every := [7]bool{true, true, true, true, true, true, true}
	return policy.Schedule{Location: loc, Windows: []policy.Window{{Days: every, From: from, To: to}}}
}

type trait = func(*policy.Snapshot)

// mark is of a rule switched at since with the last activity at active.
func mark(since, active time.Duration) policy.Mark {
	return policy.Mark{Since: at(since), Active: at(active)}
}

func snapshot(desired, healthy int, rule policy.Rule, traits []trait) policy.Snapshot {
	s := policy.Snapshot{Found: true, Desired: desired, Running: desired, Healthy: healthy, Rule: rule}
	for _, t := range traits {
		t(&s)
	}
	return s
}

func asleep(m policy.Mark, traits ...trait) policy.Snapshot {
	return snapshot(0, 0, policy.Rule{Armed: true, Mark: m}, traits)
}

// starting has tasks, none of them healthy, behind the waker.
func starting(m policy.Mark, traits ...trait) policy.Snapshot {
	return snapshot(1, 0, policy.Rule{Armed: true, Mark: m}, traits)
}

// down has tasks, none of them healthy, and answers for itself.
func down(m policy.Mark, traits ...trait) policy.Snapshot {
	return snapshot(1, 0, policy.Rule{Mark: m}, traits)
}

func awake(m policy.Mark, traits ...trait) policy.Snapshot {
	return snapshot(1, 1, policy.Rule{Mark: m}, traits)
}

func drowsy(m policy.Mark, traits ...trait) policy.Snapshot {
	return snapshot(1, 1, policy.Rule{Armed: true, Mark: m}, traits)
}

func missing(s *policy.Snapshot)   { s.Found = false }
func disarmed(s *policy.Snapshot)  { s.Rule.Armed = false }
func noTask(s *policy.Snapshot)    { s.Running = 0 }
func protected(s *policy.Snapshot) { s.Evidence.Protected = true }

func frozen(until time.Duration) trait {
	return func(s *policy.Snapshot) { s.FrozenUntil = at(until) }
}

func failed(times int) trait {
	return func(s *policy.Snapshot) { s.Rule.Mark.Failures = times }
}

func deployed(when time.Duration) trait {
	return func(s *policy.Snapshot) { s.DeployedAt = at(when) }
}

func deploying(since time.Duration) trait {
	return func(s *policy.Snapshot) { s.Deploying, s.DeployedAt = true, at(since) }
}

func seen(when time.Duration) trait {
	return func(s *policy.Snapshot) { s.Seen = at(when) }
}

// woken notes wakes that began then; how long they took is nobody's question here.
func woken(when ...time.Duration) trait {
	return func(s *policy.Snapshot) {
		for _, w := range when {
			s.Wakes = append(s.Wakes, policy.Wake{At: at(w)})
		}
	}
}

// history is evidence from that minute on, one character a minute:
// '.' quiet, 'B' busy, '?' not settled, 'b' busy and not settled.
func history(from time.Duration, minutes string) trait {
	return func(s *policy.Snapshot) {
		s.Evidence = &policy.Evidence{From: at(from)}
		for i, c := range minutes {
			s.Evidence.Minutes = append(s.Evidence.Minutes, policy.Minute{
				Start:   at(from + time.Duration(i)*time.Minute),
				Busy:    c == 'B' || c == 'b',
				Settled: c == '.' || c == 'B',
			})
		}
	}
}

func mustLoad(tb testing.TB, name string) *time.Location {
	tb.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		tb.Fatal(err)
	}
	return loc
}
