// Package statement is what a month costs, for people: what was spent so far and by which service, what the month will
// cost, what the same services would have cost had they never slept, and when they were awake.
//
// It writes that as JSON, as text for a terminal, and as one HTML file. It reads nothing and computes no money: package
// costguard looks, and package budget does the arithmetic.
package statement

import (
	"math"
	"slices"
	"time"

	"github.com/catnap-dev/catnap/internal/budget"
	"github.com/catnap-dev/catnap/internal/costguard"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/report"
	"github.com/catnap-dev/catnap/internal/settings"
)

// Statement is a month up to now. It is what `catnap cost --output json` prints; its members are kept as they are, and
// new ones may come. Amounts are in Currency, days and hours are of UTC, as AWS bills.
type Statement struct {
	At       time.Time  `json:"at"`
	Month    string     `json:"month"`  // "2026-11"
	Budget   bool       `json:"budget"` // false: there is none, and what is left out has its default
	Currency string     `json:"currency"`
	Rate     float64    `json:"rate"`      // USD for one unit of Currency
	Limit    float64    `json:"limit"`     // 0: none
	Spent    float64    `json:"spent"`     // the best estimate
	Proven   float64    `json:"proven"`    // at least
	Forecast float64    `json:"forecast"`  // for the month's end
	Billed   *float64   `json:"billed"`    // what the bill says; null: it says nothing of this month yet
	BilledTo *time.Time `json:"billed_to"` // when it said so
	Prices   string     `json:"prices"`    // the day of the price table

	Services []Service  `json:"services"`
	AlwaysOn float64    `json:"always_on"` // what the services' tasks would have cost so far
	Saved    float64    `json:"saved"`
	Fixed    []Fixed    `json:"fixed"`
	Bill     []Point    `json:"bill"`    // of the month
	Freezes  []Freeze   `json:"freezes"` // that are in force
	Thaw     *time.Time `json:"thaw"`    // the guard freezes nothing until then
	Findings []Finding  `json:"findings"`
}

// Service is one service's part.
type Service struct {
	Name         string  `json:"name"`
	Priced       bool    `json:"priced"` // false: the price is not known, and the amounts mean nothing
	AwakeHours   float64 `json:"awake_hours"`
	TaskHours    float64 `json:"task_hours"`
	UnknownHours float64 `json:"unknown_hours"` // of the month so far; they are in no amount
	Cost         float64 `json:"cost"`
	AlwaysOn     float64 `json:"always_on"`
	Saved        float64 `json:"saved"`
	Days         []Day   `json:"days"`
	// Wakes are the last ones that are known, 20 at the most.
	Wakes []Wake `json:"wakes"`
}

// Day is when a service was awake on one day.
type Day struct {
	Date  string     `json:"date"`
	Awake float64    `json:"awake"` // hours
	Hours []*float64 `json:"hours"` // minutes of each hour; null: not known, or still to come
}

// Wake is one of a service's.
type Wake struct {
	At      time.Time `json:"at"`
	Seconds float64   `json:"seconds"` // that it took; 0: nobody watched
}

// Freeze is an order that is in force.
type Freeze struct {
	Service string `json:"service"` // empty: all
	report.Freeze
}

// Fixed is what costs the same whether anybody comes or not.
type Fixed struct {
	Name   string  `json:"name"`
	Month  float64 `json:"month"` // a whole month
	Priced bool    `json:"priced"`
}

// Point is what the bill said.
type Point struct {
	At     time.Time `json:"at"`
	Amount float64   `json:"amount"`
}

// Finding is something that one should know about how the amounts came about.
type Finding struct {
	Kind    budget.FindingKind `json:"kind"`
	Subject string             `json:"subject"`
	Text    string             `json:"text"`
}

