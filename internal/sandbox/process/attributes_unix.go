//go:build unix && !linux

package process

import "syscall"

// attributes puts the process into a group of its own, which is signalled as a whole, out of the terminal's reach. When
// this program dies without closing it, POSIX has the system send a hang-up and a continue to a group that is orphaned
// with a stopped member, which ends it; a running one ends when its Runtime API has gone.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
