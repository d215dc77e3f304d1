package ecs

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// schedule does what a tick brings. It runs every second of a simulated day: nothing in it allocates while nothing
// changes.
func (e *ECS) schedule(ctx context.Context) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.Clock.Now()
	for _, svc := range e.services {
		e.judge(svc, now)
		svc.shrink(now)
		svc.replaceSick()
		e.grow(ctx, svc, now)
		svc.settle()
		e.record(svc)
	}
}

// condition is what the scheduler thinks of a task.
type condition int

const (
	unsettled condition = iota // it starts, or its target is not healthy but has time
	healthy
	sick
)

// judge asks the load balancer about each task that runs.
// [ECS-07] Within the health check grace period, which begins at RUNNING, an unhealthy target is not held against its
// task.
func (e *ECS) judge(svc *service, now time.Time) {
	for _, t := range svc.tasks {
		if t.stopping || t.status != running {
			continue
		}
		switch state := e.targetState(svc, t); {
		case state == "healthy":
			t.condition = healthy
		case state == "unhealthy" && now.Sub(t.started) >= cmp.Or(svc.Grace, e.Grace):
			t.condition = sick
		default:
			t.condition = unsettled
		}
	}
}

func (e *ECS) targetState(svc *service, t *task) string {
	if e.Targets == nil {
		return "healthy"
	}
	return e.Targets.State(svc.TargetGroup, t.ip)
}

// shrink stops what is too much.
// [ECS-04] The desired count is absolute; lowering it stops tasks, raising it starts new ones.
// [ECS-08] A new deployment starts its tasks beside the old ones; for each that gets healthy an old one goes.
func (svc *service) shrink(now time.Time) {
	svc.stop(svc.count((*task).useful)-svc.Desired, (*task).useful, now)
	needed := max(0, svc.Desired-svc.count((*task).healthyNow))
	svc.stop(svc.count((*task).old)-needed, (*task).old, now)
}

// stop stops n tasks of a kind, those that are not healthy first, then the newest first: which ones AWS takes on
// Fargate is not documented.
// [ECS-13] A task that is protected from scale-in is not stopped for a lower desired count or a deployment.
func (svc *service) stop(n int, kind func(*task) bool, now time.Time) {
	for _, well := range [...]bool{false, true} {
		for _, t := range slices.Backward(svc.tasks) {
			if n > 0 && kind(t) && (t.condition == healthy) == well && !t.protected(now) {
				t.scaleIn()
				n--
			}
		}
	}
}

func (t *task) scaleIn() {
	reason := fmt.Sprintf("Scaling activity initiated by (deployment %s)", t.deployment.id)
	t.halt(types.TaskStopCodeServiceSchedulerInitiated, reason)
}

// replaceSick stops sick tasks.
// [ECS-14] A sick task of the primary deployment stays until its replacement is judged; then sick ones are stopped
// until the desired count is left. An old deployment's is stopped at once. Protection does not help the sick.
func (svc *service) replaceSick() {
	spare := svc.count((*task).current) - svc.Desired
	if svc.count((*task).unjudged) > 0 {
		spare = 0
	}
	for _, t := range svc.tasks {
		switch {
		case t.stopping || t.condition != sick:
		case t.old():
			t.fail()
		case spare > 0:
			t.fail()
			spare--
		}
	}
}

func (t *task) fail() {
	reason := fmt.Sprintf("Task failed ELB health checks in (target-group %s)", t.service.TargetGroup)
	t.halt(types.TaskStopCodeServiceSchedulerInitiated, reason)
}

// grow starts what is missing.
// [ECS-15] No more than twice the desired count, AWS's default, run or start at a time: sick ones give way to new ones;
// others, old protected ones say, hold a deployment up.
func (e *ECS) grow(ctx context.Context, svc *service, now time.Time) {
	for svc.count((*task).useful) < svc.Desired && !now.Before(svc.retryAt) {
		if svc.count((*task).live) >= 2*svc.Desired && !svc.makeRoom() {
			return
		}
		e.start(ctx, svc)
	}
}

func (svc *service) makeRoom() bool {
	for _, t := range svc.tasks {
		if t.current() && t.condition == sick {
			t.fail()
			return true
		}
	}
	return false
}

// settle completes the primary deployment when its tasks are healthy and all others gone, and drops deployments
// without tasks. A completed one stays so, whatever becomes of its tasks.
func (svc *service) settle() {
	if p := svc.primary(); !p.completed && svc.count((*task).healthyNow) >= svc.Desired && svc.count((*task).old) == 0 {
		p.completed = true
		svc.revision++
	}
	if len(svc.deployments) == 1 {
		return
	}
	before := len(svc.deployments)
	svc.deployments = slices.DeleteFunc(svc.deployments, func(d *deployment) bool {
		used := func(t *task) bool { return t.live() && t.deployment == d }
		return d != svc.primary() && !slices.ContainsFunc(svc.tasks, used)
	})
	svc.revision += before - len(svc.deployments)
}
