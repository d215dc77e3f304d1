package lambda_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	aws "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go/middleware"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
	"github.com/catnap-dev/catnap/internal/sandbox/lambda"
)

type key struct{}

// [LAM-07]
func TestContextOfAnInvocation(t *testing.T) {
	var ids []string
	look := func(ctx context.Context, _ int, _ []byte) ([]byte, error) {
		lc, ok := lambdacontext.FromContext(ctx)
		if !ok {
			return nil, errors.New("no lambdacontext")
		}
		ids = append(ids, lc.AwsRequestID)
		deadline, _ := ctx.Deadline()
		return []byte(lc.InvokedFunctionArn + " " + time.Until(deadline).String()), nil
	}
	bubble(t, lambda.Function{}, look, func(w *world) {
		for range 2 {
			got, err := w.invoke("x")
			if want := "arn:aws:lambda:eu-west-3:000000000000:function:waker 3s"; got != want || err != nil {
				t.Errorf("got %s, %v", got, err)
			}
		}
		if ids[0] == ids[1] || len(ids[0]) != 36 {
			t.Errorf("request ids %v", ids)
		}
	})
}

// [LAM-08]
func TestInvocationGoesOnWithoutItsCaller(t *testing.T) {
	var seen error
	var value any
	look := func(ctx context.Context, _ int, _ []byte) ([]byte, error) {
		time.Sleep(2 * time.Second)
		seen, value = ctx.Err(), ctx.Value(key{})
		return nil, nil
	}
	bubble(t, lambda.Function{}, look, func(w *world) {
		ctx, cancel := context.WithTimeout(context.WithValue(w.Context(), key{}, "kept"), time.Second)
		defer cancel()
		if _, err := w.Invoke(ctx, w.arn, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		w.expectInstances(1)
		w.Close()
		if seen != nil || value != "kept" {
			t.Errorf("the handler saw %v, %v", seen, value)
		}
	})
}

// [LAM-09]
func TestWhatEndsAnInstance(t *testing.T) {
	client := func(b *awsapi.Backplane) *ssm.Client {
		return ssm.New(ssm.Options{Region: "eu-west-3", APIOptions: []func(*middleware.Stack) error{b.Attach(nil)}})
	}
	die := func(context.Context, string, int) awsapi.Fault { return awsapi.Fault{Kind: awsapi.FaultDie} }
	name := "x"
	for how, test := range map[string]struct {
		message string
		serve   func(ctx context.Context)
	}{
		"panic":  {"Runtime exited with error: exit status 1 (panic: oops)", func(context.Context) { panic("oops") }},
		"goexit": {"Runtime exited with error: exit status 1", func(context.Context) { runtime.Goexit() }},
		"death": {"Runtime exited with error: signal: killed", func(ctx context.Context) {
			dying := client(&awsapi.Backplane{Faults: &awsapi.Faults{Hook: die}})
			_, _ = dying.GetParameter(ctx, &ssm.GetParameterInput{Name: &name})
		}},
	} {
		t.Run(how, func(t *testing.T) {
			ill := func(ctx context.Context, instance int, payload []byte) ([]byte, error) {
				if string(payload) == "ill" {
					test.serve(ctx)
				}
				return echo(ctx, instance, payload)
			}
			bubble(t, lambda.Function{}, ill, func(w *world) {
				_, err := w.invoke("ill")
				expectFunctionError(t, err, lambda.TypeExit, test.message)
				w.expectInstances(0)
				if got, err := w.invoke("well"); got != "2 well" || err != nil {
					t.Errorf("got %s, %v", got, err)
				}
			})
		})
	}
}

func TestPanicOfAColdStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r lambda.Runtime
		arn, err := r.Create(lambda.Function{Name: "f", New: func() aws.Handler { panic("oops") }})
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.Invoke(t.Context(), arn, nil)
		expectFunctionError(t, err, lambda.TypeExit, "Runtime exited with error: exit status 1 (panic: oops)")
		if got := r.Instances(arn); got != 0 {
			t.Errorf("%d instances", got)
		}
		r.Close()
	})
}

type refusedError struct{}

func (*refusedError) Error() string { return "refused" }

// [LAM-10]
func TestHandlersErrorLeavesTheInstance(t *testing.T) {
	refuse := func(context.Context, int, []byte) ([]byte, error) { return nil, &refusedError{} }
	bubble(t, lambda.Function{}, refuse, func(w *world) {
		for range 2 {
			_, err := w.invoke("x")
			expectFunctionError(t, err, "refusedError", "refused")
			if _, ok := errors.AsType[*refusedError](err); !ok {
				t.Errorf("got %v", err)
			}
		}
		if w.count() != 1 {
			t.Errorf("%d instances were made", w.count())
		}
	})
}

// [LAM-02] [LAM-11]
func TestPayloadLimits(t *testing.T) {
	const six = 6 << 20
	grow := func(_ context.Context, _ int, payload []byte) ([]byte, error) {
		return append(payload, make([]byte, 100)...), nil
	}
	more := func(_ context.Context, _ int, payload []byte) ([]byte, error) {
		return append(payload, make([]byte, 101)...), nil
	}
	bubble(t, lambda.Function{}, grow, func(w *world) {
		payload := make([]byte, six+1)
		if got, err := w.Invoke(w.Context(), w.arn, payload[:six]); len(got) != six+100 || err != nil {
			t.Errorf("got %d bytes, %v", len(got), err)
		}
		if _, err := w.Invoke(w.Context(), w.arn, payload); code(err) != "RequestTooLargeException" {
			t.Errorf("got %v", err)
		}
	})
	bubble(t, lambda.Function{}, more, func(w *world) {
		_, err := w.Invoke(w.Context(), w.arn, make([]byte, six))
		expectFunctionError(t, err, lambda.TypeTooLarge,
			"Response payload size exceeded maximum allowed payload size (6291556 bytes).")
		w.expectInstances(1)
	})
}

func TestLog(t *testing.T) {
	var log bytes.Buffer
	bubble(t, lambda.Function{}, echo, func(w *world) {
		w.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		_, _ = w.invoke("10s")
	})
	for _, want := range []string{"cold start", "Task timed out after 3.00 seconds", "closing goes wrong"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %s in\n%s", want, log.String())
		}
	}
}
