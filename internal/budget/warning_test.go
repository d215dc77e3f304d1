package budget_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/budget"
)

// keys are those of the warnings of known(): 403.2 USD are the estimate and 1190.4 the forecast.
func keys(d budget.Decision) []string {
	list := []string{}
	for _, w := range d.Warnings {
		list = append(list, w.Key)
	}
	return list
}

func TestWarnings(t *testing.T) {
	sent := func(s budget.Snapshot, at time.Time, keys ...string) budget.Snapshot {
		for _, key := range keys {
			s.Sent = append(s.Sent, budget.Sent{Key: key, At: at})
		}
		return s
	}
	odd, silent := limit(403), limit(300)
	odd.WarnAt, odd.ForecastAt = []float64{0.333, 1.25}, 1.5
	silent.WarnAt, silent.ForecastAt = nil, 0
	young := edit(known(), func(s *budget.Snapshot) { s.Services[0].Buckets = s.Services[0].Buckets[35*24-167:] })
	for _, c := range []struct {
		name     string
		snapshot budget.Snapshot
		settings budget.Settings
		want     []string
	}{
		{"below all", known(), limit(1191), []string{}},
		{"the forecast", known(), limit(1190), []string{"forecast-100"}},
		{"just below half", known(), limit(806.5), []string{"forecast-100"}},
		{"half", known(), limit(806.3), []string{"spent-50", "forecast-100"}},
		{"80 %", known(), limit(503.9), []string{"spent-50", "spent-80", "forecast-100"}},
		{"all", known(), limit(403), []string{"spent-50", "spent-80", "spent-100", "forecast-100"}},
		{"shares of one's own", known(), odd, []string{"spent-33.3", "forecast-150"}},
		{"no share", known(), silent, []string{}},
		{"no limit", known(), limit(0), []string{}},
		{"a limit that is none", known(), limit(math.Inf(1)), []string{}},
		{"some were sent", sent(known(), at(3, 0), "spent-50", "forecast-100"), limit(403), []string{"spent-80", "spent-100"}},
		{"sent at the month's first moment", sent(known(), at(1, 0), "forecast-100"), limit(1190), []string{}},
		{"sent last month", sent(known(), at(1, 0).Add(-time.Second), "forecast-100"), limit(1190), []string{"forecast-100"}},
		{"known for less than a week", young, limit(403), []string{"spent-50", "spent-80", "spent-100"}},
	} {
		if diff := cmp.Diff(c.want, keys(budget.Decide(c.snapshot, c.settings, noon))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestWarningTexts(t *testing.T) {
	set := limit(480)
	set.WarnAt, set.Currency, set.Rate = []float64{0.8}, "EUR", 1.2
	want := []budget.Warning{
		{Key: "spent-80", Text: "80 % of the budget of May 2026 is spent: 336.00 of 400.00 EUR (403.20 of 480.00 USD). The month is expected to end at 992.00 EUR (1190.40 USD)."},
		{Key: "forecast-100", Text: "May 2026 is expected to end at 992.00 of 400.00 EUR (1190.40 of 480.00 USD), which is more than 100 % of the budget. Spent so far: 336.00 EUR (403.20 USD)."},
	}
	if diff := cmp.Diff(want, budget.Decide(known(), set, noon).Warnings); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestFindings(t *testing.T) {
	euros, split := limit(300), limit(300)
	euros.Currency, euros.Rate = "EUR", 1.2
	split.ServiceNames = []string{"AmazonECS", "AWSELB"}
	for _, c := range []struct {
		name     string
		snapshot budget.Snapshot
		settings budget.Settings
		now      time.Time
		want     []budget.Finding // the texts are looked at below
	}{
		{"all is well", known(), limit(300), noon, nil},
		{"no limit", known(), limit(0), noon, []budget.Finding{{Kind: budget.FindingNoLimit}}},
		{"another currency", known(), euros, noon, []budget.Finding{{Kind: budget.FindingRate}}},
		{"the bill was not read", edit(known(), func(s *budget.Snapshot) { s.Billing.Read = false }), limit(300), noon, []budget.Finding{{Kind: budget.FindingUnreadable}}},
		{"no data", steady(), limit(300), noon, []budget.Finding{{Kind: budget.FindingNoData}}},
		{"no data of the first day, and never", steady(), limit(300), at(1, 23), []budget.Finding{{Kind: budget.FindingNoData}}},
		{"no data of the first days", billed(steady(), "", budget.Point{At: at(0, 20), USD: 300}), limit(300), at(3, 23), nil},
		{"no data of the fourth", billed(steady(), "", budget.Point{At: at(0, 20), USD: 300}), limit(300), at(4, 0), []budget.Finding{{Kind: budget.FindingNoData}}},
		{"data of one of two", billed(steady(), "AmazonECS", budget.Point{At: at(11, 0), USD: 200}), split, noon, []budget.Finding{{Kind: budget.FindingNoData, Subject: "AWSELB"}}},
		{"old data", billed(steady(), "", budget.Point{At: at(10, 11), USD: 300}), limit(300), noon, []budget.Finding{{Kind: budget.FindingOld}}},
		{"a day old", billed(steady(), "", budget.Point{At: at(10, 12), USD: 300}), limit(300), noon, nil},
		{"a price is not known", edit(known(), func(s *budget.Snapshot) { s.Services[0].Priced = false }), limit(300), noon, []budget.Finding{{Kind: budget.FindingPrice, Subject: "web"}}},
		{"a price is no price", edit(known(), func(s *budget.Snapshot) { s.Services[0].Hourly = math.NaN() }), limit(300), noon, []budget.Finding{{Kind: budget.FindingPrice, Subject: "web"}}},
		{"a fixed cost's price", edit(known(), func(s *budget.Snapshot) { s.Fixed[0].Priced = false }), limit(300), noon, []budget.Finding{{Kind: budget.FindingPrice, Subject: "load balancer"}}},
		{"task-minutes were not read", edit(known(), func(s *budget.Snapshot) { s.Services[0].Read = false }), limit(300), noon, []budget.Finding{{Kind: budget.FindingUsage, Subject: "web"}}},
		{"the last hour is late", edit(known(), func(s *budget.Snapshot) { s.Services[0].Buckets = s.Services[0].Buckets[:35*24-1] }), limit(300), noon, nil},
		{"five hours are missing", edit(known(), func(s *budget.Snapshot) { s.Services[0].Buckets = s.Services[0].Buckets[:35*24-5] }), limit(300), noon, []budget.Finding{{Kind: budget.FindingGaps, Subject: "web"}}},
		{"a new service", edit(known(), func(s *budget.Snapshot) { s.Services[0].Buckets = full(at(10, 0), noon, 1) }), limit(300), noon, []budget.Finding{{Kind: budget.FindingYoung, Subject: "web"}}},
		{"never counted", edit(known(), func(s *budget.Snapshot) { s.Services[0].Buckets = nil }), limit(300), noon, []budget.Finding{{Kind: budget.FindingYoung, Subject: "web"}}},
	} {
		got := budget.Decide(c.snapshot, c.settings, c.now).Findings
		for i := range got {
			if len(got[i].Text) < 20 {
				t.Errorf("%s: says nothing: %q", c.name, got[i].Text)
			}
			got[i].Text = ""
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
