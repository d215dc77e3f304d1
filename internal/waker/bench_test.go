package waker_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/albevent"
	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
	"github.com/catnap-dev/catnap/internal/waker"
)

// still is AWS that answers at once and always the same: what is left is the waker's own time.
type still struct{ fakeControl }

func (*still) Observe(context.Context, settings.Service) (policy.Snapshot, error) {
	now := time.Now().Add(-12 * time.Second)
	return policy.Snapshot{
		Found: true, Desired: 1, Rule: policy.Rule{Armed: true, Mark: policy.Mark{Since: now, Active: now}},
	}, nil
}

func (*still) Tasks(context.Context, settings.Service) ([]policy.Task, error) {
	return []policy.Task{{ID: "a", LastStatus: "PENDING"}}, nil
}

// BenchmarkAnswer measures a warm instance from the load balancer's event to its answer.
func BenchmarkAnswer(b *testing.B) {
	for _, bench := range []struct {
		name   string
		path   string
		header map[string][]string
	}{
		{"page", "/", map[string][]string{"accept": {"text/html"}, "sec-fetch-mode": {"navigate"}}},
		{"page gzip", "/", map[string][]string{
			"accept": {"text/html"}, "sec-fetch-mode": {"navigate"}, "accept-encoding": {"gzip, br"},
		}},
		{"status", policy.StatusPath, nil},
		{"ignored", "/wp-login.php", map[string][]string{"user-agent": {"Mozilla/5.0 zgrab/0.x"}}},
		{"monitor", "/", map[string][]string{"user-agent": {monitor}}},
		{"health check", "/", map[string][]string{"user-agent": {"ELB-HealthChecker/2.0"}}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			event := eventOf(b, bench.path, bench.header)
			w := waker.New(&quiet{svc: shop()}, &still{}, nil, clock.Clock{}, slog.New(slog.DiscardHandler))
			handler := albevent.NewHandler(w)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := handler.Invoke(b.Context(), event); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// quiet is a store that keeps no record of who asked.
type quiet struct{ svc settings.Service }

func (q *quiet) ByWakerTargetGroup(context.Context, string) (settings.Service, error) {
	return q.svc, nil
}

func (*quiet) ServiceFrozen(context.Context, string) (time.Time, error) { return time.Time{}, nil }

func (*quiet) NoteWake(context.Context, string, policy.Wake) error { return nil }

func eventOf(b *testing.B, path string, header map[string][]string) []byte {
	b.Helper()
	event, err := json.Marshal(map[string]any{
		"requestContext": map[string]any{"elb": map[string]any{"targetGroupArn": "waker-group"}},
		"httpMethod":     "GET", "path": path, "multiValueQueryStringParameters": map[string][]string{},
		"multiValueHeaders": header, "body": "", "isBase64Encoded": false,
	})
	if err != nil {
		b.Fatal(err)
	}
	return event
}
