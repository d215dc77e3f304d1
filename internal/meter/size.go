package meter

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/catnap-dev/catnap/internal/price"
	"github.com/catnap-dev/catnap/internal/settings"
)

// Size reads how large a service's tasks are and how they are bought: by its task definition and its capacity
// providers.
func (r *Reader) Size(ctx context.Context, svc settings.Service) (Size, error) {
	size, err := r.size(ctx, svc)
	if err != nil {
		return Size{}, fmt.Errorf("read the task size of %s: %w", svc.Name, err)
	}
	return size, nil
}

func (r *Reader) size(ctx context.Context, svc settings.Service) (Size, error) {
	out, err := r.ecs.DescribeServices(ctx, &ecs.DescribeServicesInput{
		Cluster: &svc.Cluster, Services: []string{svc.Service},
	})
	if err != nil {
		return Size{}, fmt.Errorf("describe service %s: %w", svc.Service, err)
	}
	if len(out.Services) != 1 {
		return Size{}, fmt.Errorf("describe service %s: ECS does not know it in the cluster %s", svc.Service, svc.Cluster)
	}
	service := out.Services[0]
	share, err := spotShare(service)
	if err != nil {
		return Size{}, err
	}
	definition, err := r.ecs.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{
		TaskDefinition: service.TaskDefinition,
	})
	if err != nil {
		return Size{}, fmt.Errorf("describe task definition %s: %w", aws.ToString(service.TaskDefinition), err)
	}
	task, err := taskOf(definition.TaskDefinition)
	return Size{Task: task, SpotShare: share, Created: aws.ToTime(service.CreatedAt)}, err
}

// spotShare is the weight of FARGATE_SPOT among the capacity providers; a base is not counted. A service that runs on
// machines of its own has no price by the task.
func spotShare(s types.Service) (float64, error) {
	if len(s.CapacityProviderStrategy) == 0 {
		if s.LaunchType != types.LaunchTypeFargate && s.LaunchType != "" {
			return 0, fmt.Errorf("launch type %q: only Fargate tasks have a price", s.LaunchType)
		}
		return 0, nil
	}
	var all, spot float64
	for _, item := range s.CapacityProviderStrategy {
		weight := float64(item.Weight)
		if len(s.CapacityProviderStrategy) == 1 {
			weight = 1 // whatever it says
		}
		switch name := aws.ToString(item.CapacityProvider); name {
		case "FARGATE_SPOT":
			spot += weight
		case "FARGATE":
		default:
			return 0, fmt.Errorf("capacity provider %q: only FARGATE and FARGATE_SPOT have a price by the task", name)
		}
		all += weight
	}
	if all == 0 {
		return 0, nil
	}
	return spot / all, nil
}

func taskOf(d *types.TaskDefinition) (task price.Task, err error) {
	if d == nil {
		return price.Task{}, errors.New("describe task definition: ECS told none")
	}
	if task.CPU, err = units(aws.ToString(d.Cpu), "vCPU"); err != nil {
		return price.Task{}, fmt.Errorf("cpu: %w", err)
	}
	if task.MemoryMiB, err = units(aws.ToString(d.Memory), "GB"); err != nil {
		return price.Task{}, fmt.Errorf("memory: %w", err)
	}
	if d.RuntimePlatform != nil {
		if os := d.RuntimePlatform.OperatingSystemFamily; os != "" && os != types.OSFamilyLinux {
			return price.Task{}, fmt.Errorf("operating system %q: only Linux tasks have a price in the table", os)
		}
		task.ARM = d.RuntimePlatform.CpuArchitecture == types.CPUArchitectureArm64
	}
	if d.EphemeralStorage != nil && d.EphemeralStorage.SizeInGiB > included {
		task.EphemeralGiB = int(d.EphemeralStorage.SizeInGiB)
	}
	return task, nil
}

// included is the ephemeral storage that every task has.
const included = 20

// units reads what ECS writes for a size: "1024", or "1 vCPU" and "2 GB" as people may have written.
func units(text, unit string) (int, error) {
	number, large := strings.CutSuffix(strings.ToLower(strings.TrimSpace(text)), strings.ToLower(unit))
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if large {
		n *= 1024
	}
	if err != nil || n <= 0 || n > 1<<30 {
		return 0, fmt.Errorf("%q must be a number of units", text)
	}
	return int(n), nil
}
