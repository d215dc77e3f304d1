package ecsctl

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

const (
	servicesPerCall = 10  // DescribeServices takes no more
	tasksPerCall    = 100 // DescribeTasks and GetTaskProtection take no more
)

// Counts reads desired, running and pending counts and the state of deployments, ten services to a call. The result
// is keyed by the settings' names. What could be read is returned together with the errors of what could not.
func (c *Controller) Counts(ctx context.Context, services []settings.Service) (map[string]policy.Snapshot, error) {
	byCluster := map[string][]settings.Service{}
	for _, svc := range services {
		byCluster[svc.Cluster] = append(byCluster[svc.Cluster], svc)
	}
	counts := make(map[string]policy.Snapshot, len(services))
	var errs []error
	for cluster, members := range byCluster {
		for batch := range slices.Chunk(members, servicesPerCall) {
			errs = append(errs, c.countBatch(ctx, cluster, batch, counts))
		}
	}
	return counts, errors.Join(errs...)
}

func (c *Controller) countBatch(
	ctx context.Context, cluster string, batch []settings.Service, counts map[string]policy.Snapshot,
) error {
	names := make([]string, len(batch))
	for i, svc := range batch {
		names[i] = svc.Service
	}
	out, err := c.ecs.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: &cluster, Services: names})
	if err != nil {
		return fmt.Errorf("describe services %s: %w", strings.Join(names, ", "), err)
	}
	for _, svc := range batch {
		counts[svc.Name] = findService(out.Services, svc.Service)
	}
	return nil
}

// findService matches by name or ARN, whichever the settings hold. One that ECS did not return is missing.
func findService(services []ecstypes.Service, nameOrARN string) policy.Snapshot {
	for _, svc := range services {
		if value(svc.ServiceName) == nameOrARN || value(svc.ServiceArn) == nameOrARN {
			return counts(svc)
		}
	}
	return policy.Snapshot{}
}

func counts(svc ecstypes.Service) policy.Snapshot {
	s := policy.Snapshot{
		Found:     value(svc.Status) == "ACTIVE",
		Desired:   int(svc.DesiredCount),
		Running:   int(svc.RunningCount),
		Pending:   int(svc.PendingCount),
		Deploying: len(svc.Deployments) > 1,
	}
	for _, d := range svc.Deployments {
		if value(d.Status) != "PRIMARY" {
			continue
		}
		s.DeployedAt = value(d.CreatedAt)
		// U: whether a change of the desired count alone ever turns a completed rollout back to IN_PROGRESS is not
		// documented. If it does, a wake only gets its time-out counted from the deployment, which is older.
		s.Deploying = s.Deploying || d.RolloutState == ecstypes.DeploymentRolloutStateInProgress
	}
	return s
}

func countHealthy(out *elb.DescribeTargetHealthOutput) int {
	healthy := 0
	for _, target := range out.TargetHealthDescriptions {
		if target.TargetHealth != nil && target.TargetHealth.State == elbtypes.TargetHealthStateEnumHealthy {
			healthy++
		}
	}
	return healthy
}

// Tasks lists the service's tasks, those stopped within the last hour included, oldest first. A hundred of each are
// enough to tell how a wake goes.
func (c *Controller) Tasks(ctx context.Context, svc settings.Service) ([]policy.Task, error) {
	var tasks []policy.Task
	for _, status := range []ecstypes.DesiredStatus{ecstypes.DesiredStatusStopped, ecstypes.DesiredStatusRunning} {
		arns, err := nextTasks(ctx, svc, c.taskPages(svc, status))
		if err != nil {
			return nil, err
		}
		if len(arns) == 0 {
			continue
		}
		out, err := c.ecs.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: &svc.Cluster, Tasks: arns})
		if err != nil {
			return nil, fmt.Errorf("describe tasks of %s: %w", svc.Name, err)
		}
		for _, t := range out.Tasks {
			tasks = append(tasks, task(t))
		}
	}
	slices.SortStableFunc(tasks, func(a, b policy.Task) int { return a.Created.Compare(b.Created) })
	return tasks, nil
}

// taskPages lists tasks by as many as the calls about them take.
func (c *Controller) taskPages(svc settings.Service, status ecstypes.DesiredStatus) *ecs.ListTasksPaginator {
	limit := int32(tasksPerCall)
	return ecs.NewListTasksPaginator(c.ecs, &ecs.ListTasksInput{
		Cluster: &svc.Cluster, ServiceName: &svc.Service, DesiredStatus: status, MaxResults: &limit,
	})
}

func nextTasks(ctx context.Context, svc settings.Service, pages *ecs.ListTasksPaginator) ([]string, error) {
	page, err := pages.NextPage(ctx)
	if err != nil {
		return nil, fmt.Errorf("list tasks of %s: %w", svc.Name, err)
	}
	return page.TaskArns, nil
}

func task(t ecstypes.Task) policy.Task {
	arn := value(t.TaskArn)
	return policy.Task{
		ID:            arn[strings.LastIndex(arn, "/")+1:],
		LastStatus:    value(t.LastStatus),
		Created:       value(t.CreatedAt),
		PullStarted:   value(t.PullStartedAt),
		PullStopped:   value(t.PullStoppedAt),
		Started:       value(t.StartedAt),
		Stopped:       value(t.StoppedAt),
		StopCode:      string(t.StopCode),
		StoppedReason: stoppedReason(t),
	}
}

// stoppedReason joins what ECS says of the task with what it says of its containers: the task's own reason is often
// only "Essential container in task exited".
func stoppedReason(t ecstypes.Task) string {
	var parts []string
	if t.StoppedReason != nil {
		parts = append(parts, *t.StoppedReason)
	}
	for _, container := range t.Containers {
		if container.Reason != nil {
			parts = append(parts, fmt.Sprintf("%s: %s", value(container.Name), *container.Reason))
		}
		if container.ExitCode != nil {
			parts = append(parts, fmt.Sprintf("%s: exit code %d", value(container.Name), *container.ExitCode))
		}
	}
	return strings.Join(parts, "; ")
}

// Protected tells whether a task of the service is protected from scale-in. Every task is asked about: the one beyond
// the first page may be the one.
func (c *Controller) Protected(ctx context.Context, svc settings.Service) (bool, error) {
	for pages := c.taskPages(svc, ecstypes.DesiredStatusRunning); pages.HasMorePages(); {
		arns, err := nextTasks(ctx, svc, pages)
		if err != nil || len(arns) == 0 {
			return false, err
		}
		out, err := c.ecs.GetTaskProtection(ctx, &ecs.GetTaskProtectionInput{Cluster: &svc.Cluster, Tasks: arns})
		if err != nil {
			return false, fmt.Errorf("get task protection of %s: %w", svc.Name, err)
		}
		if slices.ContainsFunc(out.ProtectedTasks, protected) {
			return true, nil
		}
	}
	return false, nil
}

func protected(t ecstypes.ProtectedTask) bool { return t.ProtectionEnabled }

// value dereferences what the SDK may leave nil. Times are made UTC.
func value[T any](p *T) T {
	var zero T
	if p == nil {
		return zero
	}
	if t, ok := any(*p).(time.Time); ok {
		return any(t.UTC()).(T)
	}
	return *p
}
