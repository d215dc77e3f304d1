package alb

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// two is a world with a service and a waker, both healthy.
func (w *world) two() (service, waker string) {
	service = w.service()
	waker = w.group(TargetGroup{Name: "waker", HealthCheck: HealthCheck{Interval: 10 * time.Second}})
	w.target(service, "10.0.1.1:80", says("service"))
	w.target(waker, "10.0.1.2:80", says("waker"))
	return service, waker
}

// [ALB-01]
func TestRulesAreAskedByPriority(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		service, waker := w.two()
		w.rule(2, waker, path("/*"))
		w.rule(1, service, header("x-bypass", "yes"))
		w.run()
		time.Sleep(time.Second)
		w.expectBody("/", "waker")
		bypass := w.request("/")
		bypass.Header.Set("X-Bypass", "yes")
		if got := w.do(bypass); got.body != "service" {
			t.Errorf("with the header = %q", got.body)
		}
	})
}

func TestDefaultActionComesLast(t *testing.T) {
	bubble(t, nil, func(_ *testing.T, w *world) {
		_, waker := w.two()
		w.rule(1, waker, path("/.catnap/*"))
		w.run()
		time.Sleep(time.Second)
		w.expectBody("/.catnap/status", "waker")
		w.expectBody("/", "service")
	})
}

// [ALB-09]
func TestModifyRuleReplacesConditionsAsAWhole(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		_, waker := w.two()
		arn := w.rule(1, waker, path("/a"), host("app.example.com"))
		modify := func(conditions []types.RuleCondition) []types.RuleCondition {
			out := call[*elb.ModifyRuleOutput](w, &elb.ModifyRuleInput{RuleArn: aws.String(arn), Conditions: conditions})
			return out.Rules[0].Conditions
		}
		if got := modify(nil); len(got) != 2 {
			t.Errorf("without conditions: %d are left, want 2", len(got))
		}
		if got := modify([]types.RuleCondition{path("/b")}); len(got) != 1 || got[0].Values[0] != "/b" {
			t.Errorf("with one condition: %+v", got)
		}
	})
}

// [ALB-10]
func TestModifyRuleRefuses(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		service, waker := w.two()
		arn := w.rule(1, waker, path("/a"))
		redirect := []types.Action{{Type: types.ActionTypeEnumRedirect}}
		nowhere := []types.Action{{Type: types.ActionTypeEnumForward, TargetGroupArn: aws.String("arn")}}
		weighted := []types.Action{forwardTo(service)}
		weighted[0].ForwardConfig.TargetGroups = append(weighted[0].ForwardConfig.TargetGroups, types.TargetGroupTuple{})
		for name, c := range map[string]struct {
			in   elb.ModifyRuleInput
			code string
		}{
			"unknown rule":  {elb.ModifyRuleInput{RuleArn: aws.String(arn + "0")}, "RuleNotFound"},
			"default rule":  {elb.ModifyRuleInput{RuleArn: aws.String(w.lb.defaultRuleARN())}, "OperationNotPermitted"},
			"bad condition": {elb.ModifyRuleInput{RuleArn: &arn, Conditions: []types.RuleCondition{}}, validation},
			"redirect":      {elb.ModifyRuleInput{RuleArn: &arn, Actions: redirect}, unimitable},
			"weights":       {elb.ModifyRuleInput{RuleArn: &arn, Actions: weighted}, unimitable},
			"unknown group": {elb.ModifyRuleInput{RuleArn: &arn, Actions: nowhere}, "TargetGroupNotFound"},
			"transforms":    {elb.ModifyRuleInput{RuleArn: &arn, ResetTransforms: aws.Bool(true)}, unimitable},
		} {
			if _, err := w.lb.Handle(t.Context(), &c.in); code(err) != c.code {
				t.Errorf("%s: %v, want %s", name, err, c.code)
			}
		}
		unknown := &elb.CreateRuleInput{}
		if _, err := w.lb.Handle(t.Context(), unknown); code(err) != code(awsapi.Unknown(unknown)) {
			t.Errorf("CreateRule through the API: %v", err)
		}
	})
}

// [ALB-11]
func TestDescribeRulesShowsBothForms(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		_, waker := w.two()
		arn := w.rule(1, waker, path("/a"), host("a.b"), header("x", "1"))
		out := call[*elb.DescribeRulesOutput](w, &elb.DescribeRulesInput{RuleArns: []string{arn}})
		conditions := out.Rules[0].Conditions
		for i, values := range [][]string{conditions[0].PathPatternConfig.Values, conditions[1].HostHeaderConfig.Values} {
			if diff := cmp.Diff(conditions[i].Values, values); diff != "" {
				t.Error(diff)
			}
		}
		if conditions[2].Values != nil || conditions[2].HttpHeaderConfig.Values[0] != "1" {
			t.Errorf("header: %+v", conditions[2])
		}
	})
}

// [ALB-12]
func TestRuleChangeSpreads(t *testing.T) {
	const spread = 20 * time.Second
	bubble(t, func(o *Options) { o.Spread, o.Seed = spread, 3 }, func(t *testing.T, w *world) {
		_, waker := w.two()
		arn := w.rule(1, waker, path("/*"))
		w.run()
		time.Sleep(time.Second)
		w.expectBody("/", "waker")
		input := &elb.ModifyRuleInput{RuleArn: aws.String(arn), Conditions: []types.RuleCondition{path("/x")}}
		call[*elb.ModifyRuleOutput](w, input)
		shown := call[*elb.DescribeRulesOutput](w, &elb.DescribeRulesInput{RuleArns: []string{arn}})
		if got := shown.Rules[0].Conditions[0].Values[0]; got != "/x" {
			t.Errorf("DescribeRules shows %q", got)
		}
		mixed := false
		for range int(spread / time.Second) {
			mixed = mixed || len(seen([]string{w.get("/").body, w.get("/").body})) == 2
			time.Sleep(time.Second)
		}
		if !mixed {
			t.Error("both nodes have changed in the same second")
		}
		w.expectBody("/", "service")
		w.expectBody("/", "service")
	})
}

// [ALB-13]
func TestDescribeRulesOfAnUnknownRule(t *testing.T) {
	lb := New(Options{})
	for name, c := range map[string]struct {
		in   elb.DescribeRulesInput
		code string
	}{
		"rule":     {elb.DescribeRulesInput{RuleArns: []string{"arn"}}, "RuleNotFound"},
		"listener": {elb.DescribeRulesInput{ListenerArn: aws.String("arn")}, "ListenerNotFound"},
		"neither":  {elb.DescribeRulesInput{}, validation},
		"both":     {elb.DescribeRulesInput{ListenerArn: aws.String(lb.ListenerARN()), RuleArns: []string{"arn"}}, validation},
	} {
		if _, err := lb.Handle(t.Context(), &c.in); code(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

// [ALB-14]
func TestDescribeRulesInPages(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		_, waker := w.two()
		for _, priority := range []int{30, 10, 20} {
			w.rule(priority, waker, path("/a"))
		}
		var priorities []string
		pages := elb.NewDescribeRulesPaginator(rulesClient{w}, &elb.DescribeRulesInput{
			ListenerArn: aws.String(w.lb.ListenerARN()), PageSize: aws.Int32(3),
		})
		for pages.HasMorePages() {
			out, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range out.Rules {
				priorities = append(priorities, *r.Priority)
			}
		}
		if diff := cmp.Diff([]string{"10", "20", "30", "default"}, priorities); diff != "" {
			t.Error(diff)
		}
	})
}
