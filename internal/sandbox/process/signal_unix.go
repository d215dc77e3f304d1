//go:build unix

package process

import "syscall"

const (
	freeze = syscall.SIGSTOP // can be neither caught nor ignored
	thaw   = syscall.SIGCONT
	kill   = syscall.SIGKILL
)

// signalGroup signals the process and what it forked.
func signalGroup(pid int, signal syscall.Signal) error {
	return syscall.Kill(-pid, signal)
}
