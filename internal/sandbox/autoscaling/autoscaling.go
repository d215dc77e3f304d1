// Package autoscaling is AWS Application Auto Scaling on a laptop, as far as scalable targets of ECS services go.
//
// Numbers in brackets, as in [AAS-01], name the imitated behaviours; a test of this package shows each. It has no
// policies, schedules and activities, and scales nothing but at registration: what asks for those is refused loudly.
package autoscaling

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// AutoScaling holds the scalable targets of one account and Region.
type AutoScaling struct {
	Clock clock.Clock
	// ECS has the services that are scaled.
	ECS awsapi.Core

	mu      sync.Mutex
	targets []types.ScalableTarget // sorted by resource
}

var _ awsapi.Core = (*AutoScaling)(nil)

// Handle implements awsapi.Core.
func (a *AutoScaling) Handle(ctx context.Context, input any) (any, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch in := input.(type) {
	case *sdk.DescribeScalableTargetsInput:
		return a.describe(in)
	case *sdk.RegisterScalableTargetInput:
		return a.register(ctx, in)
	case *sdk.DeregisterScalableTargetInput:
		return a.deregister(in)
	}
	return nil, awsapi.Unknown(input)
}

const mostTargets = 50 // of a page

func (a *AutoScaling) describe(in *sdk.DescribeScalableTargetsInput) (any, error) {
	if in.ServiceNamespace != types.ServiceNamespaceEcs {
		return nil, fmt.Errorf("namespace %s: %w", in.ServiceNamespace, awsapi.Unknown(in))
	}
	chosen := []types.ScalableTarget{}
	for _, target := range a.targets {
		if len(in.ResourceIds) == 0 || slices.Contains(in.ResourceIds, *target.ResourceId) {
			chosen = append(chosen, target)
		}
	}
	from, err := strconv.Atoi(cmp.Or(aws.ToString(in.NextToken), "0"))
	if err != nil || from < 0 || from > len(chosen) {
		return nil, &types.InvalidNextTokenException{Message: aws.String("Invalid NextToken.")}
	}
	out := &sdk.DescribeScalableTargetsOutput{}
	end := min(from+int(cmp.Or(aws.ToInt32(in.MaxResults), mostTargets)), len(chosen))
	if end < len(chosen) {
		out.NextToken = aws.String(strconv.Itoa(end))
	}
	out.ScalableTargets = chosen[from:end]
	return out, nil
}

var resource = regexp.MustCompile(`^service/([a-zA-Z0-9_-]+)/([a-zA-Z0-9_-]+)$`)

// register [AAS-01] makes a target, or changes what it is given of one that exists.
func (a *AutoScaling) register(ctx context.Context, in *sdk.RegisterScalableTargetInput) (any, error) {
	id := *in.ResourceId
	names := resource.FindStringSubmatch(id)
	if in.ServiceNamespace != types.ServiceNamespaceEcs ||
		in.ScalableDimension != types.ScalableDimensionECSServiceDesiredCount || names == nil {
		return nil, invalid("Unsupported service namespace, resource type or scalable dimension")
	}
	i := a.index(id)
	if i < 0 && (in.MinCapacity == nil || in.MaxCapacity == nil) {
		return nil, invalid("Both MinCapacity and MaxCapacity must be specified for a new scalable target")
	}
	target := types.ScalableTarget{
		ResourceId: &id, ServiceNamespace: in.ServiceNamespace, ScalableDimension: in.ScalableDimension,
		CreationTime: aws.Time(a.Clock.Now().UTC().Truncate(time.Millisecond)), SuspendedState: &types.SuspendedState{},
		RoleARN: aws.String("arn:aws:iam::000000000000:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/" +
			"AWSServiceRoleForApplicationAutoScaling_ECSService"),
	}
	if i >= 0 {
		target = a.targets[i]
	}
	change(&target, in)
	if *target.MinCapacity < 0 || *target.MaxCapacity < *target.MinCapacity {
		return nil, invalid("Maximum capacity cannot be less than minimum capacity")
	}
	if err := a.snap(ctx, names[1], names[2], target); err != nil {
		return nil, err
	}
	a.keep(i, target)
	return &sdk.RegisterScalableTargetOutput{}, nil
}

func (a *AutoScaling) index(id string) int {
	return slices.IndexFunc(a.targets, func(t types.ScalableTarget) bool { return *t.ResourceId == id })
}

func change(target *types.ScalableTarget, in *sdk.RegisterScalableTargetInput) {
	if in.MinCapacity != nil {
		target.MinCapacity = in.MinCapacity
	}
	if in.MaxCapacity != nil {
		target.MaxCapacity = in.MaxCapacity
	}
	if in.SuspendedState != nil {
		target.SuspendedState = in.SuspendedState
	}
}

func (a *AutoScaling) keep(i int, target types.ScalableTarget) {
	if i >= 0 {
		a.targets[i] = target
		return
	}
	a.targets = append(a.targets, target)
	slices.SortFunc(a.targets, func(x, y types.ScalableTarget) int {
		return strings.Compare(*x.ResourceId, *y.ResourceId)
	})
}

// snap [AAS-02] brings the desired count into the bounds at every registration, even one that is about something else.
func (a *AutoScaling) snap(ctx context.Context, cluster, service string, target types.ScalableTarget) error {
	answer, err := a.ECS.Handle(ctx, &ecs.DescribeServicesInput{Cluster: &cluster, Services: []string{service}})
	if err != nil {
		return invalid("ECS service doesn't exist: service/%s/%s", cluster, service)
	}
	out, ok := answer.(*ecs.DescribeServicesOutput)
	if !ok || len(out.Services) != 1 {
		return invalid("ECS service doesn't exist: service/%s/%s", cluster, service)
	}
	desired := out.Services[0].DesiredCount
	within := min(max(desired, *target.MinCapacity), *target.MaxCapacity)
	if within == desired {
		return nil
	}
	_, err = a.ECS.Handle(ctx, &ecs.UpdateServiceInput{Cluster: &cluster, Service: &service, DesiredCount: &within})
	return err
}

func (a *AutoScaling) deregister(in *sdk.DeregisterScalableTargetInput) (any, error) {
	i := a.index(*in.ResourceId)
	if i < 0 {
		return nil, &types.ObjectNotFoundException{Message: aws.String(
			"No scalable target found for resource ID: " + *in.ResourceId)}
	}
	a.targets = slices.Delete(a.targets, i, i+1)
	return &sdk.DeregisterScalableTargetOutput{}, nil
}

func invalid(format string, args ...any) error {
	return &types.ValidationException{Message: aws.String(fmt.Sprintf(format, args...))}
}
