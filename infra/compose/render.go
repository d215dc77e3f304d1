package compose

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Render returns the task as the JSON that ECS's RegisterTaskDefinition takes, to be read by people. What only a
// deployment knows stands there in the manner of CloudFormation: ${AWS::Region}, ${LogGroup}, ${FileSystem},
// ${AccessPoint.<volume>}. The roles are not there.
func Render(task Task) ([]byte, error) {
	definition := object{
		{"family", task.Name},
		{"requiresCompatibilities", []string{"FARGATE"}},
		{"networkMode", "awsvpc"},
		{"runtimePlatform", object{{"operatingSystemFamily", "LINUX"}, {"cpuArchitecture", task.Architecture}}},
		{"cpu", strconv.Itoa(task.CPU)},
		{"memory", strconv.Itoa(task.Memory)},
		{"containerDefinitions", each(task.Containers, renderContainer)},
	}
	definition = listIf(definition, "volumes", each(task.Volumes, renderVolume))
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // a command may have <, > and &, and is to be read
	encoder.SetIndent("", "  ")
	err := encoder.Encode(definition)
	return b.Bytes(), err
}

// object is a JSON object that keeps its order: a container begins with its name.
type object []field

type field struct {
	key   string
	value any
}

// MarshalJSON writes the fields in their order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	b.WriteByte('{')
	for i, f := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Quote(f.key) + ":")
		if err := encoder.Encode(f.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func each[T any](items []T, render func(T) object) []object {
	var result []object
	for _, item := range items {
		result = append(result, render(item))
	}
	return result
}

// listIf, objectIf and valueIf add what is not empty. Empty is not set, for ECS.
func listIf[T any](o object, key string, values []T) object {
	if len(values) == 0 {
		return o
	}
	return append(o, field{key, values})
}

func objectIf(o object, key string, value object) object {
	if len(value) == 0 {
		return o
	}
	return append(o, field{key, value})
}

func valueIf[T comparable](o object, key string, value T) object {
	var zero T
	if value == zero {
		return o
	}
	return append(o, field{key, value})
}

func renderContainer(c Container) object {
	o := object{{"name", c.Name}, {"image", c.Image}, {"essential", c.Essential}}
	o = listIf(o, "entryPoint", c.Entrypoint)
	o = listIf(o, "command", c.Command)
	o = valueIf(o, "workingDirectory", c.WorkingDir)
	o = valueIf(o, "user", c.User)
	o = valueIf(o, "readonlyRootFilesystem", c.ReadOnly)
	o = valueIf(o, "interactive", c.Interactive)
	o = valueIf(o, "pseudoTerminal", c.TTY)
	o = valueIf(o, "cpu", c.CPU)
	o = valueIf(o, "memory", c.Memory)
	o = valueIf(o, "memoryReservation", c.Reservation)
	o = listIf(o, "portMappings", each(c.Ports, renderPort))
	o = listIf(o, "environment", pairs(c.Environment, "name"))
	o = listIf(o, "secrets", each(c.Secrets, renderSecret))
	o = listIf(o, "dependsOn", each(c.DependsOn, func(d Dependency) object {
		return object{{"containerName", d.Container}, {"condition", d.Condition}}
	}))
	o = objectIf(o, "healthCheck", renderHealth(c.Health))
	o = listIf(o, "mountPoints", each(c.Mounts, renderMount))
	o = objectIf(o, "linuxParameters", renderLinux(c))
	if c.NoFile != nil {
		limit := object{{"name", "nofile"}, {"softLimit", c.NoFile.Soft}, {"hardLimit", c.NoFile.Hard}}
		o = append(o, field{"ulimits", []object{limit}})
	}
	o = listIf(o, "systemControls", pairs(c.Sysctls, "namespace"))
	o = valueIf(o, "stopTimeout", seconds(c.StopTimeout))
	if len(c.Labels) > 0 {
		o = append(o, field{"dockerLabels", c.Labels})
	}
	return append(o, field{"logConfiguration", object{{"logDriver", "awslogs"}, {"options", object{
		{"awslogs-group", "${LogGroup}"}, {"awslogs-region", "${AWS::Region}"}, {"awslogs-stream-prefix", c.Name},
	}}}})
}

func seconds(d time.Duration) int { return int(d / time.Second) }

// pairs are ordered by name.
func pairs(values map[string]string, name string) []object {
	return each(slices.Sorted(maps.Keys(values)), func(key string) object {
		return object{{name, key}, {"value", values[key]}}
	})
}

func renderPort(p Port) object {
	return object{{"containerPort", p.Number}, {"hostPort", p.Number}, {"protocol", p.Protocol}}
}

func renderMount(m Mount) object {
	return object{{"sourceVolume", m.Volume}, {"containerPath", m.Path}, {"readOnly", m.ReadOnly}}
}

func renderHealth(h *Health) object {
	if h == nil {
		return nil
	}
	return object{
		{"command", h.Test}, {"interval", seconds(h.Interval)}, {"timeout", seconds(h.Timeout)}, {"retries", h.Retries},
		{"startPeriod", seconds(h.StartPeriod)},
	}
}

func renderLinux(c Container) object {
	capabilities := listIf(listIf(nil, "add", c.AddCapabilities), "drop", c.DropCapabilities)
	o := valueIf(nil, "initProcessEnabled", c.Init)
	o = objectIf(o, "capabilities", capabilities)
	return listIf(o, "tmpfs", each(c.Tmpfs, func(t Tmpfs) object {
		return listIf(object{{"containerPath", t.Path}, {"size", t.Size}}, "mountOptions", t.Options)
	}))
}

// renderSecret: ECS takes the name of a parameter in the task's own Region, but only the ARN of a secret.
func renderSecret(s Secret) object {
	from := s.ID
	if s.Store == StoreSecretsManager && !strings.HasPrefix(from, "arn:") {
		from = "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:" + from
	}
	if s.Key != "" {
		from += ":" + s.Key + "::" // the key, the version's stage, the version
	}
	return object{{"name", s.Variable}, {"valueFrom", from}}
}

func renderVolume(v Volume) object {
	o := object{{"name", v.Name}}
	if v.EFS == nil {
		return o
	}
	system, point := v.EFS.FileSystem, v.EFS.AccessPoint
	if *v.EFS == (EFS{}) {
		system, point = "${FileSystem}", "${AccessPoint."+v.Name+"}"
	}
	efs := object{{"fileSystemId", system}, {"transitEncryption", "ENABLED"}}
	efs = valueIf(efs, "rootDirectory", v.EFS.Root)
	if point != "" {
		efs = append(efs, field{"authorizationConfig", object{{"accessPointId", point}, {"iam", "ENABLED"}}})
	}
	return append(o, field{"efsVolumeConfiguration", efs})
}
