package doctor_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	scaling "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	sdkiam "github.com/aws/aws-sdk-go-v2/service/iam"
	sdklambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/smithy-go/middleware"

	"github.com/catnap-dev/catnap/internal/doctor"
	"github.com/catnap-dev/catnap/internal/ecsctl"
	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
	"github.com/catnap-dev/catnap/internal/sandbox/iam"
	"github.com/catnap-dev/catnap/internal/sandbox/lambda"
	"github.com/catnap-dev/catnap/internal/sandbox/promise"
	"github.com/catnap-dev/catnap/internal/settings"
	"github.com/catnap-dev/catnap/internal/traffic"
)

// operator is whoever runs the doctor, held to a role.
const operator = "operator"

func member(box *sandbox.Sandbox) settings.Member {
	store := settings.NewStore(box.Clients().SSM, box.Clock.Now)
	store.Prefix = box.Prefix()
	return settings.Member{Service: box.Stored, Store: store}
}

func examiner(box *sandbox.Sandbox) *doctor.Examiner {
	own := box.Onlooker()
	to := func(core awsapi.Core) []func(*middleware.Stack) error {
		return []func(*middleware.Stack) error{box.Backplane.Attach(core), awsapi.As(operator)}
	}
	return &doctor.Examiner{
		Control: ecsctl.New(own.ECS, own.ELB, box.Clock.Now), ECS: own.ECS, ELB: own.ELB, Billing: own.CloudWatch,
		Traffic:   traffic.NewReader(own.CloudWatch),
		Scaling:   scaling.New(scaling.Options{Region: iam.Region, APIOptions: to(box.AutoScaling)}),
		Scheduler: scheduler.New(scheduler.Options{Region: iam.Region, APIOptions: to(box.Scheduler)}),
		Lambda:    sdklambda.New(sdklambda.Options{Region: iam.Region, APIOptions: to(box.Lambda)}),
		IAM:       sdkiam.New(sdkiam.Options{Region: iam.Region, APIOptions: to(box.IAM)}), Now: box.Clock.Now,
	}
}

