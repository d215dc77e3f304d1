package costguard_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/settings"
)

// faults are all that may happen to a run of n calls.
func faults(n int) (list []fault) {
	for i := range n {
		for _, lost := range []bool{false, true} {
			for _, dies := range []bool{false, true} {
				list = append(list, fault{n: i, lost: lost, dies: dies})
			}
		}
	}
	return list
}

// scenario is a month that stands somewhere, and what must come of it.
type scenario struct {
	name   string
	make   func() *aws
	frozen map[string]bool // after a run without faults, by service
	sent   []string
}

func scenarios() []scenario {
	runaway := func() *aws {
		a := newAWS(5)
		a.budget.Runaway.AwakeHoursADay, a.buckets["web"] = 3, usage(4)
		return a
	}
	return []scenario{
		{"below the limit", func() *aws { return newAWS(5) }, nil, nil},
		{"half is spent", func() *aws { return newAWS(13) }, nil, []string{"spent-50"}},
		{"over the limit", func() *aws { return newAWS(26) }, map[string]bool{"": true},
			[]string{"spent-50", "spent-80", "spent-100", "forecast-100", frozenAll}},
		{"a run-away", runaway, map[string]bool{"web": true}, []string{"frozen-web-2026-11-21T00:00:00Z"}},
		{"over the limit, and thawed", func() *aws {
			a := newAWS(26)
			a.thaw.Until = noon.Add(time.Hour)
			return a
		}, nil, []string{"spent-50", "spent-80", "spent-100", "forecast-100"}},
		{"over the limit, thawed while it is frozen", func() *aws {
			a := newAWS(26)
			a.freezes[""] = settings.Freeze{Until: december, By: settings.ByCostGuard}
			a.thaw.Until = noon.Add(time.Hour)
			return a
		}, nil, []string{"spent-50", "spent-80", "spent-100", "forecast-100"}},
		{"below the limit, which was raised", func() *aws {
			a := newAWS(10)
			a.freezes[""] = settings.Freeze{Until: december, By: settings.ByCostGuard}
			return a
		}, nil, nil},
	}
}

// TestFaults: whatever call fails, is throttled, takes effect and seems to fail, or is the last before the function
// dies: no freeze that is not called for, and after the next run nothing is missing. Each message goes out, once if
// nothing fails.
func TestFaults(t *testing.T) {
	for _, sc := range scenarios() {
		healthy := sc.make()
		mustRun(t, healthy)
		sc.settled(t, "without faults", healthy)
		if got := healthy.keys(); got != strings.Join(sc.sent, " ") {
			t.Errorf("%s: without faults sent %q", sc.name, got)
		}
		for _, f := range faults(len(healthy.calls)) {
			sc.hit(t, f, fmt.Sprintf("%s: %s, lost %v, dies %v", sc.name, healthy.calls[f.n], f.lost, f.dies))
		}
	}
}

// hit makes a run with a fault and one without.
func (sc scenario) hit(t *testing.T, f fault, what string) {
	t.Helper()
	a := sc.make()
	before := maps.Clone(a.freezes)
	a.fault = &f
	if _, err := run(t, a, nil); err == nil {
		t.Errorf("%s: no error, so no alarm", what)
	}
	for _, service := range []string{"", "web"} {
		if a.frozen(service) && !sc.frozen[service] && !before[service].Active(noon) {
			t.Errorf("%s: %q is frozen falsely: %+v", what, service, a.freezes[service])
		}
	}
	a.fault = nil
	mustRun(t, a)
	sc.settled(t, what, a)
}

func (a *aws) frozen(service string) bool { return a.freezes[service].Active(noon) }

// settled: it stands as it must, each message went out, and another run does nothing.
func (sc scenario) settled(t *testing.T, what string, a *aws) {
	t.Helper()
	for _, service := range []string{"", "web"} {
		if a.frozen(service) != sc.frozen[service] {
			t.Errorf("%s: %q is frozen: %+v", what, service, a.freezes[service])
		}
	}
	for _, key := range sc.sent {
		if !strings.Contains(" "+a.keys()+" ", " "+key+" ") {
			t.Errorf("%s: %s was not sent, only %s", what, key, a.keys())
		}
	}
	calls := a.calls
	mustRun(t, a)
	if a.written() != 0 {
		t.Errorf("%s: another run writes: %v", what, a.calls)
	}
	a.calls = calls
}

// TestThawMeetsFreeze: a person thaws, word first, between any two calls of the guard's; whatever the guard has written
// by then, no freeze of its own stands in the end, not even if its second look fails.
func TestThawMeetsFreeze(t *testing.T) {
	healthy := newAWS(26)
	mustRun(t, healthy)
	second := slices.Index(healthy.calls, "ReadThaw")
	for thaws := range healthy.calls {
		for ends := thaws; ends < len(healthy.calls); ends++ {
			for _, f := range []*fault{nil, {n: second}} {
				a := newAWS(26)
				a.fault, a.before = f, a.thawing(thaws, ends)
				_, _ = run(t, a, nil) // the failing look is an error, or is not made
				if a.frozen("") {
					t.Errorf("thawed before %s, freeze ended before %s, fault %v: %+v", healthy.calls[thaws],
						healthy.calls[ends], f, a.freezes[""])
				}
			}
		}
	}
}

// thawing is a person who writes the thaw before the guard's n-th call, and ends the freeze before another one.
func (a *aws) thawing(thaws, ends int) func(string) {
	n := 0
	return func(string) {
		if n == thaws {
			a.thaw.Until = noon.Add(time.Hour)
		}
		if n == ends {
			a.freezes[""] = settings.Freeze{}
		}
		n++
	}
}

// TestOperatorMeetsGuard: a freeze that a person writes while the guard reads the meters is left alone, whether the
// guard was to freeze or to lift.
func TestOperatorMeetsGuard(t *testing.T) {
	own := settings.Freeze{Until: noon.Add(time.Hour), By: settings.ByOperator}
	for name, a := range map[string]*aws{"freeze": newAWS(26), "lift": newAWS(5)} {
		if name == "lift" {
			a.freezes[""] = settings.Freeze{Until: december, By: settings.ByCostGuard}
		}
		a.before = func(call string) {
			if call == "Bill" {
				a.freezes[""] = own
			}
		}
		mustRun(t, a)
		if a.freezes[""] != own {
			t.Errorf("%s: %+v", name, a.freezes[""])
		}
	}
}
