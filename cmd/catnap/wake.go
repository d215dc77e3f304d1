package main

import "context"

type wakeCmd struct {
	awsFlags
	dryRunFlag
	Wait bool `short:"w" help:"Wait until visitors are let through, and tell how far it is."`
	serviceArg
}

// Help explains what the flags do not.
func (*wakeCmd) Help() string {
	return "Does what a visitor does, whatever the limits for visitors are. Refused while the cost guard has frozen it. " +
		"With --wait it fails, after the wake timeout of the settings, with ECS's own words on why."
}

// Run wakes a service.
func (c *wakeCmd) Run(ctx context.Context, term *terminal) error {
	ctx, cancel := c.within(ctx)
	defer cancel()
	s, member, err := c.pick(ctx, term, c.Service, c.DryRun)
	if err != nil {
		return err
	}
	outcome, err := s.Operator.Wake(ctx, member, c.Wait)
	if err != nil {
		return err
	}
	return s.print(outcome, outcome.Text)
}
