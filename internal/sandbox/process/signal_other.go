//go:build !unix

package process

import (
	"errors"
	"os"
	"syscall"
)

// Windows knows no signal that stops a process, so there functions run unfrozen, and what they fork outlives them.
const (
	freeze = syscall.Signal(-1)
	thaw   = syscall.Signal(-2)
	kill   = syscall.SIGKILL
)

func attributes() *syscall.SysProcAttr { return nil }

func signalGroup(pid int, signal syscall.Signal) error {
	if signal != kill {
		return errors.ErrUnsupported
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	return process.Kill()
}
