package ecs

import (
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// [ECS-19] ListTasks lists a page of a hundred tasks at the most. Newest first is this sandbox's choice: AWS documents
// no order.
func (e *ECS) listTasks(in *ecs.ListTasksInput) (*ecs.ListTasksOutput, error) {
	most, before, err := page(in)
	if err != nil {
		return nil, err
	}
	if err := e.checkFilters(in); err != nil {
		return nil, err
	}
	out := &ecs.ListTasksOutput{}
	last := 0
	for _, t := range slices.Backward(e.tasks) {
		if t.n >= before || !t.listed(in) {
			continue
		}
		if len(out.TaskArns) == most {
			out.NextToken = aws.String(strconv.Itoa(last))
			break
		}
		out.TaskArns = append(out.TaskArns, t.arn())
		last = t.n
	}
	return out, nil
}

// page returns the size of a page and the number that its tasks are below.
func page(in *ecs.ListTasksInput) (most, before int, err error) {
	most, before = maxTasks, int(^uint(0)>>1)
	if in.MaxResults != nil {
		most = int(*in.MaxResults)
	}
	if most < 1 || most > maxTasks {
		return 0, 0, invalid("maxResults must be between 1 and 100.")
	}
	if in.NextToken != nil {
		if before, err = strconv.Atoi(*in.NextToken); err != nil {
			return 0, 0, invalid("Invalid token.")
		}
	}
	return most, before, nil
}

func (e *ECS) checkFilters(in *ecs.ListTasksInput) error {
	if in.ServiceName != nil && e.find(in.Cluster, *in.ServiceName) == nil {
		return &types.ServiceNotFoundException{Message: aws.String("Service not found.")}
	}
	rest := *in
	rest.Cluster, rest.ServiceName, rest.DesiredStatus, rest.MaxResults, rest.NextToken = nil, nil, "", nil, nil
	return imitated(rest)
}

// listed tells whether a task matches.
// [ECS-20] The desired status is RUNNING unless asked otherwise; STOPPED are those that stop, too, and none is PENDING.
func (t *task) listed(in *ecs.ListTasksInput) bool {
	wanted := in.DesiredStatus
	if wanted == "" {
		wanted = types.DesiredStatusRunning
	}
	if in.ServiceName != nil && !t.service.called(*in.ServiceName) {
		return false
	}
	return isCluster(in.Cluster, t.service.Cluster) && t.desiredStatus() == wanted
}

func (t *task) desiredStatus() types.DesiredStatus {
	if t.stopping {
		return types.DesiredStatusStopped
	}
	return types.DesiredStatusRunning
}

// [ECS-21] DescribeTasks takes a hundred tasks; one that does not exist any more is a failure, not an error.
func (e *ECS) describeTasks(in *ecs.DescribeTasksInput) (*ecs.DescribeTasksOutput, error) {
	if err := between("Tasks", len(in.Tasks), maxTasks); err != nil {
		return nil, err
	}
	if err := imitated(ecs.DescribeTasksInput{Include: in.Include}); err != nil {
		return nil, err
	}
	out := &ecs.DescribeTasksOutput{}
	for _, arn := range in.Tasks {
		if t := e.findTask(in.Cluster, arn); t != nil {
			out.Tasks = append(out.Tasks, t.describe())
			continue
		}
		out.Failures = append(out.Failures, failure(arn, "MISSING"))
	}
	return out, nil
}

func (e *ECS) findTask(cluster *string, arnOrID string) *task {
	for _, t := range e.tasks {
		if (t.id == arnOrID || t.arn() == arnOrID) && isCluster(cluster, t.service.Cluster) {
			return t
		}
	}
	return nil
}

func (t *task) describe() types.Task {
	described := types.Task{
		TaskArn: aws.String(t.arn()), ClusterArn: aws.String(clusterARN(t.service.Cluster)),
		Group: aws.String("service:" + t.service.Name), LaunchType: types.LaunchTypeFargate,
		LastStatus: aws.String(t.status), DesiredStatus: aws.String(string(t.desiredStatus())),
		CreatedAt: moment(t.created), PullStartedAt: moment(t.pullStarted), PullStoppedAt: moment(t.pullStopped),
		StartedAt: moment(t.started), StoppingAt: moment(t.stoppingAt), StoppedAt: moment(t.stopped),
		StartedBy: aws.String(t.deployment.id), Containers: []types.Container{t.container()},
	}
	if t.stopping {
		described.StopCode, described.StoppedReason = t.stopCode, aws.String(t.stoppedReason)
	}
	return described
}

func (t *task) container() types.Container {
	status := pending
	switch t.status {
	case running, deactivating, stopping:
		status = running
	case deprovisioning, stopped:
		status = stopped
	}
	c := types.Container{
		Name: aws.String("app"), LastStatus: aws.String(status),
		NetworkInterfaces: []types.NetworkInterface{{PrivateIpv4Address: aws.String(t.ip)}},
	}
	if t.exitCode != nil {
		c.ExitCode = aws.Int32(*t.exitCode)
	}
	return c
}

// moment leaves out times that have not come.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
