package ecs

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// summary is what can be seen of a service besides what never changes. It is comparable, because record asks at every
// tick whether it is a new one.
type summary struct {
	desired, running, pending, failed int
	revision                          int // of the deployments
}

// view is what DescribeServices says of a service from a moment on.
type view struct {
	summary
	at          time.Time
	deployments []types.Deployment
}

// record keeps a view whenever something changed, for stale reads. The caller holds the lock.
func (e *ECS) record(svc *service) {
	if e.Stale <= 0 {
		return
	}
	current := svc.summary()
	if n := len(svc.views); n > 0 && svc.views[n-1].summary == current {
		return
	}
	now := e.Clock.Now()
	svc.views = append(svc.views, view{summary: current, at: now, deployments: svc.describeDeployments()})
	for len(svc.views) > 1 && now.Sub(svc.views[1].at) >= e.Stale {
		svc.views = svc.views[1:]
	}
}

// read returns the service as it was at most Stale ago.
// [ECS-05] Reads of services are eventually consistent; a later one may even show an earlier state.
func (e *ECS) read(svc *service) types.Service {
	if e.Stale <= 0 || e.current {
		return svc.describe()
	}
	at := e.Clock.Now().Add(-time.Duration(e.random.Int64N(int64(e.Stale) + 1)))
	seen := svc.views[0]
	for _, v := range svc.views {
		if !v.at.After(at) {
			seen = v
		}
	}
	return svc.render(seen)
}

func (svc *service) summary() summary {
	up := svc.count((*task).up)
	return summary{
		desired: svc.Desired, running: up, pending: svc.count((*task).live) - up, failed: svc.failed, revision: svc.revision,
	}
}

// up tells whether a task counts as running. What stops is neither running nor pending.
func (t *task) up() bool { return t.live() && t.status == running }

func (svc *service) describe() types.Service {
	return svc.render(view{summary: svc.summary(), deployments: svc.describeDeployments()})
}

func (svc *service) render(v view) types.Service {
	return types.Service{
		ServiceName: aws.String(svc.Name), ServiceArn: aws.String(svc.arn()), ClusterArn: aws.String(clusterARN(svc.Cluster)),
		Status: aws.String("ACTIVE"), CreatedAt: aws.Time(svc.created), LaunchType: types.LaunchTypeFargate,
		TaskDefinition: aws.String(svc.definitionARN()),
		DesiredCount:   small(v.desired), RunningCount: small(v.running), PendingCount: small(v.pending),
		LoadBalancers: []types.LoadBalancer{{TargetGroupArn: aws.String(svc.TargetGroup)}},
		Deployments:   v.deployments,
	}
}

func (svc *service) describeDeployments() []types.Deployment {
	described := make([]types.Deployment, 0, len(svc.deployments))
	for _, d := range svc.deployments {
		described = append(described, svc.describeDeployment(d))
	}
	return described
}

func (svc *service) describeDeployment(d *deployment) types.Deployment {
	up := svc.count(func(t *task) bool { return t.deployment == d && t.up() })
	all := svc.count(func(t *task) bool { return t.deployment == d && t.live() })
	described := types.Deployment{
		Id: aws.String(d.id), CreatedAt: aws.Time(d.created), LaunchType: types.LaunchTypeFargate,
		Status: aws.String("ACTIVE"), RolloutState: types.DeploymentRolloutStateInProgress,
		DesiredCount: small(all), RunningCount: small(up), PendingCount: small(all - up),
	}
	if d == svc.primary() {
		described.Status, described.DesiredCount = aws.String("PRIMARY"), small(svc.Desired)
		described.FailedTasks = small(svc.failed)
	}
	if d.completed {
		described.RolloutState = types.DeploymentRolloutStateCompleted
	}
	return described
}

func small(n int) int32 { return int32(n) }

const arnPrefix = "arn:aws:ecs:eu-west-3:000000000000:"

func clusterARN(cluster string) string { return arnPrefix + "cluster/" + cluster }

func (svc *service) arn() string { return arnPrefix + "service/" + svc.Cluster + "/" + svc.Name }

func (t *task) arn() string { return arnPrefix + "task/" + t.service.Cluster + "/" + t.id }
