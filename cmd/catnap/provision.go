package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"

	"github.com/catnap-dev/catnap/internal/account"
	"github.com/catnap-dev/catnap/internal/provision"
)

type provisionCmd struct {
	accessFlags
	outputFlag
	DryRun    bool     `help:"Build, synthesise and show what would change, and all commands, but change nothing at AWS."`
	Infra     string   `type:"path" placeholder:"DIR" help:"Folder of the CDK app. Default: infra, in the working directory or above."`
	Mode      *string  `enum:"ecs,ec2,both" placeholder:"ecs|ec2|both" help:"Where the application runs: on Fargate, on an EC2 machine, or on both. Default: what the environment says."`
	Var       []string `sep:"none" placeholder:"NAME=VALUE" help:"One of the environment's variables, like IMAGE_TAG=1.4.2. May be repeated."`
	Bootstrap bool     `xor:"way" help:"Prepare account and Regions for the CDK first: once for an account."`
	Destroy   bool     `xor:"way" help:"DANGER: take everything of the environment down. The file systems of volumes stay."`
	yesFlag
	Environment string `arg:"" name:"env" help:"A file in infra/environments, without .json; or the path of one, with it."`
}

// Help explains what the flags do not.
func (*provisionCmd) Help() string {
	return "Builds the functions, synthesises, shows what would change, asks, and deploys with the CDK CLI (" +
		provision.CDK + "), which npx fetches. The stacks go into the Region that the environment says; --region is for " +
		"calls about the account. Needs Go, Node 20 or newer and npx. Exit code 130 when it was interrupted: " +
		"CloudFormation goes on with what it has begun."
}

// Run deploys an environment, or takes it down.
func (c *provisionCmd) Run(ctx context.Context, term *terminal) error {
	// The steps are in groups of their own, which do not hear when the terminal is closed.
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP)
	defer stop()
	order, err := c.order(ctx)
	if err != nil {
		return &usageError{err}
	}
	if !c.Yes && !c.DryRun && !interactive(term.stdin) { // said now, and not after a minute of building
		return &usageError{errNobody}
	}
	p := provision.Provisioner{
		Run: provision.Runner{Environ: os.Environ(), Output: term.stderr}.Run,
		Say: func(line string) { fmt.Fprintln(term.stderr, line) }, Ask: term.ask(ctx, c.Yes), Pretend: c.DryRun,
	}
	if c.DryRun && c.Output != outputJSON {
		showPlan(term, order)
	}
	made, err := p.Do(ctx, order)
	switch {
	case err != nil && ctx.Err() != nil:
		return &interruptedError{err}
	case err != nil:
		return err
	}
	return c.print(term, made)
}

func (c *provisionCmd) print(term *terminal, made provision.Outcome) error {
	if c.Output == outputJSON {
		return printJSON(term.stdout, made)
	}
	fmt.Fprint(term.stdout, made.Text())
	return nil
}

// order is what the flags say, once all that it needs is there.
func (c *provisionCmd) order(ctx context.Context) (provision.Order, error) {
	working, err := os.Getwd()
	if err != nil {
		return provision.Order{}, err
	}
	project, err := provision.Find(c.Infra, c.Environment, working)
	if err != nil {
		return provision.Order{}, err
	}
	if err := project.CheckVariables(c.Var); err != nil {
		return provision.Order{}, err
	}
	if err := account.CheckURL(c.EndpointURL); err != nil {
		return provision.Order{}, err
	}
	mode := ""
	if c.Mode != nil {
		mode = *c.Mode
	}
	return provision.Order{
		Project: project, Mode: mode, Variables: c.Var, Bootstrap: c.Bootstrap, Destroy: c.Destroy,
		Access: provision.Access{Region: c.Region, Profile: c.Profile, EndpointURL: c.EndpointURL},
	}, tools(ctx).Missing()
}

// tools looks what there is on this computer.
func tools(ctx context.Context) provision.Tools {
	has := func(name string) bool {
		_, err := exec.LookPath(name)
		return err == nil
	}
	t := provision.Tools{Go: has("go"), NPX: has("npx")}
	if has("node") {
		version, err := exec.CommandContext(ctx, "node", "--version").Output()
		t.Node = strings.TrimSpace(string(version))
		if err != nil {
			t.Node = err.Error()
		}
	}
	return t
}

// showPlan writes the commands of a dry run before they are run, so that they are seen whatever becomes of them.
func showPlan(term *terminal, order provision.Order) {
	for _, step := range provision.Plan(order) {
		verdict := "run"
		if step.Changes {
			verdict = "not run"
		}
		fmt.Fprintf(term.stdout, "%s: %s: %s\n", verdict, step.Name, step.Shell())
	}
}
