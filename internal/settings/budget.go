package settings

import (
	"fmt"
	"time"

	"github.com/catnap-dev/catnap/internal/budget"
	"github.com/catnap-dev/catnap/internal/price"
)

// Budget is the settings of the cost guard, as SSM keeps them: JSON under /catnap/budget. An empty document, or none,
// is no budget: nothing is watched. A person or a stack owns it, and nothing of catnap writes it.
type Budget struct {
	// Limit is the most that a month may cost, in Currency. Default 0: no limit, and only the rule for a single service
	// counts.
	Limit float64 `json:"limit"`
	// Currency is an ISO 4217 code. AWS's metric is in USD. Default "USD".
	Currency string `json:"currency"`
	// Rate is how many USD one unit of Currency is worth, 1.08 for instance for a euro. It does not follow the market:
	// every report names it. Required for a currency other than USD.
	Rate float64 `json:"rate,omitzero"`
	// Scope is the part of the account's bill that the limit is about. Default all of it.
	Scope Scope `json:"scope,omitzero"`

	// Warn are the shares of the limit, in percent, of which a message is sent when they are spent, each once a month.
	// Default [50, 80, 100].
	Warn []int `json:"warn"`
	// WarnForecast is the share, in percent, of which a message is sent when the month is expected to end above it. 0
	// sends none. Default 100.
	WarnForecast int `json:"warn_forecast"`
	// Topic is the ARN of the SNS topic that messages go to. Default: that of the function's variable CATNAP_TOPIC, and
	// without one messages are only logged.
	Topic string `json:"topic,omitempty"`
	// Freeze false leaves services alone when the limit is spent: it is only told. Default true.
	Freeze bool `json:"freeze"`
	// Reserve true freezes as soon as what is spent and what Fixed will still add until the month's end reach the limit:
	// then the limit is for the month as a whole. Otherwise it is for what is spent up to the freeze, and the load
	// balancer goes on adding to it. Default false.
	Reserve bool `json:"reserve,omitzero"`
	// Runaway is a rule for each service by itself, whatever is spent. Default none.
	Runaway Runaway `json:"runaway,omitzero"`

	// BillingLag is how much a point of the bill's metric lacks: one of noon with a lag of six hours knows the charges
	// up to six. Default 6h.
	BillingLag Duration `json:"billing_lag"`
	// BillingOld is the age of its newest point above which that is reported. Default 24h.
	BillingOld Duration `json:"billing_old"`
	// Fixed is what costs the same whether anybody comes or not.
	Fixed Fixed `json:"fixed"`
	// Prices replace those of catnap's table, in USD, by Region and item: {"eu-west-3": {"fargate_vcpu_hour": 0.0486}}.
	// The items are those of internal/price/prices.json. Default none.
	Prices price.Overrides `json:"prices,omitzero"`
}

// Scope is a part of an account's bill. The zero value is all of it.
type Scope struct {
	// Services are the names under which AWS bills, such as "AmazonECS" and "AWSELB". Default all.
	Services []string `json:"services,omitzero"`
	// LinkedAccount is the number of a member account of an organisation, whose part alone counts. Default none.
	LinkedAccount string `json:"linked_account,omitempty"`
}

// Runaway freezes one service. The zero value freezes none.
type Runaway struct {
	// AwakeHoursADay freezes a service that was awake for longer on a day (UTC) until the next day. 0 means no limit.
	AwakeHoursADay float64 `json:"awake_hours_a_day,omitzero"`
	// WakesAnHour freezes a service that was woken more often within an hour until the last wake is an hour old. 0 means
	// no limit, and 19 is the most: catnap keeps the last 20 wakes.
	WakesAnHour int `json:"wakes_an_hour,omitzero"`
}

// Fixed is what runs all the time, at the prices of the Region.
type Fixed struct {
	// LoadBalancers is how many are this budget's: 0 for one that is there anyway. Default 1.
	LoadBalancers int `json:"load_balancers"`
	// Addresses is how many public IPv4 addresses they have, one for each zone as a rule. Default 2.
	Addresses int `json:"addresses"`
	// USDAnHour is what else runs all the time and is to be counted. Default 0.
	USDAnHour float64 `json:"usd_an_hour,omitzero"`
}

// ParseBudget reads the settings of the cost guard, fills in the defaults and validates them. There is no budget in an
// empty document. The error has one line for every problem.
func ParseBudget(text []byte) (b Budget, found bool, err error) {
	b = DefaultBudget()
	d := decodeStrict(text, &b)
	all := append(d.problems, b.problems().without(d.problems)...)
	if err := all.err("budget"); err != nil {
		return DefaultBudget(), false, err
	}
	return b, len(d.given) > 0, nil
}

// DefaultBudget is what is left out.
func DefaultBudget() Budget {
	return Budget{
		Currency:     "USD",
		Warn:         []int{50, 80, 100},
		WarnForecast: 100,
		Freeze:       true,
		BillingLag:   Duration(6 * time.Hour),
		BillingOld:   Duration(24 * time.Hour),
		Fixed:        Fixed{LoadBalancers: 1, Addresses: 2},
	}
}

// Guard returns what decisions about money depend on, in USD. The settings must be valid.
func (b Budget) Guard() budget.Settings {
	set := budget.Settings{
		Limit: b.Limit * b.USD(), Currency: b.Currency, Rate: b.USD(), ForecastAt: percent(b.WarnForecast),
		Freeze: b.Freeze, Reserve: b.Reserve, ServiceNames: b.Scope.Services,
		BillingLag: time.Duration(b.BillingLag), BillingOld: time.Duration(b.BillingOld),
		Runaway: budget.Runaway{
			AwakePerDay:  time.Duration(b.Runaway.AwakeHoursADay * float64(time.Hour)),
			WakesPerHour: b.Runaway.WakesAnHour,
		},
	}
	for _, share := range b.Warn {
		set.WarnAt = append(set.WarnAt, percent(share))
	}
	return set
}

func percent(n int) float64 { return float64(n) / 100 }

// USD is what one unit of the budget's currency is worth.
func (b Budget) USD() float64 {
	if b.Currency == "USD" {
		return 1
	}
	return b.Rate
}

// Table returns the prices that count. The settings must be valid.
func (b Budget) Table() (price.Table, error) {
	t, err := price.Default().With(b.Prices)
	if err != nil {
		return price.Table{}, fmt.Errorf("prices of the budget: %w", err)
	}
	return t, nil
}
