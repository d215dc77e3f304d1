// Command invoke sends one event to a built function and prints the answer: what `sam local invoke` does, without
// containers. The function runs as Lambda runs it, against the sandbox's AWS with a service asleep.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"golang.org/x/sync/errgroup"

	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/sandbox/lambda"
)

type cli struct {
	Function string `arg:"" enum:"waker,reaper,costguard" help:"Which function: ${enum}."`
	Event    string `arg:"" type:"existingfile" help:"File with the event, in JSON."`
	Binaries string `default:"dist/host" type:"existingdir" placeholder:"DIR" help:"Where the built functions are; make build-host builds them."`
}

// exitFunction is the exit code for a function that answered with an error, which is printed.
const exitFunction = 3

func main() {
	var c cli
	kong.Parse(&c, kong.Name("invoke"), kong.Description("Sends one event to a built function and prints the answer."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := c.run(ctx, os.Stdout, os.Stderr)
	if failed, ok := errors.AsType[*lambda.FunctionError](err); ok {
		fmt.Fprintln(os.Stderr, "invoke: the function answered with an error:", failed)
		os.Exit(exitFunction)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "invoke:", err)
		os.Exit(1)
	}
}

func (c cli) run(ctx context.Context, out, logs io.Writer) error {
	event, err := os.ReadFile(c.Event)
	if err != nil {
		return fmt.Errorf("read event: %w", err)
	}
	box, err := sandbox.New(ctx, sandbox.Options{
		Binaries: c.Binaries, Output: logs, NoScheduler: true, TaskStart: time.Second,
	})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return box.Run(ctx) })
	answer, err := box.Invoke(ctx, c.Function, event)
	stop()
	if err := errors.Join(err, group.Wait()); err != nil {
		return err
	}
	return show(out, answer)
}

// show lays JSON out, and leaves anything else as it is.
func show(out io.Writer, answer []byte) error {
	var laid bytes.Buffer
	if json.Indent(&laid, answer, "", "  ") == nil {
		answer = laid.Bytes()
	}
	_, err := fmt.Fprintf(out, "%s\n", answer)
	return err
}
