package compose

import (
	"fmt"
	"maps"
	"slices"
)

// localizer rewrites one container's references to others.
type localizer struct {
	*conversion
	known hosts
	own   []string // the names of the container itself
}

// localize goes through variables, commands and health checks.
func (c *conversion) localize(containers []Container) {
	known := c.hosts(containers)
	for i := range containers {
		container := &containers[i]
		l := localizer{c, known, namesOf(c.project.Services[container.Name])}
		for _, name := range slices.Sorted(maps.Keys(container.Environment)) {
			p := c.variablePath(container.Name, name)
			container.Environment[name] = l.text(p, container.Environment[name])
		}
		p := at("services", container.Name)
		l.words(p.to("entrypoint"), container.Entrypoint)
		l.words(p.to("command"), container.Command)
		if container.Health != nil {
			l.words(p.to("healthcheck", "test"), container.Health.Test)
		}
	}
}

func (l localizer) words(p path, words []string) {
	for i, word := range words {
		place := p.to(index(i))
		if found := l.src.find(p); found.node != nil && found.node.kind == scalar {
			place = p // the file has one text, which compose-go split
		}
		words[i] = l.text(place, word)
	}
}

// text shows hosts only: the rest of a value may be a password.
func (l localizer) text(p path, text string) string {
	rewritten, changes := l.known.rewrite(text)
	for _, change := range changes {
		l.note(p, fmt.Sprintf("%s is %s now: the containers of a task share one network interface",
			quote(change.from), quote(change.to)))
	}
	for _, name := range l.known.like(rewritten, l.own) {
		l.note(p, fmt.Sprintf("%s is left as it is: if it means the service there, write localhost, or say in expose where "+
			"the service listens", quote(name)))
	}
	return rewritten
}

// variablePath is where a variable is set: in the file, or in one that env_file names.
func (c *conversion) variablePath(service, name string) path {
	p := at("services", service, "environment", name)
	if found := c.src.find(p); found.node != nil {
		return p
	}
	return at("services", service, "env_file")
}
