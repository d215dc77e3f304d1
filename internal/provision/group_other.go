//go:build !unix

package provision

import (
	"os"
	"syscall"
)

// Windows sends Ctrl-C to all programs of a console, so there is nothing to pass on, and there are no groups to ask.
func ownGroup() *syscall.SysProcAttr { return nil }

func interrupt(leader *os.Process) error { return leader.Kill() }

func lives(*os.Process) bool { return false }

func kill(leader *os.Process) error { return leader.Kill() }
