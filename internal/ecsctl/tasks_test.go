package ecsctl_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/policy"
)

// taskAt is a task of an age, stopped or not.
func taskAt(id, status string, age time.Duration) types.Task {
	desired := types.DesiredStatusRunning
	if status == "STOPPED" {
		desired = types.DesiredStatusStopped
	}
	return types.Task{
		TaskArn: new("arn:aws:ecs:eu-west-3:000000000000:task/main/" + id), LastStatus: &status,
		DesiredStatus: new(string(desired)), CreatedAt: new(time.Now().Add(-age)),
	}
}

func TestTasksAreOldestFirst(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		now, zone := time.Now(), time.FixedZone("", 7200)
		full := taskAt("full", "STOPPED", 4*time.Minute)
		full.PullStartedAt, full.PullStoppedAt = new(now.Add(-3*time.Minute).In(zone)), new(now.Add(-2*time.Minute))
		full.StartedAt, full.StoppedAt = new(now.Add(-time.Minute)), new(now)
		full.StopCode, full.StoppedReason = types.TaskStopCodeEssentialContainerExited, new("it ended")
		w.service().tasks = []types.Task{
			taskAt("young", "PENDING", time.Minute), full, taskAt("same", "PROVISIONING", 4*time.Minute),
			taskAt("old", "RUNNING", 5*time.Minute), {DesiredStatus: new("RUNNING"), TaskArn: new("bare")},
		}
		got, err := w.control.Tasks(t.Context(), w.svc)
		created := func(age time.Duration) time.Time { return now.Add(-age).UTC() }
		want := []policy.Task{
			{ID: "bare"},
			{ID: "old", LastStatus: "RUNNING", Created: created(5 * time.Minute)},
			{
				ID: "full", LastStatus: "STOPPED", Created: created(4 * time.Minute), PullStarted: created(3 * time.Minute),
				PullStopped: created(2 * time.Minute), Started: created(time.Minute), Stopped: created(0),
				StopCode: "EssentialContainerExited", StoppedReason: "it ended",
			},
			{ID: "same", LastStatus: "PROVISIONING", Created: created(4 * time.Minute)}, // those that stopped come first
			{ID: "young", LastStatus: "PENDING", Created: created(time.Minute)},
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		w.expectCalls("ListTasks", "DescribeTasks", "ListTasks", "DescribeTasks")
	})
}

func TestTasksOfAServiceWithoutAreNotDescribed(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		if got, err := w.control.Tasks(t.Context(), w.svc); got != nil || err != nil {
			t.Errorf("got %v, %v", got, err)
		}
		if got, err := w.control.Protected(t.Context(), w.svc); got || err != nil {
			t.Errorf("got %t, %v", got, err)
		}
		w.expectCalls("ListTasks", "ListTasks", "ListTasks")
	})
}

func TestTasksAreAHundredAtMost(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		for i := range 150 {
			w.service().tasks = append(w.service().tasks, taskAt(fmt.Sprint(i), "RUNNING", time.Minute))
		}
		if got := must(w.control.Tasks(t.Context(), w.svc)); len(got) != 100 {
			t.Errorf("got %d tasks", len(got))
		}
	})
}

func TestStoppedReasonTellsOfTheContainers(t *testing.T) {
	container := func(name, reason string, exit ...int32) types.Container {
		c := types.Container{Name: &name}
		if reason != "" {
			c.Reason = &reason
		}
		if len(exit) > 0 {
			c.ExitCode = &exit[0]
		}
		return c
	}
	for want, test := range map[string]struct {
		reason     string
		containers []types.Container
	}{
		"":                         {"", []types.Container{container("app", "")}},
		"Scaling activity":         {"Scaling activity", nil},
		"app: exit code 0":         {"", []types.Container{container("app", "", 0)}},
		"app: CannotPull: no such": {"", []types.Container{container("app", "CannotPull: no such")}},
		"Essential container in task exited; app: OutOfMemory; app: exit code 137; log: exit code 0": {
			"Essential container in task exited",
			[]types.Container{container("app", "OutOfMemory", 137), container("log", "", 0)},
		},
		": exit code 1": {"", []types.Container{{ExitCode: new(int32(1))}}},
	} {
		bubble(t, func(t *testing.T, w *world) {
			task := taskAt("a", "STOPPED", 0)
			task.Containers = test.containers
			if test.reason != "" {
				task.StoppedReason = &test.reason
			}
			w.service().tasks = []types.Task{task}
			if got := must(w.control.Tasks(t.Context(), w.svc)); len(got) != 1 || got[0].StoppedReason != want {
				t.Errorf("got %+v, want %q", got, want)
			}
		})
	}
}

func TestProtected(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		expect := func(want bool) {
			t.Helper()
			if got, err := w.control.Protected(t.Context(), w.svc); got != want || err != nil {
				t.Errorf("got %t, %v", got, err)
			}
		}
		running, stopped := taskAt("a", "RUNNING", 0), taskAt("b", "STOPPED", 0)
		w.service().tasks = []types.Task{taskAt("c", "RUNNING", 0), running, stopped}
		expect(false)
		w.service().protected = []string{*stopped.TaskArn}
		expect(false) // what has stopped is not asked for
		w.service().protected = []string{*running.TaskArn}
		expect(true)
	})
}

// A service may have more tasks than ECS tells of in a call; the last of them is protected like the first.
func TestProtectedBeyondTheFirstPage(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		const many = 2*tasksAtOnce + 1
		for n := range many {
			w.service().tasks = append(w.service().tasks, taskAt(strconv.Itoa(n), "RUNNING", 0))
		}
		w.service().protected = []string{*w.service().tasks[many-1].TaskArn}
		if !must(w.control.Protected(t.Context(), w.svc)) {
			t.Error("the last task is protected, and was not asked for")
		}
	})
}

func TestTasksAndProtectedFail(t *testing.T) {
	for _, test := range []struct {
		operation string
		n         int
		prefix    string
		of        func(*world) error
	}{
		{"ListTasks", 1, "list tasks of shop: ", tasksOf},
		{"ListTasks", 2, "list tasks of shop: ", tasksOf},
		{"DescribeTasks", 1, "describe tasks of shop: ", tasksOf},
		{"DescribeTasks", 2, "describe tasks of shop: ", tasksOf},
		{"ListTasks", 1, "list tasks of shop: ", protectedOf},
		{"GetTaskProtection", 1, "get task protection of shop: ", protectedOf},
	} {
		bubble(t, func(t *testing.T, w *world) {
			w.service().tasks = []types.Task{taskAt("a", "RUNNING", 0), taskAt("b", "STOPPED", 0)}
			w.fail(test.operation, test.n)
			expectError(t, test.of(w), test.prefix)
		})
	}
}

func tasksOf(w *world) error {
	tasks, err := w.control.Tasks(w.t.Context(), w.svc)
	if tasks != nil {
		w.t.Errorf("got %v beside an error", tasks)
	}
	return err
}

func protectedOf(w *world) error {
	protected, err := w.control.Protected(w.t.Context(), w.svc)
	if protected {
		w.t.Error("protected beside an error")
	}
	return err
}
