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
func rarely(r *rapid.T, label string) bool { return pick(r, label, 8) == 7 }

// pick is even, where rapid's own ranges prefer small numbers.
func pick(r *rapid.T, label string, n int) int {
	number := 0
	for range 6 {
		number *= 2
		if rapid.Bool().Draw(r, label) {
			number++
		}
	}
	return number % n
}

func drawSettings(r *rapid.T) policy.Settings {
	set := policy.Settings{
		Managed:     !rarely(r, "unmanaged"),
		IdleAfter:   drawFor(r, "idle after", 2*time.Minute, 20*time.Minute),
		MetricLag:   drawFor(r, "metric lag", time.Second, 5*time.Minute),
		Settle:      drawFor(r, "settle", time.Second, 5*time.Minute),
		HealAfter:   drawFor(r, "heal after", 10*time.Second, 10*time.Minute),
		WakeTimeout: drawFor(r, "wake timeout", 30*time.Second, 10*time.Minute),
		Signals:     rarely(r, "signals"),
		BypassOff:   rarely(r, "bypass off"),
		Wake:        rapid.SampledFrom(wakeModes).Draw(r, "wake mode"),
	}
	if rarely(r, "has limit") {
		set.WakesPerHour = rapid.IntRange(1, 3).Draw(r, "wakes an hour")
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
		s.DeployedAt = drawAt(r, "deployed at", -4*time.Hour, 0)
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
	for range rapid.IntRange(0, 4).Draw(r, "wakes") {
		s.Wakes = append(s.Wakes, policy.Wake{At: drawAt(r, "woken at", -2*time.Hour, 0)})
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

// drawQuiet is quiet evidence, from the minute that the policy asks for if it does.
func drawQuiet(r *rapid.T, s policy.Snapshot, set policy.Settings) *policy.Evidence {
	from := drawAt(r, "evidence from", -2*time.Hour, 0).Truncate(time.Minute)
	s.Evidence = nil
	if asked := policy.Next(s, set, noon); asked.Action == policy.ActionMeasure && !rarely(r, "from elsewhere") {
		from = asked.From
	}
	e := &policy.Evidence{From: from}
	for start := from; !start.After(noon); start = start.Add(time.Minute) {
		e.Minutes = append(e.Minutes, policy.Minute{Start: start, Settled: true})
	}
	return e
}

func drawEvidence(r *rapid.T, s policy.Snapshot, set policy.Settings) *policy.Evidence {
	e := drawQuiet(r, s, set)
	e.Protected = rarely(r, "protected")
	for range rapid.IntRange(0, 3).Draw(r, "odd minutes") {
		drawOdd(r, e, noon)
	}
	return e
}

// drawOdd makes one of the ten minutes up to until busier or less known.
func drawOdd(r *rapid.T, e *policy.Evidence, until time.Time) policy.Minute {
	newest := int(until.Sub(e.From) / time.Minute)
	i := min(max(0, newest-rapid.IntRange(0, 9).Draw(r, "minutes before")), len(e.Minutes)-1)
	m := &e.Minutes[i]
	switch pick(r, "oddity", 3) {
	case 0:
		m.Busy = true
	case 1:
		m.Settled = false
	default:
		m.Busy, m.Settled = true, false
	}
	return *m
}

// drawLate makes the newest minutes unknown.
func drawLate(r *rapid.T, e *policy.Evidence) {
	from := drawAt(r, "unknown from", -30*time.Minute, 0)
	for i := range e.Minutes {
		e.Minutes[i].Settled = e.Minutes[i].Settled && e.Minutes[i].Start.Before(from)
	}
}

// drawDrowsy draws a service that is about to be stopped, and puts up to two obstacles in the way.
func drawDrowsy(r *rapid.T) (policy.Snapshot, policy.Settings) {
	set := drawSettings(r)
	set.Managed, set.PinnedUntil, set.Schedule = true, time.Time{}, policy.Schedule{}
	m := policy.Mark{Since: drawAt(r, "since", -30*time.Minute, -set.Settle)}
	m.Active = at(-set.IdleAfter - drawFor(r, "idle for longer", 0, 20*time.Minute))
	if !m.Active.Before(m.Since) {
		m.Active = m.Since.Add(-time.Second)
	}
	s := snapshot(1, 1, policy.Rule{Armed: true, Mark: m}, nil)
	s.Evidence = drawQuiet(r, s, set)
	for range pick(r, "obstacles", 3) {
		drawObstacle(r, &s, &set)
	}
	return s, set
}

func drawObstacle(r *rapid.T, s *policy.Snapshot, set *policy.Settings) {
	armed := s.Rule.Mark.Since.Add(set.Settle)
	list := []func(){
		func() { set.Managed = false },
		func() { set.PinnedUntil = drawAt(r, "pin", -10*time.Minute, 10*time.Minute) },
		func() { set.Schedule.Windows = []policy.Window{drawWindow(r)} },
		func() { set.Schedule = daily(nil, 0, 12*time.Hour-drawFor(r, "over for", 0, 20*time.Minute)) },
		func() { s.Deploying, s.DeployedAt = true, drawAt(r, "deployed at", -4*time.Hour, 0) },
		func() { s.Healthy = 0 },
		func() { s.Evidence.Protected = true },
		func() { s.Rule.Armed = false },
		func() { s.Rule.Mark.Active = s.Rule.Mark.Since },
		func() { s.Rule.Mark.Since = drawAt(r, "later since", -set.Settle-time.Second, 0) },
		func() { s.FrozenUntil = drawAt(r, "frozen until", -time.Minute, time.Hour) },
		func() { s.Seen = drawAt(r, "seen", -set.IdleAfter-time.Second, 0) },
		func() { drawOdd(r, s.Evidence, armed) },
		func() { drawOdd(r, s.Evidence, armed) },
		func() { drawOdd(r, s.Evidence, noon.Add(-set.MetricLag)); set.Signals = true },
		func() { drawLate(r, s.Evidence) },
	}
	list[pick(r, "obstacle", len(list))]()
}
