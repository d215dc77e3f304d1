package main

import "context"

type explainCmd struct {
	awsFlags
	serviceArg
}

// Help explains what the flags do not.
func (*explainCmd) Help() string {
	return "Looks at what the reaper looks at, and decides by its own code. \"yes\" is a guard that fires; the first, " +
		"with a star, decides. Changes nothing, and wakes nothing."
}

// Run says what the reaper would do now.
func (c *explainCmd) Run(ctx context.Context, term *terminal) error {
	ctx, cancel := c.within(ctx)
	defer cancel()
	s, member, err := c.pick(ctx, term, c.Service, false)
	if err != nil {
		return err
	}
	explanation, err := s.Operator.Explain(ctx, member)
	if err != nil {
		return err
	}
	return s.print(explanation, explanation.Text)
}
