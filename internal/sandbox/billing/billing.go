// Package billing is the bill of an AWS account on a laptop, and the metric in which AWS tells it: EstimatedCharges.
//
// Numbers in brackets, as in [BILL-03], name the imitated behaviours; a test of this package shows each.
//
// It charges Fargate tasks, a load balancer with its addresses, function invocations, and a sum for all else that an
// account may have. It knows no free tier, discounts, credits and taxes, and charges neither API calls, logs, alarms,
// the load balancer's capacity units nor traffic. What it charges an hour for each thing it is told.
package billing

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/price"
)

// Rates are prices in USD.
type Rates struct {
	LoadBalancer float64 // an hour
	Addresses    float64 // an hour, of all its public addresses
	Requests     float64 // a million invocations
	FunctionHour float64 // of an invocation that lasts, by its memory
}

// Options are how an account is billed. The zero value is a bill of nothing but tasks, told every six hours.
type Options struct {
	Rates
	// Off leaves the metric out [BILL-07]: it must be switched on in the account's preferences, and some have none.
	Off bool
	// Spent is what other things of the account have cost, in USD, from the beginning of the month to the account's first
	// moment here, and in the month before; Hourly is what they cost an hour from then on.
	Spent, Hourly float64
	// Every is the time between two figures; zero means six hours. [BILL-05]
	Every time.Duration
	// Behind is how late a figure is: one of noon, six hours behind, tells the charges up to six. [BILL-05] AWS does not
	// say; zero means not at all. CloudWatch's own lag comes on top.
	Behind time.Duration
}

const usualEvery = 6 * time.Hour

// The names of AWS's services in the metric [BILL-06]. All that the account has besides stands under one.
const (
	tasksService        = "AmazonECS"
	loadBalancerService = "AWSELB"
	addressesService    = "AmazonVPC"
	functionsService    = "AWSLambda"
	otherService        = "AmazonRDS"
)

// Account is one account's bill. To be used in a testing/synctest bubble it must be made there.
type Account struct {
	Options
	clock clock.Clock
	began time.Time
	put   func(dimensions map[string]string, at time.Time, value float64)

	mu        sync.Mutex
	runs      []run
	functions map[time.Time]float64 // by the month's beginning
}

// New opens an account at this moment; put hands a value of the metric to CloudWatch.
func New(
	o Options, clk clock.Clock, put func(dimensions map[string]string, at time.Time, value float64),
) *Account {
	if o.Every <= 0 {
		o.Every = usualEvery
	}
	return &Account{Options: o, clock: clk, began: clk.Now(), put: put, functions: map[time.Time]float64{}}
}

// run is one task's.
type run struct {
	task     string
	hourly   float64
	from, to time.Time // to is zero while it runs
}

// Pull notes that a task's image begins to be pulled, and what an hour of the task costs. [BILL-01] From then on it is
// billed.
func (a *Account) Pull(task string, hourly float64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.clock.Now()
	a.forget(now)
	a.runs = append(a.runs, run{task: task, hourly: hourly, from: now})
}

// Stop notes that a task has stopped. One that was never pulled is not billed.
func (a *Account) Stop(task string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range a.runs {
		if r := &a.runs[i]; r.task == task && r.to.IsZero() {
			r.to = a.clock.Now()
		}
	}
}

// Invoke charges an invocation of a function. [BILL-03] By the call and the millisecond.
func (a *Account) Invoke(took time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	billed := (took + time.Millisecond - 1).Truncate(time.Millisecond)
	a.functions[monthOf(a.clock.Now())] += a.Requests/1e6 + a.FunctionHour*billed.Hours()
}

// forget drops the runs of which no figure tells any more.
func (a *Account) forget(now time.Time) {
	before := monthOf(monthOf(now).Add(-1))
	kept := a.runs[:0]
	for _, r := range a.runs {
		if r.to.IsZero() || r.to.After(before) {
			kept = append(kept, r)
		}
	}
	a.runs = kept
}

// Charges are the month to date at a moment, in USD by service. [BILL-04] They start anew with the month. What is to
// come is not known, and functions are charged for all that they have done in the month.
func (a *Account) Charges(at time.Time) map[string]float64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	month := monthOf(at)
	var tasks float64
	for _, r := range a.runs {
		tasks += r.hourly * overlap(r.from, r.end(at), month, at).Hours()
	}
	hours := math.Ceil(overlap(a.began, at, month, at).Hours()) // [BILL-02] Each hour that begins.
	return map[string]float64{
		tasksService:        tasks,
		loadBalancerService: a.LoadBalancer * hours,
		addressesService:    a.Addresses * hours,
		functionsService:    a.functions[month],
		otherService:        a.others(month, at),
	}
}

// end is up to when a run is billed. [BILL-01] By the second, rounded up, and for one minute at least.
func (r run) end(at time.Time) time.Time {
	if r.to.IsZero() || r.to.After(at) {
		return at
	}
	return r.from.Add(max(price.Billed(r.to.Sub(r.from)), time.Minute)) // a pull that ends at once is a run, too
}

// others is what else the account has cost: Spent, evenly over the time before it was opened here, and from then on by
// the hour.
func (a *Account) others(month, at time.Time) float64 {
	first := monthOf(a.began)
	switch end := earlier(month.AddDate(0, 1, 0), a.began); {
	case month.After(first):
		return a.Hourly * at.Sub(month).Hours()
	case at.Before(end):
		return a.Spent * float64(at.Sub(month)) / float64(end.Sub(month))
	default:
		return a.Spent + a.Hourly*overlap(a.began, at, month, at).Hours()
	}
}

// overlap is how long two spans of time are both.
func overlap(from, to, start, end time.Time) time.Duration {
	if start.After(from) {
		from = start
	}
	return max(0, earlier(to, end).Sub(from))
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// monthOf is when the month of a moment began. [BILL-04] Months are UTC's.
func monthOf(at time.Time) time.Time {
	year, month, _ := at.UTC().Date()
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
}

// Run hands the figures to CloudWatch until ctx ends: at first those of the month so far, then one at a time. Those of
// an account that has spent something before begin with the month before, so that the fall at the month's turn is
// there.
func (a *Account) Run(ctx context.Context) {
	if a.Off {
		return
	}
	first := monthOf(a.began)
	if a.Spent > 0 {
		first = first.AddDate(0, -1, 0)
	}
	for at := first; a.clock.WaitUntil(ctx, at) == nil; at = a.next(at) {
		a.publish(at, a.Charges(at.Add(-a.Behind)))
	}
}

// next is the moment of the figure after one. Each month has one at its beginning.
func (a *Account) next(at time.Time) time.Time {
	next := at.Add(a.Every)
	if turn := monthOf(next); turn.After(monthOf(at)) {
		return turn
	}
	return next
}
