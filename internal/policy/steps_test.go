package policy_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/policy"
)

func TestSteps(t *testing.T) {
	tasks := func(list ...policy.Task) trait { return func(s *policy.Snapshot) { s.Tasks = list } }
	in := func(status string) policy.Task { return policy.Task{LastStatus: status} }
	pulled := policy.Task{LastStatus: "PENDING", PullStopped: noon}
	m, young := mark(-time.Minute, -time.Minute), mark(1-10*time.Second, 1-10*time.Second)
	// A character a step: asked, network, image, starting, health check, ready; '*' done, '>' active, '.' to do.
	for _, c := range []struct {
		name     string
		snapshot policy.Snapshot
		want     string
	}{
		{"asleep", asleep(m), "......"},
		{"asleep, tasks of the last run", asleep(m, tasks(in("STOPPED"), in("RUNNING"))), "......"},
		{"stopping, still healthy", snapshot(0, 1, policy.Rule{}, nil), "......"},
		{"a wake is marked, its count not yet seen", asleep(young, tasks(in("RUNNING"))), ">....."},
		{"marked for long enough for the count", asleep(mark(-10*time.Second, -10*time.Second)), "......"},
		{"asked, no task yet", starting(m), "*>...."},
		{"provisioning", starting(m, tasks(in("PROVISIONING"))), "*>...."},
		{"pending", starting(m, tasks(in("PENDING"))), "**>..."},
		{"pulled", starting(m, tasks(pulled)), "***>.."},
		{"activating", starting(m, tasks(in("ACTIVATING"))), "***>.."},
		{"running", starting(m, tasks(in("RUNNING"))), "****>."},
		{"replaced", starting(m, tasks(in("STOPPED"), in("DEPROVISIONING"), in("PENDING"))), "**>..."},
		{"the furthest task counts", starting(m, tasks(in("RUNNING"), in("PROVISIONING"))), "****>."},
		{"only stopped ones", starting(m, tasks(in("DEACTIVATING"), in("STOPPING"), in("STOPPED"))), "*>...."},
		{"ready", drowsy(m), "******"},
		{"the old task is still healthy, no new one yet", drowsy(young), "*>...."},
		{"the old task is still healthy, the new one is pulled", drowsy(young, tasks(pulled)), "***>.."},
		{"the old task has had its time", drowsy(mark(-10*time.Second, -10*time.Second), tasks(pulled)), "******"},
		{"armed a moment ago, but by no wake", drowsy(mark(-time.Second, -time.Minute)), "******"},
		{"ready, another one starts", awake(m, tasks(in("RUNNING"), in("PENDING"))), "******"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(wantSteps(c.want), policy.Steps(c.snapshot, noon)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func wantSteps(states string) []policy.Step {
	names := []string{"asked", "network", "image", "starting", "health check", "ready"}
	state := map[byte]policy.StepState{'*': policy.StepDone, '>': policy.StepActive, '.': policy.StepTodo}
	steps := make([]policy.Step, len(names))
	for i, name := range names {
		steps[i] = policy.Step{Name: name, State: state[states[i]]}
	}
	return steps
}

// What a step took is told when the step is done, and where ECS tells it.
func TestStepsTook(t *testing.T) {
	wake, quiet := mark(-time.Minute, -time.Minute), mark(-time.Hour, -2*time.Hour)
	task := func(status string, moments ...time.Duration) trait {
		task := policy.Task{LastStatus: status}
		fields := []*time.Time{&task.Created, &task.PullStarted, &task.PullStopped, &task.Started}
		for i, m := range moments {
			*fields[i] = at(m)
		}
		return func(s *policy.Snapshot) { s.Tasks = append(s.Tasks, task) }
	}
	const s = time.Second
	for _, c := range []struct {
		name     string
		snapshot policy.Snapshot
		want     [6]time.Duration // asked, network, image, starting, health check, ready
	}{
		{"asleep", asleep(quiet, task("STOPPED", -55*s, -45*s, -30*s, -25*s)), [6]time.Duration{}},
		{"no task yet", starting(wake), [6]time.Duration{}},
		{"created", starting(wake, task("PROVISIONING", -57*s)), [6]time.Duration{3 * s}},
		{"pulling", starting(wake, task("PENDING", -57*s, -45*s)), [6]time.Duration{3 * s, 12 * s}},
		{"pulled", starting(wake, task("PENDING", -57*s, -45*s, -20*s)), [6]time.Duration{3 * s, 12 * s, 25 * s}},
		{"running", starting(wake, task("RUNNING", -57*s, -45*s, -20*s, -16*s)), [6]time.Duration{3 * s, 12 * s, 25 * s, 4 * s}},
		{"ready", drowsy(wake, task("RUNNING", -57*s, -45*s, -20*s, -16*s)), [6]time.Duration{3 * s, 12 * s, 25 * s, 4 * s}},
		{"a moment that a step not done has", starting(wake, task("PROVISIONING", -57*s, -45*s)), [6]time.Duration{3 * s}},
		{"a moment that ECS leaves out", starting(wake, task("ACTIVATING", -57*s)), [6]time.Duration{3 * s}},
		{"an image that is there", starting(wake, task("ACTIVATING", -57*s, -45*s, -45*s)), [6]time.Duration{3 * s, 12 * s}},
		{"the furthest task", starting(wake, task("RUNNING", -58*s), task("PENDING", -40*s)), [6]time.Duration{2 * s}},
		{"of two the newest", starting(wake, task("PENDING", -58*s), task("PENDING", -40*s)), [6]time.Duration{20 * s}},
		{"a task that is older than the wake", starting(wake, task("PENDING", -2*time.Minute)), [6]time.Duration{}},
		{"raised by hand, long after the last mark", starting(quiet, task("PENDING", -57*s, -45*s)), [6]time.Duration{0, 12 * s}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got [6]time.Duration
			for i, step := range policy.Steps(c.snapshot, noon) {
				got[i] = step.Took
			}
			if got != c.want {
				t.Errorf("took %v, want %v", got, c.want)
			}
		})
	}
}
