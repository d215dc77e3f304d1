package budget_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/budget"
)

var june = day(2026, 6, 1)

// guarded is the guard's freeze until June, and theirs a person's.
var (
	guarded = budget.Freeze{Until: june, By: budget.ByGuard, Cause: budget.CauseBudget, Reason: "the budget"}
	theirs  = budget.Freeze{Until: at(20, 0), By: budget.ByOperator, Reason: "a holiday"}
)

func limit(usd float64) budget.Settings {
	set := budget.Defaults()
	set.Limit = usd
	return set
}

// decision is one about all services. Of known(), 392.4 USD are proven, 403.2 are the estimate and 246 fixed costs to
// come.
type decision struct {
	name     string
	snapshot budget.Snapshot
	settings budget.Settings
	action   budget.Action
	reason   budget.Reason
}

func decisions() []decision {
	with := func(f budget.Freeze) budget.Snapshot { return edit(known(), func(s *budget.Snapshot) { s.Freeze = f }) }
	thawed := func(f budget.Freeze, until time.Time) budget.Snapshot {
		return edit(with(f), func(s *budget.Snapshot) { s.Thaw.Until = until })
	}
	noBill := func(s budget.Snapshot) budget.Snapshot {
		return edit(s, func(s *budget.Snapshot) { s.Billing.Read = false })
	}
	noUsage := func(s budget.Snapshot) budget.Snapshot {
		return edit(s, func(s *budget.Snapshot) { s.Services[0].Read = false })
	}
	noPrice := func(s budget.Snapshot) budget.Snapshot {
		return edit(s, func(s *budget.Snapshot) { s.Services[0].Priced = false })
	}
	watching, reserving := limit(100), limit(638)
	watching.Freeze, reserving.Reserve = false, true
	early, over, nobody := guarded, guarded, budget.Freeze{Until: june, Reason: "written by hand"}
	early.Until, over.Until = at(31, 0), noon
	none, freeze, lift := budget.ActionNone, budget.ActionFreeze, budget.ActionLift
	return []decision{
		{"proven to the cent", known(), limit(392.39), freeze, budget.ReasonLimit},
		{"estimated, but not proven", known(), limit(392.41), none, budget.ReasonBelow},
		{"frozen already", with(guarded), limit(300), none, budget.ReasonFrozen},
		{"frozen for too short", with(early), limit(300), freeze, budget.ReasonLimit},
		{"a freeze that is over", with(over), limit(300), freeze, budget.ReasonLimit},
		{"a person's freeze, over the limit", with(theirs), limit(300), none, budget.ReasonOperator},
		{"a person's freeze, below the limit", with(theirs), limit(3000), none, budget.ReasonOperator},
		{"a freeze that names nobody is a person's", with(nobody), limit(3000), none, budget.ReasonOperator},
		{"a person's freeze and thaw", thawed(theirs, at(12, 0)), limit(300), none, budget.ReasonOperator},
		{"a thaw over the limit", thawed(budget.Freeze{}, at(12, 0)), limit(300), none, budget.ReasonThaw},
		{"a thaw of the guard's freeze", thawed(guarded, at(12, 0)), limit(300), lift, budget.ReasonThaw},
		{"a thaw that is over", thawed(budget.Freeze{}, noon), limit(300), freeze, budget.ReasonLimit},
		{"no limit", known(), limit(0), none, budget.ReasonOff},
		{"no limit any more", with(guarded), limit(0), lift, budget.ReasonOff},
		{"the limit is only watched", known(), watching, none, budget.ReasonOff},
		{"the limit is only watched now", with(guarded), watching, lift, budget.ReasonOff},
		{"raised, but to near the spend", with(guarded), limit(411.4), none, budget.ReasonNear},
		{"raised by enough", with(guarded), limit(411.5), lift, budget.ReasonBelow},
		{"raised, but the bill was not read", noBill(with(guarded)), limit(3000), none, budget.ReasonUnknown},
		{"raised, but task-minutes were not read", noUsage(with(guarded)), limit(3000), none, budget.ReasonUnknown},
		{"raised, but a price is not known", noPrice(with(guarded)), limit(3000), none, budget.ReasonUnknown},
		{"raised, and there is no bill", edit(steady(), func(s *budget.Snapshot) { s.Freeze = guarded }), limit(3000), lift, budget.ReasonBelow},
		{"task-minutes alone are over the limit", noBill(known()), limit(378), freeze, budget.ReasonLimit},
		{"task-minutes alone are below", noBill(known()), limit(379), none, budget.ReasonBelow},
		{"the bill alone is over the limit", noUsage(known()), limit(380), freeze, budget.ReasonLimit},
		{"the bill alone is below", noUsage(known()), limit(381), none, budget.ReasonBelow},
		{"neither meter was read", noUsage(noBill(known())), limit(1), none, budget.ReasonUnknown},
		{"neither has a thing to say", noPrice(steady()), limit(1), none, budget.ReasonUnknown},
		{"neither was read, and it is frozen", noUsage(noBill(with(guarded))), limit(3000), none, budget.ReasonUnknown},
		{"with the reserve it is over", known(), reserving, freeze, budget.ReasonLimit},
		{"with the reserve it stays frozen", with(guarded), edit2(reserving, 660), none, budget.ReasonNear},
		{"with the reserve it is lifted", with(guarded), edit2(reserving, 663), lift, budget.ReasonBelow},
		{"without the reserve it is not", known(), limit(638), none, budget.ReasonBelow},
	}
}

