package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/sandbox/ecs"
	"github.com/catnap-dev/catnap/internal/sandbox/network"
)

// stopTimeout is how long a task may take after SIGTERM; ECS's default.
const stopTimeout = 30 * time.Second

// Handler is an application in this process.
type Handler struct {
	Network network.Network
	Clock   clock.Clock
	Serve   http.Handler
}

var _ ecs.App = Handler{}

// Launch serves on a free port.
func (h Handler) Launch(ctx context.Context) (addr string, wait func() error, err error) {
	listener, err := h.Network.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: h.Serve, ReadHeaderTimeout: time.Minute}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	wait = func() error {
		select {
		case err := <-served:
			return err
		case <-ctx.Done():
			return h.shutdown(ctx, server)
		}
	}
	return listener.Addr().String(), wait, nil
}

// shutdown lets requests end within the stop timeout, as an application does on SIGTERM.
func (h Handler) shutdown(ctx context.Context, server *http.Server) error {
	ctx, cancel := h.Clock.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}

// Command is an application that is a process of its own. It must listen on the port that the environment's PORT names.
type Command struct {
	Args   []string
	Output io.Writer // its standard output and error
	Clock  clock.Clock
}

var _ ecs.App = Command{}

// Launch starts the process. When ctx ends it gets a SIGTERM, and a SIGKILL if it does not end within the stop timeout.
func (c Command) Launch(ctx context.Context) (addr string, wait func() error, err error) {
	port, err := freePort(ctx)
	if err != nil {
		return "", nil, err
	}
	process := exec.CommandContext(ctx, c.Args[0], c.Args[1:]...) //nolint:gosec // G204: the user's own command
	process.Env = append(os.Environ(), "PORT="+port)              //nolint:forbidigo // inherited, as from a shell
	process.Stdout, process.Stderr = c.Output, c.Output
	process.Cancel = func() error { return process.Process.Signal(syscall.SIGTERM) }
	process.WaitDelay = c.Clock.Real(stopTimeout)
	if err := process.Start(); err != nil {
		return "", nil, fmt.Errorf("start %s: %w", c.Args[0], err)
	}
	return net.JoinHostPort("127.0.0.1", port), process.Wait, nil
}

// freePort is free at this moment; that nobody else takes it before the process does is likely, not certain.
func freePort(ctx context.Context) (string, error) {
	listener, err := (&network.TCP{}).Listen(ctx, "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, errors.Join(err, listener.Close())
}
