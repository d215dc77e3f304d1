// Package clock tells the time and waits, at the wall's pace or faster.
//
// Handlers take a Clock instead of calling the time package, so that the sandbox can run five quiet minutes in
// thirty seconds. It does not fake time: under testing/synctest the zero Clock already follows the bubble's clock.
package clock

import (
	"context"
	"time"
)

// Clock is a clock that runs at a fixed multiple of real time. The zero value is the wall clock.
type Clock struct {
	origin, began time.Time
	speed         float64
}

// New returns a clock that shows origin at this moment and then runs speed times as fast as the wall.
// A speed of zero or less means 1.
func New(origin time.Time, speed float64) Clock {
	return Clock{origin: origin, began: time.Now(), speed: speed}
}

// Now returns the clock's time.
func (c Clock) Now() time.Time {
	if c.began.IsZero() {
		return time.Now()
	}
	return c.origin.Add(time.Duration(float64(time.Since(c.began)) * c.pace()))
}

// Real returns how long d on this clock takes on the wall.
func (c Clock) Real(d time.Duration) time.Duration {
	return time.Duration(float64(d) / c.pace())
}

// Wait returns nil after d on this clock, or the context's error if that ends first.
func (c Clock) Wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(c.Real(d))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// WaitUntil waits until the clock shows t.
func (c Clock) WaitUntil(ctx context.Context, t time.Time) error {
	return c.Wait(ctx, t.Sub(c.Now()))
}

// WithTimeout is context.WithTimeout with d measured on this clock.
func (c Clock) WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, c.Real(d))
}

// Left returns how much of this clock's time is left before ctx's deadline, and most if that is less or there is none.
func (c Clock) Left(ctx context.Context, most time.Duration) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return most
	}
	return min(most, time.Duration(float64(time.Until(deadline))*c.pace()))
}

func (c Clock) pace() float64 {
	if c.speed <= 0 {
		return 1
	}
	return c.speed
}
