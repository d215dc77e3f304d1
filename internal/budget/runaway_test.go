package budget_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/budget"
)

// used is a service with a task for some hours before noon, and wakes some minutes before it.
func used(hours int, minutes ...int) budget.Service {
	svc := budget.Service{Name: "web", Read: true, WakesRead: true, Priced: true}
	svc.Buckets = append(full(at(11, 0), at(11, 12-hours), 0), full(at(11, 12-hours), noon, 2)...)
	for _, m := range minutes {
		svc.Wakes = append(svc.Wakes, noon.Add(-time.Duration(m)*time.Minute))
	}
	return svc
}

func change(svc budget.Service, edit func(svc *budget.Service)) budget.Service {
	edit(&svc)
	return svc
}

func frozen(svc budget.Service, by budget.By, cause budget.Cause, until time.Time) budget.Service {
	svc.Freeze = budget.Freeze{By: by, Cause: cause, Until: until}
	return svc
}

func TestRunaway(t *testing.T) {
	midnight, wakes := at(12, 0), noon.Add(40*time.Minute)
	guard, awakeCause, wakesCause := budget.ByGuard, budget.CauseAwake, budget.CauseWakes
	rule := budget.Runaway{AwakePerDay: 6 * time.Hour, WakesPerHour: 3}
	off := budget.Runaway{}
	none, freeze, lift := budget.ActionNone, budget.ActionFreeze, budget.ActionLift
	for _, c := range []struct {
		name    string
		service budget.Service
		rule    budget.Runaway
		thaw    time.Time
		action  budget.Action
		reason  budget.Reason
		until   time.Time
	}{
		{"quiet", used(1, 30), rule, time.Time{}, none, budget.ReasonBelow, time.Time{}},
		{"as long as allowed", used(6), rule, time.Time{}, none, budget.ReasonBelow, time.Time{}},
		{"awake for too long", used(7), rule, time.Time{}, freeze, budget.ReasonAwake, midnight},
		{"awake, and not known", change(used(7), func(s *budget.Service) { s.Read = false }), rule, time.Time{}, none, budget.ReasonBelow, time.Time{}},
		{"awake at unknown times", change(used(7), func(s *budget.Service) { s.Buckets = s.Buckets[:10] }), rule, time.Time{}, none, budget.ReasonBelow, time.Time{}},
		{"awake yesterday", change(used(1), func(s *budget.Service) { s.Buckets = append(full(at(10, 0), at(11, 0), 1), s.Buckets...) }), rule, time.Time{}, none, budget.ReasonBelow, time.Time{}},
		{"awake without a rule", used(12), off, time.Time{}, none, budget.ReasonBelow, time.Time{}},
		{"woken as often as allowed", used(1, 20, 30, 59), rule, time.Time{}, none, budget.ReasonBelow, time.Time{}},
		{"woken too often", used(1, 40, 20, 30, 59), rule, time.Time{}, freeze, budget.ReasonWakes, wakes},
		{"woken an hour ago", used(1, 20, 30, 59, 60, 70), rule, time.Time{}, none, budget.ReasonBelow, time.Time{}},
		{"woken later", used(1, 20, 30, 59, -1), rule, time.Time{}, none, budget.ReasonBelow, time.Time{}},
		{"woken, and not known", change(used(1, 1, 2, 3, 4), func(s *budget.Service) { s.WakesRead = false }), rule, time.Time{}, none, budget.ReasonBelow, time.Time{}},
		{"woken without a rule", used(1, 1, 2, 3, 4), off, time.Time{}, none, budget.ReasonBelow, time.Time{}},
		{"both", used(7, 20, 30, 40, 50), rule, time.Time{}, freeze, budget.ReasonAwake, midnight},
		{"frozen already", frozen(used(7), guard, awakeCause, midnight), rule, time.Time{}, none, budget.ReasonFrozen, time.Time{}},
		{"frozen for too short", frozen(used(7), guard, wakesCause, wakes), rule, time.Time{}, freeze, budget.ReasonAwake, midnight},
		{"frozen by a person", frozen(used(7), budget.ByOperator, "", wakes), rule, time.Time{}, none, budget.ReasonOperator, time.Time{}},
		{"a freeze that is over", frozen(used(7), guard, awakeCause, noon), rule, time.Time{}, freeze, budget.ReasonAwake, midnight},
		{"a thaw", used(7), rule, midnight, none, budget.ReasonThaw, time.Time{}},
		{"a thaw of a freeze", frozen(used(7), guard, awakeCause, midnight), rule, midnight, lift, budget.ReasonThaw, time.Time{}},
		{"the limit was raised", frozen(used(5), guard, awakeCause, midnight), rule, time.Time{}, lift, budget.ReasonBelow, time.Time{}},
		{"raised, and not known", change(frozen(used(5), guard, awakeCause, midnight), func(s *budget.Service) { s.Read = false }), rule, time.Time{}, none, budget.ReasonFrozen, time.Time{}},
		{"the rule was removed", frozen(used(7), guard, awakeCause, midnight), off, time.Time{}, lift, budget.ReasonBelow, time.Time{}},
		{"woken less by now", frozen(used(1, 50), guard, wakesCause, wakes), rule, time.Time{}, none, budget.ReasonFrozen, time.Time{}},
		{"the other rule was removed", frozen(used(1), guard, wakesCause, wakes), off, time.Time{}, lift, budget.ReasonBelow, time.Time{}},
		{"a budget's freeze of one service", frozen(used(1), guard, budget.CauseBudget, midnight), rule, time.Time{}, lift, budget.ReasonBelow, time.Time{}},
		{"a freeze without a cause", frozen(used(1), guard, "", midnight), rule, time.Time{}, none, budget.ReasonFrozen, time.Time{}},
	} {
		set := budget.Defaults()
		set.Runaway = c.rule
		s := budget.Snapshot{Services: []budget.Service{c.service}, Thaw: budget.Thaw{Until: c.thaw}}
		got := budget.Decide(s, set, noon).Services[0]
		if got.Action != c.action || got.Reason != c.reason || !got.Freeze.Until.Equal(c.until) || got.Service != "web" {
			t.Errorf("%s: %s because of %s until %s, want %s because of %s until %s",
				c.name, got.Action, got.Reason, got.Freeze.Until, c.action, c.reason, c.until)
		}
	}
}

func TestRunawaySaysWhy(t *testing.T) {
	set := budget.Defaults()
	set.Runaway = budget.Runaway{AwakePerDay: 6 * time.Hour, WakesPerHour: 3}
	s := budget.Snapshot{Services: []budget.Service{used(7), used(1, 20, 21, 22, 23)}}
	d := budget.Decide(s, set, noon)
	want := []budget.Freeze{
		{Until: at(12, 0), By: budget.ByGuard, Cause: budget.CauseAwake, Reason: "web was awake for 7h0m0s today, more than the 6h0m0s that are allowed a day"},
		{Until: noon.Add(40 * time.Minute), By: budget.ByGuard, Cause: budget.CauseWakes, Reason: "web was woken 4 times within an hour, more than the 3 that are allowed"},
	}
	if diff := cmp.Diff(want, []budget.Freeze{d.Services[0].Freeze, d.Services[1].Freeze}); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
