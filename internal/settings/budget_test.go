package settings

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/budget"
	"github.com/catnap-dev/catnap/internal/price"
)

func TestBudgetExample(t *testing.T) {
	want := Budget{
		Limit: 25, Currency: "EUR", Rate: 1.08,
		Scope: Scope{Services: []string{"AmazonECS", "AWSELB", "AmazonVPC"}, LinkedAccount: "123456789012"},
		Warn:  []int{50, 80, 100}, WarnForecast: 100, Topic: "arn:aws:sns:eu-west-3:123456789012:catnap-web", Freeze: true,
		Reserve:    true,
		Runaway:    Runaway{AwakeHoursADay: 14.5, WakesAnHour: 12},
		BillingLag: Duration(6 * time.Hour), BillingOld: Duration(36 * time.Hour),
		Fixed:  Fixed{LoadBalancers: 1, Addresses: 2, USDAnHour: 0.01},
		Prices: price.Overrides{"eu-west-3": {"fargate_vcpu_hour": 0.0486, "alb_hour": 0.02646}},
	}
	got, found, err := ParseBudget(read(t, "budget.json"))
	same(t, "budget", want, got, err)
	if !found {
		t.Error("the example is no budget")
	}
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := ParseBudget(text)
	same(t, "budget after a round trip", want, again, err)
}

// TestBudgetGuard: decisions are in USD and in shares.
func TestBudgetGuard(t *testing.T) {
	b, _, err := ParseBudget(read(t, "budget.json"))
	if err != nil {
		t.Fatal(err)
	}
	want := budget.Settings{
		Limit: 27, Currency: "EUR", Rate: 1.08, WarnAt: []float64{0.5, 0.8, 1}, ForecastAt: 1, Freeze: true, Reserve: true,
		ServiceNames: []string{"AmazonECS", "AWSELB", "AmazonVPC"}, BillingLag: 6 * time.Hour, BillingOld: 36 * time.Hour,
		Runaway: budget.Runaway{AwakePerDay: 14*time.Hour + 30*time.Minute, WakesPerHour: 12},
	}
	if diff := cmp.Diff(want, b.Guard()); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	table, err := b.Table()
	if err != nil {
		t.Fatal(err)
	}
	if p, err := table.Price("eu-west-3", price.FargateVCPU); err != nil || p.Sure != price.Told {
		t.Errorf("price %+v, %v", p, err)
	}
}

// TestBudgetDefaults: they are those of the decisions, and an empty document is no budget.
func TestBudgetDefaults(t *testing.T) {
	for text, want := range map[string]bool{`{}`: false, `{"limit": null}`: false, `{"limit": 25}`: true} {
		b, found, err := ParseBudget([]byte(text))
		if err != nil || found != want {
			t.Errorf("%s: found %v, %v", text, found, err)
		}
		set := budget.Defaults()
		set.Currency, set.Rate, set.Limit = "USD", 1, b.Limit
		if diff := cmp.Diff(set, b.Guard()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestBudgetRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`[]`:                                          `budget: [] must be an object`,
		`{"limt": 25}`:                                `budget: limt: 25 is an unknown key, must be one of billing_lag, `,
		`{"limit": "25"}`:                             `budget: limit: "25" must be a number`,
		`{"limit": -1}`:                               `budget: limit: -1 must be 0 to 1e+09`,
		`{"currency": "euro"}`:                        `budget: currency: "euro" must be a code like "USD" or "EUR"`,
		`{"currency": "EUR"}`:                         `budget: rate: is missing, must be how many USD one EUR is worth`,
		`{"currency": "EUR", "rate": -1}`:             `budget: rate: -1 must be how many USD one EUR is worth`,
		`{"rate": 1.08}`:                              `budget: rate: 1.08 must be left out: the currency is USD`,
		`{"scope": {"services": ["a", "a"]}}`:         `budget: scope.services[1]: "a" must be given once`,
		`{"scope": {"services": [""]}}`:               `budget: scope.services[0]: is missing, must be a name under which`,
		`{"scope": {"linked_account": "1234"}}`:       `budget: scope.linked_account: "1234" must be an account's number`,
		`{"scope": "total"}`:                          `budget: scope: "total" must be an object`,
		`{"warn": [0.5]}`:                             `budget: warn[0]: 0.5 must be a whole number`,
		`{"warn": [50, 50]}`:                          `budget: warn[1]: 50 must be given once`,
		`{"warn": [0]}`:                               `budget: warn[0]: 0 must be 1 to 1000`,
		`{"warn_forecast": -1}`:                       `budget: warn_forecast: -1 must be 0 to 1000`,
		`{"topic": "me@example.com"}`:                 `budget: topic: "me@example.com" must be an SNS topic's ARN`,
		`{"freeze": "yes"}`:                           `budget: freeze: "yes" must be true or false`,
		`{"runaway": {"wakes_an_hour": 20}}`:          `budget: runaway.wakes_an_hour: 20 must be 0 to 19`,
		`{"runaway": {"awake_hours_a_day": 25}}`:      `budget: runaway.awake_hours_a_day: 25 must be 0 to 24`,
		`{"billing_lag": "3d"}`:                       `budget: billing_lag: "3d" must be a duration as text`,
		`{"billing_old": "6h"}`:                       `budget: billing_old: "6h" must be more than billing_lag, 6h, and at`,
		`{"fixed": {"addresses": 101}}`:               `budget: fixed.addresses: 101 must be 0 to 100`,
		`{"fixed": {"usd_an_hour": -0.1}}`:            `budget: fixed.usd_an_hour: -0.1 must be 0 to 1e+09`,
		`{"prices": {"eu-west-3": {"vcpu": 1}}}`:      `budget: prices: prices of the budget: prices of Region "eu-west-3"`,
		`{"prices": {"eu-west-3": {"alb_hour": -1}}}`: `alb_hour: -1 must be an amount of USD`,
	} {
		_, found, err := ParseBudget([]byte(text))
		refused(t, err, want)
		if found {
			t.Errorf("%s: found", text)
		}
	}
}

func TestStoredBudget(t *testing.T) {
	f := &fakeSSM{}
	store := NewStore(f, time.Now)
	for _, tc := range []struct {
		text  string // "": there is no parameter
		found bool
	}{{"", false}, {"{}", false}, {`{"limit": 25}`, true}} {
		if tc.text != "" {
			f.put("/catnap/budget", tc.text)
		}
		got, found, err := store.Budget(t.Context())
		if err != nil || found != tc.found || got.Currency != "USD" {
			t.Errorf("%q: %+v, found %v, %v", tc.text, got, found, err)
		}
	}
	f.put("/catnap/budget", `{"limit": "25"}`)
	_, _, err := store.Budget(t.Context())
	refused(t, err, `budget: limit: "25" must be a number`)
}
