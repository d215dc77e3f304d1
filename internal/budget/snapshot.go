// Package budget decides about money. Given what the two meters say of a month, the settings and the time, it says
// what was spent, what the month will cost, whom to warn and what to freeze or to lift (Decide); and for a report,
// what sleeping saved (Costs, AwakeByDay).
//
// It is pure: it calls no AWS API, reads no clock, logs nothing and keeps nothing between two calls. Reading the
// meters, writing freezes and sending warnings belong to package costguard. The month is that of AWS's bill, which
// turns at midnight UTC.
//
// # Two meters
//
// Meter 1 is the bill itself (AWS/Billing EstimatedCharges): the truth, but hours late and a few times a day. Meter 2
// counts task-minutes and knows prices: minutes late, but of catnap's services alone.
//
// Proven is what a point of meter 1 says, and what meter 2 and the fixed costs have counted after it. As the point
// knows nothing of later charges, nothing is counted twice and nothing is guessed: it is a lower bound, it never falls
// while the prices are right, and only it freezes.
//
// Spent is the best estimate, for reports and warnings: it takes the newest point to be as late as the settings say,
// counts from there, and adds a guess for hours without a count and for what is not catnap's.
//
// # The forecast
//
// What is spent, and for each hour that is left: the mean of the same hour of the day over the last four weeks,
// week-days and week-ends apart, where each week counts half as much as the next; the fixed costs; and what else the
// account spent on an ordinary day of the last week. If every day of the last few ran at least a quarter more than the
// busiest day of the weeks before, it is a run-away, and the hours that are left are expected to be like the last day.
// An hour for which a freeze is in force costs what is fixed. A rise so shows after a day, and a fall after a week or
// two.
package budget

import "time"

// Snapshot is what was read at one moment. Orders and notes that could not be read leave no decision to take: only the
// meters may be missing, and say so.
type Snapshot struct {
	Billing  Billing
	Services []Service
	Fixed    []Fixed
	Freeze   Freeze // of all services; the zero value when there is none
	Thaw     Thaw   // the zero value when there is none
	Sent     []Sent // warnings that were sent, of this month at least
}

// Billing is meter 1.
type Billing struct {
	Read   bool // false: the call failed, and nothing is known
	Series []Series
}

// Series is the charges of one ServiceName, or of the whole account. Points are in any order; those of the days before
// this month show when the bill was reset, and what else the account spends.
type Series struct {
	ServiceName string // empty: the total
	Points      []Point
}

// Point is the charges of the month to date, in USD.
type Point struct {
	At  time.Time
	USD float64
}

// Service is one managed service with meter 2.
type Service struct {
	Name     string
	Hourly   float64 // what one task costs an hour, in USD
	Priced   bool    // false: the price is not known, and Hourly means nothing
	AlwaysOn int     // tasks that would run if it never slept; 0 means one

	Read    bool     // false: the meter could not be read, and there are no buckets
	Buckets []Bucket // of up to 35 days, in any order; without one it is unknown, and before the first it was not there

	WakesRead bool        // false: it is not known when it was woken
	Wakes     []time.Time // the last wakes, of the last hour at least

	Freeze Freeze // of this service alone; the zero value when there is none
}

// Bucket counts a stretch of time, an hour as a rule. One in which nothing ran is there, with zero.
type Bucket struct {
	Start        time.Time
	Length       time.Duration
	TaskMinutes  float64 // two tasks for an hour are 120
	AwakeMinutes float64 // minutes with at least one task
}

// Fixed is what costs the same whether anybody comes or not: the load balancer, its addresses, catnap itself.
type Fixed struct {
	Name        string
	ServiceName string // under which AWS bills it, such as AWSELB
	Hourly      float64
	Priced      bool      // false: the price is not known, and Hourly means nothing
	Since       time.Time // when it was made; zero means always
}

// By says who ordered a freeze.
type By string

// Whose order it is. What the guard ordered the guard may lift.
const (
	ByGuard    By = "guard"
	ByOperator By = "operator"
)

// Cause says which rule a freeze of the guard's follows.
type Cause string

// The causes.
const (
	CauseBudget Cause = "budget"
	CauseAwake  Cause = "awake_per_day"
	CauseWakes  Cause = "wakes_per_hour"
)

// Freeze is an order that nothing may be woken. It ends by itself.
type Freeze struct {
	Until  time.Time
	By     By
	Cause  Cause  // ByGuard
	Reason string // for the operator; it holds amounts, so it is not for the public
}

func (f Freeze) active(now time.Time) bool { return now.Before(f.Until) }

func (f Freeze) mine(now time.Time) bool { return f.active(now) && f.By == ByGuard }

// Thaw is the operator's order that the guard freezes nothing until then.
type Thaw struct {
	Until  time.Time
	Reason string
}

// Sent is a warning that was sent.
type Sent struct {
	Key string
	At  time.Time
}
