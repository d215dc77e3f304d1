// Package lambda is AWS Lambda on a laptop: handlers run in this process, in instances that take one request at a time.
//
// It imitates invocations: cold starts, time-outs, throttles, crashes, payload limits, and the retries of asynchronous
// ones. It knows no triggers, no versions, no memory sizes and no queues for what failed, and its idle instances live
// on. It tells of functions what they were made with.
package lambda

import (
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/smithy-go"

	"github.com/catnap-dev/catnap/internal/clock"
)

// Function describes a function to create.
type Function struct {
	Name        string
	New         func() lambda.Handler // makes the handler of a new instance; closed with it if it has a Close
	Timeout     time.Duration         // zero means 3 s, as on AWS
	Concurrency int                   // reserved concurrency; zero means 1000, an account's share
	ColdStart   time.Duration         // how long a new instance takes before its first request
	Retry       Retry                 // of asynchronous invocations
	// Configuration is told to who asks.
	Configuration Configuration
}

// Runtime runs functions. The zero value is ready; in a testing/synctest bubble it must be made there.
type Runtime struct {
	Clock clock.Clock
	Log   *slog.Logger // nil drops what there is to say
	// Ran is told of each invocation that reached its function, with the time that AWS bills; nil drops it.
	Ran func(name string, took time.Duration)

	mu        sync.Mutex
	functions map[string]*function // by ARN
	requests  int
	closed    bool
	running   sync.WaitGroup
}

// function is a created function. Runtime's lock guards what is below Function.
type function struct {
	Function
	arn      string
	reserved int         // concurrency; zero reserves nothing
	idle     []*instance // the one used last at the end
	all      int         // instances, idle and busy
}

const (
	usualTimeout     = 3 * time.Second
	maxTimeout       = 15 * time.Minute
	usualConcurrency = 1000
	arnPrefix        = "arn:aws:lambda:eu-west-3:000000000000:function:"
)

// ARN is that of a function of this name.
func ARN(name string) string { return arnPrefix + name }

var (
	functionName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)
	errClosed    = errors.New("the runtime is closed")
)

// Create adds a function and returns its ARN.
// [LAM-01] A time-out is 3 s unless set, and 15 minutes at the most.
func (r *Runtime) Create(f Function) (arn string, err error) {
	if f.Timeout == 0 {
		f.Timeout = usualTimeout
	}
	reserved := f.Concurrency
	if reserved == 0 {
		f.Concurrency = usualConcurrency
	}
	if err := f.validate(); err != nil {
		return "", err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	arn = ARN(f.Name)
	if r.functions[arn] != nil {
		return "", clientError("ResourceConflictException", "Function already exist: %s", f.Name)
	}
	if r.functions == nil {
		r.functions = map[string]*function{}
	}
	r.functions[arn] = &function{Function: f, arn: arn, reserved: reserved}
	return arn, nil
}

func (f Function) validate() error {
	switch {
	case !functionName.MatchString(f.Name):
		return clientError("InvalidParameterValueException", "functionName %q is not valid", f.Name)
	case f.New == nil:
		return clientError("InvalidParameterValueException", "function %s has no handler", f.Name)
	case f.Timeout < 0 || f.Timeout > maxTimeout:
		return clientError("InvalidParameterValueException", "timeout %s of %s is not valid", f.Timeout, f.Name)
	case f.Concurrency < 0 || f.ColdStart < 0:
		return clientError("InvalidParameterValueException", "function %s has a negative setting", f.Name)
	default:
		return nil
	}
}

// Instances returns how many instances a function has, idle and busy.
func (r *Runtime) Instances(arn string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := r.functions[arn]
	if f == nil {
		return 0
	}
	return f.all
}

// Close waits until all invocations have ended, those that timed out included, and ends all instances. Later
// invocations fail.
func (r *Runtime) Close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.running.Wait()
	for _, i := range r.retire() {
		i.close(r.logger())
	}
}

// retire takes all idle instances out of service.
func (r *Runtime) retire() (retired []*instance) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, f := range r.functions {
		retired = append(retired, f.idle...)
		f.all -= len(f.idle)
		f.idle = nil
	}
	return retired
}

// take returns one more invocation on an instance of its own. Its run must follow.
// [LAM-03] An instance serves one request at a time; of the idle ones the one used last is taken.
// [LAM-04] When none is idle a new one is made, up to the reserved concurrency; above it the request is throttled.
func (r *Runtime) take(arn string) (*invocation, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := r.functions[arn]
	switch {
	case r.closed:
		return nil, fmt.Errorf("invoke %s: %w", arn, errClosed)
	case f == nil:
		return nil, clientError("ResourceNotFoundException", "Function not found: %s", arn)
	case len(f.idle) == 0 && f.all >= f.Concurrency:
		return nil, clientError("TooManyRequestsException", "Rate Exceeded.")
	}
	r.requests++
	r.running.Add(1)
	return &invocation{
		Runtime: r, function: f, instance: f.pick(), answer: make(chan outcome, 1),
		id: fmt.Sprintf("00000000-0000-4000-8000-%012d", r.requests),
	}, nil
}

func (f *function) pick() *instance {
	last := len(f.idle) - 1
	if last < 0 {
		f.all++
		return &instance{}
	}
	i := f.idle[last]
	f.idle = f.idle[:last]
	return i
}

func (r *Runtime) giveBack(f *function, i *instance) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f.idle = append(f.idle, i)
}

func (r *Runtime) throwAway(f *function) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f.all--
}

func (r *Runtime) logger() *slog.Logger {
	if r.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return r.Log
}

func clientError(code, format string, args ...any) error {
	return &smithy.GenericAPIError{Code: code, Message: fmt.Sprintf(format, args...), Fault: smithy.FaultClient}
}
