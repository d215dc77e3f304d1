package policy_test

import (
	"time"

	"pgregory.net/rapid"

	"github.com/catnap-dev/catnap/internal/policy"
)

func drawFor(r *rapid.T, label string, least, most time.Duration) time.Duration {
	return time.Duration(rapid.Int64Range(int64(least/time.Second), int64(most/time.Second)).Draw(r, label)) * time.Second
}

func drawAt(r *rapid.T, label string, from, to time.Duration) time.Time {
	return at(drawFor(r, label, from, to))
}

// rarely is true once in eight times.
func rarely(r *rapid.T, label string) bool { return rapid.IntRange(0, 7).Draw(r, label) == 7 }

func drawSettings(r *rapid.T) policy.Settings {
	set := policy.Settings{
		Managed:     !rarely(r, "unmanaged"),
		IdleAfter:   drawFor(r, "idle after", 2*time.Minute, 20*time.Minute),
		MetricLag:   drawFor(r, "metric lag", time.Second, 5*time.Minute),
		Settle:      drawFor(r, "settle", time.Second, 5*time.Minute),
		HealAfter:   drawFor(r, "heal after", 10*time.Second, 10*time.Minute),
		WakeTimeout: drawFor(r, "wake timeout", 30*time.Second, 10*time.Minute),
	}
	set.DrowsyAfter = drawFor(r, "drowsy after", 30*time.Second, set.IdleAfter-time.Second)
	if rarely(r, "has pin") {
		set.PinnedUntil = drawAt(r, "pin", -time.Hour, time.Hour)
	}
	if rarely(r, "has schedule") {
		set.Schedule.Windows = []policy.Window{drawWindow(r)}
	}
	return set
}

// drawSnapshot draws anything, likely or not.
func drawSnapshot(r *rapid.T, set policy.Settings) policy.Snapshot {
	s := policy.Snapshot{
		Found:     !rarely(r, "missing"),
		Desired:   rapid.IntRange(0, 2).Draw(r, "desired"),
		Running:   rapid.IntRange(0, 2).Draw(r, "running"),
		Healthy:   rapid.IntRange(0, 2).Draw(r, "healthy"),
		Deploying: rarely(r, "deploying"),
		Rule:      policy.Rule{Armed: rapid.Bool().Draw(r, "armed")},
	}
	if rapid.Bool().Draw(r, "was deployed") {
		s.DeployedAt = drawAt(r, "deployed at", -2*time.Hour, 0)
	}
	if !rarely(r, "unmarked") {
		s.Rule.Mark = drawMark(r)
	}
	if rarely(r, "has freeze") {
		s.FrozenUntil = drawAt(r, "frozen until", -time.Hour, time.Hour)
	}
	if rapid.Bool().Draw(r, "has seen") {
		s.Seen = drawAt(r, "seen", -2*time.Hour, 0)
	}
	if rapid.Bool().Draw(r, "has evidence") {
		s.Evidence = drawEvidence(r, s, set)
	}
	return s
}

func drawMark(r *rapid.T) policy.Mark {
	m := policy.Mark{Since: drawAt(r, "since", -2*time.Hour, 0)}
	m.Failures = max(0, rapid.IntRange(-3, 3).Draw(r, "failures"))
	m.Active = m.Since
	if !rarely(r, "of a wake") {
		m.Active = m.Since.Add(-drawFor(r, "active before since", time.Second, time.Hour))
	}
	return m
}

// drawEvidence is mostly quiet, from the minute that the policy asks for if it does.
func drawEvidence(r *rapid.T, s policy.Snapshot, set policy.Settings) *policy.Evidence {
	from := drawAt(r, "evidence from", -2*time.Hour, 0).Truncate(time.Minute)
	s.Evidence = nil
	if asked := policy.Next(s, set, noon); asked.Action == policy.ActionMeasure && !rarely(r, "from elsewhere") {
		from = asked.From
	}
	e := &policy.Evidence{From: from, Protected: rarely(r, "protected")}
	for start := from; !start.After(noon); start = start.Add(time.Minute) {
		e.Minutes = append(e.Minutes, policy.Minute{Start: start, Settled: true})
	}
	for range rapid.IntRange(0, 3).Draw(r, "odd minutes") {
		m := drawMinute(r, e)
		*m = drawOdd(r, *m)
	}
	return e
}

func drawMinute(r *rapid.T, e *policy.Evidence) *policy.Minute {
	return &e.Minutes[rapid.IntRange(0, len(e.Minutes)-1).Draw(r, "minute")]
}

// drawOdd makes a minute busier or less known.
func drawOdd(r *rapid.T, m policy.Minute) policy.Minute {
	switch rapid.IntRange(0, 2).Draw(r, "oddity") {
	case 0:
		m.Busy = true
	case 1:
		m.Settled = false
	default:
		m.Busy, m.Settled = true, false
	}
	return m
}

// drawDrowsy draws a service that mostly is about to be stopped.
func drawDrowsy(r *rapid.T) (policy.Snapshot, policy.Settings) {
	set := drawSettings(r)
	m := policy.Mark{Since: drawAt(r, "since", -time.Hour, 0)}
	m.Active = m.Since.Add(-drawFor(r, "active before since", 0, 30*time.Minute))
	s := policy.Snapshot{
		Found: true, Desired: 1, Healthy: 1, Deploying: rarely(r, "deploying"),
		Rule: policy.Rule{Armed: !rarely(r, "disarmed"), Mark: m},
	}
	if rarely(r, "has freeze") {
		s.FrozenUntil = drawAt(r, "frozen until", -time.Minute, time.Hour)
	}
	s.Evidence = drawEvidence(r, s, set)
	return s, set
}
