package awsapi

import (
	"context"

	"github.com/aws/smithy-go/middleware"
)

// Guard decides who may do what.
type Guard interface {
	// Authorize returns AWS's error if the caller may not make the call. The caller is empty if nobody said who calls.
	Authorize(caller string, input any) error
}

type callerKey struct{}

// WithCaller says in whose name the calls are made that have this context.
func WithCaller(ctx context.Context, caller string) context.Context {
	return context.WithValue(ctx, callerKey{}, caller)
}

// As returns the API option that has a client's calls made in somebody's name, whatever their contexts say.
func As(caller string) func(*middleware.Stack) error {
	name := middleware.InitializeMiddlewareFunc("SandboxCaller", func(
		ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
	) (middleware.InitializeOutput, middleware.Metadata, error) {
		return next.HandleInitialize(WithCaller(ctx, caller), in)
	})
	return func(stack *middleware.Stack) error { return stack.Initialize.Add(name, middleware.Before) }
}

// authorize asks the guard. [IAM-08] What is throttled or fails for AWS's own reasons is not checked before; AWS does
// not say in which order it does these.
func (b *Backplane) authorize(ctx context.Context, input any) error {
	if b.Guard == nil {
		return nil
	}
	caller, _ := ctx.Value(callerKey{}).(string)
	return b.Guard.Authorize(caller, input)
}
