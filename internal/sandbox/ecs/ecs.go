// Package ecs is Amazon ECS on a laptop: services whose Fargate tasks are real HTTP servers and take their time.
//
// It schedules, starts and stops tasks and answers the ECS API. It knows no load balancer but through Targets, does not
// run containers, and imitates only what services on Fargate need: no task definitions, no capacity providers.
package ecs

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/catnap-dev/catnap/internal/clock"
)

// Targets is what ECS needs of the load balancer.
type Targets interface {
	Register(targetGroup, id, addr string) error
	Deregister(targetGroup, id string)
	Drained(targetGroup, id string) bool
	State(targetGroup, id string) string // as DescribeTargetHealth says it; "" when not registered
}

// App is what runs in a task.
type App interface {
	// Launch starts the application and returns where it listens. It runs until ctx ends, then has the time of a
	// SIGTERM to end: nothing kills it. A Launch under way when ctx ends must return. wait is called once and returns when
	// the application has ended, with the reason if it failed; an ExitCode method of the reason is the exit code.
	Launch(ctx context.Context) (addr string, wait func() error, err error)
}

// Plan is what becomes of a task. The zero value is a task that goes well.
type Plan struct {
	FailStart  string        // it never runs, for this reason
	Sick       bool          // it runs, but nothing listens on its port
	CrashAfter time.Duration // it exits by itself that long after RUNNING; zero: it does not
}

// Change is a task's change of state, for the event log.
type Change struct {
	Service, Task, Status, Reason string
}

// Options are what the sandbox chooses. The zero value of each field is usable.
type Options struct {
	Clock   clock.Clock
	Targets Targets // nil registers nothing
	// TaskStart is how long a task takes to RUNNING; zero means 20 s.
	TaskStart time.Duration
	// Grace is the health check grace period of services; zero means 60 s.
	Grace time.Duration
	// Stale is how old a read of DescribeServices may be at the most; zero: reads are consistent.
	Stale time.Duration
	// Plan decides the fate of the n-th task, from 1; nil means that all go well. It must not call back.
	Plan func(n int) Plan
	// Changed is told of each task's changes; nil drops them. It must not call back.
	Changed func(Change)
	// Record takes the samples of a service's metrics; nil drops them.
	Record func(metric string, dimensions map[string]string, at time.Time, value float64)
	Seed   uint64
}

// ECS is one account's ECS in one Region.
type ECS struct {
	Options

	mu       sync.Mutex
	random   *rand.Rand
	services []*service // in the order of their creation, so that a simulation can be repeated
	tasks    []*task    // all that can be described, oldest first
	started  int        // tasks ever started
	deployed int        // deployments ever made
	current  bool       // the call being answered reads the latest state

	kick    chan struct{} // wakes a scheduler that has nothing to do
	running sync.WaitGroup
}

// New returns an ECS without services. To be used in a testing/synctest bubble it must be made there.
func New(o Options) *ECS {
	if o.TaskStart == 0 {
		o.TaskStart = 20 * time.Second
	}
	if o.Grace == 0 {
		o.Grace = time.Minute
	}
	return &ECS{
		Options: o, kick: make(chan struct{}, 1),
		random: rand.New(rand.NewPCG(o.Seed, 1)),
	}
}

// Service describes a service to create.
type Service struct {
	Cluster     string // "" is "default", as on AWS
	Name        string
	TargetGroup string // ARN
	App         App
	Desired     int
	Grace       time.Duration // of its health checks; zero means that of the options

	CPU, MemoryMiB int // of a task; zero means the smallest that there is, 256 and 512
	ARM            bool
}

// CreateService adds a service.
func (e *ECS) CreateService(s Service) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if s.Cluster == "" {
		s.Cluster = defaultCluster
	}
	if e.find(&s.Cluster, s.Name) != nil {
		return fmt.Errorf("create service %s: it exists", s.Name)
	}
	svc := &service{Service: s, created: e.Clock.Now()}
	e.deploy(svc)
	e.services = append(e.services, svc)
	e.record(svc)
	e.rouse()
	return nil
}

// tick is the pace of the service scheduler.
const tick = time.Second

// Run schedules tasks until ctx ends, then ends them all and returns when they have ended.
func (e *ECS) Run(ctx context.Context) error {
	e.running.Go(func() { e.measure(ctx) })
	begin := e.Clock.Now()
	for e.pause(ctx, begin) == nil {
		e.schedule(ctx)
	}
	e.haltAll()
	e.running.Wait()
	return nil
}

// pause waits for the next tick since begin. While there is nothing to schedule it waits for a change first: a year
// of ticks is thirty million.
func (e *ECS) pause(ctx context.Context, begin time.Time) error {
	if e.quiet() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-e.kick:
		}
	}
	// A fast clock rounds: it may wake a little before the tick, which has come nevertheless.
	const early = tick / 1000
	past := (e.Clock.Now().Sub(begin) + early) / tick
	return e.Clock.WaitUntil(ctx, begin.Add((past+1)*tick))
}

// rouse ends a quiet scheduler's pause.
func (e *ECS) rouse() {
	select {
	case e.kick <- struct{}{}:
	default: // it is awake, or about to be
	}
}

func (e *ECS) quiet() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, svc := range e.services {
		if svc.Desired > 0 || !svc.primary().completed || svc.count((*task).live) > 0 {
			return false
		}
	}
	return true
}

func (e *ECS) haltAll() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, svc := range e.services {
		for _, t := range svc.tasks {
			t.halt(types.TaskStopCodeUserInitiated, "Task stopped by the end of the sandbox")
		}
		e.record(svc)
	}
}
