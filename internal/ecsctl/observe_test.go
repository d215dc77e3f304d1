package ecsctl_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
	"github.com/catnap-dev/catnap/internal/settings"
)

// fail makes every call of an operation fail, counted from 1; n 0 is all of them.
func (w *world) fail(operation string, n int) {
	count := 0
	w.faults.Hook = func(_ context.Context, op string, _ int) awsapi.Fault {
		if op == operation {
			if count++; n == 0 || n == count {
				return awsapi.Fault{Kind: awsapi.FaultFail}
			}
		}
		return awsapi.Fault{}
	}
}

func expectError(t *testing.T, err error, prefix string) {
	t.Helper()
	if err == nil || !strings.HasPrefix(err.Error(), prefix) {
		t.Errorf("got error %v, want %s...", err, prefix)
	}
	if api, ok := errors.AsType[smithy.APIError](err); !ok || api.ErrorCode() != "ServiceUnavailableException" {
		t.Errorf("AWS's own error is lost in %v", err)
	}
}

func TestObserveEveryCombination(t *testing.T) {
	for desired := range 3 {
		for _, broken := range []bool{false, true} {
			for _, armed := range []bool{false, true} {
				t.Run(fmt.Sprintf("desired %d, broken %t, armed %t", desired, broken, armed), func(t *testing.T) {
					bubble(t, func(_ *testing.T, w *world) { w.observeOne(desired, broken, armed) })
				})
			}
		}
	}
}

func (w *world) observeOne(desired int, broken, armed bool) {
	w.t.Helper()
	w.service().broken = broken
	w.desire(desired)
	time.Sleep(time.Second)
	w.service().running, w.service().pending = int32(desired), int32(7-desired)
	w.write(armed, w.mark(-time.Minute, -2*time.Minute, 3))
	since, active := time.Now().Add(-time.Minute).UTC(), time.Now().Add(-2*time.Minute).UTC()
	want := policy.Snapshot{
		Found: true, Desired: desired, Running: desired, Pending: 7 - desired,
		Rule: policy.Rule{Armed: armed, Mark: policy.Mark{Since: since, Active: active, Failures: 3}},
	}
	if desired > 0 && !broken {
		want.Healthy = 1
	}
	got, err := w.control.Observe(w.t.Context(), w.svc)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		w.t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestObserveAsksForTargetsOfAServiceThatMayHaveThemOnly(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		must(w.control.Observe(t.Context(), w.svc))
		w.expectCalls("DescribeServices", "DescribeRules")
		w.healthy()
		w.calls = nil
		must(w.control.Observe(t.Context(), w.svc))
		slices.Sort(w.calls[1:]) // they are asked at the same time
		w.expectCalls("DescribeServices", "DescribeRules", "DescribeTargetHealth")
	})
}

func TestObserveDeployments(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	deployment := func(status string, rollout types.DeploymentRolloutState, at time.Time) types.Deployment {
		d := types.Deployment{RolloutState: rollout, CreatedAt: new(at.In(time.FixedZone("", 3600)))}
		if status != "" {
			d.Status = &status
		}
		return d
	}
	const (
		progress  = types.DeploymentRolloutStateInProgress
		completed = types.DeploymentRolloutStateCompleted
		failed    = types.DeploymentRolloutStateFailed
	)
	for name, test := range map[string]struct {
		deployments []types.Deployment
		deploying   bool
		at          time.Time
	}{
		"none":                {nil, false, time.Time{}},
		"completed":           {[]types.Deployment{deployment("PRIMARY", completed, noon)}, false, noon},
		"in progress":         {[]types.Deployment{deployment("PRIMARY", progress, noon)}, true, noon},
		"failed":              {[]types.Deployment{deployment("PRIMARY", failed, noon)}, false, noon},
		"no state":            {[]types.Deployment{deployment("PRIMARY", "", noon)}, false, noon},
		"old one in progress": {[]types.Deployment{deployment("ACTIVE", progress, noon)}, false, time.Time{}},
		"without a status":    {[]types.Deployment{deployment("", progress, noon)}, false, time.Time{}},
		"two": {[]types.Deployment{
			deployment("ACTIVE", completed, noon.Add(-time.Hour)), deployment("PRIMARY", completed, noon),
		}, true, noon},
		"no time": {[]types.Deployment{{Status: new("PRIMARY"), RolloutState: progress}}, true, time.Time{}},
	} {
		bubble(t, func(t *testing.T, w *world) {
			w.service().deployments = test.deployments
			got := must(w.control.Observe(t.Context(), w.svc))
			if got.Deploying != test.deploying || got.DeployedAt != test.at {
				t.Errorf("%s: got %t, %s", name, got.Deploying, got.DeployedAt)
			}
		})
	}
}

func TestObserveWhatIsNotThere(t *testing.T) {
	for name, change := range map[string]func(*world){
		"inactive": func(w *world) { w.service().status = "INACTIVE" },
		"draining": func(w *world) { w.service().status = "DRAINING" },
		"missing":  func(w *world) { w.svc.Service = "other" },
		"cluster":  func(w *world) { w.svc.Cluster = "other" },
	} {
		bubble(t, func(t *testing.T, w *world) {
			change(w)
			got, err := w.control.Observe(t.Context(), w.svc)
			if err != nil || got.Found || got.Desired != 0 || !got.Rule.Armed {
				t.Errorf("%s: got %+v, %v", name, got, err)
			}
		})
	}
}

func TestObserveByARN(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.svc.Service = w.service().arn
		w.healthy()
		if got := must(w.control.Observe(t.Context(), w.svc)); !got.Found || got.Desired != 1 || got.Healthy != 1 {
			t.Errorf("got %+v", got)
		}
	})
}

