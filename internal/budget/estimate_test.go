package budget_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/budget"
)

// noon is that of 11 May 2026, a Monday: 252 hours of the month are over, and 492 are left.
var noon = time.Date(2026, 5, 11, 12, 0, 0, 0, time.UTC)

// at is a time of May.
func at(dayOfMonth, hour int) time.Time {
	return day(2026, 5, dayOfMonth).Add(time.Duration(hour) * time.Hour)
}

// steady has a task at 1 USD an hour that has always run, and a load balancer at 0.5 USD an hour.
func steady() budget.Snapshot {
	s := budget.Snapshot{
		Billing:  budget.Billing{Read: true},
		Services: []budget.Service{{Name: "web", Hourly: 1, Priced: true, Read: true, WakesRead: true}},
		Fixed:    []budget.Fixed{{Name: "load balancer", ServiceName: "AWSELB", Hourly: 0.5, Priced: true}},
	}
	s.Services[0].Buckets = full(noon.Add(-35*24*time.Hour), noon, 1)
	return s
}

// full are buckets of whole hours with a number of tasks.
func full(from, to time.Time, tasks float64) (list []budget.Bucket) {
	for ; from.Before(to); from = from.Add(time.Hour) {
		list = append(list, budget.Bucket{
			Start: from, Length: time.Hour, TaskMinutes: 60 * tasks, AwakeMinutes: 60 * min(tasks, 1),
		})
	}
	return list
}

// billed adds a series with its points.
func billed(s budget.Snapshot, name string, points ...budget.Point) budget.Snapshot {
	s.Billing.Series = append(s.Billing.Series, budget.Series{ServiceName: name, Points: points})
	return s
}

// known is steady with a point of midnight: 234 hours at 1.6 USD, as its lag is six hours.
func known() budget.Snapshot { return billed(steady(), "", budget.Point{At: at(11, 0), USD: 374.4}) }

// plus adds points to the total.
func plus(s budget.Snapshot, points ...budget.Point) budget.Snapshot {
	s.Billing.Series[0].Points = append(s.Billing.Series[0].Points, points...)
	return s
}

func edit(s budget.Snapshot, change func(s *budget.Snapshot)) budget.Snapshot {
	change(&s)
	return s
}

// of are settings for some lines of the bill.
func of(names ...string) budget.Settings {
	set := budget.Defaults()
	set.ServiceNames = names
	return set
}

