// Package dryrun keeps the calls of AWS clients that would change something from being made, and reports them instead.
//
// Who writes often reads again afterwards, to see whether somebody else has written meanwhile. So that such a run goes
// the way that it would go, the few writes that are known here are remembered and shown to later reads, as AWS would.
// Any other write is refused: nobody can tell what would have come of it. Nothing is written anywhere, and nothing
// outlives the Recorder.
package dryrun

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
)

// Call is a call that was not made.
type Call struct {
	Service    string         `json:"service"`   // as the SDK calls it: "ECS"
	Operation  string         `json:"operation"` // "UpdateService"
	Parameters map[string]any `json:"parameters"`
}

// RefusedError says that a call was reported but not made, and that what follows depends on its answer.
type RefusedError struct{ Call Call }

func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s %s is not made in a dry run, and what follows depends on its answer",
		e.Call.Service, e.Call.Operation)
}

// Recorder stands in front of clients. It is safe for concurrent use.
type Recorder struct {
	report func(Call)

	mu      sync.Mutex
	written written
}

// New returns a recorder that hands each call that is not made to report, one at a time.
func New(report func(Call)) *Recorder {
	return &Recorder{report: report, written: newWritten()}
}

// Attach belongs into the APIOptions of every client.
func (r *Recorder) Attach(stack *middleware.Stack) error {
	m := middleware.InitializeMiddlewareFunc("DryRun", r.handle)
	return stack.Initialize.Add(m, middleware.After) // the SDK has validated the input
}

func (r *Recorder) handle(
	ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
) (middleware.InitializeOutput, middleware.Metadata, error) {
	if !writes(awsmiddleware.GetOperationName(ctx)) {
		out, metadata, err := next.HandleInitialize(ctx, in)
		if err == nil {
			r.show(in.Parameters, out.Result)
		}
		return out, metadata, err
	}
	result, err := r.record(ctx, in.Parameters)
	return middleware.InitializeOutput{Result: result}, middleware.Metadata{}, err
}

// reads are how the names of operations begin that change nothing. What begins otherwise is taken for a write.
var reads = []string{"Describe", "Get", "List", "Simulate", "Validate"}

func writes(operation string) bool {
	return !slices.ContainsFunc(reads, func(verb string) bool { return strings.HasPrefix(operation, verb) })
}

func (r *Recorder) record(ctx context.Context, input any) (any, error) {
	call := Call{
		Service: awsmiddleware.GetServiceID(ctx), Operation: awsmiddleware.GetOperationName(ctx),
		Parameters: parameters(input),
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report(call)
	if output := r.written.take(input); output != nil {
		return output, nil
	}
	return nil, &RefusedError{call}
}

func (r *Recorder) show(input, output any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.written.show(input, output)
}
