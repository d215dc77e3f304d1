package compose

import (
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// conditions are ECS's words for compose's.
var conditions = map[string]Condition{
	"":                            ConditionStart,
	types.ServiceConditionStarted: ConditionStart,
	types.ServiceConditionHealthy: ConditionHealthy,
	types.ServiceConditionCompletedSuccessfully: ConditionSuccess,
}

// endings are the services that others wait for to end.
func endings(project *types.Project) map[string]bool {
	ends := map[string]bool{}
	for _, s := range project.Services {
		for name, dependency := range s.DependsOn {
			if conditions[dependency.Condition] == ConditionSuccess {
				ends[name] = true
			}
		}
	}
	return ends
}

// essential is all that does not end by itself. Compose's default for restart is "no", and yet most services without it
// are meant to stay; so only what somebody waits for may end.
func (c *conversion) essential(s types.ServiceConfig) bool {
	p := at("services", s.Name, "restart")
	mayEnd := s.Restart == "" || s.Restart == types.RestartPolicyNo || isOnFailure(s.Restart)
	switch {
	case c.ends[s.Name]:
		c.check(mayEnd, p, `must be "no" or "on-failure": another service waits for this one to end`)
		return false
	case s.Restart == types.RestartPolicyNo || isOnFailure(s.Restart):
		c.note(p, "is left out: when this container ends, ECS replaces the whole task, since nobody waits for it to end")
	case s.Restart != "":
		c.note(p, "is left out: when this container ends, ECS replaces the whole task")
	}
	return true
}

func isOnFailure(restart string) bool {
	policy, _, _ := strings.Cut(restart, ":")
	return policy == types.RestartPolicyOnFailure
}

func (c *conversion) dependencies(s types.ServiceConfig) []Dependency {
	var result []Dependency
	for _, name := range slices.Sorted(maps.Keys(s.DependsOn)) {
		dependency := s.DependsOn[name]
		p := at("services", s.Name, "depends_on", name)
		target, there := c.project.Services[name]
		if !there && !dependency.Required {
			continue
		}
		if !there {
			c.add(p, "must be a service, and one whose profile is on")
			continue
		}
		condition := conditions[dependency.Condition]
		if condition == ConditionHealthy && !tests(target.HealthCheck) {
			c.add(p, "waits for "+name+" to be healthy, so services."+name+".healthcheck must have a test: "+
				"ECS does not run the one in an image")
		}
		result = append(result, Dependency{name, condition})
	}
	return result
}

// checkOrder refuses services that wait for each other, naming each circle once.
func (c *conversion) checkOrder() {
	done := map[string]bool{}
	for _, name := range c.names() {
		c.visit(name, nil, done)
	}
}

func (c *conversion) visit(name string, way []string, done map[string]bool) {
	if start := slices.Index(way, name); start >= 0 {
		circle := append(slices.Clone(way[start:]), name)
		c.add(at("services", way[len(way)-1], "depends_on", name),
			"must not wait for itself: "+strings.Join(circle, " -> "))
		return
	}
	if done[name] {
		return
	}
	for _, next := range slices.Sorted(maps.Keys(c.project.Services[name].DependsOn)) {
		c.visit(next, append(slices.Clone(way), name), done)
	}
	done[name] = true
}
