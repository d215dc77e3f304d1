package budget

import "time"

// Settings are what the guard goes by.
type Settings struct {
	Limit    float64 // USD a month; 0 means that there is none
	Currency string  // of the budget; empty means USD
	Rate     float64 // USD for one unit of Currency, by which Limit was converted

	WarnAt     []float64 // shares of the limit, spent
	ForecastAt float64   // share of the limit, forecast for the month's end; 0 warns of no forecast
	Freeze     bool      // freeze at the limit
	// Reserve keeps back what the fixed costs will take until the month's end, so that it freezes as soon as the month
	// could not end below the limit any more. Without it the limit is for what was spent, and the load balancer goes on
	// adding to it while all is frozen.
	Reserve bool

	// ServiceNames are those of the bill that the limit is about; none means all. Task-minutes are AmazonECS's.
	ServiceNames []string

	// BillingLag is how much a point of meter 1 lacks: one at noon with a lag of six hours knows the charges up to six.
	// AWS promises several points a day and says nothing of their age. Only Spent depends on it: if it is too long,
	// Spent is too much by what runs in the difference, and a warning comes early.
	BillingLag time.Duration
	// BillingOld is the age of the newest point above which the operator is told.
	BillingOld time.Duration

	Runaway Runaway
}

// Runaway is the rule for one service by itself, whatever the budget.
type Runaway struct {
	AwakePerDay  time.Duration // more in a day (UTC) freezes it until the next day; 0 means no limit
	WakesPerHour int           // more in an hour freezes it until the last of them is an hour old; 0 means no limit
}

// Defaults are the settings without a limit: nothing is warned of and nothing is frozen.
func Defaults() Settings {
	return Settings{
		WarnAt:     []float64{0.5, 0.8, 1},
		ForecastAt: 1,
		Freeze:     true,
		BillingLag: 6 * time.Hour,
		BillingOld: 24 * time.Hour,
	}
}

// lines are the parts of the bill that the limit is about.
func (set Settings) lines() []string {
	if len(set.ServiceNames) == 0 {
		return []string{""}
	}
	return set.ServiceNames
}

// MonthStart is when the month of the bill began.
func MonthStart(now time.Time) time.Time {
	year, month, _ := now.UTC().Date()
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
}

// MonthEnd is when the next one begins.
func MonthEnd(now time.Time) time.Time { return MonthStart(now).AddDate(0, 1, 0) }

// nextDay is the next midnight, UTC.
func nextDay(now time.Time) time.Time { return now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour) }

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
