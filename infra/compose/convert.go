package compose

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
)

// conversion makes a task of a project, and says what it met on the way.
type conversion struct {
	*report
	project *types.Project
	ends    map[string]bool // the services that others wait for to end
}

func convert(l *loaded, r *report) Task {
	c := &conversion{report: r, project: l.project, ends: endings(l.project)}
	c.apply(fileKeys, nil, l.merged)
	c.checkExtensions(nil, c.project.Extensions, wholeCPU, wholeMemory)
	c.checkNetworks()
	task := Task{Name: c.project.Name, Architecture: c.architecture()}
	if c.count() {
		services, _ := l.merged["services"].(map[string]any)
		for _, name := range c.names() {
			c.applyService(name, services[name])
			task.Containers = append(task.Containers, c.container(c.project.Services[name]))
		}
	}
	c.checkOrder()
	c.localize(task.Containers)
	task.Volumes = c.volumes(task.Containers)
	task.Front = c.front(task.Containers)
	task.CPU, task.Memory = c.size()
	return task
}

func (c *conversion) names() []string { return slices.Sorted(maps.Keys(c.project.Services)) }

// mostContainers is ECS's limit.
const mostContainers = 10

func (c *conversion) count() bool {
	n := len(c.project.Services)
	if n == 0 {
		c.add(at("services"), "must have a service, and one whose profile is on")
	} else if n > mostContainers {
		c.add(at("services"), fmt.Sprintf("has %d services, must have at most %d: a task has no more containers",
			n, mostContainers))
	}
	return n > 0
}

func (c *conversion) applyService(name string, fields any) {
	p := at("services", name)
	c.apply(serviceKeys, p, fields)
	values, _ := fields.(map[string]any)
	deploy, _ := values["deploy"].(map[string]any)
	c.apply(deployKeys, p.to("deploy"), deploy)
	resources, _ := deploy["resources"].(map[string]any)
	for _, key := range []string{"limits", "reservations"} {
		c.apply(resourceKeys, p.to("deploy", "resources", key), resources[key])
	}
}

// checkExtensions finds typing mistakes in our own extensions.
func (c *conversion) checkExtensions(p path, given types.Extensions, known ...string) {
	for _, key := range slices.Sorted(maps.Keys(given)) {
		if strings.HasPrefix(key, ours) && !slices.Contains(known, key) {
			c.add(p.to(key), "is not known here: must be "+strings.Join(known, " or "))
		}
	}
}

