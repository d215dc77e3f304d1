package iam_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/sandbox/iam"
)

func update(service string) *ecs.UpdateServiceInput {
	return &ecs.UpdateServiceInput{Cluster: new("shop"), Service: &service}
}

// TestOnlyWhatIsAllowed [IAM-01].
func TestOnlyWhatIsAllowed(t *testing.T) {
	var g iam.Guard
	g.Give("waker", iam.Role{Name: "role", Policy: policy(t,
		m{"Effect": "Allow", "Action": []any{"ECS:updateservice", "ecs:Describe*"}, "Resource": ecsARN + "service/shop/web"},
		m{"Effect": "Allow", "Action": "ecs:ListTasks", "Resource": "*", "Condition": m{
			"ArnEquals": m{"ecs:cluster": []any{ecsARN + "cluster/other", ecsARN + "cluster/sh*"}},
		}},
		m{"Effect": "Allow", "Action": "ssm:*", "Resource": ssmARN + "a/?", "Condition": m{"StringLike": m{"other": "*"}}},
		m{"Effect": "Allow", "Action": "elasticloadbalancing:DescribeRules", "Resource": "arn:aws:elasticloadbalancing:*"},
	)})
	for name, test := range map[string]struct {
		caller  string
		input   any
		allowed bool
	}{
		"the action, without case":  {"waker", update("web"), true},
		"an action by a pattern":    {"waker", &ecs.DescribeServicesInput{Cluster: new("shop"), Services: []string{"web"}}, true},
		"another resource":          {"waker", update("api"), false},
		"one of two resources":      {"waker", &ecs.DescribeServicesInput{Cluster: new("shop"), Services: []string{"web", "api"}}, false},
		"another action":            {"waker", &elb.DescribeTargetHealthInput{}, false},
		"a condition that holds":    {"waker", &ecs.ListTasksInput{Cluster: new("shop")}, true},
		"one that does not":         {"waker", &ecs.ListTasksInput{Cluster: new("web")}, false},
		"one on what is not known":  {"waker", &ssm.GetParameterInput{Name: new("/a/b")}, false},
		"no resource, but a policy": {"waker", &elb.DescribeRulesInput{}, false},
		"somebody without a role":   {"", update("api"), true},
		"somebody unknown":          {"console", update("api"), true},
	} {
		t.Run(name, func(t *testing.T) {
			if err := g.Authorize(test.caller, test.input); (err == nil) != test.allowed {
				t.Errorf("got %v", err)
			}
		})
	}
	says(t, g.Authorize("waker", &ecs.RunTaskInput{}), "does not imitate RunTask")
}

// TestDenialsAreThoseOfEachService [IAM-06] [IAM-07].
func TestDenialsAreThoseOfEachService(t *testing.T) {
	var g iam.Guard
	g.Give("catnap-web-waker", iam.Role{Name: "role"})
	const who = "User: arn:aws:sts::000000000000:assumed-role/role/catnap-web-waker is not authorized to perform: "
	for _, test := range []struct {
		input      any
		want, text string
	}{
		{
			update("web"), "*types.AccessDeniedException AccessDeniedException",
			who + "ecs:UpdateService on resource: " + ecsARN + "service/shop/web because no identity-based policy allows the " +
				"ecs:UpdateService action",
		},
		{
			&ecs.ListTasksInput{Cluster: new("shop")}, "*types.AccessDeniedException AccessDeniedException",
			who + "ecs:ListTasks on resource: * because no identity-based policy allows the ecs:ListTasks action",
		},
		{
			&ssm.GetParameterInput{Name: new("/a")}, "*smithy.GenericAPIError AccessDeniedException",
			who + "ssm:GetParameter on resource: " + ssmARN + "a because no identity-based policy allows the " +
				"ssm:GetParameter action",
		},
		{
			&elb.ModifyRuleInput{RuleArn: new("arn:rule")}, "*smithy.GenericAPIError AccessDenied",
			who + "elasticloadbalancing:ModifyRule on resource: arn:rule because no identity-based policy allows the " +
				"elasticloadbalancing:ModifyRule action",
		},
		{
			&cloudwatch.GetMetricStatisticsInput{}, "*smithy.GenericAPIError AccessDenied",
			who + "cloudwatch:GetMetricStatistics because no identity-based policy allows the " +
				"cloudwatch:GetMetricStatistics action",
		},
	} {
		err := g.Authorize("catnap-web-waker", test.input)
		api, ok := errors.AsType[smithy.APIError](err)
		if !ok || api.ErrorFault() != smithy.FaultClient && api.ErrorFault() != smithy.FaultUnknown {
			t.Fatalf("got %v", err)
		}
		if got := fmt.Sprintf("%T %s", api, api.ErrorCode()); got != test.want || api.ErrorMessage() != test.text {
			t.Errorf("got %s %q, want %s %q", got, api.ErrorMessage(), test.want, test.text)
		}
	}
	const arn = "arn:aws:iam::000000000000:role/catnap-scheduler"
	g.Give(arn, iam.Role{Name: "catnap-scheduler"})
	err := g.Use(arn, iam.Request{Action: "lambda:InvokeFunction", Resources: []string{"arn:function"}})
	says(t, err, "assumed-role/catnap-scheduler/catnap-scheduler is not authorized to perform: lambda:InvokeFunction on "+
		"resource: arn:function because")
}

// TestUseIsWrittenDown: what a role allows and nobody asked for is seen, each action on each resource by itself, and so
// is what it does not allow.
func TestUseIsWrittenDown(t *testing.T) {
	var g iam.Guard
	role := iam.Role{Name: "role", Policy: policy(t,
		m{"Sid": "Start", "Effect": "Allow", "Action": []any{"ecs:UpdateService", "ecs:DescribeServices"}, "Resource": []any{
			ecsARN + "service/shop/web", ecsARN + "service/shop/api",
		}},
		m{"Sid": "Again", "Effect": "Allow", "Action": "ecs:UpdateService", "Resource": ecsARN + "service/shop/web"},
		m{"Sid": "Logs", "Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "arn:logs:*"},
	)}
	g.Give("waker", role)
	g.Give("other", iam.Role{Name: "role", Policy: role.Policy})
	for range 2 {
		_ = g.Authorize("waker", update("web"))
		_ = g.Authorize("waker", update("blog"))
	}
	_ = g.Authorize("other", &ecs.DescribeServicesInput{Cluster: new("shop"), Services: []string{"api"}})
	if err := g.Use("waker", iam.Request{Action: "logs:PutLogEvents", Resources: []string{"arn:logs:a"}}); err != nil {
		t.Error(err)
	}
	want := []string{
		"role Again: ecs:UpdateService on " + ecsARN + "service/shop/web",
		"role Start: ecs:DescribeServices on " + ecsARN + "service/shop/web",
		"role Start: ecs:UpdateService on " + ecsARN + "service/shop/api",
	}
	if diff := cmp.Diff(want, g.Unused()); diff != "" {
		t.Errorf("unused (-want +got):\n%s", diff)
	}
	want = []string{"role: ecs:UpdateService on " + ecsARN + "service/shop/blog"}
	if diff := cmp.Diff(want, g.Denied()); diff != "" {
		t.Errorf("denied (-want +got):\n%s", diff)
	}
}
