// Package provision deploys an environment of the CDK app in infra/, or takes it down: it builds the functions,
// synthesises, shows what would change, asks, and hands what was shown to CloudFormation.
//
// Which commands that takes is decided by Plan, as data. What is made is the app's to say, and how it is made the CDK
// CLI's: this package reads neither the environment's settings nor calls AWS.
package provision

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// Order is what an operator wants.
type Order struct {
	Project Project
	// Mode is "ecs", "ec2" or "both"; empty for the environment's own.
	Mode string
	// Variables take the place of the environment's of the same names. Each is like "IMAGE_TAG=1.4.2".
	Variables []string
	// Access is with what the CDK CLI calls AWS.
	Access Access
	// Bootstrap prepares account and Regions for the CDK first.
	Bootstrap bool
	// Destroy takes everything down instead.
	Destroy bool
}

// Access is the part of AWS's configuration that was given on the command line. What is empty is left to the CDK CLI,
// which finds it as the AWS CLI does.
type Access struct{ Region, Profile, EndpointURL string }

// Provisioner carries orders out.
type Provisioner struct {
	// Run runs a step, and returns when it has ended.
	Run func(context.Context, Step) error
	// Say tells the operator how far it is. Required.
	Say func(line string)
	// Ask asks before anything changes at AWS; an error is a no. Nil: nothing is asked.
	Ask func(question string) error
	// Pretend leaves out the steps that change something at AWS.
	Pretend bool
}

// Do carries an order out, step by step, up to the first that fails.
func (p *Provisioner) Do(ctx context.Context, o Order) (Outcome, error) {
	made := Outcome{Environment: o.Project.Name, Mode: o.mode(), Action: o.action(), DryRun: p.Pretend}
	asked := false
	for _, step := range Plan(o) {
		if step.Changes && !asked && !p.Pretend {
			if err := p.confirm(question(o, made.Stacks)); err != nil {
				return made, err
			}
			asked = true
		}
		if err := p.step(ctx, o, step, &made); err != nil {
			return made, err
		}
	}
	made.Next = next(o, made.Stacks)
	return made, nil
}

func (p *Provisioner) confirm(question string) error {
	if p.Ask == nil {
		return nil
	}
	return p.Ask(question)
}

func (p *Provisioner) step(ctx context.Context, o Order, s Step, made *Outcome) error {
	runs := !s.Changes || !p.Pretend
	made.Commands = append(made.Commands, Command{
		Name: s.Name, Folder: s.Folder, Environment: s.Environment, Command: s.Command, Run: runs,
	})
	if !runs {
		return nil
	}
	p.Say(fmt.Sprintf("%s: %s: %s", o.Project.Name, s.Name, s.Shell()))
	if err := p.Run(ctx, s); err != nil {
		return o.failed(ctx, s, made.Stacks, err)
	}
	return o.read(s.Name, made)
}

// read adds what a step has written for whoever comes after it.
func (o Order) read(step string, made *Outcome) (err error) {
	switch step {
	case synthesise:
		made.Stacks, err = readStacks(o.assembly())
	case deploy:
		err = readOutputs(o.outputs(), made.Stacks)
	}
	return err
}

func (o Order) action() string {
	if o.Destroy {
		return "destroy"
	}
	return "provision"
}

// mode is the one that is deployed.
func (o Order) mode() string { return cmp.Or(o.Mode, o.Project.Mode) }

// question is asked before the first step that changes something.
func question(o Order, stacks []Stack) string {
	if o.Destroy {
		return fmt.Sprintf("Destroy %s? Nobody can visit it any more, and only the file systems of volumes stay.",
			names(stacks))
	}
	return fmt.Sprintf("Deploy %s in the mode %s, as shown above? It costs money, and may move traffic.",
		names(stacks), o.mode())
}

// hints are what to look at when a step fails, which has told the rest itself.
var hints = map[string]string{
	synthesise: "what has to be mended is said above",
	diff:       "why is said above; the CDK CLI finds credentials as the AWS CLI does, or by --profile",
	deploy: "CloudFormation takes back by itself what it had begun; if it says that the CDK's bootstrap is missing, add " +
		"--bootstrap, once",
	destroy: "what is left can be destroyed by the same command",
}

func (o Order) failed(ctx context.Context, s Step, stacks []Stack, err error) error {
	switch hint := hints[s.Name]; {
	case ctx.Err() != nil && s.Changes:
		return fmt.Errorf("%s %s: interrupted; CloudFormation goes on with what it has begun: look with %s, or wait for it "+
			"with the same command again", s.Name, o.Project.Name, strings.Join(watch(s, stacks), " and "))
	case ctx.Err() != nil:
		return fmt.Errorf("%s %s: interrupted, nothing was changed", s.Name, o.Project.Name)
	case hint != "":
		return fmt.Errorf("%s %s: %w (%s)", s.Name, o.Project.Name, err, hint)
	default:
		return fmt.Errorf("%s %s: %w", s.Name, o.Project.Name, err)
	}
}

// toolkit is the stack of the CDK's bootstrap, in each Region.
const toolkit = "CDKToolkit"

// watch are commands that show how far CloudFormation is with a step.
func watch(step Step, stacks []Stack) []string {
	var commands []string
	for _, s := range stacks {
		name := s.Name
		if step.Name == bootstrap {
			name = toolkit
		}
		commands = append(commands, fmt.Sprintf("`aws cloudformation describe-stacks --region %s --stack-name %s`",
			s.Region, name))
	}
	return commands
}

// next is what to do after a deployment.
func next(o Order, stacks []Stack) []string {
	if o.Destroy {
		return nil
	}
	app := slices.IndexFunc(stacks, func(s Stack) bool { return s.Outputs["URL"] != "" })
	if app < 0 {
		return nil
	}
	steps := []string{"open " + stacks[app].Outputs["URL"]}
	flags := o.flags(stacks[app])
	if stacks[app].Outputs["ServiceName"] != "" {
		steps = append(steps, "catnap doctor"+flags)
	}
	if o.mode() == both {
		steps = append(steps, "catnap cutover --to ecs"+flags)
	}
	return steps
}

// flags let catnap's other commands find the service.
func (o Order) flags(stack Stack) string {
	flags := " --region " + stack.Region
	if o.Access.Profile != "" {
		flags += " --profile " + quote(o.Access.Profile)
	}
	if o.Access.EndpointURL != "" {
		flags += " --endpoint-url " + quote(o.Access.EndpointURL)
	}
	prefix, _, found := strings.Cut(stack.Outputs["SettingsParameter"], "/services/")
	if found && !strings.HasPrefix(prefix, "/catnap") {
		flags += " --prefix " + prefix
	}
	return flags
}
