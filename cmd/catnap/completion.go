package main

import (
	"fmt"

	"github.com/alecthomas/kong"

	"github.com/catnap-dev/catnap/internal/completion"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Help explains what the flags do not.
func (*completionCmd) Help() string {
	return "Prints a script; its first line says where it belongs. It calls nothing when it completes, so names of " +
		"services are not completed."
}

// Run prints the script.
func (c *completionCmd) Run(parsed *kong.Context, term *terminal) error {
	script, err := completion.Script(c.Shell, parsed.Model)
	if err != nil {
		return err
	}
	fmt.Fprint(term.stdout, script)
	return nil
}
