package settings

import (
	"context"
	"math"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// The forms are compiled when a budget is read. The waker, which links this package, never does that, and a visitor
// waits for its start.
const (
	currencyCode = `^[A-Z]{3}$`
	accountID    = `^[0-9]{12}$`
	topicARN     = `^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[a-zA-Z0-9_-]{1,256}$`
)

func matches(form, text string) bool { return regexp.MustCompile(form).MatchString(text) }

func (b Budget) problems() problems {
	var ps problems
	const most = 1e9
	ps.number("limit", b.Limit, 0, most)
	ps.check(matches(currencyCode, b.Currency), "currency", quote(b.Currency), `must be a code like "USD" or "EUR"`)
	b.checkRate(&ps)
	b.Scope.check(&ps)
	b.checkWarnings(&ps)
	ps.check(b.Topic == "" || matches(topicARN, b.Topic), "topic", quote(b.Topic),
		"must be an SNS topic's ARN, arn:aws:sns:<region>:<account>:<name>")
	ps.number("runaway.awake_hours_a_day", b.Runaway.AwakeHoursADay, 0, 24)
	ps.whole("runaway.wakes_an_hour", b.Runaway.WakesAnHour, 0, mostWakes-1)
	if ps.within("billing_lag", b.BillingLag, 0, 48*time.Hour) {
		ps.check(b.BillingOld > b.BillingLag && b.BillingOld <= Duration(14*24*time.Hour), "billing_old",
			quote(b.BillingOld.String()), "must be more than billing_lag, "+b.BillingLag.String()+", and at most 336h")
	}
	ps.whole("fixed.load_balancers", b.Fixed.LoadBalancers, 0, 100)
	ps.whole("fixed.addresses", b.Fixed.Addresses, 0, 100)
	ps.number("fixed.usd_an_hour", b.Fixed.USDAnHour, 0, most)
	if _, err := b.Table(); err != nil {
		ps.add("prices", "", err.Error())
	}
	return ps
}

func (b Budget) checkRate(ps *problems) {
	value := strconv.FormatFloat(b.Rate, 'g', -1, 64)
	if b.Currency == "USD" {
		ps.check(b.Rate == 0 || b.Rate == 1, "rate", value, "must be left out: the currency is USD")
		return
	}
	if b.Rate == 0 {
		value = "is missing,"
	}
	ps.check(b.Rate > 0 && b.Rate < 1e6, "rate", value, "must be how many USD one "+b.Currency+" is worth, such as 1.08")
}

func (s Scope) check(ps *problems) {
	for i, name := range s.Services {
		at := element("scope.services", i)
		ps.check(name != "", at, given(name), `must be a name under which AWS bills, such as "AmazonECS"`)
		ps.check(slices.Index(s.Services, name) == i, at, quote(name), "must be given once")
	}
	ps.check(s.LinkedAccount == "" || matches(accountID, s.LinkedAccount), "scope.linked_account",
		quote(s.LinkedAccount), "must be an account's number, 12 digits")
}

func (b Budget) checkWarnings(ps *problems) {
	const most = 1000
	for i, share := range b.Warn {
		at := element("warn", i)
		ps.whole(at, share, 1, most)
		ps.check(slices.Index(b.Warn, share) == i, at, strconv.Itoa(share), "must be given once")
	}
	ps.whole("warn_forecast", b.WarnForecast, 0, most)
}

func (ps *problems) number(path string, n, least, most float64) {
	text := func(n float64) string { return strconv.FormatFloat(n, 'g', -1, 64) }
	ps.check(least <= n && n <= most && !math.IsNaN(n), path, text(n), "must be "+text(least)+" to "+text(most))
}

func (ps *problems) whole(path string, n, least, most int) {
	ps.check(least <= n && n <= most, path, strconv.Itoa(n),
		"must be "+strconv.Itoa(least)+" to "+strconv.Itoa(most))
}

// MistakeError says what is wrong with a document that was read.
type MistakeError struct{ Err error }

func (e *MistakeError) Error() string { return e.Err.Error() }

// Unwrap returns the problems.
func (e *MistakeError) Unwrap() error { return e.Err }

// Budget reads the settings of the cost guard as they stand at this moment. Without a budget it is the default one, and
// found is false. The error is a *MistakeError when the document was read and is wrong.
func (s *Store) Budget(ctx context.Context) (b Budget, found bool, err error) {
	type budgeted struct {
		Budget
		found bool
	}
	read, err := readDocument(ctx, s, s.prefix()+"/budget", func(text []byte) (budgeted, error) {
		b, found, err := ParseBudget(text)
		if err != nil {
			err = &MistakeError{err}
		}
		return budgeted{b, found}, err
	})
	if err != nil || !read.found {
		return DefaultBudget(), false, err
	}
	return read.Budget, true, nil
}
