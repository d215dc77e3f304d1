package main

import (
	"context"

	"github.com/catnap-dev/catnap/internal/cutover"
	"github.com/catnap-dev/catnap/internal/operator"
)

// moveFlags are common to the two commands that move traffic.
type moveFlags struct {
	awsFlags
	dryRunFlag
	yesFlag
	Unchecked bool `help:"DANGER: switch without looking whether the other side can answer. Visitors get errors, or the waiting page, if it can not. For emergencies in which the present side is lost anyway."` //nolint:lll // a tag cannot be wrapped
	serviceArg
}

type cutoverCmd struct {
	moveFlags
	To cutover.Side `required:"" enum:"ecs,ec2" placeholder:"ecs|ec2" help:"The side that gets the traffic."`
}

// Help explains what the flags do not.
func (*cutoverCmd) Help() string {
	return "Moves the traffic by one switch of the EC2 rule (ec2_rule in the settings), once the other side stands " +
		"ready: ECS is woken, and EC2 must have a healthy target. Looks again after the switch, and moves back if the " +
		"other side was lost at that moment."
}

// Run moves the traffic to a side.
func (c *cutoverCmd) Run(ctx context.Context, term *terminal) error {
	return c.move(ctx, term, operator.Move{Action: "cutover", To: c.To, Unchecked: c.Unchecked})
}

type rollbackCmd struct{ moveFlags }

// Help explains what the flags do not.
func (*rollbackCmd) Help() string {
	return "Moves the traffic to the side where it is not, as catnap cutover does, and says since when it is where it is."
}

// Run moves the traffic to the other side.
func (c *rollbackCmd) Run(ctx context.Context, term *terminal) error {
	return c.move(ctx, term, operator.Move{Action: "rollback", Unchecked: c.Unchecked})
}

func (f *moveFlags) move(ctx context.Context, term *terminal, order operator.Move) error {
	ctx, cancel := f.within(ctx)
	defer cancel()
	s, member, err := f.pick(ctx, term, f.Service, f.DryRun)
	if err != nil {
		return err
	}
	s.Operator.Ask = term.ask(ctx, f.Yes)
	outcome, err := s.Operator.Move(ctx, member, order)
	if err != nil {
		return err
	}
	return s.print(outcome, outcome.Text)
}
