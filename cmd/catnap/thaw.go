package main

import "context"

type thawCmd struct {
	awsFlags
	dryRunFlag
	orderFlags
}

// Help explains what the flags do not.
func (*thawCmd) Help() string {
	return "Ends every freeze, a person's too, and keeps the cost guard from freezing anything until then, whatever is " +
		"spent:\n\n" +
		"  catnap thaw --for 8h --reason \"the fair\"\n\n" +
		"Without --until and --for it holds for a day. The guard goes on warning. Services are woken by their next visitor."
}

// Run ends the freezes.
func (c *thawCmd) Run(ctx context.Context, term *terminal) error {
	order, err := c.order()
	if err != nil {
		return &usageError{err}
	}
	if order == (pinOrder{}) {
		order.length = day // long enough to decide, and over before it is forgotten
	}
	ctx, cancel := c.within(ctx)
	defer cancel()
	s, until, err := c.openUntil(ctx, term, c.DryRun, order)
	if err != nil {
		return err
	}
	if err := s.someService(); err != nil {
		return err
	}
	outcome, err := s.Operator.Thaw(ctx, s.Fleet.Stores, until, c.Reason)
	if err != nil {
		return err
	}
	return s.print(outcome, outcome.Text)
}
