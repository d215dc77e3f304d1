package ecsctl_test

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// fakeECS keeps services and their tasks. Tasks come and go by the test's hand alone.
type fakeECS struct {
	changed func(*fakeService) // after each change of a desired count; nil for nobody

	mu       sync.Mutex
	services map[string]*fakeService // by "cluster/name"
	asked    []any
}

type fakeService struct {
	arn              string
	status           string // "" is ACTIVE
	desired          int
	running, pending int32
	deployments      []types.Deployment
	tasks            []types.Task
	protected        []string // task ARNs
	broken           bool     // its tasks never become targets
	targets          int      // healthy ones, where no load balancer checks them; a new task's comes too late to count
	lingers          bool     // a stopped task's target stays, for the test to take away
	stopped          bool     // the desired count has been set to zero
}

func newFakeECS() *fakeECS { return &fakeECS{services: map[string]*fakeService{}} }

func (f *fakeECS) desired(s *fakeService) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return s.desired
}

func (f *fakeECS) set(s *fakeService, count int) {
	f.mu.Lock()
	changed := s.desired != count
	s.desired = count
	s.stopped = s.stopped || count == 0
	if count == 0 && !s.lingers {
		s.targets = 0
	}
	f.mu.Unlock()
	if changed && f.changed != nil {
		f.changed(s)
	}
}

func (f *fakeECS) find(cluster, nameOrARN string) (string, *fakeService) {
	for key, s := range f.services {
		if at, name, _ := strings.Cut(key, "/"); at == cluster && (name == nameOrARN || s.arn == nameOrARN) {
			return name, s
		}
	}
	return "", nil
}

func (f *fakeECS) Handle(_ context.Context, input any) (any, error) {
	f.mu.Lock()
	f.asked = append(f.asked, input)
	f.mu.Unlock()
	switch in := input.(type) {
	case *ecs.UpdateServiceInput:
		return f.update(in)
	case *ecs.DescribeServicesInput:
		return f.describe(in)
	case *ecs.ListTasksInput:
		return f.list(in)
	case *ecs.DescribeTasksInput:
		return f.describeTasks(in)
	case *ecs.GetTaskProtectionInput:
		return f.protection(in)
	}
	return nil, awsapi.Unknown(input)
}

func (f *fakeECS) update(in *ecs.UpdateServiceInput) (any, error) {
	f.mu.Lock()
	_, s := f.find(*in.Cluster, *in.Service)
	f.mu.Unlock()
	if s == nil {
		return nil, &types.ServiceNotFoundException{Message: new("Service not found.")}
	}
	f.set(s, int(*in.DesiredCount))
	return &ecs.UpdateServiceOutput{}, nil
}

func (f *fakeECS) describe(in *ecs.DescribeServicesInput) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(in.Services) > 10 {
		return nil, &types.InvalidParameterException{Message: new("describe services limit is 10")}
	}
	out := &ecs.DescribeServicesOutput{}
	for _, wanted := range slices.Backward(in.Services) { // no order is promised
		name, s := f.find(*in.Cluster, wanted)
		if s == nil {
			out.Failures = append(out.Failures, types.Failure{Arn: &wanted, Reason: new("MISSING")})
			continue
		}
		status := "ACTIVE"
		if s.status != "" {
			status = s.status
		}
		out.Services = append(out.Services, types.Service{
			ServiceName: &name, ServiceArn: &s.arn, Status: &status, DesiredCount: int32(s.desired),
			RunningCount: s.running, PendingCount: s.pending, Deployments: s.deployments,
		})
	}
	return out, nil
}

// tasksAtOnce is how many tasks ECS takes in a call.
const tasksAtOnce = 100

func (f *fakeECS) list(in *ecs.ListTasksInput) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, s := f.find(*in.Cluster, *in.ServiceName)
	if s == nil {
		return nil, &types.ServiceNotFoundException{Message: new("Service not found.")}
	}
	var arns []string
	for _, task := range s.tasks {
		if *task.DesiredStatus == string(in.DesiredStatus) {
			arns = append(arns, *task.TaskArn)
		}
	}
	if in.NextToken != nil {
		arns = arns[slices.Index(arns, *in.NextToken):]
	}
	out := &ecs.ListTasksOutput{TaskArns: arns}
	if most := int(*in.MaxResults); len(arns) > most {
		out.TaskArns, out.NextToken = arns[:most], &arns[most]
	}
	return out, nil
}

func (f *fakeECS) describeTasks(in *ecs.DescribeTasksInput) (any, error) {
	if len(in.Tasks) > tasksAtOnce {
		return nil, &types.InvalidParameterException{Message: new("Tasks cannot be more than 100.")}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	out := &ecs.DescribeTasksOutput{}
	for _, s := range f.services {
		for _, task := range s.tasks {
			if slices.Contains(in.Tasks, *task.TaskArn) {
				out.Tasks = append(out.Tasks, task)
			}
		}
	}
	return out, nil
}

func (f *fakeECS) protection(in *ecs.GetTaskProtectionInput) (any, error) {
	if len(in.Tasks) > tasksAtOnce {
		return nil, &types.InvalidParameterException{Message: new("Tasks cannot be more than 100.")}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	out := &ecs.GetTaskProtectionOutput{}
	for _, arn := range in.Tasks {
		for _, s := range f.services {
			protected := types.ProtectedTask{TaskArn: &arn, ProtectionEnabled: slices.Contains(s.protected, arn)}
			out.ProtectedTasks = append(out.ProtectedTasks, protected)
		}
	}
	return out, nil
}
