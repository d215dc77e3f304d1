package waker_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

var errThrottled = errors.New("api error ThrottlingException: Rate exceeded")

// fakeStore holds one service.
type fakeStore struct {
	svc       settings.Service
	errs      []error // each is used once
	err       error   // and then this
	freezeErr error
	noteErr   error
	noteHangs bool

	mu     sync.Mutex
	frozen time.Time
	asked  []string // for which waker target groups, and "freeze"
	noted  []policy.Wake
}

func (s *fakeStore) NoteWake(ctx context.Context, _ string, w policy.Wake) error {
	if s.noteHangs {
		<-ctx.Done()
		return ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noted = append(s.noted, w)
	return s.noteErr
}

func (s *fakeStore) freeze(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frozen = time.Now().Add(d)
}

func (s *fakeStore) note(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, what)
}

func (s *fakeStore) ByWakerTargetGroup(_ context.Context, arn string) (settings.Service, error) {
	s.note(arn)
	if len(s.errs) > 0 {
		err := s.errs[0]
		s.errs = s.errs[1:]
		return settings.Service{}, err
	}
	return s.svc, s.err
}

func (s *fakeStore) ServiceFrozen(context.Context, string) (time.Time, error) {
	s.note("freeze")
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.frozen, s.freezeErr
}

// fakeControl is the service and its rules, and does to them what the real controller does.
type fakeControl struct {
	boot   time.Duration // from a start to the healthy target; 0 means never
	before func(call string)

	mu      sync.Mutex
	service policy.Snapshot
	healthy time.Time // when a started task passes its health check
	tasks   []policy.Task
	secret  string
	fails   map[string][]error // by call; each is used once, nil goes well
	calls   []string
}

func newFakeControl() *fakeControl {
	return &fakeControl{boot: 20 * time.Second, secret: "s3cret", service: asleep(), fails: map[string][]error{}}
}

func (c *fakeControl) set(s policy.Snapshot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.service, c.healthy = s, time.Time{}
}

// fail makes the next calls of that name fail, in this order.
func (c *fakeControl) fail(call string, errs ...error) { c.fails[call] = errs }

func (c *fakeControl) enter(ctx context.Context, call string, details ...any) error {
	if c.before != nil {
		c.before(call)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, strings.TrimSpace(call+" "+fmt.Sprint(details...)))
	if err := ctx.Err(); err != nil {
		return err
	}
	errs := c.fails[call]
	if len(errs) == 0 {
		return nil
	}
	c.fails[call] = errs[1:]
	return errs[0]
}

// made are the calls of these names, and all calls when there are none.
func (c *fakeControl) made(names ...string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var made []string
	for _, call := range c.calls {
		name, _, _ := strings.Cut(call, " ")
		if len(names) == 0 || slices.Contains(names, name) {
			made = append(made, call)
		}
	}
	return made
}

func (c *fakeControl) targets() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.healthyNow()
}

func (c *fakeControl) healthyNow() int {
	if !c.healthy.IsZero() && !time.Now().Before(c.healthy) {
		return c.service.Desired
	}
	return c.service.Healthy
}

func (c *fakeControl) ruleSecret() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.secret
}

func (c *fakeControl) now() policy.Snapshot {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.service
	s.Healthy = c.healthyNow()
	return s
}

func (c *fakeControl) Observe(ctx context.Context, _ settings.Service) (policy.Snapshot, error) {
	if err := c.enter(ctx, "observe"); err != nil {
		return policy.Snapshot{}, err
	}
	return c.now(), nil
}

func (c *fakeControl) Healthy(ctx context.Context, _ settings.Service) (int, error) {
	if err := c.enter(ctx, "healthy"); err != nil {
		return 0, err
	}
	return c.targets(), nil
}

func (c *fakeControl) Armed(ctx context.Context, _ settings.Service) (bool, error) {
	if err := c.enter(ctx, "armed"); err != nil {
		return false, err
	}
	return c.now().Rule.Armed, nil
}

func (c *fakeControl) Tasks(ctx context.Context, _ settings.Service) ([]policy.Task, error) {
	return c.tasks, c.enter(ctx, "tasks")
}

func (c *fakeControl) Start(ctx context.Context, svc settings.Service, desired int) error {
	if err := c.enter(ctx, "start", desired); err != nil {
		return err
	}
	c.wake(svc)
	return nil
}

// wake marks the rule and sets a desired count of zero; marks are in whole seconds.
func (c *fakeControl) wake(svc settings.Service) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now().UTC().Truncate(time.Second)
	mark := c.service.Rule.Mark
	c.service.Rule = policy.Rule{Armed: true, Mark: policy.Mark{Since: now, Active: now, Failures: mark.Failures}}
	if c.service.Desired > 0 {
		return
	}
	c.service.Desired = svc.WakeCount
	if c.boot > 0 {
		c.healthy = time.Now().Add(c.boot)
	}
}

func (c *fakeControl) Disarm(
	ctx context.Context, svc settings.Service, active time.Time,
) (before policy.Rule, undone bool, err error) {
	if err := c.enter(ctx, "disarm", active.UTC().Format(time.TimeOnly)); err != nil {
		return policy.Rule{}, false, err
	}
	c.mu.Lock()
	before = c.service.Rule
	mark := policy.Mark{Since: time.Now().UTC().Truncate(time.Second), Active: active}
	c.service.Rule = policy.Rule{Mark: mark}
	served := c.service.Desired > 0 && c.healthyNow() > 0
	c.mu.Unlock()
	if served {
		return before, false, nil
	}
	c.wake(svc)
	return before, true, nil
}

func (c *fakeControl) BypassSecret(ctx context.Context, svc settings.Service) (string, error) {
	if err := c.enter(ctx, "secret", svc.BypassRule); err != nil {
		return "", err
	}
	return c.ruleSecret(), nil
}

// Where the service stands, at noon.

func noon(offset time.Duration) time.Time {
	return time.Date(2000, time.January, 1, 12, 0, 0, 0, time.UTC).Add(offset)
}

func mark(since, active time.Duration, failures int) policy.Mark {
	return policy.Mark{Since: noon(since), Active: noon(active), Failures: failures}
}

func stands(desired, healthy int, armed bool, m policy.Mark) policy.Snapshot {
	return policy.Snapshot{
		Found: true, Desired: desired, Running: healthy, Healthy: healthy, Rule: policy.Rule{Armed: armed, Mark: m},
	}
}

func asleep() policy.Snapshot { return stands(0, 0, true, mark(-time.Hour, -2*time.Hour, 0)) }

func starting() policy.Snapshot { return stands(2, 0, true, mark(-20*time.Second, -20*time.Second, 0)) }

// woken has just got its first healthy target.
func woken() policy.Snapshot { return stands(2, 2, true, mark(-20*time.Second, -20*time.Second, 0)) }

func drowsy() policy.Snapshot { return stands(2, 2, true, mark(-time.Minute, -4*time.Minute, 0)) }

func awake() policy.Snapshot { return stands(2, 2, false, mark(-10*time.Minute, -10*time.Minute, 0)) }

// failed may be tried again 40 seconds after noon.
func failed() policy.Snapshot { return stands(0, 0, true, mark(-20*time.Second, -6*time.Minute, 1)) }

func missing() policy.Snapshot { return policy.Snapshot{} }
