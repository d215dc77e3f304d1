package budget

import (
	"fmt"
	"math"
	"time"
)

// Finding is something that the operator should know about how the amounts came about.
type Finding struct {
	Kind    FindingKind
	Subject string // the service, the ServiceName or the fixed cost that it is about; empty for the whole
	Text    string
}

// FindingKind is what was found.
type FindingKind string

// The kinds.
const (
	FindingNoLimit    FindingKind = "no_limit"
	FindingRate       FindingKind = "rate"
	FindingUnreadable FindingKind = "billing_unreadable"
	FindingNoData     FindingKind = "no_billing_data"
	FindingOld        FindingKind = "billing_old"
	FindingUsage      FindingKind = "usage_unreadable"
	FindingGaps       FindingKind = "usage_gaps"
	FindingPrice      FindingKind = "price_unknown"
	FindingYoung      FindingKind = "young_forecast"
)

func findings(s Snapshot, set Settings, l ledger) (list []Finding) {
	if !set.limited() {
		list = append(list, Finding{FindingNoLimit, "", "no limit is set: nothing is warned of, and no budget freezes"})
	}
	if set.converted() {
		list = append(list, Finding{FindingRate, "", fmt.Sprintf("amounts in %s are at %.4f USD for one %s",
			set.Currency, set.Rate, set.Currency)})
	}
	list = append(list, billingFindings(s, set, l)...)
	for i, svc := range s.Services {
		list = append(list, svc.findings(l.services[i], l)...)
	}
	for _, f := range s.Fixed {
		if !priced(f.Priced, f.Hourly) {
			list = append(list, Finding{FindingPrice, f.Name, "its price is not known: it is not counted"})
		}
	}
	return list
}

// billingFindings say what is wrong with meter 1. That a month's first hours have no points is no finding, if the month
// before had.
func billingFindings(s Snapshot, set Settings, l ledger) (list []Finding) {
	if !s.Billing.Read {
		return []Finding{{FindingUnreadable, "", "the bill (EstimatedCharges) could not be read: " +
			"what is spent is an estimate from task-minutes and fixed costs"}}
	}
	for _, ln := range l.lines {
		p, ok := ln.reading.newest()
		turning := len(ln.reading.earlier) > 0 && l.now.Before(l.month.Add(resetBy))
		switch {
		case !ok && !turning:
			list = append(list, Finding{FindingNoData, ln.name, "the bill (EstimatedCharges) has no data of this month: " +
				"it must be switched on in the billing preferences, some partners' accounts never have it, and a service " +
				"without charges has none; what is spent is an estimate"})
		case ok && set.BillingOld > 0 && l.now.Sub(p.At) > set.BillingOld:
			list = append(list, Finding{FindingOld, ln.name, fmt.Sprintf("the newest point of the bill is of %s, %s ago",
				p.At.UTC().Format(time.RFC3339), l.now.Sub(p.At).Round(time.Minute))})
		}
	}
	return list
}

func (svc Service) findings(a account, l ledger) (list []Finding) {
	if !priced(svc.Priced, svc.Hourly) {
		list = append(list, Finding{FindingPrice, svc.Name, "the price of its tasks is not known: they are not counted"})
	}
	if !svc.Read {
		return append(list, Finding{FindingUsage, svc.Name, "its task-minutes could not be read: they are not counted"})
	}
	if a.young() {
		list = append(list, Finding{FindingYoung, svc.Name, "it has been counted for less than a week: " +
			"the forecast is not warned of until its habits are known"})
	}
	if gap := a.timeline.gap(l.month); gap > 0 {
		list = append(list, Finding{FindingGaps, svc.Name, fmt.Sprintf("%g hours of this month were not counted: "+
			"what is usual was taken for them", gap)})
	}
	return list
}

// gap is the hours since a time of which nothing is known. The last two hours may only be late.
func (tl *timeline) gap(from time.Time) (hours float64) {
	var minutes float64
	tl.each(from, tl.now.Truncate(time.Hour).Add(-time.Hour), func(i int, share float64) {
		minutes += share * tl.missing(i)
	})
	return math.Round(minutes / 60)
}
