// Command catnap lets an ECS Fargate service behind an Application Load Balancer cost nothing while nobody uses it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// cli is the command line: one field, and one file, a subcommand.
type cli struct {
	Sandbox sandboxCmd `cmd:"" help:"Run AWS on this machine, with a sleeping service and catnap beside it."`
}

// exitUsage is the exit code for what the user has to change: a flag, a port, a command that does not exist.
const exitUsage = 2

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is main with its surroundings passed in. It returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	exited := -1
	parser, err := kong.New(&cli{}, kong.Name("catnap"), kong.UsageOnError(),
		kong.Description("Lets an ECS Fargate service cost nothing while nobody uses it."),
		kong.Writers(stdout, stderr), kong.Exit(func(code int) { exited = code }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(&output{stdout: stdout, stderr: stderr}))
	if err != nil {
		return fail(stderr, err, 1)
	}
	parsed, err := parser.Parse(args)
	switch {
	case exited >= 0:
		return exited // --help
	case err != nil:
		return fail(stderr, fmt.Errorf("%w (see catnap --help)", err), exitUsage)
	}
	if err := parsed.Run(); err != nil {
		if _, ok := errors.AsType[*usageError](err); ok {
			return fail(stderr, err, exitUsage)
		}
		return fail(stderr, err, 1)
	}
	return 0
}

func fail(stderr io.Writer, err error, code int) int {
	fmt.Fprintln(stderr, "catnap:", err)
	return code
}

// output is where a command writes: data to stdout, errors to stderr.
type output struct{ stdout, stderr io.Writer }

// usageError is an error that the user mends by calling the command differently.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }
