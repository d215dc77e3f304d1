// Package awsapi answers the calls of real AWS SDK clients from typed cores instead of the network.
//
// It stands where the wire would be: latency, throttling, faults and the count of calls are the same for every
// service and live here. What a call does is the business of the core it is handed to.
package awsapi

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"

	"github.com/catnap-dev/catnap/internal/clock"
)

// Core is one AWS service: it answers an SDK input with the SDK output, or fails with the SDK's own error types.
// An input it does not know must be answered with Unknown.
type Core interface {
	Handle(ctx context.Context, input any) (any, error)
}

// Unknown is the error for an operation that a core does not imitate. It is loud on purpose: a silent default would
// be taken for AWS's behaviour.
func Unknown(input any) error {
	return &smithy.GenericAPIError{
		Code:    "UnknownOperationException",
		Message: fmt.Sprintf("the sandbox does not imitate %s", Operation(input)),
		Fault:   smithy.FaultClient,
	}
}

// Operation names the operation of an SDK input: *ecs.UpdateServiceInput is "UpdateService".
func Operation(input any) string {
	name := reflect.Indirect(reflect.ValueOf(input)).Type().Name()
	return strings.TrimSuffix(name, "Input")
}

// Backplane carries calls to the cores.
type Backplane struct {
	Clock   clock.Clock
	Latency time.Duration // of each call; zero is none
	Limits  *Limits       // nil throttles nothing
	Faults  *Faults       // nil injects nothing
	Guard   Guard         // nil lets everybody do everything
	// Callers are names by the access keys with which their calls are signed.
	Callers map[string]string

	mu    sync.Mutex
	calls map[string]int
}

// Attach returns the API option that routes a client's calls to core. It belongs into the APIOptions of every client
// that the sandbox hands out.
func (b *Backplane) Attach(core Core) func(*middleware.Stack) error {
	answer := middleware.InitializeMiddlewareFunc("Sandbox", func(
		ctx context.Context, in middleware.InitializeInput, _ middleware.InitializeHandler,
	) (middleware.InitializeOutput, middleware.Metadata, error) {
		out, err := b.call(ctx, core, in.Parameters)
		return middleware.InitializeOutput{Result: out}, middleware.Metadata{}, err
	})
	// After, so that the SDK's own validation of the input has run.
	return func(stack *middleware.Stack) error { return stack.Initialize.Add(answer, middleware.After) }
}

// Calls returns how many calls of each operation reached a core.
func (b *Backplane) Calls() map[string]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	counts := make(map[string]int, len(b.calls))
	maps.Copy(counts, b.calls)
	return counts
}

func (b *Backplane) call(ctx context.Context, core Core, input any) (any, error) {
	operation := Operation(input)
	if err := b.Clock.Wait(ctx, b.delay()); err != nil {
		return nil, err
	}
	if err := ended(ctx); err != nil {
		return nil, err
	}
	if !b.Limits.allow(operation, b.Clock.Now()) {
		return nil, throttled(operation)
	}
	fault := b.Faults.next(ctx, operation)
	return fault.apply(ctx, b.Clock, func() (any, error) {
		if err := b.authorize(ctx, input); err != nil {
			return nil, err
		}
		b.count(operation)
		return core.Handle(ctx, input)
	})
}

// delay varies by half up and down: calls that are made together do not arrive together.
func (b *Backplane) delay() time.Duration {
	if b.Latency <= 0 {
		return 0
	}
	return b.Latency/2 + rand.N(b.Latency)
}

func (b *Backplane) count(operation string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.calls == nil {
		b.calls = map[string]int{}
	}
	b.calls[operation]++
}
