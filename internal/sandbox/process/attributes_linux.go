package process

import "syscall"

// attributes puts the process into a group of its own, which is signalled as a whole, out of the terminal's reach.
// The kernel kills it when the thread that started it ends. Go keeps its threads, unless a goroutine ends that is
// locked to one; New must not be called from such a goroutine.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
