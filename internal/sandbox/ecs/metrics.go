package ecs

import (
	"context"
	"time"
)

// measure reports what each service's tasks used in every minute, until ctx ends.
// [CPU-01] Each task that runs is one sample a minute, so that SampleCount is the number of running tasks; a service
// without one has no data. Here it is those that run at the minute's end. AWS has no samples of the time in which a
// task starts, and one that stops in the middle of a minute may count in it or not.
func (e *ECS) measure(ctx context.Context) {
	if e.Record == nil {
		return
	}
	minute := e.Clock.Now().Truncate(time.Minute)
	for {
		end := minute.Add(time.Minute)
		if e.Clock.WaitUntil(ctx, end) != nil {
			return
		}
		for _, u := range e.usage(end) {
			e.Record("CPUUtilization", u.of, minute, u.cpu)
			e.Record("MemoryUtilization", u.of, minute, u.memory)
		}
		minute = end
		if now := e.Clock.Now().Truncate(time.Minute); now.After(end) {
			minute = now // minutes that a suspended laptop slept through are not made up
		}
	}
}

// usage is what one task used in a minute, in percent of its size.
type usage struct {
	of          map[string]string // the dimensions of its service
	cpu, memory float64
}

func (e *ECS) usage(at time.Time) (all []usage) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, svc := range e.services {
		of := map[string]string{"ClusterName": svc.Cluster, "ServiceName": svc.Name}
		for _, t := range svc.tasks {
			if t.works() {
				cpu, memory := t.uses(at)
				all = append(all, usage{of, cpu, memory})
			}
		}
	}
	return all
}

// works tells whether the task's containers run. [CPU-02] They do while its target drains.
func (t *task) works() bool { return t.status == running || t.status == deactivating }

// uses makes up what a task uses, the same each time: it is busy as it starts and little afterwards, and its memory
// grows for an hour.
func (t *task) uses(at time.Time) (cpu, memory float64) {
	age := int(at.Sub(t.started) / time.Minute)
	cpu = 2 + float64((t.n*37+age*11)%50)/10
	if age == 0 {
		cpu += 40
	}
	return cpu, 20 + float64(min(age, 60))/4
}
