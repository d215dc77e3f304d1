package ecs

import (
	"context"
	"time"
)

// lead is a task's life. life ends when the task is to stop, run when the whole sandbox ends.
func (e *ECS) lead(run, life context.Context, t *task) {
	defer t.stop()
	defer e.end(t)
	if !e.provision(life, t) {
		return
	}
	p := e.launch(life, t)
	if p == nil {
		return
	}
	if e.serve(life, t, p) {
		e.drain(run, t)
	}
	e.terminate(t, p)
}

// provision takes four fifths of the time to RUNNING, most of it for the image.
func (e *ECS) provision(life context.Context, t *task) bool {
	if !e.spend(life, e.TaskStart/5) {
		return false
	}
	// AWS's page on the task life cycle has the pull in ACTIVATING; the one on throttling, and practice, in PENDING.
	e.enter(t, pending, func() { t.pullStarted = e.Clock.Now() })
	if !e.spend(life, e.TaskStart*3/5) {
		return false
	}
	if t.plan.FailStart != "" {
		e.failStart(t, t.plan.FailStart)
		return false
	}
	return true
}

// process is a launched application.
type process struct {
	addr   string
	stop   context.CancelFunc
	exited chan error
}

// launch starts the application, so that its own start is part of the time to RUNNING.
// [ECS-16] A container that cannot be started is a failure to start.
func (e *ECS) launch(life context.Context, t *task) *process {
	e.enter(t, activating, func() { t.pullStopped = e.Clock.Now() })
	ctx, stop := context.WithCancel(context.WithoutCancel(life))
	interrupt := context.AfterFunc(life, stop)
	defer interrupt()
	addr, wait, err := t.service.App.Launch(ctx)
	if err != nil {
		stop()
		if life.Err() == nil {
			e.failStart(t, "CannotStartContainerError: "+err.Error())
		}
		return nil
	}
	p := &process{addr: addr, stop: stop, exited: make(chan error, 1)}
	e.running.Go(func() { p.exited <- wait() })
	return p
}

// serve has the target registered while the application runs, and returns true when it is to drain.
// [ECS-02] The target is registered as the last thing before RUNNING; a task that is stopped earlier never is.
func (e *ECS) serve(life context.Context, t *task, p *process) bool {
	if !e.spend(life, e.TaskStart/5) {
		return false
	}
	if err := e.register(t, p.addr); err != nil {
		e.failStart(t, err.Error())
		return false
	}
	e.enter(t, running, func() {
		t.started = e.Clock.Now()
		if t.current() {
			t.service.forgive()
		}
	})
	if e.outlives(life, t, p) {
		return true
	}
	e.deregister(t)
	return false
}

// outlives waits until the task is to stop, or returns false because its process has ended by itself.
// [ECS-03] A process that ends takes its task with it; the target is deregistered, but nothing waits for the drain.
func (e *ECS) outlives(life context.Context, t *task, p *process) bool {
	var crash <-chan time.Time
	if t.plan.CrashAfter > 0 {
		timer := time.NewTimer(e.Clock.Real(t.plan.CrashAfter))
		defer timer.Stop()
		crash = timer.C
	}
	select {
	case <-life.Done():
		return true
	case <-crash:
		e.crashed(t, 1)
	case err := <-p.exited:
		p.exited <- err // terminate waits for it
		e.crashed(t, exitCode(err))
	}
	return false
}

// drain takes the target out of the load balancer and waits for the deregistration delay.
// [ECS-09] A task is DEACTIVATING, and billed, while its target drains. SIGTERM comes after that.
func (e *ECS) drain(run context.Context, t *task) {
	e.enter(t, deactivating, nil)
	e.deregister(t)
	for e.Targets != nil && !e.Targets.Drained(t.service.TargetGroup, t.ip) {
		if e.Clock.Wait(run, tick) != nil {
			return
		}
	}
}

func (e *ECS) terminate(t *task, p *process) {
	e.enter(t, stopping, func() { t.stoppingAt = e.Clock.Now() })
	p.stop()
	e.exited(t, <-p.exited)
}

func (e *ECS) register(t *task, addr string) error {
	if e.Targets == nil {
		return nil
	}
	if t.plan.Sick {
		addr = "127.0.0.1:1" // nothing listens there
	}
	return e.Targets.Register(t.service.TargetGroup, t.ip, addr)
}

func (e *ECS) deregister(t *task) {
	if e.Targets != nil {
		e.Targets.Deregister(t.service.TargetGroup, t.ip)
	}
}

// spend waits, and returns false when the task is to stop.
func (e *ECS) spend(life context.Context, d time.Duration) bool {
	return e.Clock.Wait(life, d) == nil && life.Err() == nil
}
