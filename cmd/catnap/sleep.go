package main

import "context"

type sleepCmd struct {
	awsFlags
	dryRunFlag
	yesFlag
	Force bool `help:"Even if somebody comes meanwhile or is waking it. They may see an error for some seconds."`
	serviceArg
}

// Help explains what the flags do not.
func (*sleepCmd) Help() string {
	return "Arms the waker rule, waits until every node of the load balancer has it, and stops the service unless " +
		"somebody came meanwhile. Refused during a deployment, while a task is protected from scale-in, and while a " +
		"pin or the schedule would have it woken again."
}

// Run puts a service to sleep.
func (c *sleepCmd) Run(ctx context.Context, term *terminal) error {
	ctx, cancel := c.within(ctx)
	defer cancel()
	s, member, err := c.pick(ctx, term, c.Service, c.DryRun)
	if err != nil {
		return err
	}
	s.Operator.Ask = term.ask(ctx, c.Yes)
	outcome, err := s.Operator.Sleep(ctx, member, c.Force)
	if err != nil {
		return err
	}
	return s.print(outcome, outcome.Text)
}
