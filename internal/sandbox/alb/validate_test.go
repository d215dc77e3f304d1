package alb

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/smithy-go"
)

type conditionCase struct {
	name       string
	conditions []types.RuleCondition
	code       string // "" is accepted
}

func testConditions(t *testing.T, cases []conditionCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := parseConditions(c.conditions)
			if got := code(err); got != c.code {
				t.Errorf("code = %q (%v), want %q", got, err, c.code)
			}
		})
	}
}

func code(err error) string {
	if err == nil {
		return ""
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode()
	}
	return err.Error()
}

const (
	validation = "ValidationError"
	unimitable = "InvalidConfigurationRequest"
)

// [ALB-06]
func TestRuleHasFiveValuesAndSixWildcards(t *testing.T) {
	testConditions(t, []conditionCase{
		{name: "five values", conditions: []types.RuleCondition{path("/a", "/b", "/c", "/d", "/e")}},
		{name: "six values", conditions: []types.RuleCondition{path("/a", "/b", "/c", "/d", "/e", "/f")}, code: validation},
		{name: "six in two", conditions: []types.RuleCondition{path("/a", "/b", "/c"), header("x", "1", "2", "3")}, code: validation},
		{name: "six wildcards", conditions: []types.RuleCondition{path("/*/*/?", "*/?/*")}},
		{name: "seven wildcards", conditions: []types.RuleCondition{path("/*/*/?", "*/?/*", "*")}, code: validation},
		{name: "128 characters", conditions: []types.RuleCondition{path(strings.Repeat("a", 128))}},
		{name: "129 characters", conditions: []types.RuleCondition{path(strings.Repeat("a", 129))}, code: validation},
		{name: "no conditions", conditions: []types.RuleCondition{}, code: validation},
		{name: "no values", conditions: []types.RuleCondition{path()}, code: validation},
		{name: "empty value", conditions: []types.RuleCondition{path("")}, code: validation},
	})
}

// [ALB-07]
func TestRuleHasOneHostAndOnePathCondition(t *testing.T) {
	testConditions(t, []conditionCase{
		{name: "one each", conditions: []types.RuleCondition{path("/a"), host("a.b")}},
		{name: "two paths", conditions: []types.RuleCondition{path("/a"), path("/b")}, code: validation},
		{name: "two hosts", conditions: []types.RuleCondition{host("a.b"), host("a.c")}, code: validation},
		{name: "two headers", conditions: []types.RuleCondition{header("a", "1"), header("b", "1")}},
	})
}

// [ALB-08]
func TestConditionsThatAWSRefuses(t *testing.T) {
	method := types.RuleCondition{
		Field:                   aws.String("http-request-method"),
		HttpRequestMethodConfig: &types.HttpRequestMethodConditionConfig{Values: []string{http.MethodGet}},
	}
	both := path("/a")
	both.Values = []string{"/a"}
	foreign := path("/a")
	foreign.HostHeaderConfig = &types.HostHeaderConditionConfig{Values: []string{"a.b"}}
	testConditions(t, []conditionCase{
		{name: "values for short", conditions: []types.RuleCondition{{Field: aws.String("path-pattern"), Values: []string{"/a"}}}},
		{name: "mark", conditions: []types.RuleCondition{path("/*", "/.catnap/since/1700000000/active/1700000000")}},
		{name: "no field", conditions: []types.RuleCondition{{Values: []string{"/a"}}}, code: validation},
		{name: "unknown field", conditions: []types.RuleCondition{{Field: aws.String("path")}}, code: validation},
		{name: "both forms", conditions: []types.RuleCondition{both}, code: validation},
		{name: "another's form", conditions: []types.RuleCondition{foreign}, code: validation},
		{name: "method", conditions: []types.RuleCondition{method}, code: unimitable},
		{name: "regular expression", conditions: []types.RuleCondition{{Field: aws.String("path-pattern"), RegexValues: []string{"a"}}}, code: unimitable},
		{name: "path with a space", conditions: []types.RuleCondition{path("/a b")}, code: validation},
		{name: "host without a dot", conditions: []types.RuleCondition{host("app")}, code: validation},
		{name: "host with a wildcard at the end", conditions: []types.RuleCondition{host("api-*.*")}},
		{name: "host with digits at the end", conditions: []types.RuleCondition{host("10.0.0.1")}, code: validation},
		{name: "header in Values", conditions: []types.RuleCondition{{Field: aws.String("http-header"), Values: []string{"a"}}}, code: validation},
		{name: "host as a header", conditions: []types.RuleCondition{header("Host", "a")}, code: validation},
		{name: "header name with a wildcard", conditions: []types.RuleCondition{header("x-*", "a")}, code: validation},
		{name: "long header name", conditions: []types.RuleCondition{header(strings.Repeat("x", 41), "a")}, code: validation},
	})
}

