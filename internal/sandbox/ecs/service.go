package ecs

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// service is one service. Its fields are guarded by ECS's lock.
type service struct {
	Service
	created     time.Time
	tasks       []*task       // those that have not stopped, oldest first
	deployments []*deployment // the primary first
	revision    int           // of the deployments
	failed      int           // the primary's tasks in a row that failed before RUNNING
	retryAt     time.Time
	views       []view
}

type deployment struct {
	id        string
	created   time.Time
	completed bool
}

func (svc *service) primary() *deployment { return svc.deployments[0] }

// count counts the tasks of a kind: live, current, old, healthy, sick...
func (svc *service) count(kind func(*task) bool) int {
	n := 0
	for _, t := range svc.tasks {
		if kind(t) {
			n++
		}
	}
	return n
}

// deploy makes a new primary deployment.
func (e *ECS) deploy(svc *service) {
	e.deployed++
	d := &deployment{id: fmt.Sprintf("ecs-svc/%019d", e.deployed), created: e.Clock.Now()}
	svc.deployments = append([]*deployment{d}, svc.deployments...)
	svc.revision++
	svc.forgive()
}

// maxRetry is the longest time between two tries of a task that fails before RUNNING.
const maxRetry = 27 * time.Minute

// failedStart slows down a service whose tasks do not start.
// [ECS-06] Tasks that fail before RUNNING are retried with a growing delay of at most 27 minutes. How it grows is not
// documented: here it doubles from two seconds. A task that fails after RUNNING is replaced at once.
func (svc *service) failedStart(now time.Time) {
	svc.failed++
	delay := maxRetry
	if svc.failed < 12 {
		delay = min(maxRetry, time.Second<<svc.failed)
	}
	svc.retryAt = now.Add(delay)
}

// forgive ends the delay: a task runs, or there is something new to run.
func (svc *service) forgive() { svc.failed, svc.retryAt = 0, time.Time{} }

// start launches one task of the primary deployment.
func (e *ECS) start(ctx context.Context, svc *service) {
	e.forgetStopped()
	e.started++
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	t := newTask(svc, e.started, e.Clock.Now(), stop)
	if e.Plan != nil {
		t.plan = e.Plan(e.started)
	}
	e.tasks = append(e.tasks, t)
	svc.tasks = append(svc.tasks, t)
	e.changed(t)
	e.running.Go(func() { e.lead(ctx, life, t) })
}

// stoppedFor is how long a stopped task can still be described.
// [ECS-10] Stopped tasks are listed and described for an hour; AWS says "at least".
const stoppedFor = time.Hour

func (e *ECS) forgetStopped() {
	now := e.Clock.Now()
	e.tasks = slices.DeleteFunc(e.tasks, func(t *task) bool {
		return !t.stopped.IsZero() && now.Sub(t.stopped) >= stoppedFor
	})
}
