package promise

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox"
	coreecs "github.com/catnap-dev/catnap/internal/sandbox/ecs"
	"github.com/catnap-dev/catnap/internal/settings"
)

// Fate decides what becomes of tasks. The zero value lets them go well; its Plan is for the sandbox's options.
type Fate struct{ broken atomic.Bool }

// Plan is the fate of the n-th task.
func (f *Fate) Plan(int) coreecs.Plan {
	if f.broken.Load() {
		return coreecs.Plan{FailStart: "CannotPullContainerError: pull access denied"}
	}
	return coreecs.Plan{}
}

// Exercise makes the functions of a deployment that keeps the promise do all else that they can do: wakes that somebody
// watches, that nobody does and that fail; requests while it is drowsy; a task that may not be stopped, a pin, a metric
// of the user's own, a freeze, a budget that is spent and a run-away. It takes five hours of the sandbox's time, and
// begins while the service sleeps or soon will. What it leaves unused of a role is not needed.
func Exercise(ctx context.Context, box *sandbox.Sandbox, fate *Fate, terms Terms) error {
	t := terms.filled()
	e := &exercise{visitor: newVisitor(ctx, box, t.Host), fate: fate, terms: t}
	defer e.leave()
	for _, step := range []struct {
		name string
		take func() error
	}{
		{"a wake that is watched", e.watchedWake},
		{"a request while it is drowsy", e.drowsyRequest},
		{"a wake that nobody watches", e.unwatchedWake},
		{"a protected task", e.protectedTask},
		{"a wake that fails", e.failedWake},
		{"a pin", e.pin},
		{"a metric of the user's own", e.signal},
		{"a freeze", e.freeze},
		{"a budget that is spent", e.spentBudget},
		{"a run-away", e.runAway},
	} {
		if err := e.fallsAsleep(); err != nil {
			return fmt.Errorf("before %s: %w", step.name, err)
		}
		if err := step.take(); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

type exercise struct {
	*visitor
	fate  *Fate
	terms Terms
}

// fallsAsleep waits until it sleeps and the last task answers no more. A stop that meets a request is undone, so one
// look is not enough.
func (e *exercise) fallsAsleep() error {
	for range 3 {
		if err := e.until(policy.PhaseAsleep, e.terms.Idle+10*time.Minute); err != nil {
			return err
		}
		e.pass(30 * time.Second)
		if e.phase() == policy.PhaseAsleep {
			return e.err
		}
	}
	return e.or("it does not stay asleep")
}

// watchedWake: the page's script asks again and again how it goes.
func (e *exercise) watchedWake() error {
	if page := e.browse("/"); !page.isPage() {
		return e.or("a browser got %s, not the waiting page", page)
	}
	for range 60 {
		e.pass(time.Second)
		if a := e.get(policy.StatusPath); a.header.Get("X-Catnap-Phase") == string(policy.PhaseAwake) {
			return e.err
		}
	}
	return e.or("the status never says awake")
}

func (e *exercise) drowsyRequest() error {
	if err := e.wake(); err != nil {
		return err
	}
	if err := e.until(policy.PhaseDrowsy, e.terms.Idle); err != nil {
		return err
	}
	e.pass(10 * time.Second) // the rule spreads
	if a := e.browse("/"); a.status != http.StatusOK {
		return e.or("a browser got %s, not the application", a)
	}
	return e.until(policy.PhaseAwake, 10*time.Second)
}

// wake is a client's, who is held.
func (e *exercise) wake() error {
	if a := e.get("/api/echo"); a.status != http.StatusOK {
		return e.or("a client got %s, not the application's answer", a)
	}
	return e.err
}

func (e *exercise) unwatchedWake() error {
	if page := e.browse("/"); !page.isPage() {
		return e.or("a browser got %s, not the waiting page", page)
	}
	return e.until(policy.PhaseAwake, 3*time.Minute)
}

// protectedTask is not stopped while it says that it must not be.
func (e *exercise) protectedTask() error {
	if err := e.wake(); err != nil {
		return err
	}
	if err := e.protect(true); err != nil {
		return err
	}
	e.pass(2 * e.terms.Idle)
	if phase := e.phase(); phase != policy.PhaseDrowsy {
		return e.or("it is %s with a protected task", phase)
	}
	return e.protect(false)
}

func (e *exercise) protect(on bool) error {
	if e.err != nil {
		return e.err
	}
	operator, cluster := e.box.Onlooker().ECS, e.box.Stored.Cluster
	list, err := operator.ListTasks(e.ctx, &ecs.ListTasksInput{Cluster: &cluster, ServiceName: &e.box.Stored.Service})
	if err != nil {
		return err
	}
	_, err = operator.UpdateTaskProtection(e.ctx, &ecs.UpdateTaskProtectionInput{
		Cluster: &cluster, Tasks: list.TaskArns, ProtectionEnabled: on,
	})
	return err
}

// failedWake is given up, and begins anew after the deployment that mends it.
func (e *exercise) failedWake() error {
	e.fate.broken.Store(true)
	defer e.fate.broken.Store(false)
	e.browse("/")
	e.pass(30 * time.Second)
	e.get(policy.StatusPath)
	if err := e.until(policy.PhaseFailed, 8*time.Minute); err != nil {
		return err
	}
	if page := e.browse("/"); !page.isPage() {
		return e.or("a browser got %s, not the page that says so", page)
	}
	e.fate.broken.Store(false)
	_, err := e.box.Onlooker().ECS.UpdateService(e.ctx, &ecs.UpdateServiceInput{
		Cluster: &e.box.Stored.Cluster, Service: &e.box.Stored.Service, ForceNewDeployment: true,
	})
	if err != nil {
		return err
	}
	e.pass(10 * time.Second) // reads of ECS are eventually consistent
	return e.wake()
}

// order changes the settings, as an operator does.
func (e *exercise) order(change func(set *settings.Service)) error {
	set := e.box.Stored
	change(&set)
	return e.box.Store(set)
}

func (e *exercise) pin() error {
	until := e.box.Clock.Now().Add(20 * time.Minute)
	if err := e.order(func(set *settings.Service) { set.Pin = until }); err != nil {
		return err
	}
	if err := e.until(policy.PhaseAwake, 5*time.Minute); err != nil {
		return err
	}
	return e.order(func(set *settings.Service) { set.Pin = time.Time{} })
}

// signal keeps it awake without a request.
func (e *exercise) signal() error {
	const namespace, metric = "Application", "OpenConnections"
	err := e.order(func(set *settings.Service) {
		set.Signals = []settings.Signal{{Namespace: namespace, Metric: metric, Statistic: "Maximum"}}
	})
	if err != nil {
		return err
	}
	if err := e.wake(); err != nil {
		return err
	}
	for end := e.box.Clock.Now().Add(2 * e.terms.Idle); e.box.Clock.Now().Before(end); e.pass(time.Minute) {
		if e.err != nil {
			return e.err
		}
		e.box.CloudWatch.Put(namespace, metric, map[string]string{}, e.box.Clock.Now(), 1)
	}
	if phase := e.phase(); phase != policy.PhaseAwake {
		return e.or("it is %s with open connections", phase)
	}
	return e.order(func(set *settings.Service) { set.Signals = nil })
}

// freeze puts it to sleep at once, and nobody wakes it.
func (e *exercise) freeze() error {
	if err := e.wake(); err != nil {
		return err
	}
	until := e.box.Clock.Now().Add(20 * time.Minute).UTC().Format(time.RFC3339)
	e.box.SSM.Set(e.box.Prefix()+"/freeze", `{"until": "`+until+`", "reason": "over 25 USD"}`)
	if err := e.until(policy.PhaseAsleep, 3*time.Minute); err != nil {
		return err
	}
	e.pass(30 * time.Second) // for which an instance keeps what it read
	if a := e.get("/api/echo"); a.status != http.StatusServiceUnavailable {
		return e.or("a client got %s during the freeze", a)
	}
	e.pass(20 * time.Minute)
	return e.wake()
}
