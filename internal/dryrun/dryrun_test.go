package dryrun_test

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/dryrun"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// aws is an account with two services and two rules, in which nothing ever changes.
type aws struct{ writes []string }

func (a *aws) Handle(_ context.Context, input any) (any, error) {
	switch input.(type) {
	case *ecs.DescribeServicesInput:
		return &ecs.DescribeServicesOutput{Services: []ecstypes.Service{
			{ServiceName: new("web"), ServiceArn: new("arn:web"), DesiredCount: 7},
			{ServiceName: new("api"), ServiceArn: new("arn:api"), DesiredCount: 7},
		}}, nil
	case *elb.DescribeRulesInput:
		return &elb.DescribeRulesOutput{Rules: []elbtypes.Rule{
			{RuleArn: new("r1"), Conditions: hosts("old")}, {RuleArn: new("r2"), Conditions: hosts("old")},
		}}, nil
	}
	a.writes = append(a.writes, awsapi.Operation(input))
	return nil, awsapi.Unknown(input)
}

func hosts(values ...string) []elbtypes.RuleCondition {
	return []elbtypes.RuleCondition{{
		Field: new("host-header"), HostHeaderConfig: &elbtypes.HostHeaderConditionConfig{Values: values},
	}}
}

type rig struct {
	aws   aws
	calls []dryrun.Call
	ecs   *ecs.Client
	elb   *elb.Client
	ssm   *ssm.Client
}

func newRig() *rig {
	r := &rig{}
	recorder := dryrun.New(func(c dryrun.Call) { r.calls = append(r.calls, c) })
	options := []func(*middleware.Stack) error{recorder.Attach, (&awsapi.Backplane{}).Attach(&r.aws)}
	r.ecs = ecs.New(ecs.Options{Region: "eu-west-3", APIOptions: options})
	r.elb = elb.New(elb.Options{Region: "eu-west-3", APIOptions: options})
	r.ssm = ssm.New(ssm.Options{Region: "eu-west-3", APIOptions: options})
	return r
}

// desired returns the desired counts of both services.
func (r *rig) desired(t *testing.T, cluster string) [2]int32 {
	t.Helper()
	in := &ecs.DescribeServicesInput{Cluster: &cluster, Services: []string{"web"}}
	out, err := r.ecs.DescribeServices(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return [2]int32{out.Services[0].DesiredCount, out.Services[1].DesiredCount}
}

func (r *rig) hosts(t *testing.T) [2]string {
	t.Helper()
	out, err := r.elb.DescribeRules(t.Context(), &elb.DescribeRulesInput{RuleArns: []string{"r1", "r2"}})
	if err != nil {
		t.Fatal(err)
	}
	var got [2]string
	for i, rule := range out.Rules {
		got[i] = rule.Conditions[0].HostHeaderConfig.Values[0]
	}
	return got
}

func (r *rig) update(t *testing.T, cluster, service string, count *int32) {
	t.Helper()
	in := &ecs.UpdateServiceInput{Cluster: &cluster, Service: &service, DesiredCount: count}
	if _, err := r.ecs.UpdateService(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

// TestWritesAreReportedShownAndNotMade: those that the commands make.
func TestWritesAreReportedShownAndNotMade(t *testing.T) {
	r := newRig()
	r.update(t, "c", "web", new(int32(0)))
	r.update(t, "c", "arn:api", new(int32(2)))
	r.update(t, "c", "api", nil)
	if got := r.desired(t, "c"); got != [2]int32{0, 2} {
		t.Errorf("desired counts %v, want those that were written", got)
	}
	if got := r.desired(t, "other"); got != [2]int32{7, 7} {
		t.Errorf("desired counts of another cluster %v", got)
	}
	for _, in := range []*elb.ModifyRuleInput{{RuleArn: new("r1"), Conditions: hosts("new")}, {RuleArn: new("r2")}} {
		if _, err := r.elb.ModifyRule(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	if got := r.hosts(t); got != [2]string{"new", "old"} {
		t.Errorf("conditions %v, want what was written", got)
	}
	_, err := r.ssm.PutParameter(t.Context(), &ssm.PutParameterInput{
		Name: new("/a"), Value: new("{}"), Type: ssmtypes.ParameterTypeString, Overwrite: new(true),
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.aws.writes) > 0 {
		t.Errorf("made %v", r.aws.writes)
	}
	want := []dryrun.Call{
		{"ECS", "UpdateService", map[string]any{"Cluster": "c", "Service": "web", "DesiredCount": 0.}},
		{"ECS", "UpdateService", map[string]any{"Cluster": "c", "Service": "arn:api", "DesiredCount": 2.}},
		{"ECS", "UpdateService", map[string]any{"Cluster": "c", "Service": "api"}},
		{"Elastic Load Balancing v2", "ModifyRule", map[string]any{"RuleArn": "r1", "Conditions": []any{
			map[string]any{"Field": "host-header", "HostHeaderConfig": map[string]any{"Values": []any{"new"}}},
		}}},
		{"Elastic Load Balancing v2", "ModifyRule", map[string]any{"RuleArn": "r2"}},
		{"SSM", "PutParameter", map[string]any{"Name": "/a", "Value": "{}", "Type": "String", "Overwrite": true}},
	}
	if diff := cmp.Diff(want, r.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// TestOtherWritesAreRefused: what would come of them is not known, so nothing pretends to.
func TestOtherWritesAreRefused(t *testing.T) {
	r := newRig()
	_, err := r.ssm.DeleteParameter(t.Context(), &ssm.DeleteParameterInput{Name: new("/a")})
	refused, ok := errors.AsType[*dryrun.RefusedError](err)
	if !ok || refused.Call.Operation != "DeleteParameter" || len(r.calls) != 1 || len(r.aws.writes) > 0 {
		t.Errorf("error %v, reported %v, made %v", err, r.calls, r.aws.writes)
	}
}

// TestReadsAreMade: and fail as they fail.
func TestReadsAreMade(t *testing.T) {
	r := newRig()
	_, err := r.ssm.GetParameter(t.Context(), &ssm.GetParameterInput{Name: new("/a")})
	if api, ok := errors.AsType[smithy.APIError](err); !ok || api.ErrorCode() != "UnknownOperationException" {
		t.Errorf("error %v, want the core's own", err)
	}
	if len(r.calls) > 0 {
		t.Errorf("reported %v", r.calls)
	}
}

// TestInputIsValidated: what the SDK would refuse is no call that would have been made.
func TestInputIsValidated(t *testing.T) {
	r := newRig()
	_, err := r.elb.ModifyRule(t.Context(), &elb.ModifyRuleInput{})
	if _, ok := errors.AsType[smithy.InvalidParamsError](err); !ok || len(r.calls) > 0 {
		t.Errorf("error %v, reported %v", err, r.calls)
	}
}

func TestSecretsAreNotReported(t *testing.T) {
	r := newRig()
	_, err := r.ssm.PutParameter(t.Context(), &ssm.PutParameterInput{
		Name: new("/a"), Value: new("hush"), Type: ssmtypes.ParameterTypeSecureString,
	})
	if err != nil || r.calls[0].Parameters["Value"] != "(secret)" {
		t.Errorf("reported %v, error %v", r.calls, err)
	}
}
