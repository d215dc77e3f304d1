package budget_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/budget"
	"github.com/catnap-dev/catnap/internal/price"
)

// world is an account with its services, in steps of an hour. What happened is certain in it; what the meters tell of
// that is late, and comes in steps.
type world struct {
	now      time.Time
	begin    time.Time
	services []*habitant
	fixed    []budget.Fixed
	others   func(at time.Time) float64 // USD in an hour that nobody meters
	rng      *rand.Rand                 // nil: points every six hours, six hours late
	silent   func(at time.Time) bool    // when the bill has no point

	spent  []float64 // USD by hour since begin
	points []budget.Point
	next   time.Time // when the next point of the bill comes
}

// habitant is a service with its habits.
type habitant struct {
	name    string
	hourly  float64
	tasks   func(at time.Time) float64 // mean tasks at an hour, if it may run
	wakes   func(at time.Time) int
	freeze  budget.Freeze
	buckets []budget.Bucket
	woken   []time.Time
	unread  func(at time.Time) bool // hours that meter 2 lost
}

func newWorld(begin time.Time, services ...*habitant) *world {
	return &world{now: begin, begin: begin, services: services, others: func(time.Time) float64 { return 0 }, next: begin}
}

// hourly is a price of the real table.
func hourly(t *testing.T, task price.Task) float64 {
	t.Helper()
	usd, err := price.Default().Task("us-east-1", task)
	if err != nil {
		t.Fatal(err)
	}
	return usd
}

// balancer is a load balancer with two addresses.
func balancer(t *testing.T) []budget.Fixed {
	t.Helper()
	alb, err := price.Default().Bill("us-east-1", price.Amount{Item: price.ALB, Units: 1})
	if err != nil {
		t.Fatal(err)
	}
	ips, err := price.Default().Bill("us-east-1", price.Amount{Item: price.IPv4, Units: 2})
	if err != nil {
		t.Fatal(err)
	}
	return []budget.Fixed{
		{Name: "load balancer", ServiceName: "AWSELB", Hourly: alb, Priced: true},
		{Name: "addresses", ServiceName: "AmazonVPC", Hourly: ips, Priced: true},
	}
}

// step lets an hour go by in which services run unless they are frozen.
func (w *world) step(all budget.Freeze) {
	var usd float64
	for _, h := range w.services {
		usd += h.hour(w.now, all.Until.After(w.now) || h.freeze.Until.After(w.now))
	}
	for _, f := range w.fixed {
		usd += f.Hourly
	}
	w.spent = append(w.spent, usd+w.others(w.now))
	w.now = w.now.Add(time.Hour)
	for !w.next.After(w.now) {
		w.bill()
	}
}

func (h *habitant) hour(at time.Time, frozen bool) (usd float64) {
	tasks := h.tasks(at)
	if frozen {
		tasks = 0
	} else if h.wakes != nil {
		for i := range h.wakes(at) {
			h.woken = append(h.woken, at.Add(time.Duration(i+1)*time.Minute))
		}
	}
	if h.unread == nil || !h.unread(at) {
		h.buckets = append(h.buckets, budget.Bucket{
			Start: at, Length: time.Hour, TaskMinutes: 60 * tasks, AwakeMinutes: 60 * min(tasks, 1),
		})
	}
	if late := len(h.buckets) - 36*24; late > 0 {
		h.buckets = h.buckets[late:]
	}
	return tasks * h.hourly
}

// bill adds a point, and draws when the next one comes and how late each is. A point that is made after the month's
// turn of charges before it still tells of the month before.
func (w *world) bill() {
	step, lag := 6*time.Hour, 6*time.Hour
	if w.rng != nil {
		step = 6*time.Hour + time.Duration(w.rng.IntN(121))*time.Minute
		lag = 3*time.Hour + time.Duration(w.rng.IntN(5*60))*time.Minute
	}
	upTo := w.next.Add(-lag)
	if w.silent == nil || !w.silent(w.next) {
		w.points = append(w.points, budget.Point{At: w.next, USD: w.charges(upTo)})
	}
	w.next = w.next.Add(step)
}

// charges is what the month of a time had cost by then; of an hour that is not over, its share.
func (w *world) charges(upTo time.Time) float64 {
	var sum float64
	from := budget.MonthStart(upTo)
	if from.Before(w.begin) {
		from = w.begin
	}
	for at := from; at.Before(upTo); at = at.Add(time.Hour) {
		share := min(1, upTo.Sub(at).Hours())
		sum += share * w.spent[int(at.Sub(w.begin)/time.Hour)]
	}
	return sum
}

// look is what the guard reads some minutes after the hour.
func (w *world) look() (budget.Snapshot, time.Time) {
	at := w.now.Add(5 * time.Minute)
	s := budget.Snapshot{Fixed: w.fixed, Billing: budget.Billing{Read: true, Series: []budget.Series{{}}}}
	s.Billing.Series[0].Points = w.points[max(0, len(w.points)-160):]
	for _, h := range w.services {
		s.Services = append(s.Services, budget.Service{
			Name: h.name, Hourly: h.hourly, Priced: true, Read: true, Buckets: h.buckets,
			WakesRead: true, Wakes: h.woken[max(0, len(h.woken)-100):], Freeze: h.freeze,
		})
	}
	return s, at
}

func day(year int, month time.Month, dayOfMonth int) time.Time {
	return time.Date(year, month, dayOfMonth, 0, 0, 0, 0, time.UTC)
}

func weekday(at time.Time) bool { return at.Weekday() != time.Saturday && at.Weekday() != time.Sunday }

// between is a task from one hour of the day to another.
func between(at time.Time, from, to int) float64 {
	if at.Hour() >= from && at.Hour() < to {
		return 1
	}
	return 0
}
