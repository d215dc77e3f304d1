package process

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/catnap-dev/catnap/internal/sandbox/lambda"
)

// typeEntrypoint is the error of a binary that cannot be executed, such as one for another machine.
const typeEntrypoint = "Runtime.InvalidEntrypoint"

// outputDelay is how long a process's output is waited for after its end. Only what it forked into another process
// group can still hold it open.
const outputDelay = time.Second

// endError is the end of a process, or that there never was one.
type endError struct{ kind, how string }

func (e *endError) Error() string { return e.kind + ": " + e.how }

func ended(err error) bool {
	_, ok := errors.AsType[*endError](err)
	return ok
}

// initStatus is what the log says of a failed start.
func initStatus(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "Status: timeout"
	}
	kind := lambda.TypeExit
	if end, ok := errors.AsType[*endError](err); ok {
		kind = end.kind
	}
	if told, ok := errors.AsType[*lambda.FunctionError](err); ok {
		kind = told.Type
	}
	return "Status: error\tError Type: " + kind
}

// child is a process with its Runtime API. Both live and end together.
type child struct {
	api     *api
	command *exec.Cmd
	cancel  context.CancelFunc
	exited  chan struct{} // closed when the process has ended and its output is read
}

// launch starts the process. It runs until ctx ends at the latest.
func launch(ctx context.Context, f Function, log *lines) (*child, error) {
	path, err := filepath.Abs(f.Path)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", f.Name, err)
	}
	api, err := listen(ctx)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", f.Name, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	command := exec.CommandContext(ctx, path) //nolint:gosec // G204: the user's own function
	command.Dir = filepath.Dir(path)
	command.Env = f.environ(path, api.address)
	command.Stdout, command.Stderr = log, log // the same, so that both share a pipe and keep their order
	command.SysProcAttr = attributes()
	command.WaitDelay = outputDelay
	command.Cancel = func() error { return signalGroup(command.Process.Pid, kill) }
	c := &child{api: api, command: command, cancel: cancel, exited: make(chan struct{})}
	if err := command.Start(); err != nil {
		cancel()
		api.close()
		return nil, &endError{kind: typeEntrypoint, how: err.Error()}
	}
	go c.wait(log)
	return c, nil
}

// wait cleans up after the process, whatever ended it. Others of its group can only be what it forked itself.
func (c *child) wait(log *lines) {
	defer close(c.exited)
	defer c.cancel()
	_ = c.command.Wait() // how it ended is in ProcessState
	_ = signalGroup(c.command.Process.Pid, kill)
	log.flush()
	c.api.close()
}

// kill ends the process, and returns when nothing of it is left. A stopped one need not be continued to be killed.
func (c *child) kill() {
	c.cancel()
	<-c.exited
}

func (c *child) alive() bool {
	select {
	case <-c.exited:
		return false
	default:
		return true
	}
}

// ready waits until the process asks for an event, and freezes it.
// [LAM-12] An instance is frozen while it waits for an event: nothing of it runs, its timers neither.
func (c *child) ready(ctx context.Context) error {
	select {
	case <-c.api.asked:
		_ = signalGroup(c.command.Process.Pid, freeze) // if it just ended, the next invocation sees that
		return nil
	case err := <-c.api.failed:
		c.kill()
		return err
	case <-ctx.Done():
		c.kill()
		return context.Cause(ctx)
	case <-c.exited:
		return c.end()
	}
}

// invoke returns the answer once the process asks for the next event, and both an answer and an error if it ended in
// between: that is what a panic looks like.
// [LAM-17] The answer is the caller's as soon as it is posted; here it waits for the process to ask again, so that what
// the process does in between counts as part of the invocation, and its end is noticed.
func (c *child) invoke(ctx context.Context, e *event) (*answer, error) {
	_ = signalGroup(c.command.Process.Pid, thaw)
	c.api.give(e)
	select {
	case a := <-e.answer:
		return &a, c.ready(ctx)
	case <-ctx.Done():
		c.kill()
		return nil, context.Cause(ctx)
	case <-c.exited:
		select {
		case a := <-e.answer:
			return &a, c.end()
		default:
			return nil, c.end()
		}
	}
}

// end tells how the process ended.
// [LAM-15] A process that exits ends its instance: Runtime.ExitError with the exit status or the signal.
func (c *child) end() error {
	select {
	case err := <-c.api.failed:
		return err
	default:
	}
	if c.command.ProcessState.Success() {
		return &endError{kind: lambda.TypeExit, how: "Runtime exited without providing a reason"}
	}
	return &endError{kind: lambda.TypeExit, how: "Runtime exited with error: " + c.command.ProcessState.String()}
}
