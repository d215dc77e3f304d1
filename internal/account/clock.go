package account

import (
	"context"
	"sync"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
)

// serverClock tells the time by the dates of AWS's answers. What an operator's computer writes into a rule is compared
// by functions whose clocks are right: one that is five minutes off would make a wake that has failed already. It also
// follows a sandbox whose time runs faster.
type serverClock struct {
	now func() time.Time // this computer's

	mu    sync.Mutex
	ahead time.Duration // AWS, of this computer
}

// coarse is how far two clocks may differ before it means anything: the dates have whole seconds, and answers take a
// moment.
const coarse = 2 * time.Second

// Now returns the time.
func (c *serverClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now().Add(c.ahead)
}

// attach belongs into the APIOptions of a client.
func (c *serverClock) attach(stack *middleware.Stack) error {
	m := middleware.InitializeMiddlewareFunc("ServerClock", func(
		ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
	) (middleware.InitializeOutput, middleware.Metadata, error) {
		out, metadata, err := next.HandleInitialize(ctx, in)
		c.learn(metadata)
		return out, metadata, err
	})
	return stack.Initialize.Add(m, middleware.After)
}

func (c *serverClock) learn(metadata middleware.Metadata) {
	server, known := awsmiddleware.GetServerTime(metadata)
	if !known || server.IsZero() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead = server.Sub(c.now())
	if c.ahead.Abs() < coarse {
		c.ahead = 0
	}
}
