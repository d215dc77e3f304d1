package lambda

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// FunctionError is what became of an invocation that reached the function but did not go well. Throttles and wrong
// requests are API errors instead. A handler that runs a process returns one itself.
type FunctionError struct {
	Type    string // as in errorType of AWS's answer
	Message string
	Err     error // the handler's own; nil if the instance ended, or is a process
	Exit    bool  // set by a handler whose instance has ended with this error
}

func (e *FunctionError) Error() string { return e.Type + ": " + e.Message }
func (e *FunctionError) Unwrap() error { return e.Err }

// The types of errors that are not the handler's own.
const (
	TypeTimeout  = "Sandbox.Timedout"
	TypeExit     = "Runtime.ExitError"
	TypeTooLarge = "Function.ResponseSizeTooLarge"
)

// MaxResponse is the longest answer, in bytes: AWS's limit is a little above 6 MB.
const MaxResponse = 6<<20 + 100

const maxPayload = 6 << 20

// Invoke calls a function and waits for its answer.
// [LAM-02] A payload over 6 MB is refused.
// [LAM-08] When ctx ends Invoke returns, but the invocation goes on. It keeps ctx's values.
func (r *Runtime) Invoke(ctx context.Context, arn string, payload []byte) ([]byte, error) {
	if len(payload) > maxPayload {
		return nil, clientError("RequestTooLargeException",
			"Request must be smaller than %d bytes for the InvokeFunction operation", maxPayload)
	}
	call, err := r.take(arn)
	if err != nil {
		return nil, err
	}
	call.payload = bytes.Clone(payload)
	go call.run(context.WithoutCancel(ctx))
	select {
	case <-ctx.Done():
		return nil, fmt.Errorf("invoke %s: %w", arn, ctx.Err())
	case o := <-call.answer:
		return o.payload, o.err
	}
}

// instance is one execution environment. Its handler is nil until its cold start is over.
type instance struct{ handler lambda.Handler }

func (i *instance) close(log *slog.Logger) {
	switch h := i.handler.(type) {
	case io.Closer:
		if err := h.Close(); err != nil {
			log.Warn("close handler", "error", err)
		}
	case interface{ Close() }:
		h.Close()
	}
}

type outcome struct {
	payload []byte
	err     error
	exit    bool // the instance has ended
}

// invocation is one request on its instance.
type invocation struct {
	*Runtime
	*function
	*instance
	id      string
	payload []byte
	answer  chan outcome
}

// run serves the request. The answer is given only after the instance is free, so that the next request finds it.
func (c *invocation) run(ctx context.Context) {
	defer c.running.Done()
	if o := c.start(ctx); o.exit {
		c.end(o)
		return
	}
	began := c.Clock.Now()
	ctx, cancel := c.Clock.WithTimeout(c.context(ctx), c.Timeout)
	defer cancel()
	done := make(chan outcome, 1)
	go func() { done <- guard(func() ([]byte, error) { return c.handler.Invoke(ctx, c.payload) }) }()
	select {
	case <-ctx.Done():
		c.bill(began)
		c.timeOut(done)
	case o := <-done:
		c.bill(began)
		if ctx.Err() != nil {
			done <- o
			c.timeOut(done)
			return
		}
		c.finish(ctx, o)
	}
}

// bill tells how long the function ran, before its answer is there. The cold start is left out: AWS bills it, too,
// since August 2025, but the sandbox's is no measure of a function's.
func (c *invocation) bill(began time.Time) {
	if c.Ran != nil {
		c.Ran(c.Name, c.Clock.Now().Sub(began))
	}
}

// start is the cold start of a new instance.
// [LAM-05] It comes before the time-out counts, and belongs to the request that caused it.
func (c *invocation) start(ctx context.Context) outcome {
	if c.handler != nil {
		return outcome{}
	}
	c.logger().Debug("cold start", "function", c.Name, "request", c.id)
	_ = c.Clock.Wait(ctx, c.ColdStart) // ctx does not end
	return guard(func() ([]byte, error) {
		c.handler = c.New()
		return nil, nil
	})
}

// context is what the handler gets.
// [LAM-07] It has the request's id and the function's ARN, and a deadline.
func (c *invocation) context(ctx context.Context) context.Context {
	ctx = lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{AwsRequestID: c.id, InvokedFunctionArn: c.arn})
	return awsapi.WithLife(ctx)
}

// guard turns whatever ends a goroutine into an outcome.
// [LAM-09] A panic ends the instance.
func guard(f func() ([]byte, error)) (o outcome) {
	o = outcome{exit: true, err: exitError("exit status 1")}
	finished := make(chan struct{})
	go func() { // of its own, for runtime.Goexit
		defer close(finished)
		defer func() {
			if v := recover(); v != nil {
				o.err = exitError(fmt.Sprintf("exit status 1 (panic: %v)", v))
			}
		}()
		payload, err := f()
		o = outcome{payload: payload, err: err}
	}()
	<-finished
	return o
}

func exitError(how string) error {
	return &FunctionError{Type: TypeExit, Message: "Runtime exited with error: " + how}
}

// timeOut answers at once, whatever the handler still does. Its end is waited for here, for Close.
// [LAM-06] An invocation that takes too long ends its instance.
func (c *invocation) timeOut(done <-chan outcome) {
	c.throwAway(c.function)
	message := fmt.Sprintf("Task timed out after %.2f seconds", c.Timeout.Seconds())
	err := &FunctionError{Type: TypeTimeout, Message: message}
	c.complain(err)
	c.answer <- outcome{err: err}
	<-done
	c.close(c.logger())
}

// finish answers for an invocation that has ended in time.
// [LAM-10] A handler's error is the function's error and leaves the instance as it is.
// [LAM-11] An answer over 6 MB is an error, too.
func (c *invocation) finish(ctx context.Context, o outcome) {
	switch {
	case o.exit:
	case awsapi.Dead(ctx):
		o = outcome{exit: true, err: exitError("signal: killed")}
	case o.err != nil:
		o = failed(o.err)
	case len(o.payload) > MaxResponse:
		o = outcome{err: TooLarge()}
	}
	c.end(o)
}

// failed is the outcome of a handler's error. What a process said of itself is passed on as it is.
func failed(err error) outcome {
	if own, ok := errors.AsType[*FunctionError](err); ok {
		return outcome{err: own, exit: own.Exit}
	}
	return outcome{err: &FunctionError{Type: typeName(err), Message: err.Error(), Err: err}}
}

// TooLarge returns the error of an answer over MaxResponse.
func TooLarge() *FunctionError {
	message := fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", MaxResponse)
	return &FunctionError{Type: TypeTooLarge, Message: message}
}

func (c *invocation) end(o outcome) {
	if o.err != nil {
		c.complain(o.err)
	}
	if !o.exit {
		c.giveBack(c.function, c.instance)
		c.answer <- o
		return
	}
	c.throwAway(c.function)
	c.answer <- o
	c.close(c.logger())
}

func (c *invocation) complain(err error) {
	c.logger().Warn("invocation failed", "function", c.Name, "request", c.id, "error", err)
}

// typeName is what aws-lambda-go reports: the error's type without its package.
func typeName(err error) string {
	t := reflect.TypeOf(err)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name()
}
