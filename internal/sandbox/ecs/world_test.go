package ecs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// world is an ECS with one service, its load balancer and its application, looked at between the ticks. Ticks come at
// whole seconds, the test begins at half a second.
type world struct {
	*testing.T
	*ECS
	client  *sdk.Client
	targets *targets
	app     *app
	begin   time.Time
	log     []string
	end     func()
}

const (
	cluster = "main"
	group   = "tg"
)

// bubble runs a test in a world of its own. Options need no clock, targets and hook.
func bubble(t *testing.T, o Options, desired int, test func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, o, desired)
		test(w)
		w.end()
		if n := w.app.listening(); n > 0 {
			t.Errorf("%d applications outlive Run", n)
		}
	})
}

func newWorld(t *testing.T, o Options, desired int) *world {
	t.Helper()
	w := &world{T: t, begin: time.Now(), app: newApp()}
	w.targets = &targets{app: w.app, known: map[string]string{}, delay: 10 * time.Second, left: map[string]time.Time{}}
	o.Targets = w.targets
	o.Changed = w.changed
	w.ECS = New(o)
	w.client = sdk.New(sdk.Options{
		Region: "eu-west-3", APIOptions: []func(*middleware.Stack) error{new(awsapi.Backplane).Attach(w.ECS)},
	})
	w.create(Service{Cluster: cluster, Name: "web", TargetGroup: group, App: w.app, Desired: desired})
	w.end = w.start()
	time.Sleep(500 * time.Millisecond)
	return w
}

// start runs the scheduler, and returns what ends it.
func (w *world) start() func() {
	ctx, cancel := context.WithCancel(w.Context())
	done := make(chan error, 1)
	go func() { done <- w.ECS.Run(ctx) }()
	return sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			w.Error(err)
		}
	})
}

func (w *world) create(s Service) {
	w.Helper()
	if err := w.CreateService(s); err != nil {
		w.Fatal(err)
	}
}

func (w *world) changed(c Change) {
	n := strings.TrimLeft(c.Task, "0")
	line := fmt.Sprintf("%s %s %s", time.Since(w.begin), n, c.Status)
	if c.Status == stopped {
		line += ": " + c.Reason
	}
	w.log = append(w.log, line)
}

// expectLog compares what happened since the last look.
func (w *world) expectLog(want ...string) {
	w.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if diff := cmp.Diff(want, w.log); diff != "" {
		w.Errorf("changes (-want +got):\n%s", diff)
	}
	w.log = nil
}

func (w *world) forgetLog() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log = nil
}

func (w *world) desire(n int32) {
	w.Helper()
	w.update(&sdk.UpdateServiceInput{DesiredCount: &n})
}

func (w *world) redeploy() {
	w.Helper()
	w.update(&sdk.UpdateServiceInput{ForceNewDeployment: true})
}

func (w *world) update(in *sdk.UpdateServiceInput) types.Service {
	w.Helper()
	in.Cluster, in.Service = aws.String(cluster), aws.String("web")
	return *must(w, call(w, w.client.UpdateService, in)).Service
}

func (w *world) service() types.Service {
	w.Helper()
	out := must(w, call(w, w.client.DescribeServices, &sdk.DescribeServicesInput{
		Cluster: aws.String(cluster), Services: []string{"web"},
	}))
	if len(out.Services) != 1 {
		w.Fatalf("got %+v", out)
	}
	return out.Services[0]
}

// expect compares desired, running and pending, and each deployment's status, rollout, running and pending.
func (w *world) expect(want string) {
	w.Helper()
	s := w.service()
	got := fmt.Sprintf("%d %d %d", s.DesiredCount, s.RunningCount, s.PendingCount)
	for _, d := range s.Deployments {
		got += fmt.Sprintf(", %s %s %d %d", *d.Status, d.RolloutState, d.RunningCount, d.PendingCount)
	}
	if got != want {
		w.Errorf("after %s got %s, want %s", time.Since(w.begin), got, want)
	}
}

func (w *world) list(in sdk.ListTasksInput) []string {
	w.Helper()
	in.Cluster = aws.String(cluster)
	return must(w, call(w, w.client.ListTasks, &in)).TaskArns
}

// task describes the n-th task.
func (w *world) task(n int) types.Task {
	w.Helper()
	out := must(w, call(w, w.client.DescribeTasks, &sdk.DescribeTasksInput{
		Cluster: aws.String(cluster), Tasks: []string{id(n)},
	}))
	if len(out.Tasks) != 1 {
		w.Fatalf("got %+v", out)
	}
	return out.Tasks[0]
}

func id(n int) string { return fmt.Sprintf("%032x", n) }

type result[T any] struct {
	out T
	err error
}

func call[In, Out any](w *world, f func(context.Context, In, ...func(*sdk.Options)) (Out, error), in In) result[Out] {
	out, err := f(w.Context(), in)
	return result[Out]{out, err}
}

func must[T any](w *world, r result[T]) T {
	w.Helper()
	if r.err != nil {
		w.Fatal(r.err)
	}
	return r.out
}

// expectError fails unless err is one of the SDK's E.
func expectError[E error](t *testing.T, err error) {
	t.Helper()
	if _, ok := errors.AsType[E](err); !ok {
		var want E
		t.Errorf("got %v, want a %T", err, want)
	}
}
