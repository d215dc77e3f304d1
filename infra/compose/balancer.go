package compose

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// balanced is the extension by which a service says that the load balancer talks to it, and perhaps at which port.
const balanced = ours + "load-balancer"

// front finds the container and port for the load balancer, and ports that two containers want.
func (c *conversion) front(containers []Container) Front {
	c.checkClashes(containers)
	if c.touched("ports", balanced) || len(containers) == 0 {
		return Front{}
	}
	chosen, candidates := c.chosen(), c.candidates()
	switch {
	case len(chosen) == 1:
		return c.alone(c.frontOf(chosen[0]))
	case len(chosen) > 1:
		for _, name := range chosen[1:] {
			c.add(at("services", name, balanced),
				"must be left out: the load balancer talks to "+chosen[0]+" already")
		}
	case len(candidates) == 1:
		return c.alone(c.frontOf(candidates[0]))
	case len(candidates) == 0:
		c.add(at("services"), "must have one service that publishes a port, for the load balancer to talk to")
	default:
		c.add(at("services"), "must have one service that publishes a port, for the load balancer to talk to, and "+
			strings.Join(candidates, " and ")+" do: use expose for the others, or set x-aws-load-balancer: true in one")
	}
	return Front{}
}

// alone notes the ports that nobody outside reaches any more.
func (c *conversion) alone(front Front) Front {
	for _, name := range c.names() {
		ports := c.project.Services[name].Ports
		for i, port := range ports {
			if front.Port > 0 && (name != front.Container || int(port.Target) != front.Port || port.Protocol != tcp) {
				p := c.item(at("services", name, "ports"), i, len(ports), strconv.Itoa(int(port.Target)))
				c.note(p, fmt.Sprintf(
					"is for the other containers only: the load balancer talks to %s at %d", front.Container, front.Port))
			}
		}
	}
	return front
}

// chosen are the services whose extension is neither missing nor false.
func (c *conversion) chosen() []string {
	var names []string
	for _, name := range c.names() {
		value, given := c.project.Services[name].Extensions[balanced]
		if given && fmt.Sprint(value) != "false" {
			names = append(names, name)
		}
	}
	return names
}

// candidates are the services that publish a TCP port to others than their own host.
func (c *conversion) candidates() []string {
	var names []string
	for _, name := range c.names() {
		if len(published(c.project.Services[name], false)) > 0 {
			names = append(names, name)
		}
	}
	return names
}

func published(s types.ServiceConfig, loopback bool) []int {
	var numbers []int
	for _, port := range s.Ports {
		address, err := netip.ParseAddr(port.HostIP)
		own := err == nil && address.IsLoopback()
		if port.Protocol == tcp && (loopback || !own) && !slices.Contains(numbers, int(port.Target)) {
			numbers = append(numbers, int(port.Target))
		}
	}
	return numbers
}

// frontOf chooses the port of a service: the one it publishes, or the one that the extension names.
func (c *conversion) frontOf(name string) Front {
	s := c.project.Services[name]
	p := at("services", name, balanced)
	numbers := published(s, true)
	value := s.Extensions[balanced]
	if c.ends[name] {
		c.add(at("services", name), "must not be one that another waits for to end: the load balancer talks to it")
	}
	if wanted, ok := number(value); ok {
		c.check(isPort(wanted), p, "must be true, or the port to talk to")
		return Front{name, wanted}
	}
	if value != nil && fmt.Sprint(value) != "true" {
		c.refuse(p, "must be true, or the port to talk to")
		return Front{}
	}
	if len(numbers) != 1 {
		c.add(at("services", name, "ports"), fmt.Sprintf("must have one TCP port, for the load balancer to talk to, "+
			"and has %d: use expose for the others, or set x-aws-load-balancer to its number", len(numbers)))
		return Front{}
	}
	return Front{name, numbers[0]}
}

// number reads a whole number as YAML or a variable gives it.
func number(value any) (int, bool) {
	switch value := value.(type) {
	case string:
		n, err := strconv.Atoi(value)
		return n, err == nil
	case int:
		return value, true
	case int64:
		return int(value), true
	case uint64:
		return int(min(value, 1<<62)), true
	default:
		return 0, false
	}
}
