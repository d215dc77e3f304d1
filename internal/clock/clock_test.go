package clock_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/catnap-dev/catnap/internal/clock"
)

func TestClockRunsAtItsSpeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, test := range []struct{ speed, want float64 }{{-1, 1}, {0, 1}, {1, 1}, {0.5, 0.5}, {10, 10}, {60, 60}} {
			begin := time.Now()
			c := clock.New(begin, test.speed)
			if got := c.Now(); !got.Equal(begin) {
				t.Errorf("speed %g: begins at %s, not %s", test.speed, got, begin)
			}
			time.Sleep(10 * time.Second)
			want := time.Duration(test.want * float64(10*time.Second))
			if got := c.Now().Sub(begin); got != want {
				t.Errorf("speed %g: 10 s are %s, want %s", test.speed, got, want)
			}
			if got := c.Real(want); got != 10*time.Second {
				t.Errorf("speed %g: %s take %s on the wall", test.speed, want, got)
			}
		}
	})
}

func TestZeroClockIsTheWall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c clock.Clock
		time.Sleep(time.Hour)
		if got := c.Now(); !got.Equal(time.Now()) {
			t.Errorf("got %s, want %s", got, time.Now())
		}
	})
}

// took returns how long f takes on the wall.
func took(f func()) time.Duration {
	begin := time.Now()
	f()
	return time.Since(begin)
}

func TestWaitTakesItsShareOfTheWall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(time.Now(), 10)
		for d, want := range map[time.Duration]time.Duration{
			5 * time.Minute: 30 * time.Second, 0: 0, -time.Minute: 0,
		} {
			var err error
			if got := took(func() { err = c.Wait(t.Context(), d) }); got != want || err != nil {
				t.Errorf("wait %s: took %s, %v; want %s", d, got, err, want)
			}
		}
		until := c.Now().Add(time.Minute)
		if err := c.WaitUntil(t.Context(), until); err != nil || !c.Now().Equal(until) {
			t.Errorf("waited until %s, %v; want %s", c.Now(), err, until)
		}
		if got := took(func() { _ = c.WaitUntil(t.Context(), until.Add(-time.Hour)) }); got != 0 {
			t.Errorf("waited %s for the past", got)
		}
	})
}

func TestWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(time.Now(), 10)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		var err error
		if got := took(func() { err = c.Wait(ctx, time.Hour) }); got != time.Second || !errors.Is(err, context.Canceled) {
			t.Errorf("took %s, %v", got, err)
		}
	})
}

func TestWithTimeoutCountsThisClocksTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := clock.New(time.Now(), 10).WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if got := took(func() { <-ctx.Done() }); got != 6*time.Second || !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			t.Errorf("ended after %s with %v", got, ctx.Err())
		}
	})
}

func TestLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(time.Now(), 10)
		ctx, cancel := c.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		time.Sleep(time.Second)
		for _, test := range []struct {
			name       string
			ctx        context.Context
			most, want time.Duration
		}{
			{"no deadline", t.Context(), time.Hour, time.Hour},
			{"the deadline is nearer", ctx, time.Hour, 50 * time.Second},
			{"the deadline is farther", ctx, time.Second, time.Second},
		} {
			if got := c.Left(test.ctx, test.most); got != test.want {
				t.Errorf("%s: got %s, want %s", test.name, got, test.want)
			}
		}
		time.Sleep(6 * time.Second)
		if got := c.Left(ctx, time.Hour); got != -10*time.Second {
			t.Errorf("after the deadline: got %s", got)
		}
	})
}
