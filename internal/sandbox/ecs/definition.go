package ecs

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// The size of a task whose service says nothing else: the smallest that Fargate has.
const (
	smallestCPU    = 256
	smallestMemory = 512
)

// definitionARN names the task definition that a service's tasks are made of. Its revision is that of the deployments.
func (svc *service) definitionARN() string {
	return fmt.Sprintf("%stask-definition/%s:%d", arnPrefix, svc.Name, max(svc.revision, 1))
}

// describeTaskDefinition tells the size of a service's tasks.
// [ECS-26] A task definition is found by family, by family and revision, or by ARN; its CPU and memory are texts, in
// units and MiB, and so is the architecture. One that does not exist is a ClientException.
func (e *ECS) describeTaskDefinition(in *ecs.DescribeTaskDefinitionInput) (*ecs.DescribeTaskDefinitionOutput, error) {
	name := aws.ToString(in.TaskDefinition)
	for _, svc := range e.services {
		arn := svc.definitionARN()
		family := arn[strings.LastIndex(arn, "/")+1:]
		if name == arn || name == family || name == svc.Name {
			return &ecs.DescribeTaskDefinitionOutput{TaskDefinition: svc.definition(arn)}, nil
		}
	}
	return nil, &types.ClientException{Message: aws.String("Unable to describe task definition.")}
}

func (svc *service) definition(arn string) *types.TaskDefinition {
	architecture := types.CPUArchitectureX8664
	if svc.ARM {
		architecture = types.CPUArchitectureArm64
	}
	return &types.TaskDefinition{
		TaskDefinitionArn: &arn, Family: aws.String(svc.Name), Revision: small(max(svc.revision, 1)),
		Status: types.TaskDefinitionStatusActive, RequiresCompatibilities: []types.Compatibility{types.CompatibilityFargate},
		Cpu: sized(svc.CPU, smallestCPU), Memory: sized(svc.MemoryMiB, smallestMemory),
		RuntimePlatform: &types.RuntimePlatform{
			CpuArchitecture: architecture, OperatingSystemFamily: types.OSFamilyLinux,
		},
	}
}

func sized(n, otherwise int) *string {
	if n == 0 {
		n = otherwise
	}
	return aws.String(strconv.Itoa(n))
}
