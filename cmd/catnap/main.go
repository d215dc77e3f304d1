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

	"github.com/catnap-dev/catnap/internal/settings"
)

// cli is the command line: one field, and one file, a subcommand.
type cli struct {
	Status   statusCmd   `cmd:"" group:"look" help:"Tell how services are."`
	Explain  explainCmd  `cmd:"" group:"look" help:"Tell what the reaper would do with a service now, and why."`
	Doctor   doctorCmd   `cmd:"" group:"look" help:"Find what keeps services from sleeping, waking or being cheap."`
	Wake     wakeCmd     `cmd:"" group:"act" help:"Wake a service."`
	Sleep    sleepCmd    `cmd:"" group:"act" help:"Put a service to sleep."`
	Pin      pinCmd      `cmd:"" group:"act" help:"Keep a service awake for a time."`
	Unpin    unpinCmd    `cmd:"" group:"act" help:"Let a pinned service sleep again."`
	Cost     costCmd     `cmd:"" group:"cost" help:"Tell what the month costs, and what sleeping saves."`
	Freeze   freezeCmd   `cmd:"" group:"cost" help:"Keep services asleep for a time, whoever asks."`
	Thaw     thawCmd     `cmd:"" group:"cost" help:"End the freezes, and keep the cost guard from freezing for a time."`
	Cutover  cutoverCmd  `cmd:"" group:"move" help:"Move a service's traffic to ECS or to EC2."`
	Rollback rollbackCmd `cmd:"" group:"move" help:"Move the traffic back to the other side."`

	Provision provisionCmd `cmd:"" group:"deploy" help:"Deploy an environment of the CDK app, or take it down."`

	Sandbox sandboxCmd `cmd:"" group:"try" help:"Run AWS on this machine, with a sleeping service and catnap beside it."`

	Completion completionCmd `cmd:"" group:"shell" help:"Print a script that lets a shell complete this command line."`
}

// groups are the headings of the commands and flags in the help.
var groups = []kong.Group{
	{Key: "look", Title: "Look:"},
	{Key: "act", Title: "Wake and sleep:"},
	{Key: "cost", Title: "What it costs:"},
	{Key: "move", Title: "Between EC2 and ECS:"},
	{Key: "deploy", Title: "Deploy:"},
	{Key: "try", Title: "Try it without AWS:"},
	{Key: "shell", Title: "In the shell:"},
	{Key: "aws", Title: "AWS:"},
}

const (
	// exitUsage is the exit code for what the user has to change: a flag, a port, a command that does not exist.
	exitUsage = 2
	// exitInterrupted is a shell's for a command that an interrupt has ended: 128 and the signal's number.
	exitInterrupted = 128 + int(syscall.SIGINT)
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], &terminal{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}))
}

// run is main with its surroundings passed in. It returns the exit code.
func run(ctx context.Context, args []string, term *terminal) int {
	exited := -1
	parser, err := kong.New(&cli{}, kong.Name("catnap"), kong.UsageOnError(),
		kong.Description("Lets an ECS Fargate service cost nothing while nobody uses it."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: helpWidth}), kong.ExplicitGroups(groups),
		kong.Writers(term.stdout, term.stderr), kong.Exit(func(code int) { exited = code }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(term))
	if err != nil {
		return fail(term.stderr, err, 1)
	}
	parsed, err := parser.Parse(args)
	switch {
	case exited >= 0:
		return exited // --help
	case err != nil:
		return fail(term.stderr, fmt.Errorf("%w (see catnap --help)", err), exitUsage)
	}
	if err := parsed.Run(); err != nil {
		return fail(term.stderr, err, exitCode(err))
	}
	return 0
}

const helpWidth = 80

func exitCode(err error) int {
	if _, ok := errors.AsType[*usageError](err); ok {
		return exitUsage
	}
	if _, ok := errors.AsType[*settings.ChoiceError](err); ok {
		return exitUsage
	}
	if _, ok := errors.AsType[*interruptedError](err); ok {
		return exitInterrupted
	}
	return 1
}

func fail(stderr io.Writer, err error, code int) int {
	fmt.Fprintln(stderr, "catnap:", err)
	return code
}

// terminal is where a command reads and writes: data to stdout; questions, progress and errors to stderr.
type terminal struct {
	stdin          io.Reader
	stdout, stderr io.Writer
}

// usageError is an error that the user mends by calling the command differently.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

// interruptedError is an error because the user has ended what was going on.
type interruptedError struct{ error }

func (e *interruptedError) Unwrap() error { return e.error }
