package ecs

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"
)

const (
	primaryDone = ", PRIMARY COMPLETED "
	primaryOpen = ", PRIMARY IN_PROGRESS "
	active      = ", ACTIVE COMPLETED "
)

// [ECS-04]
func TestDesiredCountIsAbsolute(t *testing.T) {
	bubble(t, Options{}, 0, func(w *world) {
		time.Sleep(time.Hour)
		w.expect("0 0 0" + primaryDone + "0 0")
		for _, step := range []struct {
			desired int32
			want    string
		}{
			{3, "3 3 0" + primaryDone + "3 0"},
			{3, "3 3 0" + primaryDone + "3 0"},
			{1, "1 1 0" + primaryDone + "1 0"},
			{2, "2 2 0" + primaryDone + "2 0"},
			{0, "0 0 0" + primaryDone + "0 0"},
		} {
			w.desire(step.desired)
			time.Sleep(time.Minute)
			w.expect(step.want)
		}
		if got := w.task(1).StopCode; got != types.TaskStopCodeServiceSchedulerInitiated {
			t.Errorf("got %s", got)
		}
	})
}

func TestScaleInTakesWhatIsNotHealthyFirstAndThenTheNewest(t *testing.T) {
	bubble(t, Options{}, 2, func(w *world) {
		time.Sleep(25 * time.Second)
		w.desire(3)
		time.Sleep(5 * time.Second)
		w.desire(2)
		time.Sleep(2 * time.Second)
		w.desire(1)
		time.Sleep(time.Minute)
		if diff := cmp.Diff([]string{w.arnOf(1)}, w.list(sdk.ListTasksInput{})); diff != "" {
			t.Errorf("left (-want +got):\n%s", diff)
		}
	})
}

func (w *world) arnOf(n int) string { return arnPrefix + "task/" + cluster + "/" + id(n) }

// [ECS-05] [ECS-18]
func TestStaleReads(t *testing.T) {
	const stale = 10 * time.Second
	bubble(t, Options{Stale: stale, Seed: 1}, 0, func(w *world) {
		time.Sleep(time.Minute)
		if got := w.update(&sdk.UpdateServiceInput{DesiredCount: aws.Int32(1)}).DesiredCount; got != 1 {
			t.Errorf("UpdateService answers %d", got)
		}
		if n := w.zeros(stale / 100); n < 20 || n > 80 {
			t.Errorf("of a hundred reads %d were stale", n)
		}
		if n := w.zeros(0); n > 0 {
			t.Errorf("of a hundred reads %d were staler than %s", n, stale)
		}
		time.Sleep(25 * time.Second)
		w.expect("1 1 0" + primaryDone + "1 0")
		if n := len(w.services[0].views); n > 3 {
			t.Errorf("%d views are kept", n)
		}
	})
}

// zeros counts how many of a hundred reads see a desired count of zero.
func (w *world) zeros(pause time.Duration) (n int) {
	w.Helper()
	for range 100 {
		time.Sleep(pause)
		if w.service().DesiredCount == 0 {
			n++
		}
	}
	return n
}

// [ECS-06]
func TestTasksThatDoNotStartAreRetriedEverMoreSlowly(t *testing.T) {
	plan := Plan{FailStart: "CannotPullContainerError"}
	bubble(t, Options{Plan: func(int) Plan { return plan }}, 1, func(w *world) {
		time.Sleep(6 * time.Hour)
		var gaps []time.Duration
		for n := 2; n <= 16; n++ {
			gaps = append(gaps, w.createdAt(n).Sub(w.createdAt(n-1)).Truncate(time.Second)-16*time.Second)
		}
		s, m := time.Second, 27*time.Minute
		want := []time.Duration{
			2 * s, 4 * s, 8 * s, 16 * s, 32 * s, 64 * s, 128 * s, 256 * s, 512 * s, 1024 * s, m, m, m, m, m,
		}
		if diff := cmp.Diff(want, gaps); diff != "" {
			t.Errorf("delays (-want +got):\n%s", diff)
		}
		if got := w.service().Deployments[0].FailedTasks; got < 15 {
			t.Errorf("%d failed tasks", got)
		}
	})
}

// createdAt looks into the log, where a task is known for longer than an hour.
func (w *world) createdAt(n int) time.Time {
	w.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, line := range w.log {
		if at, ok := parse(line, n, provisioning); ok {
			return w.begin.Add(at)
		}
	}
	w.Fatalf("task %d was never created", n)
	return time.Time{}
}

