package main

import (
	"bytes"
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	scaling "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	scalingtypes "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	schedulertypes "github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/sandbox/ecs"
	"github.com/catnap-dev/catnap/internal/sandbox/iam"
	"github.com/catnap-dev/catnap/internal/settings"
)

// TestOperate runs the scripts under testdata/operate: each has a sandbox of its own, that the real binary calls over
// its wire. What happens there beside the command is done by these words:
//
//	param NAME VALUE      writes an SSM parameter
//	visit PATH            asks the load balancer, and wants the application's answer
//	paused PATH           asks as an API client, as a browser and for the status, and wants to hear of the freeze alone
//	unpaused PATH         visits once it is paused no more
//	until PHASE           waits until the service is in a phase
//	protect               protects the running tasks from scale-in
//	deploy                begins a deployment
//	spoil                 lets something scale the service to one at the least, pauses the reaper, and takes writing to
//	                      SSM from the functions' role
//
// Where the script's name begins with "fails", no task starts; where it begins with "moves", there is an EC2 side.
func TestOperate(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "testdata/operate",
		Setup: operated,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"param": param, "visit": visit, "paused": paused, "unpaused": visit, "until": until, "protect": protect, "deploy": deploy,
			"spoil": spoil,
		},
	})
}

// speed is of the sandbox: the settling time takes a second.
const speed = 30

type boxKey struct{}

func operated(env *testscript.Env) error {
	ctx, stop := context.WithCancel(context.Background())
	box, err := sandbox.New(ctx, optionsOf(filepath.Base(env.WorkDir)))
	if err != nil {
		stop()
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- box.Run(ctx) }()
	env.Defer(func() {
		stop()
		if err := <-ended; err != nil {
			env.T().Log(err)
		}
	})
	env.Values[boxKey{}] = box
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": box.AWSURL(), "AWS_REGION": "eu-west-3", "AWS_ACCESS_KEY_ID": "key",
		"AWS_SECRET_ACCESS_KEY": "secret", "AWS_EC2_METADATA_DISABLED": "true", "TZ": "UTC",
	} {
		env.Setenv(name, value)
	}
	return nil
}

func optionsOf(script string) sandbox.Options {
	o := sandbox.Options{
		Clock: clock.New(time.Now(), speed), AWSListen: "127.0.0.1:0", TaskStart: 5 * time.Second,
		Settings: func(s *settings.Service) { // nothing falls asleep because the machine is slow
			s.IdleAfter, s.DrowsyAfter = settings.Duration(12*time.Hour), settings.Duration(11*time.Hour)
		},
	}
	switch {
	case strings.HasPrefix(script, "script-fails"):
		o.Plan = func(int) ecs.Plan { return ecs.Plan{FailStart: "CannotPullContainerError: no such image"} }
		o.Settings = func(s *settings.Service) { s.WakeTimeout = settings.Duration(30 * time.Second) }
	case strings.HasPrefix(script, "script-moves"):
		o.EC2 = sandbox.DemoEC2()
	}
	return o
}

func box(ts *testscript.TestScript) *sandbox.Sandbox {
	b, ok := ts.Value(boxKey{}).(*sandbox.Sandbox)
	if !ok {
		ts.Fatalf("this script has no sandbox")
	}
	return b
}

func param(ts *testscript.TestScript, _ bool, args []string) { box(ts).SSM.Set(args[0], args[1]) }

// visit is a person in a hurry: what is no answer of the application's is asked for again.
func visit(ts *testscript.TestScript, _ bool, args []string) {
	for range 200 {
		if status, err := get(box(ts).URL() + args[0]); err == nil && status == http.StatusOK {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("no answer of the application to %s", args[0])
}

func get(url string) (status int, err error) {
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(url) //nolint:noctx // the client has a timeout
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}

func until(ts *testscript.TestScript, _ bool, args []string) {
	phase := policy.PhaseAsleep
	for range 400 {
		seen, err := box(ts).Observe(context.Background())
		ts.Check(err)
		if phase = seen.Phase(box(ts).Clock.Now()); string(phase) == args[0] {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("still %s, not %s", phase, args[0])
}

func protect(ts *testscript.TestScript, _ bool, _ []string) {
	ctx, clients, cluster := context.Background(), box(ts).Onlooker(), sandbox.Cluster
	list, err := clients.ECS.ListTasks(ctx, &awsecs.ListTasksInput{Cluster: &cluster})
	ts.Check(err)
	_, err = clients.ECS.UpdateTaskProtection(ctx, &awsecs.UpdateTaskProtectionInput{
		Cluster: &cluster, Tasks: list.TaskArns, ProtectionEnabled: true,
	})
	ts.Check(err)
}

func deploy(ts *testscript.TestScript, _ bool, _ []string) {
	cluster, service := sandbox.Cluster, sandbox.Service
	_, err := box(ts).Onlooker().ECS.UpdateService(context.Background(), &awsecs.UpdateServiceInput{
		Cluster: &cluster, Service: &service, ForceNewDeployment: true,
	})
	ts.Check(err)
}

// TestOperateTheRealSandbox: in a process of its own, by the flag that everybody has.
func TestOperateTheRealSandbox(t *testing.T) {
	p := launch(t, binary(t, "catnap"), "sandbox", "--listen", "127.0.0.1:0", "--aws-listen", "127.0.0.1:0")
	t.Setenv("AWS_REGION", "eu-west-3")
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"status", "--endpoint-url", p.aws}, &terminal{stdout: &stdout, stderr: &stderr})
	if code != 0 || !strings.HasPrefix(stdout.String(), "service is asleep") {
		t.Errorf("exit code %d: %s%s", code, stdout.String(), stderr.String())
	}
}

func spoil(ts *testscript.TestScript, _ bool, _ []string) {
	ctx, one, ten := context.Background(), int32(1), int32(10)
	resource, name := "service/cluster/service", "catnap-service-reaper"
	_, err := box(ts).AutoScaling.Handle(ctx, &scaling.RegisterScalableTargetInput{
		ServiceNamespace: scalingtypes.ServiceNamespaceEcs, ResourceId: &resource, MinCapacity: &one, MaxCapacity: &ten,
		ScalableDimension: scalingtypes.ScalableDimensionECSServiceDesiredCount,
	})
	ts.Check(err)
	answer, err := box(ts).Scheduler.Handle(ctx, &scheduler.GetScheduleInput{Name: &name})
	ts.Check(err)
	s, ok := answer.(*scheduler.GetScheduleOutput)
	if !ok {
		ts.Fatalf("got a %T", answer)
	}
	_, err = box(ts).Scheduler.Handle(ctx, &scheduler.UpdateScheduleInput{
		Name: &name, ScheduleExpression: s.ScheduleExpression, Target: s.Target, FlexibleTimeWindow: s.FlexibleTimeWindow,
		State: schedulertypes.ScheduleStateDisabled,
	})
	ts.Check(err)
	allowed := iam.Statement{
		Actions:   []string{"ecs:*", "elasticloadbalancing:*", "cloudwatch:*", "logs:*", "ssm:Get*"},
		Resources: []string{"*"},
	}
	box(ts).IAM.Add(iam.RoleARN("catnap-sandbox"), iam.Role{Policy: []iam.Statement{allowed}})
}