func edit2(set budget.Settings, usd float64) budget.Settings {
	set.Limit = usd
	return set
}

func TestDecide(t *testing.T) {
	for _, c := range decisions() {
		got := budget.Decide(c.snapshot, c.settings, noon).Freeze
		if got.Action != c.action || got.Reason != c.reason || got.Service != "" {
			t.Errorf("%s: %s because of %s, want %s because of %s", c.name, got.Action, got.Reason, c.action, c.reason)
		}
		if written := got.Freeze != (budget.Freeze{}); written != (c.action == budget.ActionFreeze) {
			t.Errorf("%s: %+v is to be written", c.name, got.Freeze)
		}
	}
}

// A freeze ends the tasks of 492 hours at 1 USD, one that is lifted brings them back, and a service frozen alone until
// midnight saves twelve.
func TestForecastIsOfWhatIsDecided(t *testing.T) {
	lifting := edit(known(), func(s *budget.Snapshot) { s.Freeze = guarded })
	alone := limit(3000)
	alone.Runaway.AwakePerDay = time.Hour
	for _, c := range []struct {
		snapshot budget.Snapshot
		set      budget.Settings
		want     float64
	}{
		{known(), limit(3000), 1190.4},
		{known(), limit(300), 1190.4 - 492},
		{lifting, limit(300), 1190.4 - 492},
		{lifting, limit(3000), 1190.4},
		{known(), alone, 1190.4 - 12},
	} {
		if got := budget.Decide(c.snapshot, c.set, noon).Amounts.Forecast; math.Abs(got-c.want) > 1e-6 {
			t.Errorf("limit %.0f: forecast %.4f USD, want %.4f", c.set.Limit, got, c.want)
		}
	}
}

func TestFreezeSaysWhy(t *testing.T) {
	euros := limit(300)
	euros.Currency, euros.Rate = "EUR", 1.2
	reserving := limit(630)
	reserving.Reserve = true
	for _, c := range []struct {
		set  budget.Settings
		want string
	}{
		{limit(300), "the budget of May 2026 is spent: at least 392.40 of 300.00 USD; frozen until 2026-06-01"},
		{euros, "the budget of May 2026 is spent: at least 327.00 of 250.00 EUR (392.40 of 300.00 USD); frozen until 2026-06-01"},
		{reserving, "the budget of May 2026 is spent: at least 392.40 of 630.00 USD, and 246.00 USD of fixed costs are to come; frozen until 2026-06-01"},
	} {
		want := budget.Freeze{Until: june, By: budget.ByGuard, Cause: budget.CauseBudget, Reason: c.want}
		if diff := cmp.Diff(want, budget.Decide(known(), c.set, noon).Freeze.Freeze); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

// The operator reads the rows: the first that fires is the decision, and the last one always can be.
func TestGuardsAreReadable(t *testing.T) {
	for _, c := range decisions() {
		d := budget.Decide(c.snapshot, c.settings, noon)
		for _, o := range append(d.Services, d.Freeze) {
			if i := slices.IndexFunc(o.Guards, func(g budget.Guard) bool { return g.When == "" || g.Reason == "" }); i >= 0 {
				t.Errorf("%s: row %d has no words", c.name, i)
			}
			first := slices.IndexFunc(o.Guards, func(g budget.Guard) bool { return g.Fires })
			if first < 0 {
				t.Errorf("%s: no row fires", c.name)
			} else if g := o.Guards[first]; g.Action != o.Action || g.Reason != o.Reason {
				t.Errorf("%s: %+v fires first, but decided is %s because of %s", c.name, g, o.Action, o.Reason)
			}
		}
	}
}
