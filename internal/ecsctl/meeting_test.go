package ecsctl_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
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

// meeting is actions of several functions at the same time, call by call in an order of the test's choice.
type meeting struct {
	name    string
	prepare func(*world)
	actors  []actor
	// want says what must hold when all have done their work.
	want func(policy.Snapshot) string
	// samples is how many orders are tried; zero is all of them.
	samples int
}

type actor func(context.Context, *world, *ecsctl.Controller, policy.Rule) error

func starts(desired int) actor {
	return func(ctx context.Context, w *world, c *ecsctl.Controller, _ policy.Rule) error {
		return c.Start(ctx, w.svc, desired)
	}
}

func disarms(ctx context.Context, w *world, c *ecsctl.Controller, _ policy.Rule) error {
	_, err := c.Disarm(ctx, w.svc, time.Now())
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

// late is a wake that is over its time just when its first target is healthy.
func late(w *world) {
	w.write(true, w.mark(-6*time.Minute, -6*time.Minute, 0))
	w.service().desired, w.service().targets = 1, 1
}

func asleepDisarmed(w *world) { w.write(false, w.mark(-time.Hour, -time.Hour, 0)) }

// answers: whoever comes next is answered by the application, or meets the waker.
func answers(s policy.Snapshot) string {
	if !s.Rule.Armed && (s.Desired == 0 || s.Healthy == 0) {
		return "disarmed without a task"
	}
	return ""
}

// lives: the request that came is not forgotten either.
func lives(s policy.Snapshot) string {
	if s.Desired == 0 {
		return "stopped over a request"
	}
	return answers(s)
}

func wakes(s policy.Snapshot) string {
	if s.Desired > 0 && (!s.Rule.Armed || !s.Rule.Mark.Waking()) {
		return "not known as a wake"
	}
	return lives(s)
}

var meetings = []meeting{
	// A request that was answered must outlive the stop it meets.
	{name: "disarm and stop", prepare: quiet, actors: []actor{disarms, stops}, want: lives},
	{name: "disarm and disarm", prepare: quiet, actors: []actor{disarms, disarms}, want: lives, samples: 300},
	{name: "start and stop", prepare: unhealthy, actors: []actor{starts(1), stops}, want: wakes},
	{name: "start and start", prepare: func(*world) {}, actors: []actor{starts(0), starts(0)}, want: wakes},
	{name: "arm and start", prepare: asleepDisarmed, actors: []actor{arms, starts(0)}, want: lives},
	{name: "arm and disarm", prepare: quiet, actors: []actor{arms, disarms}, want: lives},
	{name: "arm and stop", prepare: quiet, actors: []actor{arms, stops}, want: answers},
	// ModifyRule knows no condition: a failure that is noted over a newer word hides it. The page then says so and
	// offers to try again, and nobody meets an error.
	{name: "disarm and fail", prepare: late, actors: []actor{disarms, fails}, want: answers, samples: 600},
	{name: "start and fail", prepare: late, actors: []actor{starts(1), fails}, want: answers},
	{
		name: "two disarms and a stop", prepare: quiet, actors: []actor{disarms, disarms, stops}, want: lives,
		samples: 400,
	},
	{
		name: "two starts and a stop", prepare: unhealthy, actors: []actor{starts(1), starts(1), stops}, want: wakes,
		samples: 400,
	},
	{name: "disarm and two stops", prepare: quiet, actors: []actor{disarms, stops, stops}, want: lives, samples: 400},
	{
		name: "start, disarm and stop", prepare: quiet, actors: []actor{starts(1), disarms, stops}, want: lives,
		samples: 400,
	},
}

func TestWhoeverMeetsNobodyIsLeftWithoutAnAnswer(t *testing.T) {
	for _, m := range meetings {
		t.Run(m.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(12 * time.Hour)
				m.explore(t)
			})
		})
	}
}

// explore tries the orders one after the other, or samples of them.
func (m meeting) explore(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var choices []int
	for tried := 1; ; tried++ {
		pick := func(step, width int) int {
			switch {
			case m.samples > 0:
				return random.IntN(width)
			case step < len(choices):
				return choices[step]
			}
			return 0
		}
		order, widths, seen := m.hold(t, pick)
		if complaint := m.want(seen); complaint != "" {
			t.Fatalf("%s: %+v, after\n%s", complaint, seen, strings.Join(order, "\n"))
		}
		if m.samples > 0 {
			if tried == m.samples {
				return
			}
			continue
		}
		chosen := make([]int, len(widths))
		copy(chosen, choices)
		if choices = following(chosen, widths); choices == nil {
			t.Logf("%d orders", tried)
			return
		}
	}
}

// following is the next row of choices, as an odometer counts, or nil after the last.
func following(choices, widths []int) []int {
	for i := len(choices) - 1; i >= 0; i-- {
		if choices[i]+1 < widths[i] {
			return append(choices[:i:i], choices[i]+1)
		}
	}
	return nil
}

// turnstile lets one call at a time reach AWS.
type turnstile struct {
	mu      sync.Mutex
	waiting map[string]chan struct{}
}

func (s *turnstile) hook(who string) hook {
	return func(_ context.Context, operation string, _ int) awsapi.Fault {
		turn := make(chan struct{})
		s.mu.Lock()
		s.waiting[who+" "+operation] = turn
		s.mu.Unlock()
		<-turn
		return awsapi.Fault{}
	}
}

// hold lets the actors do their work in the order that pick chooses. It returns the order, how many calls there were to
// choose from at each step, and what is observed in the end.
func (m meeting) hold(
	t *testing.T, pick func(step, width int) int,
) (order []string, widths []int, end policy.Snapshot) {
	w := newWorld(t, func(f *fakeECS) int {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.services["main/shop-web"].targets
	})
	m.prepare(w)
	before := w.observe().Rule
	gate := &turnstile{waiting: map[string]chan struct{}{}}
	for i, act := range m.actors {
		backplane := &awsapi.Backplane{Faults: &awsapi.Faults{Hook: gate.hook(fmt.Sprint(i))}}
		control := w.connect(backplane, w.ecs, w.steered)
		go func() {
			if err := act(t.Context(), w, control, before); err != nil {
				t.Error(err)
			}
		}()
	}
	for synctest.Wait(); len(gate.waiting) > 0; synctest.Wait() {
		able := slices.Sorted(maps.Keys(gate.waiting))
		next := able[pick(len(widths), len(able))]
		order, widths = append(order, next), append(widths, len(able))
		turn := gate.waiting[next]
		delete(gate.waiting, next)
		close(turn)
	}
	return order, widths, w.observe()
}