// estimates are computed by hand; by says how.
func estimates() []estimate {
	usual, split := of(), of("AmazonECS", "AWSELB")
	turn := func(points ...budget.Point) budget.Snapshot {
		return plus(billed(steady(), "", budget.Point{At: at(-1, 18), USD: 690}, budget.Point{At: at(0, 18), USD: 700},
			budget.Point{At: at(1, 0), USD: 712}, budget.Point{At: at(1, 6), USD: 724}), points...)
	}
	return []estimate{
		{"no data", steady(), usual, noon, 378, 378, 378 + 492*1.5, "252x1.5"},
		{"the bill and what came after it", known(), usual, noon, 392.4, 403.2, 403.2 + 492*1.6, "374.4 + 12x1.5; 374.4 + 18x1.6"},
		{"less on the bill than was counted", billed(steady(), "", budget.Point{At: at(11, 0), USD: 300}), usual, noon, 327, 327, 327 + 492*1.5, "300 + 18x1.5, which is less than 252x1.5"},
		{"an older point proves more", plus(known(), budget.Point{At: at(10, 20), USD: 374.4}), usual, noon, 398.4, -1, -1, "374.4 + 16x1.5"},
		{"the newest point is the judge", plus(known(), budget.Point{At: at(9, 12), USD: 374.4}), usual, noon, 401.4, -1, -1, "374.4 + 18x1.5, which is less than 374.4 + 48x1.5"},
		{"points of the month before", turn(), usual, at(1, 10), 15, -1, -1, "10x1.5"},
		{"a point after the reset", turn(budget.Point{At: at(1, 8), USD: 2}), usual, at(1, 10), 14, -1, -1, "2 + 8x1.5, which is less than 10x1.5"},
		{"three days into the month all count", billed(steady(), "", budget.Point{At: at(4, 0), USD: 90}), usual, at(4, 4), 105, 105, -1, "90 + 10x1.5, which is less than 76x1.5"},
		{"before that none counts that has not fallen", billed(steady(), "", budget.Point{At: at(3, 23), USD: 90}), usual, at(4, 4), 114, 114, -1, "76x1.5"},
		{"a point that is younger than its lag", billed(steady(), "", budget.Point{At: at(0, 18), USD: 700}, budget.Point{At: at(1, 4), USD: 2}), usual, at(1, 10), 15, 17, -1, "10x1.5; 2 + 10x1.5"},
		{"a point of this hour", plus(known(), budget.Point{At: at(10, 20), USD: 374.4}, budget.Point{At: noon.Add(30 * time.Minute), USD: 395}), usual, noon.Add(45 * time.Minute), 398.775, -1, -1, "374.4 + 16x1 + 16.75x0.5"},
		{"points of the future", plus(known(), budget.Point{At: at(11, 13), USD: 999}), usual, noon, 392.4, 403.2, -1, "as without"},
		{"points that are no amounts", plus(known(), budget.Point{At: at(11, 6), USD: math.NaN()}), usual, noon, 392.4, 403.2, -1, "as without"},
		{"two series", billed(billed(steady(), "AWSELB", budget.Point{At: at(11, 6), USD: 50}), "AmazonECS", budget.Point{At: at(11, 0), USD: 200}), split, noon, 274, 274, 274 + 492*1.5, "50 + 12x0.5 + 200 + 18x1"},
		{"one of two series", billed(steady(), "AmazonECS", budget.Point{At: at(11, 0), USD: 200}), split, noon, 344, 344, -1, "200 + 18x1 + 252x0.5"},
		{"a series of its own", billed(steady(), "AmazonECS", budget.Point{At: at(11, 0), USD: 200}), of("AmazonECS"), noon, 218, 218, 218 + 492, "200 + 18"},
		{"the bill was not read", edit(known(), func(s *budget.Snapshot) { s.Billing.Read = false }), usual, noon, 378, 378, -1, "252x1.5"},
		{"the price is not known", edit(known(), func(s *budget.Snapshot) { s.Services[0].Priced = false }), usual, noon, 380.4, -1, -1, "374.4 + 12x0.5"},
		{"the meter was not read", edit(steady(), func(s *budget.Snapshot) { s.Services[0].Read = false }), usual, noon, 126, 126, 372, "252x0.5; 744x0.5"},
		{"five hours without a count", edit(known(), func(s *budget.Snapshot) { s.Services[0].Buckets = full(at(-23, 12), at(11, 7), 1) }), usual, noon, 387.4, 403.2, 403.2 + 492*1.6, "374.4 + 7 + 12x0.5; the five are expected"},
		{"a service of the tenth", edit(steady(), func(s *budget.Snapshot) { s.Services[0].Buckets = full(at(10, 12), noon, 1) }), usual, noon, 150, 150, 150 + 492*1.5, "24 + 252x0.5"},
		{"counted twice", edit(known(), func(s *budget.Snapshot) {
			s.Services[0].Buckets = append(s.Services[0].Buckets, full(at(10, 0), noon, 1)...)
		}), usual, noon, 392.4, 403.2, 403.2 + 492*1.6, "as counted once"},
		{"an hour that is not over", edit(known(), func(s *budget.Snapshot) {
			s.Services[0].Buckets = append(s.Services[0].Buckets, budget.Bucket{Start: noon, Length: time.Hour, TaskMinutes: 18})
		}), usual, noon.Add(30 * time.Minute), 392.95, 403.8, -1, "18 task-minutes, half an hour at 0.5 and at 0.1"},
		{"three hours that are not over", edit(known(), func(s *budget.Snapshot) {
			late := budget.Bucket{Start: noon, Length: 3 * time.Hour, TaskMinutes: 18}
			s.Services[0].Buckets = append(s.Services[0].Buckets, late)
		}), usual, noon.Add(30 * time.Minute), 392.95, 403.8, -1, "18 task-minutes, half an hour at 0.5 and at 0.1"},
		{"buckets in any order", edit(known(), func(s *budget.Snapshot) { slices.Reverse(s.Services[0].Buckets) }), usual, noon, 392.4, 403.2, -1, "as in order"},
		{"a load balancer of the tenth", edit(steady(), func(s *budget.Snapshot) { s.Fixed[0].Since = at(10, 12) }), usual, noon, 264, 264, -1, "252 + 24x0.5"},
		{"a fixed cost without a price", edit(steady(), func(s *budget.Snapshot) { s.Fixed[0].Priced = false }), usual, noon, 252, 252, 744, "252x1"},
		{"frozen until the twelfth", edit(known(), func(s *budget.Snapshot) { s.Freeze.Until = at(12, 12) }), usual, noon, 392.4, 403.2, 403.2 + 492*1.6 - 24, "24 hours without a task"},
		{"one service frozen", edit(known(), func(s *budget.Snapshot) { s.Services[0].Freeze.Until = at(12, 12) }), usual, noon, 392.4, 403.2, 403.2 + 492*1.6 - 24, "24 hours without a task"},
		{"in another time zone", known(), usual, noon.In(time.FixedZone("", -13*3600)), 392.4, 403.2, -1, "as in UTC"},
	}
}

// estimate is one of them. Amounts below zero are not looked at.
type estimate struct {
	name                    string
	snapshot                budget.Snapshot
	settings                budget.Settings
	now                     time.Time
	proven, spent, forecast float64
	by                      string
}

func TestEstimate(t *testing.T) {
	for _, c := range estimates() {
		a := budget.Estimate(c.snapshot, c.settings, c.now)
		check := func(name string, got, want float64) {
			if want >= 0 && math.Abs(got-want) > 1e-6 {
				t.Errorf("%s: %s %.6f USD, want %.6f: %s", c.name, name, got, want, c.by)
			}
		}
		check("proven", a.Proven, c.proven)
		check("spent", a.Spent, c.spent)
		check("forecast", a.Forecast, c.forecast)
	}
}

// Of several lines the oldest of the newest points tells how far the bill reaches.
func TestAmounts(t *testing.T) {
	s := billed(steady(), "AWSELB", budget.Point{At: at(11, 6), USD: 150})
	s = billed(s, "AmazonECS", budget.Point{At: at(11, 0), USD: 280.8})
	// Beside catnap's there are 280.8 - 234 in 234 hours, and 150 - 120 in 240. Metered are 18x1 + 12x0.5; proven are
	// 280.8 + 12x1 and 150 + 6x0.5.
	want := budget.Amounts{
		Month: at(1, 0), Truth: 430.8, Metered: 24, Guessed: 18*0.2 + 12*0.125, Spent: 459.9, Proven: 445.8, Standing: 246,
		Forecast: 459.9 + 492*(1.5+0.2+0.125), Known: true, AsOf: at(11, 0),
	}
	if diff := cmp.Diff(want, budget.Estimate(s, of("AWSELB", "AmazonECS"), noon), near()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := budget.Estimate(s, of("AmazonECS", "AWSELB"), noon).AsOf; !got.Equal(at(11, 0)) {
		t.Errorf("as of %s", got)
	}
}

// near takes amounts for equal that differ by less than the sums of floating points do.
func near() cmp.Option {
	return cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-6 })
}
