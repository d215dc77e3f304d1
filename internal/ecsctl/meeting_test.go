package ecsctl_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/catnap-dev/catnap/internal/ecsctl"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// meeting is two actions at the same time, call by call in every order. What a request and a stop, and crowds of them,
// make of each other is tested in internal/sandbox; here are the other pairs.
type meeting struct {
	name    string
	prepare func(*world)
	actors  []actor
	want    func(policy.Snapshot) string // what is wrong when both have done their work
}

type actor func(context.Context, *world, *ecsctl.Controller, policy.Rule) error

func starts(desired int) actor {
	return func(ctx context.Context, w *world, c *ecsctl.Controller, _ policy.Rule) error {
		return c.Start(ctx, w.svc, desired)
	}
}

func disarms(ctx context.Context, w *world, c *ecsctl.Controller, _ policy.Rule) error {
	_, _, err := c.Disarm(ctx, w.svc, time.Now())
	return err
}

func stops(ctx context.Context, w *world, c *ecsctl.Controller, before policy.Rule) error {
	_, err := c.Stop(ctx, w.svc, before)
	return err
}

func fails(ctx context.Context, w *world, c *ecsctl.Controller, before policy.Rule) error {
	_, err := c.Fail(ctx, w.svc, before)
	return err
}

func arms(ctx context.Context, w *world, c *ecsctl.Controller, before policy.Rule) error {
	return c.Arm(ctx, w.svc, before.Mark.Active)
}

// quiet is drowsy, and long enough so to be stopped; unhealthy has lost its target besides.
func quiet(w *world) {
	w.write(true, w.mark(-3*time.Minute, -6*time.Minute, 0))
	w.service().desired, w.service().targets = 1, 1
}

func unhealthy(w *world) {
	quiet(w)
	w.service().targets = 0
}

// late is a wake that is over its time just when its first target is healthy; hopeless has none yet.
func late(w *world) {
	w.write(true, w.mark(-6*time.Minute, -6*time.Minute, 0))
	w.service().desired, w.service().targets = 1, 1
}

func hopeless(w *world) {
	late(w)
	w.service().targets = 0
}

func asleepDisarmed(w *world) {
	w.write(false, w.mark(-time.Hour, -time.Hour, 0))
	w.service().desired, w.service().targets = 0, 0
}

// lives: the request that came is not forgotten, and whoever comes next is answered by the application, or meets the
// waker.
func lives(s policy.Snapshot) string {
	switch {
	case s.Desired == 0:
		return "stopped over a request"
	case !s.Rule.Armed && s.Healthy == 0:
		return "disarmed without a task"
	default:
		return ""
	}
}

func wakes(s policy.Snapshot) string {
	if !s.Rule.Armed || !s.Rule.Mark.Waking() {
		return "not known as a wake"
	}
	return lives(s)
}

// rests: nobody came.
func rests(s policy.Snapshot) string {
	if s.Desired > 0 || !s.Rule.Armed || s.Rule.Mark.Waking() {
		return "not at rest"
	}
	return ""
}

func failsOnce(s policy.Snapshot) string {
	if !s.FailureNoted() || s.Rule.Mark.Failures != 1 {
		return "the failure is not counted once"
	}
	return rests(s)
}

var meetings = []meeting{
	// A note of the failure may cover the wake's mark, as ModifyRule knows no condition, but not the wake itself.
	{"start and fail", hopeless, []actor{starts(1), fails}, lives},
	{"start of a stopped service and fail", hopeless, []actor{starts(0), fails}, lives},
	{"disarm and fail", late, []actor{disarms, fails}, lives},
	{"stop and fail", hopeless, []actor{stops, fails}, failsOnce}, // a freeze, by another reaper
	{"fail and fail", hopeless, []actor{fails, fails}, failsOnce},
	{"arm and fail", hopeless, []actor{arms, fails}, rests},
	{"arm and start", asleepDisarmed, []actor{arms, starts(0)}, lives},
	{"arm and disarm", quiet, []actor{arms, disarms}, lives},
	{"arm and stop", quiet, []actor{arms, stops}, rests},
	{"stop and stop", quiet, []actor{stops, stops}, rests},
	{"start of an unhealthy service and stop", unhealthy, []actor{starts(1), stops}, wakes},
	{"start and disarm", late, []actor{starts(1), disarms}, lives}, // the start is from an older look
}

