package webapp

import (
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"

	"github.com/catnap-dev/catnap/infra/compose"
	"github.com/catnap-dev/catnap/infra/nag"
)

// task makes a task definition of the compose file's task, container by container.
func (s *site) task() awsecs.FargateTaskDefinition {
	definition := awsecs.NewFargateTaskDefinition(s.stack, new("Task"), &awsecs.FargateTaskDefinitionProps{
		Family: new(s.Site()), Cpu: new(float64(s.Task.CPU)), MemoryLimitMiB: new(float64(s.Task.Memory)),
		RuntimePlatform: &awsecs.RuntimePlatform{
			CpuArchitecture:       architectures[s.Task.Architecture](),
			OperatingSystemFamily: awsecs.OperatingSystemFamily_LINUX(),
		},
	})
	nag.ExcuseL2(definition, "AwsSolutions-ECS2", "What stands in the compose file as plain text is no secret; what is "+
		"one comes from SSM or Secrets Manager.")
	s.volumes(definition)
	made := map[string]awsecs.ContainerDefinition{}
	for _, container := range s.Task.Containers {
		made[container.Name] = s.container(definition, container)
	}
	for _, container := range s.Task.Containers {
		for _, other := range container.DependsOn {
			made[container.Name].AddContainerDependencies(&awsecs.ContainerDependency{
				Container: made[other.Container], Condition: awsecs.ContainerDependencyCondition(other.Condition),
			})
		}
	}
	s.secrets(definition)
	if s.Environment.XRay {
		s.collector(definition)
	}
	return definition
}

var architectures = map[string]func() awsecs.CpuArchitecture{
	"X86_64": awsecs.CpuArchitecture_X86_64,
	"ARM64":  awsecs.CpuArchitecture_ARM64,
}

// container writes only what the model has: a zero value leaves it to the image, or to ECS.
func (s *site) container(definition awsecs.FargateTaskDefinition, c compose.Container) awsecs.ContainerDefinition {
	options := &awsecs.ContainerDefinitionOptions{
		ContainerName: &c.Name, Image: s.image(c), Essential: &c.Essential,
		EntryPoint: texts(c.Entrypoint), Command: texts(c.Command),
		WorkingDirectory: given(c.WorkingDir), User: given(c.User),
		ReadonlyRootFilesystem: given(c.ReadOnly), Interactive: given(c.Interactive), PseudoTerminal: given(c.TTY),
		Cpu: number(c.CPU), MemoryLimitMiB: number(c.Memory), MemoryReservationMiB: number(c.Reservation),
		Environment: values(c.Environment), DockerLabels: values(c.Labels),
		HealthCheck: healthCheck(c.Health), LinuxParameters: s.linux(c),
		Ulimits: limits(c.NoFile), SystemControls: sysctls(c.Sysctls),
		Logging: awsecs.LogDriver_AwsLogs(&awsecs.AwsLogDriverProps{LogGroup: s.logs, StreamPrefix: &c.Name}),
	}
	if c.StopTimeout != 0 {
		options.StopTimeout = awscdk.Duration_Seconds(new(c.StopTimeout.Seconds()))
	}
	made := definition.AddContainer(new(c.Name), options)
	for _, port := range c.Ports {
		made.AddPortMappings(&awsecs.PortMapping{
			ContainerPort: new(float64(port.Number)), HostPort: new(float64(port.Number)), Protocol: protocols[port.Protocol],
		})
	}
	for _, mount := range c.Mounts {
		made.AddMountPoints(&awsecs.MountPoint{
			SourceVolume: &mount.Volume, ContainerPath: &mount.Path, ReadOnly: &mount.ReadOnly,
		})
	}
	return made
}

var protocols = map[string]awsecs.Protocol{"tcp": awsecs.Protocol_TCP, "udp": awsecs.Protocol_UDP}

func healthCheck(h *compose.Health) *awsecs.HealthCheck {
	if h == nil {
		return nil
	}
	seconds := func(n float64) awscdk.Duration { return awscdk.Duration_Seconds(&n) }
	check := &awsecs.HealthCheck{
		Command: texts(h.Test), Retries: number(h.Retries),
		Interval: seconds(h.Interval.Seconds()), Timeout: seconds(h.Timeout.Seconds()),
	}
	if h.StartPeriod != 0 {
		check.StartPeriod = seconds(h.StartPeriod.Seconds())
	}
	return check
}

func (s *site) linux(c compose.Container) awsecs.LinuxParameters {
	if !c.Init && len(c.AddCapabilities)+len(c.DropCapabilities)+len(c.Tmpfs) == 0 {
		return nil
	}
	linux := awsecs.NewLinuxParameters(s.stack, new(c.Name+"Linux"), &awsecs.LinuxParametersProps{
		InitProcessEnabled: given(c.Init),
	})
	linux.AddCapabilities(capabilities(c.AddCapabilities)...)
	linux.DropCapabilities(capabilities(c.DropCapabilities)...)
	for _, folder := range c.Tmpfs {
		var options []awsecs.TmpfsMountOption
		for _, option := range folder.Options {
			options = append(options, awsecs.TmpfsMountOption(option))
		}
		linux.AddTmpfs(&awsecs.Tmpfs{
			ContainerPath: &folder.Path, Size: new(float64(folder.Size)), MountOptions: &options,
		})
	}
	return linux
}

func capabilities(names []string) []awsecs.Capability {
	var list []awsecs.Capability
	for _, name := range names {
		list = append(list, awsecs.Capability(name))
	}
	return list
}

func limits(files *compose.Limit) *[]*awsecs.Ulimit {
	if files == nil {
		return nil
	}
	return &[]*awsecs.Ulimit{{
		Name: awsecs.UlimitName_NOFILE, SoftLimit: new(float64(files.Soft)), HardLimit: new(float64(files.Hard)),
	}}
}

func sysctls(parameters map[string]string) *[]*awsecs.SystemControl {
	var list []*awsecs.SystemControl
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		list = append(list, &awsecs.SystemControl{Namespace: &name, Value: new(parameters[name])})
	}
	return &list
}

// given is nil for a zero value.
func given[T comparable](value T) *T {
	var zero T
	if value == zero {
		return nil
	}
	return &value
}

func number(n int) *float64 { return given(float64(n)) }

func texts(list []string) *[]*string {
	if len(list) == 0 {
		return nil
	}
	var pointers []*string
	for _, text := range list {
		pointers = append(pointers, &text)
	}
	return &pointers
}

func values(m map[string]string) *map[string]*string {
	if len(m) == 0 {
		return nil
	}
	pointers := map[string]*string{}
	for key, value := range m {
		pointers[key] = &value
	}
	return &pointers
}
