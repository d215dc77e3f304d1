package sandbox_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/sandbox/alb"
	"github.com/catnap-dev/catnap/internal/sandbox/deployment"
	"github.com/catnap-dev/catnap/internal/sandbox/iam"
	"github.com/catnap-dev/catnap/internal/sandbox/promise"
)

// TestRoles: in runs that make the functions do all that they can do, each role allows every call, and nothing that is
// not called. Both would be seen, even of what is only needed when something goes wrong.
func TestRoles(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		changes        [][2]string
		denied, unused []string
		fails          string
	}{
		"as they are": {},
		"too wide": {
			changes: [][2]string{
				{"Action: ecs:DescribeTasks", "Action: [ecs:DescribeTasks, ecs:StopTask]"},
				{"Action: ssm:GetParametersByPath\n            Resource: ", "Action: ssm:GetParametersByPath\n            Resource:\n              - arn:aws:ssm:::parameter/*\n              - "},
			},
			unused: []string{"ReadTasks: ecs:StopTask on", "ReadSettings: ssm:GetParametersByPath on arn:aws:ssm:::parameter/*"},
		},
		"too narrow": {
			changes: [][2]string{
				{"Action: ecs:DescribeTasks", "Action: ecs:DescribeTaskSets"},
				{"Action: [ssm:GetParameter, ssm:PutParameter]", "Action: ssm:GetParameter"},
			},
			denied: []string{"ecs:DescribeTasks on", "ssm:PutParameter on"},
			unused: []string{"ReadTasks: ecs:DescribeTaskSets on", "/services/web/freeze"},
			fails:  "a run-away", // nobody knows of the wakes that were not noted
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var fate promise.Fate
			o := templated(t, nil, test.changes...)
			o.Plan = fate.Plan
			err := inFakeTime(t, o, func(ctx context.Context, box *sandbox.Sandbox) error {
				err := promise.Exercise(ctx, box, &fate, promise.Terms{})
				listed(t, "denied", box.Access().Denied(), test.denied)
				listed(t, "unused", box.Access().Unused(), test.unused)
				return err
			})
			if err != nil && test.fails == "" || test.fails != "" && !strings.Contains(fmt.Sprint(err), test.fails) {
				t.Errorf("got %v, want %q", err, test.fails)
			}
		})
	}
}

// listed fails unless each line has one of what is wanted, and each of these is in a line.
func listed(t *testing.T, what string, lines, wanted []string) {
	t.Helper()
	for _, want := range wanted {
		if !slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, want) }) {
			t.Errorf("%s: %q is not listed", what, want)
		}
	}
	for _, line := range lines {
		if !slices.ContainsFunc(wanted, func(want string) bool { return strings.Contains(line, want) }) {
			t.Errorf("%s: %s", what, line)
		}
	}
}

// roles are those of template.yaml, by the names that the functions have in the sandbox's own deployment.
var roles = sync.OnceValues(func() (map[string]iam.Role, error) {
	source, err := os.ReadFile("../../template.yaml")
	if err != nil {
		return nil, err
	}
	lb := alb.New(alb.Options{})
	d, err := deployment.FromTemplate(deployment.Template{Source: source, Values: map[string]string{
		"ServiceName": "web", "Cluster": sandbox.Cluster, "Service": sandbox.Service, "ListenerArn": lb.ListenerARN(),
		"ServiceTargetGroupArn": lb.TargetGroupARN("service"), "LoadBalancerDnsName": lb.DNSName(),
		"AlarmTopicArn": "arn:aws:sns:" + iam.Region + ":" + iam.Account + ":catnap-alarms",
	}}, lb, lb.DNSName())
	byName := map[string]iam.Role{}
	for _, f := range d.Functions {
		byName["catnap-"+sandbox.Service+"-"+f.Code] = d.Roles[f.Role]
	}
	return byName, err
})

// within holds the functions of the sandbox's own deployment, which may do everything, to the actions of
// template.yaml's roles, in every test of this package. So what TestRoles finds to be enough in its runs is enough in
// all of them.
type within struct{ t testing.TB }

func (w within) Authorize(caller string, input any) error {
	if action := beyond(w.t, caller, input); action != "" {
		w.t.Errorf("%s calls %s, which its role in template.yaml does not allow", caller, action)
	}
	return nil
}

// beyond returns the action of a call that the caller's role does not have; empty if it has, or is nobody's.
func beyond(t testing.TB, caller string, input any) string {
	t.Helper()
	all, err := roles()
	if err != nil {
		t.Error(err)
	}
	role, held := all[caller]
	if !held {
		return ""
	}
	r, err := iam.RequestOf(input)
	if err != nil {
		t.Error(err)
	}
	allowed := slices.ContainsFunc(role.Policy, func(s iam.Statement) bool { return slices.Contains(s.Actions, r.Action) })
	if allowed {
		return ""
	}
	return r.Action
}

// TestCallsBeyondRoles: what holds all tests to the roles can fail.
func TestCallsBeyondRoles(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		caller string
		input  any
		want   string
	}{
		{"catnap-service-waker", &ecs.UpdateServiceInput{}, ""},
		{"catnap-service-waker", &ecs.GetTaskProtectionInput{}, "ecs:GetTaskProtection"},
		{"catnap-service-reaper", &ecs.GetTaskProtectionInput{}, ""},
		{"catnap-service-reaper", &ssm.DeleteParameterInput{}, "ssm:DeleteParameter"},
		{"catnap-service-costguard", &ecs.UpdateServiceInput{}, "ecs:UpdateService"},
		{"", &ecs.UpdateTaskProtectionInput{}, ""},
	} {
		if got := beyond(t, test.caller, test.input); got != test.want {
			t.Errorf("%s with %T: got %q, want %q", test.caller, test.input, got, test.want)
		}
	}
}
