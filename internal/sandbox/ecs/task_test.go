package ecs

import (
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/catnap-dev/catnap/internal/clock"
)

const scaledIn = "Scaling activity initiated by (deployment ecs-svc/0000000000000000001)"

// [ECS-01] [ECS-09]
func TestLifeOfATask(t *testing.T) {
	bubble(t, Options{}, 1, func(w *world) {
		w.app.adapt(func() { w.app.slow = 3 * time.Second })
		time.Sleep(30 * time.Second)
		w.expectLog("1s 1 PROVISIONING", "5s 1 PENDING", "17s 1 ACTIVATING", "21s 1 RUNNING")
		w.expect("1 1 0, PRIMARY COMPLETED 1 0")
		w.desire(0)
		time.Sleep(5 * time.Second)
		if n := w.app.listening(); n != 1 {
			t.Errorf("%d applications listen while the target drains", n)
		}
		w.expect("0 0 0, PRIMARY COMPLETED 0 0")
		time.Sleep(10 * time.Second)
		w.expectLog("31s 1 DEACTIVATING", "41s 1 STOPPING", "44s 1 DEPROVISIONING", "44s 1 STOPPED: "+scaledIn)
		expectTimes(t, w)
	})
}

func expectTimes(t *testing.T, w *world) {
	t.Helper()
	got := w.task(1)
	for name, pair := range map[string]struct {
		at   *time.Time
		want time.Duration
	}{
		"created": {got.CreatedAt, time.Second}, "pull started": {got.PullStartedAt, 5 * time.Second},
		"pull stopped": {got.PullStoppedAt, 17 * time.Second}, "started": {got.StartedAt, 21 * time.Second},
		"stopping": {got.StoppingAt, 41 * time.Second}, "stopped": {got.StoppedAt, 44 * time.Second},
	} {
		if pair.at == nil || pair.at.Sub(w.begin) != pair.want {
			t.Errorf("%s: got %v, want %s", name, pair.at, pair.want)
		}
	}
	if got.StopCode != types.TaskStopCodeServiceSchedulerInitiated || *got.StoppedReason != scaledIn ||
		aws.ToInt32(got.Containers[0].ExitCode) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestTaskServesHTTP(t *testing.T) {
	bubble(t, Options{}, 1, func(w *world) {
		time.Sleep(25 * time.Second)
		ip := *w.task(1).Containers[0].NetworkInterfaces[0].PrivateIpv4Address
		transport := &http.Transport{DialContext: w.app.net.DialContext}
		request, err := http.NewRequestWithContext(w.Context(), http.MethodGet, "http://"+w.targets.addr(ip), nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := (&http.Client{Transport: transport}).Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil || string(body) != "hello" {
			t.Errorf("got %s, %v", body, err)
		}
		_ = response.Body.Close()
		transport.CloseIdleConnections()
		time.Sleep(time.Second)
	})
}

// [ECS-02]
func TestTaskStoppedEarlyIsNeverRegistered(t *testing.T) {
	for _, test := range []struct {
		at  time.Duration
		log []string
	}{
		{2 * time.Second, []string{"1s 1 PROVISIONING", "3s 1 DEPROVISIONING", "3s 1 STOPPED: " + scaledIn}},
		{9 * time.Second, []string{
			"1s 1 PROVISIONING", "5s 1 PENDING", "10s 1 DEPROVISIONING", "10s 1 STOPPED: " + scaledIn,
		}},
		{18 * time.Second, []string{
			"1s 1 PROVISIONING", "5s 1 PENDING", "17s 1 ACTIVATING", "19s 1 STOPPING", "19s 1 DEPROVISIONING",
			"19s 1 STOPPED: " + scaledIn,
		}},
	} {
		bubble(t, Options{}, 1, func(w *world) {
			time.Sleep(test.at)
			w.desire(0)
			time.Sleep(time.Minute)
			w.expectLog(test.log...)
			if _, ever := w.targets.registered(); ever != 0 {
				t.Errorf("stopped after %s: the target was registered", test.at)
			}
		})
	}
}

type exit int

func (e exit) Error() string { return "exit" }
func (e exit) ExitCode() int { return int(e) }

// [ECS-03]
func TestExitDeregistersAtOnceAndIsReplaced(t *testing.T) {
	for _, test := range []struct {
		err  error
		code int32
	}{{nil, 0}, {errors.New("broken"), 1}} {
		bubble(t, Options{}, 1, func(w *world) {
			time.Sleep(25 * time.Second)
			w.app.exit <- test.err
			synctest.Wait()
			if now, _ := w.targets.registered(); now != 0 {
				t.Error("the target is still registered")
			}
			got := w.task(1)
			if *got.LastStatus != stopped || got.StopCode != types.TaskStopCodeEssentialContainerExited ||
				*got.Containers[0].ExitCode != test.code {
				t.Errorf("got %s, %s, exit code %d", *got.LastStatus, got.StopCode, *got.Containers[0].ExitCode)
			}
			w.forgetLog()
			time.Sleep(time.Second)
			w.expectLog("26s 2 PROVISIONING")
		})
	}
}

func TestExitCodes(t *testing.T) {
	for err, want := range map[error]int32{nil: 0, errors.New("x"): 1, exit(137): 137} {
		if got := exitCode(err); got != want {
			t.Errorf("%v: got %d, want %d", err, got, want)
		}
	}
}

// [ECS-03] [ECS-06] A crash after RUNNING delays nothing.
func TestCrashLoop(t *testing.T) {
	bubble(t, Options{Plan: func(int) Plan { return Plan{CrashAfter: 2500 * time.Millisecond} }}, 1, func(w *world) {
		time.Sleep(25 * time.Second)
		w.expectLog("1s 1 PROVISIONING", "5s 1 PENDING", "17s 1 ACTIVATING", "21s 1 RUNNING", "23.5s 1 STOPPING",
			"23.5s 1 DEPROVISIONING", "23.5s 1 STOPPED: Essential container in task exited", "24s 2 PROVISIONING")
		if got := *w.task(1).Containers[0].ExitCode; got != 1 {
			t.Errorf("exit code %d", got)
		}
		time.Sleep(10 * time.Minute)
		w.expect("1 0 1, PRIMARY COMPLETED 0 1")
	})
}

// [ECS-16]
func TestFailedLaunch(t *testing.T) {
	bubble(t, Options{}, 1, func(w *world) {
		w.app.adapt(func() { w.app.fail = errors.New("no such image") })
		time.Sleep(18 * time.Second)
		w.expectLog("1s 1 PROVISIONING", "5s 1 PENDING", "17s 1 ACTIVATING", "17s 1 DEPROVISIONING",
			"17s 1 STOPPED: CannotStartContainerError: no such image")
		if got := w.task(1); got.StopCode != types.TaskStopCodeTaskFailedToStart || got.Containers[0].ExitCode != nil {
			t.Errorf("got %+v", got)
		}
	})
}

func TestFailedRegistration(t *testing.T) {
	bubble(t, Options{}, 1, func(w *world) {
		w.targets.adapt(func() { w.targets.fail = errors.New("no such group") })
		time.Sleep(22 * time.Second)
		if got := w.task(1); got.StopCode != types.TaskStopCodeTaskFailedToStart || *got.StoppedReason != "no such group" {
			t.Errorf("got %+v", got)
		}
	})
}

func TestStopInterruptsLaunch(t *testing.T) {
	bubble(t, Options{}, 1, func(w *world) {
		w.app.adapt(func() { w.app.stuck = true })
		time.Sleep(time.Minute)
		w.desire(0)
		time.Sleep(time.Second)
		if got := w.task(1); *got.LastStatus != stopped || *got.StoppedReason != scaledIn {
			t.Errorf("got %+v", got)
		}
	})
}

func TestRunEndsAllTasksAndCanBeRepeated(t *testing.T) {
	for _, after := range []time.Duration{2 * time.Second, 18 * time.Second, 25 * time.Second, 32 * time.Second} {
		bubble(t, Options{}, 1, func(w *world) {
			w.targets.adapt(func() { w.targets.delay = 5 * time.Minute })
			time.AfterFunc(30*time.Second, func() { w.desire(0) })
			time.Sleep(after)
			before := time.Now()
			w.end()
			targets, _ := w.targets.registered()
			if n := w.app.listening(); n != 0 || time.Since(before) != 0 || targets != 0 {
				t.Errorf("after %s: %d applications, %d targets, %s", after, n, targets, time.Since(before))
			}
			w.desire(2)
			end := w.start()
			time.Sleep(25 * time.Second)
			if got := w.service().RunningCount; got != 2 && after >= 30*time.Second {
				t.Errorf("%d tasks run again", got)
			}
			end()
			time.Sleep(30 * time.Second)
		})
	}
}

func TestFastClocksDoNotSpin(t *testing.T) {
	for _, speed := range []float64{3, 7, 60, 0.3} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, Options{Clock: clock.New(time.Now(), speed)}, 1)
			time.Sleep(w.Clock.Real(time.Hour))
			w.expect("1 1 0, PRIMARY COMPLETED 1 0")
			w.end()
		})
	}
}

func TestWithoutTargetsARunningTaskIsHealthy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{T: t, ECS: New(Options{}), app: newApp()}
		w.create(Service{Name: "web", App: w.app, Desired: 1})
		end := w.start()
		time.Sleep(22500 * time.Millisecond)
		end()
		if p := w.services[0].primary(); !p.completed {
			t.Error("the deployment is not completed")
		}
	})
}
