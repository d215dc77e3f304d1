package wire_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/sandbox/wire"
)

// rig is a sandbox with one task that runs, and its front on a socket.
type rig struct {
	*sandbox.Sandbox
	within, over clients
	url          string
	task         string
	listener     string
}

func newRig(t *testing.T) *rig {
	t.Helper()
	box, err := sandbox.New(t.Context(), sandbox.Options{
		Clock: clock.New(time.Now(), 4), NoScheduler: true, TaskStart: 4 * time.Second, // slow enough for a busy machine
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- box.Run(ctx) }()
	cores := wire.Cores{
		ECS: box.ECS, ELB: box.ALB, CloudWatch: box.CloudWatch, SSM: box.SSM, Scheduler: box.Scheduler,
		AutoScaling: box.AutoScaling, SNS: box.SNS, Lambda: box.Lambda, IAM: box.IAM,
	}
	server := httptest.NewServer(wire.New(box.Backplane, cores))
	t.Cleanup(func() {
		server.Close()
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	r := &rig{Sandbox: box, within: within(box.Backplane, cores), over: over(server.URL), url: server.URL}
	r.prepare(t)
	return r
}

// prepare waits until a task is healthy, protects it, and leaves a metric and a parameter to be read.
func (r *rig) prepare(t *testing.T) {
	t.Helper()
	do[*ecs.UpdateServiceOutput](t, r.within, "ecs", "UpdateService", updateService())
	for tries := 0; !r.settled(t); tries++ {
		if tries == 600 {
			t.Fatal("the service has not settled after a minute")
		}
		time.Sleep(100 * time.Millisecond)
	}
	list := do[*ecs.ListTasksOutput](t, r.within, "ecs", "ListTasks", &ecs.ListTasksInput{Cluster: new(sandbox.Cluster)})
	r.task = list.TaskArns[0]
	do[*ecs.UpdateTaskProtectionOutput](t, r.within, "ecs", "UpdateTaskProtection", &ecs.UpdateTaskProtectionInput{
		Cluster: new(sandbox.Cluster), Tasks: list.TaskArns, ProtectionEnabled: true,
	})
	rule := r.Stored.WakerRule
	r.listener = strings.Replace(rule[:strings.LastIndex(rule, "/")], "listener-rule", "listener", 1)
	for i, value := range []float64{3, 0.5} {
		at := r.Clock.Now().Add(time.Duration(i-10) * time.Minute)
		r.CloudWatch.Put("AWS/ApplicationELB", "RequestCount", map[string]string{"LoadBalancer": "app/a/b"}, at, value)
	}
	r.SSM.Set("/wire/a", "é <&> \"猫\"\n")
}

// settled: nothing moves any more that two calls after one another could see differently.
func (r *rig) settled(t *testing.T) bool {
	t.Helper()
	services := do[*ecs.DescribeServicesOutput](t, r.within, "ecs", "DescribeServices",
		&ecs.DescribeServicesInput{Cluster: new(sandbox.Cluster), Services: []string{sandbox.Service}}).Services
	out := do[*elb.DescribeTargetHealthOutput](t, r.within, "elasticloadbalancing", "DescribeTargetHealth",
		&elb.DescribeTargetHealthInput{TargetGroupArn: &r.Stored.TargetGroup})
	all := out.TargetHealthDescriptions
	return services[0].Deployments[0].RolloutState == ecstypes.DeploymentRolloutStateCompleted &&
		len(all) == 1 && all[0].TargetHealth.State == elbtypes.TargetHealthStateEnumHealthy
}

func do[Out any](t *testing.T, c clients, key, operation string, in any) Out {
	t.Helper()
	out, err := c.call(t.Context(), key, operation, in)
	if err != nil {
		t.Fatalf("%s: %v", operation, err)
	}
	typed, ok := out.(Out)
	if !ok {
		t.Fatalf("%s answered with a %T", operation, out)
	}
	return typed
}

func updateService() *ecs.UpdateServiceInput {
	return &ecs.UpdateServiceInput{
		Cluster: new(sandbox.Cluster), Service: new(sandbox.Service), DesiredCount: new(int32(1)),
	}
}