func TestCreateTargetGroupValidates(t *testing.T) {
	for name, c := range map[string]struct {
		group TargetGroup
		code  string
	}{
		"defaults":           {group: TargetGroup{Name: "a"}},
		"no name":            {code: validation},
		"taken":              {group: TargetGroup{Name: "taken"}, code: "DuplicateTargetGroupName"},
		"long name":          {group: TargetGroup{Name: strings.Repeat("a", 33)}, code: validation},
		"kind":               {group: TargetGroup{Name: "a", Kind: "instance"}, code: validation},
		"no function":        {group: TargetGroup{Name: "a", Kind: Lambda}, code: validation},
		"path":               {group: TargetGroup{Name: "a", HealthCheck: HealthCheck{Path: "health"}}, code: validation},
		"interval":           {group: TargetGroup{Name: "a", HealthCheck: HealthCheck{Interval: 1}}, code: validation},
		"timeout":            {group: TargetGroup{Name: "a", HealthCheck: HealthCheck{Timeout: 30e9}}, code: validation},
		"threshold":          {group: TargetGroup{Name: "a", HealthCheck: HealthCheck{Healthy: 1}}, code: validation},
		"matcher":            {group: TargetGroup{Name: "a", HealthCheck: HealthCheck{Matcher: "200-500"}}, code: validation},
		"matcher of numbers": {group: TargetGroup{Name: "a", HealthCheck: HealthCheck{Matcher: "200,301-302"}}},
		"delay":              {group: TargetGroup{Name: "a", DeregistrationDelay: 3601e9}, code: validation},
	} {
		lb := New(Options{})
		if _, err := lb.CreateTargetGroup(TargetGroup{Name: "taken"}); err != nil {
			t.Fatal(err)
		}
		if _, err := lb.CreateTargetGroup(c.group); code(err) != c.code {
			t.Errorf("%s: code = %q (%v), want %q", name, code(err), err, c.code)
		}
	}
}

func TestCreateRuleValidates(t *testing.T) {
	lb := New(Options{})
	group, err := lb.CreateTargetGroup(TargetGroup{Name: "a"})
	if err != nil {
		t.Fatal(err)
	}
	conditions := []types.RuleCondition{path("/*")}
	for _, c := range []struct {
		rule Rule
		code string
	}{
		{Rule{Priority: 1, Conditions: conditions, TargetGroup: group}, ""},
		{Rule{Priority: 1, Conditions: conditions, TargetGroup: group}, "PriorityInUse"},
		{Rule{Priority: 0, Conditions: conditions, TargetGroup: group}, validation},
		{Rule{Priority: 50001, Conditions: conditions, TargetGroup: group}, validation},
		{Rule{Priority: 2, Conditions: conditions, TargetGroup: "arn"}, "TargetGroupNotFound"},
		{Rule{Priority: 2, TargetGroup: group}, validation},
	} {
		if _, err := lb.CreateRule(c.rule); code(err) != c.code {
			t.Errorf("CreateRule(%d) = %q, want %q", c.rule.Priority, code(err), c.code)
		}
	}
}
