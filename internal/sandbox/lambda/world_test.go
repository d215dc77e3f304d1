package lambda_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	aws "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/smithy-go"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/sandbox/lambda"
)

// handler is one instance's. Its function sees the number of the instance.
type handler struct {
	*world
	n int
	f func(ctx context.Context, instance int, payload []byte) ([]byte, error)
}

func (h handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	return h.f(ctx, h.n, payload)
}

func (h handler) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = append(h.closed, h.n)
	return errors.New("closing goes wrong") // which is only logged
}

// world is a runtime with one function. It is made inside a bubble.
type world struct {
	*testing.T
	lambda.Runtime
	arn string

	mu     sync.Mutex
	made   int
	closed []int
}

type serve = func(ctx context.Context, instance int, payload []byte) ([]byte, error)

// bubble runs a test with a function that f serves.
func bubble(t *testing.T, f lambda.Function, s serve, test func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{T: t}
		f.Name, f.New = "waker", func() aws.Handler { return handler{w, w.next(), s} }
		arn, err := w.Create(f)
		if err != nil {
			t.Fatal(err)
		}
		w.arn = arn
		test(w)
		w.Close()
		if got := w.Instances(arn); got != 0 || len(w.ends()) != w.count() {
			t.Errorf("%d instances are left, of %d %v were closed", got, w.count(), w.ends())
		}
	})
}

func (w *world) next() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.made++
	return w.made
}

func (w *world) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.made
}

func (w *world) ends() []int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.closed
}

func (w *world) invoke(payload string) (string, error) {
	answer, err := w.Invoke(w.Context(), w.arn, []byte(payload))
	return string(answer), err
}

// later invokes and returns where the answer comes.
func (w *world) later(payload string) <-chan string {
	answer := make(chan string, 1)
	go func() {
		got, err := w.invoke(payload)
		if err != nil {
			got = err.Error()
		}
		answer <- got
	}()
	synctest.Wait()
	return answer
}

func (w *world) expectInstances(want int) {
	w.Helper()
	if got := w.Instances(w.arn); got != want {
		w.Errorf("got %d instances, want %d", got, want)
	}
}

// echo answers with the instance's number and the payload, after as long as the payload says.
func echo(ctx context.Context, instance int, payload []byte) ([]byte, error) {
	if d, err := time.ParseDuration(string(payload)); err == nil {
		_ = clock.Clock{}.Wait(ctx, d)
	}
	return append([]byte{byte('0' + instance), ' '}, payload...), nil
}

func code(err error) string {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode()
	}
	return ""
}

func expectFunctionError(t *testing.T, err error, kind, message string) {
	t.Helper()
	got, ok := errors.AsType[*lambda.FunctionError](err)
	if !ok || got.Type != kind || got.Message != message {
		t.Errorf("got %v, want %s: %s", err, kind, message)
	}
}
