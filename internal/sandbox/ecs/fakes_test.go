package ecs

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/catnap-dev/catnap/internal/sandbox/network"
)

// targets is a load balancer that finds a target healthy when its application listens, and drains for delay.
type targets struct {
	app   *app
	mu    sync.Mutex
	known map[string]string    // address by IP
	left  map[string]time.Time // when a target was deregistered
	ever  int
	fail  error
	delay time.Duration
}

func (l *targets) Register(_, id, addr string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fail != nil {
		return l.fail
	}
	l.ever++
	l.known[id] = addr
	return nil
}

func (l *targets) Deregister(_, id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.known, id)
	l.left[id] = time.Now()
}

func (l *targets) Drained(_, id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Since(l.left[id]) >= l.delay
}

// adapt changes what the load balancer does from now on.
func (l *targets) adapt(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
}

func (l *targets) registered() (now, ever int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.known), l.ever
}

func (l *targets) addr(id string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.known[id]
}

func (l *targets) State(_, id string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch addr, ok := l.known[id]; {
	case !ok:
		return ""
	case l.app.listens(addr):
		return "healthy"
	default:
		return "unhealthy"
	}
}

// app is an HTTP server in memory.
type app struct {
	net  network.Memory
	exit chan error // ends one

	mu    sync.Mutex
	live  map[string]bool
	fail  error         // Launch's
	stuck bool          // Launch waits for its context
	slow  time.Duration // to end
}

func newApp() *app { return &app{exit: make(chan error), live: map[string]bool{}} }

func (a *app) Launch(ctx context.Context) (string, func() error, error) {
	a.mu.Lock()
	stuck, fail := a.stuck, a.fail
	a.mu.Unlock()
	if stuck {
		<-ctx.Done()
		return "", nil, ctx.Err()
	}
	if fail != nil {
		return "", nil, fail
	}
	l, err := a.net.Listen(ctx, "10.1.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(hello)}
	go func() { _ = server.Serve(l) }()
	a.set(l.Addr().String(), true)
	return l.Addr().String(), func() error { return a.wait(ctx, server, l.Addr().String()) }, nil
}

func hello(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hello")) }

func (a *app) wait(ctx context.Context, server *http.Server, addr string) (err error) {
	select {
	case <-ctx.Done():
		time.Sleep(a.slowness())
	case err = <-a.exit:
	}
	a.set(addr, false)
	return errors.Join(err, server.Close())
}

func (a *app) slowness() time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.slow
}

// adapt changes what the application does from now on.
func (a *app) adapt(f func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f()
}

func (a *app) set(addr string, live bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.live[addr] = live
}

func (a *app) listens(addr string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.live[addr]
}

func (a *app) listening() (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, live := range a.live {
		if live {
			n++
		}
	}
	return n
}
