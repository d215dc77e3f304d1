package compose

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

const tcp = "tcp"

// ports are those on which a service is known to listen: those it publishes or exposes, the one that it wants the load
// balancer to talk to, and PORT, by which many programs are told.
func (c *conversion) ports(s types.ServiceConfig) []Port {
	result := c.publishes(s)
	for i, text := range s.Expose {
		result = append(result, c.exposed(c.item(at("services", s.Name, "expose"), i, len(s.Expose), text), text)...)
	}
	if number, ok := number(s.Extensions[balanced]); ok && isPort(number) {
		result = append(result, Port{number, tcp}) // ECS sends the load balancer to a port of the task definition only
	}
	if text := s.Environment["PORT"]; text != nil {
		if number, err := strconv.Atoi(*text); err == nil && isPort(number) {
			result = append(result, Port{number, tcp})
		}
	}
	return once(result)
}

func once(ports []Port) []Port {
	var result []Port
	for _, port := range ports {
		if !slices.Contains(result, port) {
			result = append(result, port)
		}
	}
	return result
}

func (c *conversion) publishes(s types.ServiceConfig) []Port {
	var result []Port
	for i, port := range s.Ports {
		number := strconv.Itoa(int(port.Target))
		p := c.item(at("services", s.Name, "ports"), i, len(s.Ports), number)
		ok := isPort(int(port.Target)) && (port.Protocol == tcp || port.Protocol == "udp")
		if !c.check(ok, p, "must be a port of tcp or udp") {
			continue
		}
		result = append(result, Port{int(port.Target), port.Protocol})
		if port.Protocol == tcp && port.Published != "" && port.Published != number {
			c.note(p, "listens on "+number+": Fargate publishes no other number, and the load balancer has its own")
		}
	}
	return result
}

func isPort(number int) bool { return 0 < number && number < 65536 }

// mostExposed bounds a range: a task definition has room for 100 ports a container.
const mostExposed = 100

// exposed reads "3000", "3000-3005" and "3000/udp".
func (c *conversion) exposed(p path, text string) []Port {
	numbers, protocol, given := strings.Cut(text, "/")
	if !given {
		protocol = tcp
	}
	from, to, ranged := strings.Cut(numbers, "-")
	if !ranged {
		to = from
	}
	first, err1 := strconv.Atoi(from)
	last, err2 := strconv.Atoi(to)
	ok := err1 == nil && err2 == nil && isPort(first) && isPort(last) && first <= last && last-first < mostExposed &&
		(protocol == tcp || protocol == "udp")
	if !c.check(ok, p, "must be a port, or a range of at most 100, perhaps with /tcp or /udp") {
		return nil
	}
	var result []Port
	for number := first; number <= last; number++ {
		result = append(result, Port{number, protocol})
	}
	return result
}

// checkClashes: the containers of a task share one network interface.
func (c *conversion) checkClashes(containers []Container) {
	owner := map[Port]string{}
	for _, container := range containers {
		for _, port := range container.Ports {
			first, taken := owner[port]
			if !taken {
				owner[port] = container.Name
				continue
			}
			c.add(c.portPath(container.Name, port), fmt.Sprintf("port %d/%s is that of %s already: the containers of a task "+
				"share one network interface, so one must listen on another port", port.Number, port.Protocol, first))
		}
	}
}

// portPath is where a service says that it listens on a port.
func (c *conversion) portPath(name string, port Port) path {
	s := c.project.Services[name]
	for i, p := range s.Ports {
		if int(p.Target) == port.Number && p.Protocol == port.Protocol {
			return c.item(at("services", name, "ports"), i, len(s.Ports), strconv.Itoa(port.Number))
		}
	}
	if text := s.Environment["PORT"]; text != nil && *text == strconv.Itoa(port.Number) {
		return at("services", name, "environment", "PORT")
	}
	return at("services", name, "expose")
}
