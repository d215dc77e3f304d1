package compose

import (
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// sysctls are the kernel parameters that ECS sets on Fargate, too: those of the network, which the containers of a task
// share, and those of messages and shared memory. (API reference, SystemControl.)
func (c *conversion) sysctls(s types.ServiceConfig) map[string]string {
	for _, name := range slices.Sorted(maps.Keys(s.Sysctls)) {
		p := at("services", s.Name, "sysctls", name)
		c.check(isSysctl(name), p,
			"must be left out: Fargate sets net.*, fs.mqueue.*, kernel.msg*, kernel.sem and kernel.shm*")
		if other := c.disagrees(s, name); other != "" {
			c.refuse(p, "must be as in services."+other+": the containers of a task share one network")
		}
	}
	return s.Sysctls
}

func isSysctl(name string) bool {
	ipc := []string{
		"kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax", "kernel.shmmni",
		"kernel.shm_rmid_forced",
	}
	return strings.HasPrefix(name, "net.") || strings.HasPrefix(name, "fs.mqueue.") || slices.Contains(ipc, name)
}

// disagrees finds a service before this one that sets the same parameter of the network to something else.
func (c *conversion) disagrees(s types.ServiceConfig, name string) string {
	for _, other := range c.names() {
		value, set := c.project.Services[other].Sysctls[name]
		if other < s.Name && set && value != s.Sysctls[name] && strings.HasPrefix(name, "net.") {
			return other
		}
	}
	return ""
}
