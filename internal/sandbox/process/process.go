// Package process runs a function's built binary as a process of its own, and offers it as a handler.
//
// A handler is one execution environment: a process that asks a Lambda Runtime API of its own on the loopback
// interface, and that stands still between two invocations. There are no extensions, no streamed answers and no layers,
// and nothing is a container: the process has the machine's files, network, clock and memory.
package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	runtime "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/sandbox/lambda"
)

// Function is a built function. Its New is what lambda.Function wants as New; the process's start is the cold start,
// so that lambda.Function's own ColdStart is best left zero.
type Function struct {
	Path string            // the binary, built for this machine; its folder is the task root and the working directory
	Name string            // as in lambda.Function
	Env  map[string]string // the function's own variables; those that Lambda reserves are not for it to set

	Region string // empty means eu-west-3, where lambda.Runtime is
	// AccessKey is the one with which the function signs its calls; empty means one that is all functions'.
	AccessKey string
	Memory    int // in MB, told and not enforced; zero means 128
	// Output gets what the process writes, and what Lambda adds to a function's log when a process fails, a whole line
	// at a time. Instances write at the same time, so it must allow that, as a file does. Nil drops the lines.
	Output io.Writer
	// InitLimit is for the process's first start; zero means 10 s, as on AWS.
	InitLimit time.Duration
}

// [LAM-13] A start may take 10 s.
// [LAM-01] An invocation may take 15 minutes: a context without a deadline gets that one.
const (
	usualInitLimit = 10 * time.Second
	longest        = 15 * time.Minute
)

var (
	errClosed    = errors.New("the instance is closed")
	errNoRequest = errors.New("the context is not one of an invocation")
)

// New starts an instance and waits until it asks for its first event. If that goes wrong the first Invoke starts it
// again, and tells what went wrong then. An instance that is not closed lives as long as this program.
func (f Function) New() runtime.Handler {
	life, end := context.WithCancel(context.Background()) //nolint:forbidigo // ended by Close, whoever called New
	i := &instance{Function: f, life: life, end: end, log: newLines(f.Output)}
	limit := f.InitLimit
	if limit == 0 {
		limit = usualInitLimit
	}
	ctx, cancel := context.WithTimeout(life, limit)
	defer cancel()
	i.mu.Lock()
	defer i.mu.Unlock()
	_ = i.start(ctx, "init") // is in the log
	return i
}

// instance is an execution environment.
type instance struct {
	Function
	life context.Context
	end  context.CancelFunc
	log  *lines

	mu    sync.Mutex // held while an invocation runs
	child *child     // nil if its start failed
}

// Close ends the process, frozen or not, and with it an invocation that it serves, and waits until nothing is left.
func (i *instance) Close() {
	i.end()
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.child != nil {
		i.child.kill()
	}
}

// Invoke hands the event to the process and waits for its answer, and until the process asks for the next event. It
// returns a *lambda.FunctionError for what the function or its process failed with; its Exit tells whether the process
// has ended. When ctx ends first, the process is killed.
func (i *instance) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	request, ok := lambdacontext.FromContext(ctx)
	if !ok {
		return nil, fmt.Errorf("invoke %s: %w", i.Name, errNoRequest)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(i.life, func() { cancel(errClosed) })()
	if err := i.restart(ctx); err != nil {
		return nil, i.failed(request.AwsRequestID, err)
	}
	a, err := i.child.invoke(ctx, newEvent(ctx, request, payload))
	if err == nil {
		return a.payload, a.failure(false)
	}
	failed := i.failed(request.AwsRequestID, err)
	if a != nil && ended(err) { // the answer counts; that the process ended is in the log
		return a.payload, a.failure(true)
	}
	return nil, failed
}

// restart starts a process where there is none.
// [LAM-14] A start that failed is repeated with the first invocation, whose time-out then counts; the same goes for a
// process that ended after its answer.
func (i *instance) restart(ctx context.Context) error {
	if i.child != nil && i.child.alive() {
		return nil
	}
	return i.start(ctx, "invoke")
}

// start is over when the process asks for its first event. A failed one leaves a line like AWS's in the log.
func (i *instance) start(ctx context.Context, phase string) (err error) {
	if i.life.Err() != nil {
		return errClosed
	}
	var wall clock.Clock // processes have no other
	begin := wall.Now()
	if i.child, err = launch(i.life, i.Function, i.log); err == nil {
		err = i.child.ready(ctx)
	}
	if err != nil {
		i.child = nil
		duration := float64(wall.Now().Sub(begin).Microseconds()) / 1000
		i.log.say("INIT_REPORT Init Duration: %.2f ms\tPhase: %s\t%s", duration, phase, initStatus(err))
	}
	return err
}

// failed is the error that the caller gets. A process's end is written to the log too, as AWS does.
func (i *instance) failed(id string, err error) error {
	end, ok := errors.AsType[*endError](err)
	if !ok {
		return err
	}
	message := fmt.Sprintf("RequestId: %s Error: %s", id, end.how)
	i.log.say("%s\n%s", message, end.kind)
	return &lambda.FunctionError{Type: end.kind, Message: message, Exit: true}
}
