package reaper_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

var errThrottled = errors.New("api error ThrottlingException: Rate exceeded")

// fakeStore holds what All and Frozen return: what could be read, and the error of what could not.
type fakeStore struct {
	mu        sync.Mutex
	services  []settings.Service
	err       error
	frozen    time.Time
	freezeErr error
	noted     []policy.Wake
	noteErr   error
}

func (s *fakeStore) NoteWake(_ context.Context, _ string, w policy.Wake) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noted = append(s.noted, w)
	return s.noteErr
}

func (s *fakeStore) pin(until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.services {
		s.services[i].Pin = until
	}
}

func (s *fakeStore) All(context.Context) ([]settings.Service, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.services), s.err
}

func (s *fakeStore) Frozen(context.Context) (time.Time, error) { return s.frozen, s.freezeErr }

// act is a call that changes something, with all that it was given.
type act struct {
	At      time.Duration // since noon
	Call    string
	Active  time.Time
	Before  policy.Rule
	Desired int
}

// fakeControl is all services, and does to them what the real controller does.
type fakeControl struct {
	latency time.Duration // of each look
	stuck   bool          // what is done never shows, as in a read that is never consistent

	mu        sync.Mutex
	services  map[string]*policy.Snapshot
	tasks     []policy.Task
	protected bool
	fails     map[string]error // by call and service, as in "stop web"
	undone    map[string]bool  // likewise
	reads     []string
	acts      []act
	busy      int // looks in progress
	most      int
}

func (c *fakeControl) read(call string, svc settings.Service) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reads = append(c.reads, call+" "+svc.Name)
	return c.fails[call+" "+svc.Name]
}

// made counts the reads of a kind.
func (c *fakeControl) made(call string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, read := range c.reads {
		if strings.HasPrefix(read, call+" ") {
			n++
		}
	}
	return n
}

// Counts leaves out what can't be read, and says so.
func (c *fakeControl) Counts(_ context.Context, services []settings.Service) (map[string]policy.Snapshot, error) {
	counts := map[string]policy.Snapshot{}
	var errs []error
	for _, svc := range services {
		if err := c.read("counts", svc); err != nil {
			errs = append(errs, err)
			continue
		}
		s := c.snapshot(svc)
		s.Rule, s.Healthy = policy.Rule{}, 0 // Complete reads them
		counts[svc.Name] = s
	}
	return counts, errors.Join(errs...)
}

func (c *fakeControl) snapshot(svc settings.Service) policy.Snapshot {
	c.mu.Lock()
	defer c.mu.Unlock()
	return *c.services[svc.Name]
}

func (c *fakeControl) Complete(
	_ context.Context, svc settings.Service, s policy.Snapshot,
) (policy.Snapshot, error) {
	c.enter(1)
	defer c.enter(-1)
	time.Sleep(c.latency)
	if err := c.read("complete", svc); err != nil {
		return policy.Snapshot{}, err
	}
	now := c.snapshot(svc)
	s.Rule, s.Healthy = now.Rule, now.Healthy
	return s, nil
}

func (c *fakeControl) enter(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy += n
	c.most = max(c.most, c.busy)
}

func (c *fakeControl) Tasks(_ context.Context, svc settings.Service) ([]policy.Task, error) {
	if err := c.read("tasks", svc); err != nil {
		return nil, err
	}
	return c.tasks, nil
}

func (c *fakeControl) Protected(_ context.Context, svc settings.Service) (bool, error) {
	return c.protected, c.read("protected", svc)
}

// do notes a call and, unless it fails or never shows, lets it happen.
func (c *fakeControl) do(svc settings.Service, a act, happens func(*policy.Snapshot)) (undone bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a.At, a.Call, a.Active = time.Since(noon(0)), a.Call+" "+svc.Name, a.Active.UTC()
	c.acts = append(c.acts, a)
	if err := c.fails[a.Call]; err != nil {
		return false, err
	}
	if !c.stuck {
		happens(c.services[svc.Name])
	}
	return c.undone[a.Call], nil
}

func (c *fakeControl) Arm(_ context.Context, svc settings.Service, active time.Time) error {
	_, err := c.do(svc, act{Call: "arm", Active: active}, func(s *policy.Snapshot) {
		s.Rule = policy.Rule{Armed: true, Mark: policy.Mark{Since: time.Now().UTC(), Active: active}}
	})
	return err
}

func (c *fakeControl) Disarm(
	_ context.Context, svc settings.Service, active time.Time,
) (before policy.Rule, undone bool, err error) {
	undone, err = c.do(svc, act{Call: "disarm", Active: active}, func(s *policy.Snapshot) {
		before = s.Rule
		s.Rule = policy.Rule{Mark: policy.Mark{Since: time.Now().UTC(), Active: active}}
	})
	return before, undone, err
}

func (c *fakeControl) Start(_ context.Context, svc settings.Service, desired int) error {
	_, err := c.do(svc, act{Call: "start", Desired: desired}, func(s *policy.Snapshot) {
		now := time.Now().UTC()
		s.Desired, s.Rule = svc.WakeCount, policy.Rule{Armed: true, Mark: policy.Mark{Since: now, Active: now}}
	})
	return err
}

func (c *fakeControl) Stop(_ context.Context, svc settings.Service, before policy.Rule) (undone bool, err error) {
	return c.do(svc, act{Call: "stop", Before: before}, sleep)
}

func (c *fakeControl) Fail(_ context.Context, svc settings.Service, before policy.Rule) (undone bool, err error) {
	return c.do(svc, act{Call: "fail", Before: before}, func(s *policy.Snapshot) {
		sleep(s)
		mark := policy.Mark{Since: time.Now().UTC(), Active: before.Mark.Active, Failures: before.Mark.Failures + 1}
		s.Rule.Mark = mark
	})
}

func sleep(s *policy.Snapshot) { s.Desired, s.Running, s.Healthy = 0, 0, 0 }

// fakeMeter counts minutes as CloudWatch does: late, and without gaps.
type fakeMeter struct {
	mu    sync.Mutex
	busy  []time.Time // minutes in which somebody came, whichever the service
	fails map[string]error
	asked []asked
}

// asked is one call for metrics.
type asked struct {
	Service   string
	From, Now time.Time
}

func (m *fakeMeter) Minutes(
	_ context.Context, svc settings.Service, from, now time.Time,
) ([]policy.Minute, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked = append(m.asked, asked{svc.Name, from.UTC(), now.UTC()})
	if err := m.fails[svc.Name]; err != nil {
		return nil, err
	}
	var minutes []policy.Minute
	for start := from; !start.After(now); start = start.Add(time.Minute) {
		minutes = append(minutes, policy.Minute{
			Start: start, Busy: slices.ContainsFunc(m.busy, start.Equal),
			Settled: !start.Add(time.Minute + time.Duration(svc.MetricLag)).After(now),
		})
	}
	return minutes, nil
}
