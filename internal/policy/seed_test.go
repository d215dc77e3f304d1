package policy_test

import (
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
)

// world is one service with its visitors, its metrics and a reaper, in whole seconds.
type world struct {
	snapshot policy.Snapshot
	settings policy.Settings
	visits   []time.Time   // still to come, in order
	counted  map[int64]int // requests by the start of their minute
	late     time.Duration // how long after its end a minute has its points
	signal   time.Time     // until then an extra signal is above its threshold
	spread   time.Duration // how long an armed rule still lets requests by
	stopped  time.Time
}

// newWorld has a service awake for long, with a visit every so many minutes, the last one at that second of noon.
func newWorld(every, second int, late, spread time.Duration) *world {
	w := &world{
		snapshot: awake(mark(-2*time.Hour, -3*time.Hour)), settings: usual(),
		counted: map[int64]int{}, late: late, spread: spread,
	}
	for minute := -20 / every * every; minute <= 0; minute += every {
		w.visits = append(w.visits, at(time.Duration(minute)*time.Minute+time.Duration(second)*time.Second))
	}
	return w
}

// run makes a pass a minute until the service is stopped. The first comes when the metrics of an hour are there.
func (w *world) run(phase time.Duration) (stopped time.Duration) {
	for tick := at(phase - 3*time.Minute); w.stopped.IsZero() && tick.Before(at(time.Hour)); tick = tick.Add(time.Minute) {
		w.pass(tick)
	}
	return w.stopped.Sub(noon)
}

// pass looks, acts, and waits for what falls due before the next pass.
func (w *world) pass(now time.Time) {
	for until := now.Add(time.Minute); now.Before(until); {
		w.visitUntil(now)
		decision := policy.Next(w.snapshot, w.settings, now)
		if decision.Action == policy.ActionMeasure {
			seen := w.snapshot
			seen.Evidence = w.measure(decision.From, now)
			w.snapshot.Seen = seen.Evidence.NewestBusy()
			decision = policy.Next(seen, w.settings, now)
		}
		switch decision.Action {
		case policy.ActionArm:
			w.snapshot.Rule = policy.Rule{Armed: true, Mark: policy.Mark{Since: now, Active: decision.Active}}
		case policy.ActionStop:
			w.stopped = now
			return
		case policy.ActionNone:
			if decision.Next.IsZero() {
				return
			}
			now = decision.Next
		default:
			panic("no wake and no failure is expected: " + decision.Reason)
		}
	}
}

// visitUntil lets the visitors in. One who meets the waker has the rule disarmed.
func (w *world) visitUntil(now time.Time) {
	for ; len(w.visits) > 0 && !w.visits[0].After(now); w.visits = w.visits[1:] {
		visit := w.visits[0]
		w.counted[visit.Truncate(time.Minute).Unix()]++
		if w.snapshot.Rule.Armed && !visit.Before(w.snapshot.Rule.Mark.Since.Add(w.spread)) {
			w.snapshot.Rule = policy.Rule{Mark: policy.Mark{Since: visit, Active: visit}}
		}
	}
}

func (w *world) measure(from, now time.Time) *policy.Evidence {
	evidence := &policy.Evidence{From: from}
	for start := from; !start.After(now); start = start.Add(time.Minute) {
		there := !now.Before(start.Add(time.Minute + max(w.late, w.settings.MetricLag)))
		busy := there && (w.counted[start.Unix()] > 0 || start.Before(w.signal))
		evidence.Minutes = append(evidence.Minutes, policy.Minute{Start: start, Busy: busy, Settled: there})
	}
	return evidence
}

// The seed's own test: a request, `sleep 310`, and the desired count is zero; and never zero within four minutes.
func TestStopsFourToFiveMinutesAfterTheLastRequest(t *testing.T) {
	for _, c := range []struct {
		name   string
		every  int // minutes
		spread time.Duration
	}{
		{"never armed before the last request", 1, 0},
		{"armed at about the last request", 3, 30 * time.Second},
		{"armed before the last request", 4, 0},
		{"armed before the last request, which gets by", 4, 30 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, phase := range []time.Duration{0, 13 * time.Second, 31 * time.Second, 59 * time.Second} {
				for second := range 60 {
					checkStop(t, c.every, second, c.spread, phase)
				}
			}
		})
	}
}

// The second of the minute at which the passes come is nobody's choice.
func TestStopsInTimeWheneverThePassesCome(t *testing.T) {
	for phase := range 60 {
		for second := range 60 {
			stopped := newWorld(1, second, time.Minute, 0).run(time.Duration(phase) * time.Second)
			if after := stopped - time.Duration(second)*time.Second; after < 240*time.Second || after > 301*time.Second {
				t.Errorf("passes at second %d, request at second %d: stopped %s later", phase, second, after)
			}
		}
	}
}

func checkStop(t *testing.T, every, second int, spread, phase time.Duration) {
	t.Helper()
	request := time.Duration(second) * time.Second
	onTime := newWorld(every, second, time.Minute, spread).run(phase)
	if after := onTime - request; after < 240*time.Second || after > 301*time.Second {
		t.Errorf("second %d, phase %s: stopped %s after the request", second, phase, after)
	}
	if spread > 0 {
		return // the other rows show it; late metrics mean a look every ten seconds
	}
	late := newWorld(every, second, 3*time.Minute, spread).run(phase)
	after := late - request
	if after < 240*time.Second || after > 15*time.Minute {
		t.Errorf("second %d, phase %s: with late metrics stopped %s after the request", second, phase, after)
	}
	// The waker meets every request that nothing confirms to be the last one, and what it cannot know is busy.
	never := newWorld(every, second, 100*time.Hour, spread).run(phase)
	if after := never - request; after < 240*time.Second || after > 25*time.Minute {
		t.Errorf("second %d, phase %s: without metrics stopped %s after the request", second, phase, after)
	}
	// Where the waker may see the request, which it does to the second, late metrics may make for the earlier stop.
	if every == 1 && late < onTime {
		t.Errorf("second %d, phase %s: late metrics stopped it %s earlier", second, phase, onTime-late)
	}
}

// What the waker does not see keeps the service awake as long as the metrics show it.
func TestSignalKeepsItAwake(t *testing.T) {
	for _, late := range []time.Duration{time.Minute, 2 * time.Minute} {
		for second := range 60 {
			w := newWorld(20, second, late, 0)
			w.settings.Signals, w.signal = true, at(20*time.Minute)
			stopped := w.run(0)
			if after := stopped - 19*time.Minute; after < 5*time.Minute || after > 7*time.Minute {
				t.Errorf("second %d, metrics after %s: stopped %s after the last busy minute's start", second, late, after)
			}
		}
	}
}

// A rule armed on metrics that miss the request, at the same moment, is what the settling and the unsettled minutes
// are for.
func TestRequestThatNoMetricShowsYet(t *testing.T) {
	for second := range 60 {
		w := newWorld(1, second, time.Minute, 30*time.Second)
		w.visits = w.visits[len(w.visits)-1:]
		request := w.visits[0]
		for tick := request; w.stopped.IsZero() && tick.Before(at(time.Hour)); tick = tick.Add(time.Minute) {
			w.pass(tick)
		}
		if after := w.stopped.Sub(request); after < 240*time.Second || after > 301*time.Second {
			t.Errorf("second %d: stopped %s after the request", second, after)
		}
	}
}
