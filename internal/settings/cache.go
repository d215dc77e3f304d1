package settings

import (
	"context"
	"sync/atomic"
	"time"
)

const (
	// staleFor times the TTL is how old a value may be when it cannot be loaded again. A waker with settings from five
	// minutes ago is better than none: visitors would get errors because of a store that they do not need.
	staleFor = 10
	// patience is how long a load may take while an old value is at hand; the SDK's own retries could take a minute.
	patience = 2 * time.Second
)

// cache keeps one loaded value. At most one load runs at a time; who asks meanwhile waits for it and shares what it
// brings, so that a burst of requests is one call.
type cache[T any] struct {
	now  func() time.Time
	load func(context.Context) (T, error)

	turn  chan struct{} // holds one; who has put it in may touch the fields below
	loads atomic.Uint64 // how many loads have ended; written in turn, read by everyone

	value   T
	loaded  time.Time // when the load of value began; zero when there is none
	retryAt time.Time // a stale value is used until then, or each request would wait for a failure
	err     error     // of the newest load, for those who waited for it and for nobody else
}

func newCache[T any](now func() time.Time, load func(context.Context) (T, error)) *cache[T] {
	return &cache[T]{now: now, load: load, turn: make(chan struct{}, 1)}
}

// prime gives a cache that nobody has used yet its first value.
func (c *cache[T]) prime(value T, loaded time.Time) { c.value, c.loaded = value, loaded }

func (c *cache[T]) get(ctx context.Context, ttl time.Duration) (T, error) {
	before := c.loads.Load()
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
	err := c.err
	if waited := c.loads.Load() != before; !waited && c.due(ttl) {
		err = c.reload(ctx, ttl)
	}
	return c.answer(ttl, err)
}

func (c *cache[T]) due(ttl time.Duration) bool {
	waiting := c.younger(staleFor*ttl) && c.now().Before(c.retryAt)
	return !c.younger(ttl) && !waiting
}

// younger tells whether there is a value younger than age.
func (c *cache[T]) younger(age time.Duration) bool {
	return !c.loaded.IsZero() && c.now().Sub(c.loaded) < age
}

func (c *cache[T]) reload(ctx context.Context, ttl time.Duration) error {
	began := c.now()
	value, err := c.loadInTime(ctx, ttl)
	if err == nil {
		c.value, c.loaded = value, began
	}
	// A caller that gave up says nothing about the store: the next one in line tries for itself.
	if err == nil || ctx.Err() == nil {
		c.err, c.retryAt = err, c.now().Add(ttl/10)
		c.loads.Add(1)
	}
	return err
}

func (c *cache[T]) loadInTime(ctx context.Context, ttl time.Duration) (T, error) {
	if !c.younger(staleFor * ttl) {
		return c.load(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return c.load(ctx)
}

// answer prefers a value that is not too old to err.
func (c *cache[T]) answer(ttl time.Duration, err error) (T, error) {
	if err == nil || c.younger(staleFor*ttl) {
		return c.value, nil
	}
	var none T
	return none, err
}