// New makes a statement of a look.
func New(l costguard.Look) Statement {
	a, month := l.Decision.Amounts, budget.MonthStart(l.At)
	s := Statement{
		At: l.At.UTC(), Month: month.Format("2006-01"), Budget: l.Configured,
		Currency: l.Budget.Currency, Rate: l.Budget.USD(), Limit: l.Budget.Limit,
		Spent: l.Money(a.Spent), Proven: l.Money(a.Proven), Forecast: l.Money(a.Forecast),
		Prices: l.Prices, Services: []Service{}, Bill: []Point{}, Findings: []Finding{}, Freezes: freezes(l),
	}
	if a.Known {
		s.Billed, s.BilledTo = new(l.Money(a.Truth)), new(a.AsOf.UTC())
	}
	if l.Orders.Thaw.Active(l.At) {
		s.Thaw = new(l.Orders.Thaw.Until.UTC())
	}
	for i, svc := range l.Snapshot.Services {
		from := month
		if l.Created[i].After(from) {
			from = l.Created[i] // before that nothing was saved
		}
		s.add(service(l, svc, budget.Costs(l.Snapshot, from, l.At, l.At)[i], month, l.Services[i].Wakes))
	}
	for _, f := range l.Snapshot.Fixed {
		hours := budget.MonthEnd(l.At).Sub(month).Hours()
		s.Fixed = append(s.Fixed, Fixed{f.Name, l.Money(f.Hourly * hours), f.Priced})
	}
	s.Bill = bill(l, month)
	for _, f := range l.Decision.Findings {
		s.Findings = append(s.Findings, Finding{f.Kind, f.Subject, f.Text})
	}
	return s
}

func (s *Statement) add(svc Service) {
	s.Services = append(s.Services, svc)
	s.AlwaysOn, s.Saved = cents(s.AlwaysOn+svc.AlwaysOn), cents(s.Saved+svc.Saved)
}

func freezes(l costguard.Look) []Freeze {
	list := []Freeze{}
	add := func(service string, f settings.Freeze) {
		if f.Active(l.At) {
			in := settings.InForce{Freeze: f, Service: service}
			list = append(list, Freeze{service, report.NewFreezes([]settings.InForce{in})[0]})
		}
	}
	add("", l.Orders.Freeze)
	for _, svc := range l.Services {
		add(svc.Name, svc.Freeze)
	}
	return list
}

func service(l costguard.Look, svc budget.Service, c budget.Cost, month time.Time, wakes []policy.Wake) Service {
	s := Service{
		Name: svc.Name, Priced: c.Priced, AwakeHours: tenth(c.Awake.Hours()), TaskHours: tenth(c.TaskHours),
		UnknownHours: tenth(c.Unknown.Hours()),
		Cost:         l.Money(c.USD), AlwaysOn: l.Money(c.AlwaysOn), Saved: l.Money(c.Saved()),
		Days: []Day{}, Wakes: []Wake{},
	}
	for _, d := range budget.AwakeByDay(svc, month, l.At) {
		s.Days = append(s.Days, day(d))
	}
	for _, w := range wakes {
		s.Wakes = append(s.Wakes, Wake{w.At.UTC(), math.Round(w.Took.Seconds())})
	}
	return s
}

func day(d budget.Day) Day {
	list := Day{Date: d.Start.Format(time.DateOnly), Awake: tenth(d.Awake.Hours())}
	for _, h := range d.Hours {
		var minutes *float64
		if h.Known {
			minutes = new(math.Round(h.Awake.Minutes()))
		}
		list.Hours = append(list.Hours, minutes)
	}
	return list
}

// bill is the line that the bill draws. Of a budget about several services of AWS there are several lines, and none is
// drawn.
func bill(l costguard.Look, month time.Time) []Point {
	points := []Point{}
	for _, series := range l.Snapshot.Billing.Series {
		for _, p := range series.Points {
			if !p.At.Before(month) && len(l.Snapshot.Billing.Series) == 1 {
				points = append(points, Point{p.At.UTC(), l.Money(p.USD)})
			}
		}
	}
	slices.SortFunc(points, func(a, b Point) int { return a.At.Compare(b.At) })
	return points
}

func tenth(x float64) float64 { return math.Round(x*10) / 10 }

func cents(x float64) float64 { return math.Round(x*100) / 100 }
