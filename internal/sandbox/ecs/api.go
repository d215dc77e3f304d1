package ecs

import (
	"context"
	"fmt"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// Handle answers the ECS API.
func (e *ECS) Handle(_ context.Context, input any) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.handle(input)
}

// Onlooker answers the same API without stale reads, for those who watch the sandbox. AWS has no such thing.
type Onlooker struct{ *ECS }

// Handle answers the ECS API.
func (o Onlooker) Handle(_ context.Context, input any) (any, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.current = true
	defer func() { o.current = false }()
	return o.handle(input)
}

func (e *ECS) handle(input any) (any, error) {
	switch in := input.(type) {
	case *ecs.DescribeServicesInput:
		return answer(e, in.Cluster, in, e.describeServices)
	case *ecs.UpdateServiceInput:
		return answer(e, in.Cluster, in, e.updateService)
	case *ecs.ListTasksInput:
		return answer(e, in.Cluster, in, e.listTasks)
	case *ecs.DescribeTasksInput:
		return answer(e, in.Cluster, in, e.describeTasks)
	case *ecs.GetTaskProtectionInput:
		return answer(e, in.Cluster, in, e.getTaskProtection)
	case *ecs.UpdateTaskProtectionInput:
		return answer(e, in.Cluster, in, e.updateTaskProtection)
	case *ecs.DescribeTaskDefinitionInput:
		return e.describeTaskDefinition(in) // it belongs to no cluster
	default:
		return nil, awsapi.Unknown(input)
	}
}

// answer calls what answers an operation.
// [ECS-17] Each operation fails for a cluster that does not exist. Here those exist that have a service.
func answer[In, Out any](e *ECS, cluster *string, in *In, operation func(*In) (*Out, error)) (any, error) {
	if !e.hasCluster(cluster) {
		return nil, &types.ClusterNotFoundException{Message: aws.String("Cluster not found.")}
	}
	e.forgetStopped()
	out, err := operation(in)
	if err != nil {
		return nil, err
	}
	return out, nil
}

const (
	defaultCluster = "default"
	maxServices    = 10
	maxTasks       = 100
	maxProtected   = 10
)

// [ECS-11] DescribeServices takes ten services; one that does not exist is a failure, not an error.
func (e *ECS) describeServices(in *ecs.DescribeServicesInput) (*ecs.DescribeServicesOutput, error) {
	if err := between("Services", len(in.Services), maxServices); err != nil {
		return nil, err
	}
	out := &ecs.DescribeServicesOutput{}
	for _, name := range in.Services {
		if svc := e.find(in.Cluster, name); svc != nil {
			out.Services = append(out.Services, e.read(svc))
			continue
		}
		out.Failures = append(out.Failures, failure(name, "MISSING"))
	}
	return out, nil
}

// [ECS-12] A desired count alone starts no deployment; a task definition or ForceNewDeployment does.
// [ECS-18] The answer has the new desired count, whatever a stale read says afterwards.
func (e *ECS) updateService(in *ecs.UpdateServiceInput) (*ecs.UpdateServiceOutput, error) {
	svc := e.find(in.Cluster, aws.ToString(in.Service))
	switch {
	case svc == nil:
		return nil, &types.ServiceNotFoundException{Message: aws.String("Service not found.")}
	case in.DesiredCount != nil && *in.DesiredCount < 0:
		return nil, invalid("desiredCount must be greater than or equal to 0.")
	}
	rest := *in
	rest.Cluster, rest.Service, rest.DesiredCount, rest.TaskDefinition, rest.ForceNewDeployment = nil, nil, nil, nil, false
	if err := imitated(rest); err != nil {
		return nil, err
	}
	if in.DesiredCount != nil {
		svc.Desired = int(*in.DesiredCount)
	}
	if in.ForceNewDeployment || in.TaskDefinition != nil {
		e.deploy(svc)
	}
	e.record(svc)
	e.rouse()
	described := svc.describe()
	return &ecs.UpdateServiceOutput{Service: &described}, nil
}

func (e *ECS) find(cluster *string, nameOrARN string) *service {
	for _, svc := range e.services {
		if svc.called(nameOrARN) && isCluster(cluster, svc.Cluster) {
			return svc
		}
	}
	return nil
}

func (svc *service) called(nameOrARN string) bool {
	return nameOrARN == svc.Name || nameOrARN == svc.arn()
}

func (e *ECS) hasCluster(cluster *string) bool {
	for _, svc := range e.services {
		if isCluster(cluster, svc.Cluster) {
			return true
		}
	}
	return false
}

func isCluster(nameOrARN *string, cluster string) bool {
	asked := aws.ToString(nameOrARN)
	if asked == "" {
		asked = defaultCluster
	}
	return asked == cluster || asked == clusterARN(cluster)
}

// imitated fails when a field is set that the sandbox knows nothing of.
func imitated(rest any) error {
	if reflect.ValueOf(rest).IsZero() {
		return nil
	}
	return invalid("The sandbox does not imitate this use of %s.", awsapi.Operation(rest))
}

// between fails for none and for more than most.
func between(what string, n, most int) error {
	switch {
	case n == 0:
		return invalid("%s cannot be empty.", what)
	case n > most:
		return invalid("%s can have at most %d items.", what, most)
	default:
		return nil
	}
}

func failure(arn, reason string) types.Failure {
	return types.Failure{Arn: aws.String(arn), Reason: aws.String(reason)}
}

func invalid(format string, args ...any) error {
	return &types.InvalidParameterException{Message: aws.String(fmt.Sprintf(format, args...))}
}
