package sandbox_test

import (
	"context"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/sandbox/promise"
	"github.com/catnap-dev/catnap/internal/settings"
)

// asDocumented is a sandbox with the delays of the command line's defaults.
func asDocumented() sandbox.Options { return promise.AsDocumented() }

// TestPromise is what catnap promises, in the product's own words.
func TestPromise(t *testing.T) {
	t.Parallel()
	t.Run("in fake time", func(t *testing.T) {
		if err := kept(t, promise.InMemory(asDocumented()), promise.Terms{}); err != nil {
			t.Error(err)
		}
	})
	t.Run("over sockets", func(t *testing.T) {
		t.Parallel() // it mostly waits
		o := asDocumented()
		o.Clock = clock.New(time.Now(), 10)
		o.MetricLag = 0
		o.Settings = func(s *settings.Service) { // five minutes would be long in real time
			s.IdleAfter, s.DrowsyAfter = settings.Duration(3*time.Minute), settings.Duration(time.Minute)
			s.MetricLag, s.Settle = settings.Duration(time.Second), settings.Duration(5*time.Second)
		}
		err := promise.Run(t.Context(), o, func(ctx context.Context, box *sandbox.Sandbox) error {
			return promise.Keep(ctx, box, promise.Terms{Idle: 3 * time.Minute, Slack: time.Minute})
		})
		if err != nil {
			t.Error(err)
		}
	})
}