func TestObserveFails(t *testing.T) {
	for operation, prefix := range map[string]string{
		"DescribeServices":     "describe services shop-web: ",
		"DescribeRules":        "describe rule arn:",
		"DescribeTargetHealth": "describe target health of shop: ",
	} {
		bubble(t, func(t *testing.T, w *world) {
			w.healthy()
			w.fail(operation, 1)
			got, err := w.control.Observe(t.Context(), w.svc)
			expectError(t, err, prefix)
			if diff := cmp.Diff(policy.Snapshot{}, got); diff != "" {
				t.Errorf("%s: half an observation is none:\n%s", operation, diff)
			}
		})
	}
}

func TestHealthyCountsNothingButHealthyTargets(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		expect := func(want int) {
			t.Helper()
			if got, err := w.control.Healthy(t.Context(), w.svc); err != nil || got != want {
				t.Errorf("got %d, %v, want %d", got, err, want)
			}
		}
		register := func(id, addr string) {
			if err := w.lb.Register(w.svc.TargetGroup, id, addr); err != nil {
				t.Fatal(err)
			}
		}
		expect(0)
		register("10.0.0.1", "10.0.0.9:80")
		expect(0) // initial
		time.Sleep(time.Second)
		expect(1)
		register("10.0.0.2", "10.0.0.9:80")
		register("10.0.0.3", "10.0.0.8:80") // nobody listens
		time.Sleep(2 * time.Minute)
		if state := w.lb.State(w.svc.TargetGroup, "10.0.0.3"); state != "unhealthy" {
			t.Errorf("the third target is %s", state)
		}
		expect(2)
		w.svc.TargetGroup = "arn:nothing"
		if _, err := w.control.Healthy(t.Context(), w.svc); err == nil || !strings.Contains(err.Error(), "not found") {
			t.Errorf("got %v", err)
		}
	})
}

// many adds services to a cluster of ECS.
func (w *world) many(cluster string, count int) []settings.Service {
	var all []settings.Service
	for i := range count {
		name := fmt.Sprintf("%s-%02d", cluster, i)
		w.ecs.services[cluster+"/"+name] = &fakeService{arn: "arn:" + cluster + ":" + name, desired: i}
		all = append(all, settings.Service{Name: "my-" + name, Cluster: cluster, Service: name})
	}
	return all
}

func TestCountsAsksForTenServicesAtATime(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		services := slices.Concat(w.many("red", 23), w.many("blue", 10))
		services[3].Service = "arn:red:red-03"
		services = append(services, settings.Service{Name: "gone", Cluster: "blue", Service: "gone"})
		got, err := w.control.Counts(t.Context(), services)
		if err != nil || len(got) != 34 {
			t.Fatalf("got %d services, %v", len(got), err)
		}
		for i, svc := range services[:33] {
			want := policy.Snapshot{Found: true, Desired: i % 23}
			if diff := cmp.Diff(want, got[svc.Name]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", svc.Name, diff)
			}
		}
		if missing, ok := got["gone"]; !ok || !cmp.Equal(missing, policy.Snapshot{}) {
			t.Errorf("the missing service is %+v, %t", missing, ok)
		}
		var sizes []string
		for _, input := range w.ecs.asked {
			in := input.(*ecs.DescribeServicesInput)
			sizes = append(sizes, fmt.Sprint(*in.Cluster, len(in.Services)))
		}
		slices.Sort(sizes) // clusters come in no order
		if diff := cmp.Diff([]string{"blue1", "blue10", "red10", "red10", "red3"}, sizes); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
	})
}

func TestCountsOfNothingAsksNothing(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		if got, err := w.control.Counts(t.Context(), nil); len(got) != 0 || err != nil {
			t.Errorf("got %v, %v", got, err)
		}
		w.expectCalls()
	})
}

func TestCountsReturnsWhatCouldBeRead(t *testing.T) {
	for n := range 4 { // of the calls, the n-th fails
		bubble(t, func(t *testing.T, w *world) {
			services := slices.Concat(w.many("red", 23), w.many("blue", 5))
			w.fail("DescribeServices", n+1)
			got, err := w.control.Counts(t.Context(), services)
			if err == nil {
				t.Fatal("no error")
			}
			expectLost(t, services, got, err)
			expectError(t, errors.Unwrap(asJoined(t, err)), "")
		})
	}
}

// expectLost wants the services of one call lost and named in the error, and all others read.
func expectLost(t *testing.T, services []settings.Service, got map[string]policy.Snapshot, err error) {
	t.Helper()
	for _, svc := range services {
		read, ok := got[svc.Name]
		if named := strings.Contains(err.Error(), svc.Service); named == ok {
			t.Errorf("%s was read: %t, is named in the error: %t", svc.Name, ok, named)
		}
		if ok && !read.Found {
			t.Errorf("%s was not found", svc.Name)
		}
	}
	if lost := len(services) - len(got); !slices.Contains([]int{3, 5, 10}, lost) {
		t.Errorf("%d services were lost with one call", lost)
	}
}

func TestCountsReturnsEveryError(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.fail("DescribeServices", 0)
		got, err := w.control.Counts(t.Context(), slices.Concat(w.many("red", 1), w.many("blue", 1)))
		if len(got) != 0 || strings.Count(err.Error(), "describe services") != 2 {
			t.Errorf("got %v, %v", got, err)
		}
	})
}

// asJoined is the only error of a joined one.
func asJoined(t *testing.T, err error) error {
	t.Helper()
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 1 {
		t.Fatalf("%v is not one joined error", err)
	}
	return joined.Unwrap()[0]
}
