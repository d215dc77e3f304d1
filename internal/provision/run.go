package provision

import (
	"context"
	"io"
	"os"
	"os/exec"
	"slices"
	"time"
)

// Runner runs steps.
type Runner struct {
	// Environ is the environment of all steps, like os.Environ's.
	Environ []string
	// Output gets what they write, as they write it. A file is handed to them as it is, so that a terminal has colours.
	Output io.Writer
}

// patience is how long an interrupted step has to end.
const patience = 5 * time.Second

// Run runs a step. When ctx ends, the program and all that it has started are interrupted, as by Ctrl-C: npx alone
// would end, and leave the CDK CLI at work behind it. So that they get no interrupt twice, they are a group of their
// own; such a group cannot read from the terminal, so they have no input.
func (r Runner) Run(ctx context.Context, s Step) error {
	c := exec.CommandContext(ctx, s.Command[0], s.Command[1:]...) //nolint:gosec // G204: our own plan
	c.Dir = s.Folder
	c.Env = append(slices.Clip(r.Environ), s.Environment...)
	c.Stdout, c.Stderr = r.Output, r.Output
	c.SysProcAttr = ownGroup()
	c.Cancel = func() error { return interrupt(c.Process) }
	c.WaitDelay = patience
	if err := c.Start(); err != nil {
		return err
	}
	err := c.Wait()
	if err == nil || ctx.Err() == nil {
		return err
	}
	end(c.Process)
	return context.Cause(ctx)
}

// end waits until nothing of an interrupted group is left, and kills what takes too long.
func end(leader *os.Process) {
	look := time.NewTicker(patience / 100)
	defer look.Stop()
	for range 100 {
		if !lives(leader) {
			return
		}
		<-look.C
	}
	_ = kill(leader) // whatever is left has just ended if this fails
}
