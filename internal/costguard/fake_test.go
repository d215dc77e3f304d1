package costguard_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/catnap-dev/catnap/internal/budget"
	"github.com/catnap-dev/catnap/internal/meter"
	"github.com/catnap-dev/catnap/internal/price"
	"github.com/catnap-dev/catnap/internal/settings"
)

var errThrottled = errors.New("api error ThrottlingException: Rate exceeded")

// fault is what happens to the n-th call of a run, which begins at 0, and to those after it.
type fault struct {
	n    int
	lost bool // it takes effect, and the caller hears of an error
	dies bool // none after it reaches AWS
}

// aws is all that a guard calls. It counts the calls, and may hit one.
type aws struct {
	budget   settings.Budget
	found    bool
	services []settings.Service
	freezes  map[string]settings.Freeze
	thaw     settings.Thaw
	warned   settings.Warned
	partial  error // what is wrong with other settings

	charges []budget.Point
	buckets map[string][]budget.Bucket

	mu     sync.Mutex
	sent   []string // subjects
	calls  []string
	fault  *fault
	before func(call string) // somebody else acts
}

// call makes a call, or does not.
func (a *aws) call(name string, effect func()) error {
	a.mu.Lock() // the meters are read side by side
	defer a.mu.Unlock()
	n := len(a.calls)
	a.calls = append(a.calls, name)
	if a.before != nil {
		a.before(name)
	}
	switch f := a.fault; {
	case f == nil || n < f.n:
		effect()
		return nil
	case n == f.n && f.lost:
		effect()
		return errThrottled
	case n == f.n || f.dies:
		return errThrottled
	default:
		effect()
		return nil
	}
}

func (a *aws) Budget(context.Context) (b settings.Budget, found bool, err error) {
	err = a.call("Budget", func() { b, found = a.budget, a.found })
	return b, found, err
}

func (a *aws) Fresh(context.Context) (list []settings.Service, err error) {
	err = a.call("Fresh", func() {
		for _, svc := range a.services {
			svc.Freeze = a.freezes[svc.Name]
			list = append(list, svc)
		}
	})
	if err != nil {
		return nil, &settings.UnreadError{Err: err}
	}
	return list, a.partial
}

func (a *aws) Orders(context.Context) (o settings.Orders, err error) {
	err = a.call("Orders", func() { o = settings.Orders{Freeze: a.freezes[""], Thaw: a.thaw, Warned: a.warned} })
	return o, err
}

func (a *aws) ReadFreeze(_ context.Context, service string) (f settings.Freeze, err error) {
	err = a.call("ReadFreeze "+service, func() { f = a.freezes[service] })
	return f, err
}

func (a *aws) ReadThaw(context.Context) (t settings.Thaw, err error) {
	err = a.call("ReadThaw", func() { t = a.thaw })
	return t, err
}

func (a *aws) PutFreeze(_ context.Context, service string, f settings.Freeze) error {
	return a.call("PutFreeze "+service, func() { a.freezes[service] = f })
}

func (a *aws) PutWarned(_ context.Context, w settings.Warned) error {
	return a.call("PutWarned", func() { a.warned = w })
}

func (a *aws) Bill(context.Context, settings.Scope, time.Time) (list []budget.Series, err error) {
	err = a.call("Bill", func() { list = []budget.Series{{Points: slices.Clone(a.charges)}} })
	return list, err
}

func (a *aws) Usage(_ context.Context, svc settings.Service, _ time.Time) (list []budget.Bucket, err error) {
	err = a.call("Usage "+svc.Name, func() { list = a.buckets[svc.Name] })
	return list, err
}

func (a *aws) Size(_ context.Context, svc settings.Service) (size meter.Size, err error) {
	err = a.call("Size "+svc.Name, func() { size.Task = price.Task{CPU: 1024, MemoryMiB: 2048} })
	return size, err
}

func (a *aws) Publish(_ context.Context, _, subject, _ string) error {
	return a.call("Publish", func() { a.sent = append(a.sent, subject) })
}