// [ECS-06]
func TestARunningTaskOrANewDeploymentEndsTheDelay(t *testing.T) {
	for name, test := range map[string]struct {
		plan  func(int) Plan
		act   func(*world)
		tasks int // created within half a minute
	}{
		"nothing": {func(int) Plan { return Plan{FailStart: "x"} }, func(*world) {}, 0},
		"a deployment": {
			func(n int) Plan {
				if n <= 8 {
					return Plan{FailStart: "x"}
				}
				return Plan{}
			}, (*world).redeploy, 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, Options{Plan: test.plan}, 1, func(w *world) {
				time.Sleep(650 * time.Second) // the eighth has failed, the ninth would follow after 256 s
				before := w.created()
				test.act(w)
				time.Sleep(30 * time.Second)
				if got := w.created() - before; got != test.tasks {
					t.Errorf("got %d tasks after %d, want %d", got, before, test.tasks)
				}
			})
		})
	}
	plan := func(n int) Plan {
		if n == 7 {
			return Plan{CrashAfter: 2 * time.Second}
		}
		return Plan{FailStart: "x"}
	}
	bubble(t, Options{Plan: plan}, 1, func(w *world) {
		time.Sleep(time.Hour)
		// Six failures, a task that ran, and then the delays begin with two seconds again.
		if got := w.createdAt(9).Sub(w.createdAt(8)); got > 20*time.Second {
			t.Errorf("the ninth came %s after the eighth", got)
		}
	})
}

func (w *world) created() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.started
}

// [ECS-07] [ECS-14]
func TestSickTaskIsReplacedBeforeItIsStopped(t *testing.T) {
	plan := func(n int) Plan { return Plan{Sick: n <= 2} }
	bubble(t, Options{Plan: plan}, 1, func(w *world) {
		time.Sleep(80 * time.Second) // RUNNING since 21 s
		w.expect("1 1 0" + primaryOpen + "1 0")
		w.forgetLog()
		time.Sleep(2 * time.Second)
		w.expectLog("1m21s 2 PROVISIONING")
		w.expect("1 1 1" + primaryOpen + "1 1")
		time.Sleep(80 * time.Second) // the second is sick, too: one of the two goes, a third comes
		w.expectLog("1m25s 2 PENDING", "1m37s 2 ACTIVATING", "1m41s 2 RUNNING", "2m41s 3 PROVISIONING",
			"2m41s 1 DEACTIVATING")
		time.Sleep(40 * time.Second) // which is healthy
		w.expect("1 1 0" + primaryDone + "1 0")
		for n, want := range map[int]string{1: stopped, 2: stopped, 3: running} {
			if got := *w.task(n).LastStatus; got != want {
				t.Errorf("task %d is %s, want %s", n, got, want)
			}
		}
		if got := *w.task(1).StoppedReason; got != "Task failed ELB health checks in (target-group tg)" {
			t.Errorf("got %s", got)
		}
	})
}

func TestSickTasksGoWithTheDesiredCount(t *testing.T) {
	bubble(t, Options{Plan: func(int) Plan { return Plan{Sick: true} }}, 2, func(w *world) {
		time.Sleep(5 * time.Minute)
		w.desire(0)
		time.Sleep(2 * time.Second)
		w.expect("0 0 0" + primaryDone + "0 0")
	})
}

// A year is a test: a tick without news must not allocate, and a service that sleeps must not tick.
func TestTicksAllocateNothing(t *testing.T) {
	bubble(t, Options{Stale: time.Second}, 3, func(w *world) {
		time.Sleep(time.Hour)
		if n := testing.AllocsPerRun(100, func() { w.schedule(w.Context()) }); n != 0 {
			t.Errorf("%g allocations a tick", n)
		}
	})
}

func TestAYearAsleep(t *testing.T) {
	bubble(t, Options{}, 0, func(w *world) {
		time.Sleep(365 * 24 * time.Hour)
		synctest.Wait()
		w.desire(1)
		time.Sleep(25 * time.Second)
		w.expect("1 1 0" + primaryDone + "1 0")
	})
}

func BenchmarkTick(b *testing.B) {
	e := New(Options{})
	for _, name := range []string{"a", "b"} {
		_ = e.CreateService(Service{Name: name, App: newApp(), Desired: 0})
	}
	e.schedule(b.Context())
	for b.Loop() {
		e.schedule(b.Context())
	}
}