// examined deploys template.yaml with a change, spoils the sandbox, and returns the findings that are not OK, as
// "CHECK LEVEL: SAYS -> FIX". An advice on billing is always there: the sandbox has no bill.
func examined(t *testing.T, change [2]string, spoil func(*sandbox.Sandbox)) (wrong []string) {
	t.Helper()
	source, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(source), change[0]) {
		t.Fatalf("the template has no %q", change[0])
	}
	o := promise.InMemory(promise.AsDocumented())
	o.NoScheduler = true
	o.Template = &sandbox.Template{
		Source: []byte(strings.ReplaceAll(string(source), change[0], change[1])),
		Values: func(e sandbox.Existing) map[string]string {
			return map[string]string{
				"ServiceName": "web", "Cluster": e.Cluster, "Service": e.Service, "ServiceTargetGroupArn": e.TargetGroup,
				"ListenerArn": e.Listener, "LoadBalancerDnsName": e.Host, "BypassScheme": "http", "BypassPort": e.Port,
				"ProbePath": e.HealthPath,
			}
		},
	}
	synctest.Test(t, func(t *testing.T) {
		err := promise.Run(t.Context(), o, func(ctx context.Context, box *sandbox.Sandbox) error {
			spoil(box)
			for _, f := range doctor.Diagnose(examiner(box).Examine(ctx, member(box))) {
				if f.Level != doctor.OK && f.Check != "billing metrics" && f.Check != "budget" {
					wrong = append(wrong, f.Check+" "+string(f.Level)+": "+f.Says+" -> "+f.Fix)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	return wrong
}

// wakersNext is what follows in the template where the waker's policy names the cluster.
const wakersNext = "\n          - Sid: ReadTasks\n            Effect: Allow\n            Action: ecs:D"

const guardARN = "arn:aws:lambda:eu-west-3:000000000000:function:catnap-web-costguard"

func configure(name string, change func(*lambda.Configuration)) func(*sandbox.Sandbox) {
	return func(box *sandbox.Sandbox) { box.Lambda.Configure(lambda.ARN("catnap-web-"+name), change) }
}

// TestExamine reads a whole deployment of template.yaml: nothing is wrong with it, and each thing that is spoiled in it
// is found, and nothing else.
func TestExamine(t *testing.T) {
	for name, test := range map[string]struct {
		change [2]string
		spoil  func(*sandbox.Sandbox)
		want   []string // a part of each finding
	}{
		"as it is": {},
		"a role without an action": {
			change: [2]string{"Action: [ecs:DescribeTasks, ecs:GetTaskProtection]", "Action: ecs:DescribeTasks"},
			want: []string{"reaper role problem: may not ecs:GetTaskProtection on " +
				"arn:aws:ecs:eu-west-3:000000000000:task/cluster/*: it can't see which tasks are protected"},
		},
		"a role with another cluster": {
			change: [2]string{"cluster/${Cluster}" + wakersNext, "cluster/other" + wakersNext},
			want:   []string{"waker role problem: may not ecs:ListTasks on *: it can't see the service's tasks"},
		},
		"roles without settings": {
			change: [2]string{"Action: ssm:GetParametersByPath", "Action: ssm:GetParameters"},
			want: []string{
				"waker role problem: may not ssm:GetParametersByPath on " +
					"arn:aws:ssm:eu-west-3:000000000000:parameter/catnap/web/services: it finds no settings",
				"reaper role problem: may not ssm:GetParametersByPath", "cost guard role problem: may not ssm:GetParametersByPath",
			},
		},
		"schedules that may not invoke": {
			change: [2]string{"                  - !GetAtt ReaperFunction.Arn\n", ""},
			want: []string{"schedule role problem: may not lambda:InvokeFunction on " +
				"arn:aws:lambda:eu-west-3:000000000000:function:catnap-web-reaper: the reaper never runs"},
		},
		"schedules that may not invoke the cost guard": {
			change: [2]string{"                  - !GetAtt CostGuardFunction.Arn\n", ""},
			want: []string{
				"schedule role problem: may not lambda:InvokeFunction on " + guardARN + ": the cost guard never runs",
			},
		},
		"another prefix": {
			spoil: configure("reaper", func(c *lambda.Configuration) { c.Env = map[string]string{"CATNAP_PREFIX": "/nap"} }),
			want:  []string{`reaper function problem: its CATNAP_PREFIX is "/nap"`},
		},
		"failed": {
			spoil: configure("costguard", func(c *lambda.Configuration) {
				c.State, c.StateReason = types.StateFailed, "no key"
			}),
			want: []string{"cost guard function problem: its state is Failed (no key)"},
		},
		"halted": {
			spoil: configure("reaper", func(c *lambda.Configuration) { c.Halted = true }),
			want:  []string{"reaper concurrency problem: 0 is reserved"},
		},
		"nobody may invoke": {
			spoil: configure("waker", func(c *lambda.Configuration) { c.Callers = nil }),
			want:  []string{"waker invocation problem: its policy doesn't let elasticloadbalancing.amazonaws.com"},
		},
		"a permission for another group": {
			spoil: configure("waker", func(c *lambda.Configuration) {
				c.Callers[0].SourceARN = "arn:aws:elasticloadbalancing:eu-west-3:000000000000:targetgroup/other/*"
			}),
			want: []string{"waker invocation problem: its policy doesn't let elasticloadbalancing.amazonaws.com"},
		},
		"a permission for another account": {
			spoil: configure("waker", func(c *lambda.Configuration) { c.Callers[0].SourceAccount = "111111111111" }),
			want:  []string{"waker invocation problem: its policy doesn't let elasticloadbalancing.amazonaws.com"},
		},
		"every hour": {
			change: [2]string{"rate(1 minute)", "rate(5 minutes)"},
			want:   []string{`reaper schedule advice: catnap-web-reaper has the expression "rate(5 minutes)"`},
		},
		"an operator who may not look": {
			spoil: func(box *sandbox.Sandbox) {
				box.Access().Give(operator, may("scheduler:ListSchedules", "application-autoscaling:*"))
			},
			want: []string{"allow yourself lambda:GetFunctionConfiguration, scheduler:GetSchedule"},
		},
		"an operator who may not ask IAM": {
			spoil: func(box *sandbox.Sandbox) {
				box.Access().Give(operator, may("scheduler:*", "application-autoscaling:*", "lambda:GetFunctionConfiguration"))
			},
			want: []string{"functions and roles advice: some could not be looked at: your own credentials don't allow it -> " +
				"allow yourself iam:SimulatePrincipalPolicy, lambda:GetFunctionConcurrency, lambda:GetPolicy"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			spoil := test.spoil
			if spoil == nil {
				spoil = func(*sandbox.Sandbox) {}
			}
			got := examined(t, test.change, spoil)
			same := slices.EqualFunc(got, test.want, strings.Contains)
			if !same {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

func may(actions ...string) iam.Role {
	return iam.Role{Name: operator, Policy: []iam.Statement{{Actions: actions, Resources: []string{"*"}}}}
}
