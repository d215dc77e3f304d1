package compose

import (
	"maps"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"
)

// checkNetworks: whatever networks there are, the containers of a task have one network interface together.
func (c *conversion) checkNetworks() {
	for _, name := range slices.Sorted(maps.Keys(c.project.Networks)) {
		network := c.project.Networks[name]
		p := at("networks", name)
		switch {
		case bool(network.External):
			c.add(p.to("external"), "must be left out: a task on Fargate joins no network but its VPC's; what is on the other "+
				"one needs an address, in a variable")
		case network.Internal:
			c.note(p.to("internal"), "has no effect: the containers of a task share one network interface, and its security "+
				"group says what they reach")
		default:
			c.note(p, "is left out: the containers of a task share one network interface")
		}
	}
	for _, name := range c.names() {
		c.checkAttachments(c.project.Services[name])
	}
}

func (c *conversion) checkAttachments(s types.ServiceConfig) {
	for _, name := range slices.Sorted(maps.Keys(s.Networks)) {
		p := at("services", s.Name, "networks", name)
		if _, there := c.project.Networks[name]; !there && name != "default" {
			c.add(p, "must be one of networks")
		}
		attachment := s.Networks[name]
		if attachment != nil && (attachment.Ipv4Address != "" || attachment.Ipv6Address != "" ||
			len(attachment.LinkLocalIPs) > 0 || attachment.MacAddress != "") {
			c.add(p, "must have no address: those of a task are the VPC's to give")
		}
	}
}

// hosts are all names that compose's own name server knows: services, container names, aliases.
func (c *conversion) hosts(containers []Container) hosts {
	result := hosts{}
	for _, container := range containers {
		s := c.project.Services[container.Name]
		var numbers []int
		for _, port := range container.Ports {
			numbers = append(numbers, port.Number)
		}
		for _, name := range namesOf(s) {
			result[name] = append(result[name], numbers...)
		}
	}
	return result
}

func namesOf(s types.ServiceConfig) []string {
	names := []string{s.Name}
	if s.ContainerName != "" {
		names = append(names, s.ContainerName)
	}
	for _, attachment := range s.Networks {
		if attachment != nil {
			names = append(names, attachment.Aliases...)
		}
	}
	return names
}
