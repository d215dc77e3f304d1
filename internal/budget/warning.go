package budget

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Warning is a message to the operator. Each key is sent once a month.
type Warning struct {
	Key  string // "spent-80", "forecast-100": the share in percent
	Text string
}

// warnings are those of the shares that the best estimate has reached and of the forecast, less what was sent.
func warnings(s Snapshot, set Settings, a Amounts, now time.Time) []Warning {
	if !set.limited() {
		return nil
	}
	var list []Warning
	for _, share := range set.WarnAt {
		if a.Spent >= share*set.Limit {
			list = append(list, set.spentWarning(share, a))
		}
	}
	if set.ForecastAt > 0 && !a.Young && a.Forecast >= set.ForecastAt*set.Limit {
		list = append(list, set.forecastWarning(a))
	}
	return slices.DeleteFunc(list, func(w Warning) bool { return s.sent(w.Key, now) })
}

func (s Snapshot) sent(key string, now time.Time) bool {
	month := MonthStart(now)
	return slices.ContainsFunc(s.Sent, func(sent Sent) bool { return sent.Key == key && !sent.At.Before(month) })
}

func percent(share float64) string { return fmt.Sprintf("%g", math.Round(share*1000)/10) }

func (set Settings) spentWarning(share float64, a Amounts) Warning {
	return Warning{
		Key: "spent-" + percent(share),
		Text: fmt.Sprintf("%s %% of the budget of %s is spent: %s. The month is expected to end at %s.",
			percent(share), monthName(a), set.of(a.Spent), set.money(a.Forecast)),
	}
}

func (set Settings) forecastWarning(a Amounts) Warning {
	return Warning{
		Key: "forecast-" + percent(set.ForecastAt),
		Text: fmt.Sprintf("%s is expected to end at %s, which is more than %s %% of the budget. Spent so far: %s.",
			monthName(a), set.of(a.Forecast), percent(set.ForecastAt), set.money(a.Spent)),
	}
}

func monthName(a Amounts) string { return a.Month.Format("January 2006") }

// limitReason tells the operator why all is frozen.
func (set Settings) limitReason(a Amounts) string {
	spent := fmt.Sprintf("the budget of %s is spent: at least %s", monthName(a), set.of(a.Proven))
	if reserve := set.reserve(a); a.Proven < set.Limit {
		spent += fmt.Sprintf(", and %s of fixed costs are to come", set.money(reserve))
	}
	return spent + "; frozen until " + a.Month.AddDate(0, 1, 0).Format(time.DateOnly)
}

func awakeReason(name string, u use, rule Runaway) string {
	return fmt.Sprintf("%s was awake for %s today, more than the %s that are allowed a day", name, u.today,
		rule.AwakePerDay)
}

func wakesReason(name string, u use, rule Runaway) string {
	return fmt.Sprintf("%s was woken %d times within an hour, more than the %d that are allowed", name, u.wakes,
		rule.WakesPerHour)
}

// converted tells whether the budget is in another currency than the bill.
func (set Settings) converted() bool {
	return set.Currency != "" && set.Currency != "USD" && set.Rate > 0 && finite(set.Rate)
}

// money writes an amount of USD in the budget's currency, with the USD.
func (set Settings) money(usd float64) string {
	if !set.converted() {
		return fmt.Sprintf("%.2f USD", usd)
	}
	return fmt.Sprintf("%.2f %s (%.2f USD)", usd/set.Rate, set.Currency, usd)
}

// of writes an amount as a part of the limit.
func (set Settings) of(usd float64) string {
	if !set.converted() {
		return fmt.Sprintf("%.2f of %.2f USD", usd, set.Limit)
	}
	return fmt.Sprintf("%.2f of %.2f %s (%.2f of %.2f USD)", usd/set.Rate, set.Limit/set.Rate, set.Currency,
		usd, set.Limit)
}
