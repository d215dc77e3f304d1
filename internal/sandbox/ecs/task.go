package ecs

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// The states of a task.
// [ECS-01] A task goes through them in this order; one that is stopped before it listens leaves out those that are
// about its target and its process. DEPROVISIONING takes no time here, and some seconds on AWS.
const (
	provisioning   = "PROVISIONING"
	pending        = "PENDING"
	activating     = "ACTIVATING"
	running        = "RUNNING"
	deactivating   = "DEACTIVATING"
	stopping       = "STOPPING"
	deprovisioning = "DEPROVISIONING"
	stopped        = "STOPPED"
)

// task is one task. The first four fields never change; ECS's lock guards the others.
type task struct {
	service    *service
	deployment *deployment
	n          int
	id, ip     string

	plan                              Plan
	status                            string
	condition                         condition
	created, pullStarted, pullStopped time.Time
	started, stoppingAt, stopped      time.Time
	stopping                          bool // its desired status is STOPPED
	stopCode                          types.TaskStopCode
	stoppedReason                     string
	exitCode                          *int32
	protectedUntil                    time.Time

	stop context.CancelFunc
}

func newTask(svc *service, n int, now time.Time, stop context.CancelFunc) *task {
	return &task{
		service: svc, deployment: svc.primary(), n: n, status: provisioning, created: now, stop: stop,
		id: fmt.Sprintf("%032x", n), ip: fmt.Sprintf("10.0.%d.%d", n/250%250, n%250+4),
	}
}

// The kinds of tasks that the scheduler counts. What stops is of none.
func (t *task) live() bool       { return !t.stopping }
func (t *task) current() bool    { return t.live() && t.deployment == t.service.primary() }
func (t *task) old() bool        { return t.live() && t.deployment != t.service.primary() }
func (t *task) useful() bool     { return t.current() && t.condition != sick }
func (t *task) unjudged() bool   { return t.current() && t.condition == unsettled }
func (t *task) healthyNow() bool { return t.current() && t.condition == healthy }

func (t *task) protected(now time.Time) bool { return now.Before(t.protectedUntil) }

// halt asks the task to stop, unless it does. The caller holds the lock.
func (t *task) halt(code types.TaskStopCode, reason string) {
	if t.stopping {
		return
	}
	t.stopping = true
	t.stopCode, t.stoppedReason = code, reason
	t.stop()
}

// enter brings the task into its next state; also is done with it, under the lock.
func (e *ECS) enter(t *task, status string, also func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	t.status = status
	if also != nil {
		also()
	}
	e.changed(t)
	e.record(t.service)
}

func (e *ECS) changed(t *task) {
	if e.Changed != nil {
		e.Changed(Change{t.service.Name, t.id, t.status, t.stoppedReason})
	}
}

// failStart ends a task that never ran. One of an old deployment says nothing about the new one.
func (e *ECS) failStart(t *task, reason string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if t.current() {
		t.service.failedStart(e.Clock.Now())
	}
	t.halt(types.TaskStopCodeTaskFailedToStart, reason)
}

// crashed ends a task whose process has ended.
func (e *ECS) crashed(t *task, code int32) {
	e.mu.Lock()
	defer e.mu.Unlock()
	t.halt(types.TaskStopCodeEssentialContainerExited, "Essential container in task exited")
	t.exitCode = &code
}

// exited notes the exit code of a process that was asked to end.
func (e *ECS) exited(t *task, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if t.exitCode == nil {
		t.exitCode = aws.Int32(exitCode(err))
	}
}

// exitCode is the process's own, 1 for an application that failed without one, and 0 for one that ended well.
func exitCode(err error) int32 {
	coder, ok := err.(interface{ ExitCode() int })
	switch {
	case err == nil:
		return 0
	case ok:
		return int32(coder.ExitCode())
	default:
		return 1
	}
}

// end goes through the last states.
func (e *ECS) end(t *task) {
	e.enter(t, deprovisioning, nil)
	e.enter(t, stopped, func() {
		t.stopped = e.Clock.Now()
		t.service.tasks = slices.DeleteFunc(t.service.tasks, func(other *task) bool { return other == t })
	})
}
