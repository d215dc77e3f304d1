package lambda_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/sandbox/lambda"
)

// TestInvokeLater [LAM-19].
func TestInvokeLater(t *testing.T) {
	for name, test := range map[string]struct {
		retry lambda.Retry
		fails int             // how often
		want  []time.Duration // after which it is tried
		lost  bool
	}{
		"goes well":           {lambda.Retry{Attempts: 2}, 0, []time.Duration{0}, false},
		"at the second time":  {lambda.Retry{Attempts: 2}, 1, []time.Duration{0, time.Minute}, false},
		"never":               {lambda.Retry{Attempts: 2}, 9, []time.Duration{0, time.Minute, 3 * time.Minute}, true},
		"without retries":     {lambda.Retry{}, 9, []time.Duration{0}, true},
		"as long as it lasts": {lambda.Retry{Attempts: 2, MaxAge: 3 * time.Minute}, 9, []time.Duration{0, time.Minute, 3 * time.Minute}, true},
		"until it is too old": {lambda.Retry{Attempts: 2, MaxAge: 179 * time.Second}, 9, []time.Duration{0, time.Minute}, true},
	} {
		t.Run(name, func(t *testing.T) {
			began, tried := time.Time{}, []time.Duration(nil)
			serve := func(context.Context, int, []byte) ([]byte, error) {
				tried = append(tried, time.Since(began))
				if len(tried) <= test.fails {
					return nil, errors.New("no")
				}
				return nil, nil
			}
			bubble(t, lambda.Function{Retry: test.retry}, serve, func(w *world) {
				began = time.Now()
				if err := w.InvokeLater(w.Context(), w.arn, nil); (err != nil) != test.lost {
					w.Errorf("got %v", err)
				}
				if diff := cmp.Diff(test.want, tried); diff != "" {
					w.Errorf("-want +got:\n%s", diff)
				}
			})
		})
	}
}

// TestInvokeLaterEnds with its context, whatever is left to try, and knows no function that there is not.
func TestInvokeLaterEnds(t *testing.T) {
	serve := func(context.Context, int, []byte) ([]byte, error) { return nil, errors.New("no") }
	bubble(t, lambda.Function{Retry: lambda.Retry{Attempts: 2}}, serve, func(w *world) {
		ctx, stop := context.WithTimeout(w.Context(), 30*time.Second)
		defer stop()
		if err := w.InvokeLater(ctx, w.arn, nil); !errors.Is(err, context.DeadlineExceeded) {
			w.Errorf("got %v", err)
		}
		if err := w.InvokeLater(w.Context(), lambda.ARN("none"), nil); code(err) != "ResourceNotFoundException" {
			w.Errorf("got %v", err)
		}
	})
}