// containerName is what ECS allows; a service's name may have dots, too.
var containerName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,255}$`)

// longestImage is ECS's limit for a name with its tag.
const longestImage = 255

func (c *conversion) container(s types.ServiceConfig) Container {
	p := at("services", s.Name)
	c.check(containerName.MatchString(s.Name), p, quote(s.Name)+" must be letters, digits, underscores and hyphens")
	c.checkExtensions(p, s.Extensions, balanced, hidden)
	c.checkImage(s)
	result := Container{
		Name: s.Name, Image: s.Image, Essential: c.essential(s),
		Entrypoint: c.words(p.to("entrypoint"), s.Entrypoint), Command: c.words(p.to("command"), s.Command),
		WorkingDir: s.WorkingDir, User: s.User, ReadOnly: s.ReadOnly, Init: s.Init != nil && *s.Init,
		Interactive: s.StdinOpen, TTY: s.Tty,
		Labels:           c.labels(s),
		Ports:            c.ports(s),
		Health:           c.health(p.to("healthcheck"), s.HealthCheck),
		DependsOn:        c.dependencies(s),
		NoFile:           c.noFile(p.to("ulimits"), s.Ulimits),
		StopTimeout:      c.stopTimeout(p.to("stop_grace_period"), s.StopGracePeriod),
		AddCapabilities:  c.capabilities(p.to("cap_add"), s.CapAdd),
		DropCapabilities: s.CapDrop,
		Sysctls:          c.sysctls(s),
	}
	result.Secrets = c.secrets(s)
	result.Environment = c.environment(s, result.Secrets)
	result.Mounts, result.Tmpfs = c.mounts(s)
	c.limits(&result, s)
	return result
}

func (c *conversion) checkImage(s types.ServiceConfig) {
	p := at("services", s.Name)
	switch {
	case s.Image == "" && s.Build != nil:
		c.add(p.to("build"), "must have an image beside it: Fargate builds none; build it, push it to a registry, and name "+
			"it in services."+s.Name+".image")
	case s.Image == "":
		c.add(p.to("image"), "is missing: must be the image to run")
	default:
		name, _, _ := strings.Cut(s.Image, "@")
		c.check(len(name) <= longestImage && !strings.ContainsAny(s.Image, " \t\n"), p.to("image"),
			"must be the name of an image, of at most 255 characters")
	}
}

// words returns nil for what the image decides. ECS takes an empty list for that, so nothing can be emptied.
func (c *conversion) words(p path, given types.ShellCommand) []string {
	if given != nil && len(given) == 0 {
		c.add(p, "is empty, must have something or be left out: ECS cannot take away what the image has")
	}
	return given
}

func (c *conversion) labels(s types.ServiceConfig) map[string]string {
	one := *c.project
	one.Services = types.Services{s.Name: s}
	resolved, err := one.WithServicesLabelsResolved(true)
	if err != nil {
		c.refuse(at("services", s.Name, "label_file"), "cannot be used: "+innermost(err).Error())
		return nil
	}
	return resolved.Services[s.Name].Labels
}

func (c *conversion) noFile(p path, given map[string]*types.UlimitsConfig) *Limit {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		c.check(name == "nofile", p.to(name), "must be left out: on Fargate only nofile can be set")
	}
	limit, ok := given["nofile"]
	if !ok || limit == nil {
		return nil
	}
	result := Limit{limit.Soft, limit.Hard}
	if limit.Single != 0 {
		result = Limit{limit.Single, limit.Single}
	}
	c.check(0 < result.Soft && result.Soft <= result.Hard, p.to("nofile"), "must be above 0, and soft at most hard")
	return &result
}

func (c *conversion) stopTimeout(p path, given *types.Duration) time.Duration {
	if given == nil {
		return 0
	}
	return c.seconds(p, time.Duration(*given), 2*time.Second, 2*time.Minute)
}

// seconds checks a duration that ECS takes as a number of seconds.
func (c *conversion) seconds(p path, d, least, most time.Duration) time.Duration {
	c.check(least <= d && d <= most && d%time.Second == 0, p,
		fmt.Sprintf("must be %d to %d whole seconds", least/time.Second, most/time.Second))
	return d
}

func (c *conversion) capabilities(p path, given []string) []string {
	var result []string
	for i, name := range given {
		short := strings.TrimPrefix(strings.ToUpper(name), "CAP_")
		if c.check(short == "SYS_PTRACE", c.item(p, i, len(given), name), "must be left out: Fargate adds SYS_PTRACE only") {
			result = append(result, short)
		}
	}
	return result
}

// architecture is one for the whole task.
func (c *conversion) architecture() string {
	chosen, by := "", ""
	for _, name := range c.names() {
		s := c.project.Services[name]
		p := at("services", name, "platform")
		architecture, known := architectures[strings.ToLower(s.Platform)]
		switch {
		case s.Platform == "":
		case !known:
			c.refuse(p, "must be linux/amd64 or linux/arm64")
		case chosen == "":
			chosen, by = architecture, name
		default:
			c.check(chosen == architecture, p, "must be as in services."+by+": all containers of a task run on one machine")
		}
	}
	if chosen == "" {
		return "X86_64"
	}
	return chosen
}

var architectures = map[string]string{
	"linux/amd64": "X86_64", "linux/x86_64": "X86_64", "linux/arm64": "ARM64", "linux/arm64/v8": "ARM64",
	"linux/aarch64": "ARM64",
}
