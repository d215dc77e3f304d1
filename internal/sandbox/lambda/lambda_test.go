package lambda_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	aws "github.com/aws/aws-lambda-go/lambda"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/sandbox/lambda"
)

// [LAM-03]
func TestIdleInstanceIsUsedAgainTheLastOneFirst(t *testing.T) {
	bubble(t, lambda.Function{}, echo, func(w *world) {
		a, b := w.later("1s"), w.later("2s")
		w.expectInstances(2)
		if x, y := <-a, <-b; x != "1 1s" || y != "2 2s" {
			t.Errorf("got %s, %s", x, y)
		}
		for range 3 {
			if got, err := w.invoke("x"); got != "2 x" || err != nil {
				t.Errorf("got %s, %v", got, err)
			}
		}
		w.expectInstances(2)
	})
}

// [LAM-04]
func TestConcurrencyIsLimited(t *testing.T) {
	bubble(t, lambda.Function{Concurrency: 2}, echo, func(w *world) {
		a, b := w.later("1s"), w.later("1s")
		if _, err := w.invoke("x"); code(err) != "TooManyRequestsException" {
			t.Errorf("got %v", err)
		}
		<-a
		<-b
		if _, err := w.invoke("x"); err != nil {
			t.Error(err)
		}
		w.expectInstances(2)
	})
	bubble(t, lambda.Function{}, echo, func(w *world) {
		for range 1000 {
			go func() { _, _ = w.invoke("1s") }()
		}
		synctest.Wait()
		if _, err := w.invoke("x"); code(err) != "TooManyRequestsException" {
			t.Errorf("got %v", err)
		}
		w.expectInstances(1000)
		time.Sleep(2 * time.Second)
	})
}

// [LAM-05]
func TestColdStartIsBeforeTheTimeOut(t *testing.T) {
	bubble(t, lambda.Function{ColdStart: 5 * time.Second}, echo, func(w *world) {
		for _, want := range []time.Duration{7 * time.Second, 2 * time.Second} {
			begin := time.Now()
			if got, err := w.invoke("2s"); got != "1 2s" || err != nil || time.Since(begin) != want {
				t.Errorf("got %s, %v after %s, want %s", got, err, time.Since(begin), want)
			}
		}
	})
}

// [LAM-01] [LAM-06]
func TestTimeOut(t *testing.T) {
	stubborn := func(_ context.Context, _ int, payload []byte) ([]byte, error) {
		time.Sleep(10 * time.Second)
		return payload, nil
	}
	obedient := func(ctx context.Context, _ int, payload []byte) ([]byte, error) {
		<-ctx.Done()
		return payload, nil
	}
	for _, test := range []struct {
		timeout, want time.Duration
		serve         serve
		message       string
	}{
		{0, 3 * time.Second, stubborn, "Task timed out after 3.00 seconds"},
		{0, 3 * time.Second, obedient, "Task timed out after 3.00 seconds"},
		{1500 * time.Millisecond, 1500 * time.Millisecond, stubborn, "Task timed out after 1.50 seconds"},
	} {
		bubble(t, lambda.Function{Timeout: test.timeout, Concurrency: 1}, test.serve, func(w *world) {
			for range 2 { // the second has an instance of its own
				begin := time.Now()
				_, err := w.invoke("x")
				expectFunctionError(t, err, lambda.TypeTimeout, test.message)
				if got := time.Since(begin); got != test.want {
					t.Errorf("the answer came after %s", got)
				}
				w.expectInstances(0)
			}
			if w.count() != 2 {
				t.Errorf("%d instances were made", w.count())
			}
		})
	}
}

func TestCloseWaitsForWhatRunsAfterItsTimeOut(t *testing.T) {
	stubborn := func(context.Context, int, []byte) ([]byte, error) { time.Sleep(10 * time.Second); return nil, nil }
	bubble(t, lambda.Function{}, stubborn, func(w *world) {
		begin := time.Now()
		_, _ = w.invoke("x")
		w.Close()
		if got := time.Since(begin); got != 10*time.Second {
			t.Errorf("closed after %s", got)
		}
		if _, err := w.invoke("x"); err == nil || code(err) != "" {
			t.Errorf("after Close: got %v", err)
		}
	})
}

func TestTimeOutCountsTheClocksTime(t *testing.T) {
	wait := func(ctx context.Context, _ int, _ []byte) ([]byte, error) { <-ctx.Done(); return nil, nil }
	bubble(t, lambda.Function{Timeout: time.Minute, ColdStart: time.Minute}, wait, func(w *world) {
		w.Clock = clock.New(time.Now(), 60)
		begin := time.Now()
		_, err := w.invoke("x")
		expectFunctionError(t, err, lambda.TypeTimeout, "Task timed out after 60.00 seconds")
		if got := time.Since(begin); got != 2*time.Second {
			t.Errorf("took %s", got)
		}
	})
}

// [LAM-01]
func TestCreate(t *testing.T) {
	var r lambda.Runtime
	none := func() aws.Handler { return nil }
	good := lambda.Function{Name: "f", New: none, Timeout: 15 * time.Minute}
	arn, err := r.Create(good)
	if arn != "arn:aws:lambda:eu-west-3:000000000000:function:f" || err != nil {
		t.Errorf("got %s, %v", arn, err)
	}
	got := map[string]string{}
	for name, f := range map[string]lambda.Function{
		"twice": good, "no name": {New: none}, "bad name": {Name: "a b", New: none}, "no handler": {Name: "g"},
		"too long": {Name: "g", New: none, Timeout: 15*time.Minute + 1}, "negative": {Name: "g", New: none, Timeout: -1},
		"concurrency": {Name: "g", New: none, Concurrency: -1},
	} {
		_, err := r.Create(f)
		got[name] = code(err)
	}
	bad := "InvalidParameterValueException"
	want := map[string]string{
		"twice": "ResourceConflictException", "no name": bad, "bad name": bad, "no handler": bad, "too long": bad,
		"negative": bad, "concurrency": bad,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	if _, err := r.Invoke(t.Context(), "arn:absent", nil); code(err) != "ResourceNotFoundException" {
		t.Errorf("got %v", err)
	}
	if r.Instances("arn:absent") != 0 {
		t.Error("an absent function has instances")
	}
	r.Close()
}
