//go:build unix

package provision

import (
	"os"
	"syscall"
)

func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// interrupt interrupts the leader of a group and all that it has started.
func interrupt(leader *os.Process) error { return syscall.Kill(-leader.Pid, syscall.SIGINT) }

// lives tells whether anything of a group is left.
func lives(leader *os.Process) bool { return syscall.Kill(-leader.Pid, 0) == nil }

func kill(leader *os.Process) error { return syscall.Kill(-leader.Pid, syscall.SIGKILL) }
