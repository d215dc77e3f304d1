package awsapi

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/aws/smithy-go"

	"github.com/catnap-dev/catnap/internal/clock"
)

// Fault is what happens to one call. The zero value is a call that goes well.
type Fault struct {
	Kind  FaultKind
	Delay time.Duration // before anything else
}

// FaultKind names a way in which a call goes wrong.
type FaultKind string

// The ways in which a call goes wrong.
const (
	FaultNone     FaultKind = ""
	FaultFail     FaultKind = "fail"     // a 5xx of AWS; nothing happened
	FaultThrottle FaultKind = "throttle" // nothing happened
	FaultLost     FaultKind = "lost"     // it happened, but the answer is an error
	FaultRepeat   FaultKind = "repeat"   // it happened twice, as when a retry follows a lost answer
	FaultDie      FaultKind = "die"      // the function dies before the call; nothing it still tries happens
)

// ErrDead is what a dead function's calls return. Nobody hears its answer any more.
var ErrDead = errors.New("the function died")

// Faults decides the fate of every call, by a hook: the n-th call of an operation may fail, be throttled, be late.
type Faults struct {
	// Hook is asked before each call; n counts the calls of this operation from 1. It may block.
	Hook func(ctx context.Context, operation string, n int) Fault

	mu    sync.Mutex
	calls map[string]int
}

type lifeKey struct{}

type life struct {
	mu   sync.Mutex
	dead bool
}

// WithLife marks the context of one invocation of a function, so that FaultDie can end that invocation alone.
func WithLife(ctx context.Context) context.Context {
	return context.WithValue(ctx, lifeKey{}, &life{})
}

// Dead tells whether the invocation that ctx belongs to has died.
func Dead(ctx context.Context) bool {
	l, ok := ctx.Value(lifeKey{}).(*life)
	if !ok {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dead
}

// ended returns why the caller of a call is no more: it died, or its context ended.
func ended(ctx context.Context) error {
	if Dead(ctx) {
		return ErrDead
	}
	return ctx.Err()
}

func kill(ctx context.Context) {
	if l, ok := ctx.Value(lifeKey{}).(*life); ok {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.dead = true
	}
}

func (f *Faults) next(ctx context.Context, operation string) Fault {
	if f == nil || f.Hook == nil {
		return Fault{}
	}
	f.mu.Lock()
	if f.calls == nil {
		f.calls = map[string]int{}
	}
	f.calls[operation]++
	n := f.calls[operation]
	f.mu.Unlock()
	return f.Hook(ctx, operation, n)
}

func (f Fault) apply(ctx context.Context, clk clock.Clock, call func() (any, error)) (any, error) {
	if f.Kind == FaultDie {
		kill(ctx)
		return nil, ErrDead
	}
	if err := clk.Wait(ctx, f.Delay); err != nil {
		return nil, err
	}
	if err := ended(ctx); err != nil { // while the hook or the delay held it up
		return nil, err
	}
	switch f.Kind {
	case FaultFail:
		return nil, serverError()
	case FaultThrottle:
		return nil, throttled("injected")
	case FaultLost:
		if _, err := call(); err != nil {
			return nil, err
		}
		return nil, serverError()
	case FaultRepeat:
		if out, err := call(); err != nil {
			return out, err
		}
	case FaultNone, FaultDie: // death came above
	}
	return call()
}

func serverError() error {
	return &smithy.GenericAPIError{
		Code: "ServiceUnavailableException", Message: "injected by the sandbox", Fault: smithy.FaultServer,
	}
}