func TestWhoeverMeetsNobodyIsLeftWithoutAnAnswer(t *testing.T) {
	for _, m := range meetings {
		for _, lingers := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, lingers %t", m.name, lingers), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					time.Sleep(12 * time.Hour)
					m.explore(t, lingers)
				})
			})
		}
	}
}

// explore tries the orders one after the other, as an odometer counts, but leaves out what follows a state that was
// seen before. If a stopped task's target lingers, it is healthy until both have done their work.
func (m meeting) explore(t *testing.T, lingers bool) {
	t.Helper()
	w := newWorld(t, func(f *fakeECS) int {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.services["main/shop-web"].targets
	})
	gate := newTurnstile(w, len(m.actors))
	visited, orders := map[string]bool{}, 0
	for choices := []int{}; choices != nil; orders++ {
		m.prepare(w)
		w.service().lingers, w.service().stopped = lingers, false
		taken, widths := m.hold(w, gate, choices, visited)
		if w.service().stopped {
			w.service().targets = 0
		}
		if seen := w.observe(); m.want(seen) != "" {
			t.Fatalf("%s: %+v, after\n%s", m.want(seen), seen, strings.Join(gate.order, "\n"))
		}
		choices = following(taken, widths)
	}
	t.Logf("%d states in %d orders", len(visited), orders)
}

// following is the next row of choices, or nil after the last.
func following(taken, widths []int) []int {
	for i, choice := range slices.Backward(taken) {
		if choice+1 < widths[i] {
			return append(taken[:i:i], choice+1)
		}
	}
	return nil
}

// turnstile lets one call at a time reach AWS.
type turnstile struct {
	controls []*ecsctl.Controller // each actor's own
	order    []string
	known    map[byte]string // by actor

	mu      sync.Mutex
	waiting map[string]chan struct{}
}

func newTurnstile(w *world, actors int) *turnstile {
	gate := &turnstile{waiting: map[string]chan struct{}{}}
	for i := range actors {
		backplane := &awsapi.Backplane{Faults: &awsapi.Faults{Hook: gate.hook(fmt.Sprint(i))}}
		gate.controls = append(gate.controls, w.connect(backplane, w.ecs, w.steered))
	}
	return gate
}

func (g *turnstile) hook(who string) hook {
	return func(_ context.Context, operation string, _ int) awsapi.Fault {
		turn := make(chan struct{})
		g.mu.Lock()
		g.waiting[who+" "+operation] = turn
		g.mu.Unlock()
		<-turn
		return awsapi.Fault{}
	}
}

// hold lets the actors do their work in the order of choices, and then as it comes. It returns the choices, and how
// many calls there were to choose from each time; one where the choice has been explored.
func (m meeting) hold(w *world, gate *turnstile, choices []int, visited map[string]bool) (taken, widths []int) {
	before := w.observe().Rule
	for i, act := range m.actors {
		go func() {
			if err := act(w.t.Context(), w, gate.controls[i], before); err != nil {
				w.t.Error(err)
			}
		}()
	}
	gate.order, gate.known = nil, map[byte]string{}
	for synctest.Wait(); len(gate.waiting) > 0; synctest.Wait() {
		choice, width := 0, len(gate.waiting)
		if len(taken) < len(choices) {
			choice = choices[len(taken)]
		} else if state := gate.state(w); visited[state] {
			width = 1
		} else {
			visited[state] = true
		}
		taken, widths = append(taken, choice), append(widths, width)
		gate.open(w, slices.Sorted(maps.Keys(gate.waiting))[choice])
	}
	return taken, widths
}

// state is all that the future depends on: what AWS holds, and what each actor has been told.
func (g *turnstile) state(w *world) string {
	s := w.service()
	return fmt.Sprint(w.rule(), s.desired, s.targets, s.stopped, g.known)
}

// open lets a call through, and notes what its caller is told.
func (g *turnstile) open(w *world, call string) {
	told := map[string]string{
		"DescribeRules": w.rule(), "DescribeServices": fmt.Sprint(w.service().desired),
		"DescribeTargetHealth": fmt.Sprint(w.service().targets),
	}[call[2:]]
	g.known[call[0]] += call[2:] + told + ", "
	g.order = append(g.order, call)
	turn := g.waiting[call]
	delete(g.waiting, call)
	close(turn)
}
