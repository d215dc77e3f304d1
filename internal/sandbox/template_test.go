package sandbox_test

import (
	"context"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/sandbox/promise"
)

// templated is a sandbox with template.yaml and plausible values, and then those given. Each change replaces the first
// place that is like it.
func templated(t *testing.T, values map[string]string, changes ...[2]string) sandbox.Options {
	t.Helper()
	source, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := string(source)
	for _, change := range changes {
		if !strings.Contains(text, change[0]) {
			t.Fatalf("the template has no %q", change[0])
		}
		text = strings.Replace(text, change[0], change[1], 1)
	}
	o := promise.InMemory(promise.AsDocumented())
	o.Template = &sandbox.Template{Source: []byte(text), Values: func(e sandbox.Existing) map[string]string {
		all := map[string]string{
			"ServiceName": "web", "Cluster": e.Cluster, "Service": e.Service, "ServiceTargetGroupArn": e.TargetGroup,
			"ListenerArn": e.Listener, "LoadBalancerDnsName": e.Host, "BypassScheme": "http", "BypassPort": e.Port,
			"ProbePath": e.HealthPath, "AlarmTopicArn": e.Topic,
		}
		maps.Copy(all, values)
		return all
	}}
	return o
}

// inFakeTime runs a sandbox in a bubble for as long as use takes.
func inFakeTime(
	t *testing.T, o sandbox.Options, use func(ctx context.Context, box *sandbox.Sandbox) error,
) (failed error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { failed = promise.Run(t.Context(), o, use) })
	return failed
}

// kept returns what is not as promised.
func kept(t *testing.T, o sandbox.Options, terms promise.Terms) error {
	t.Helper()
	return inFakeTime(t, o, func(ctx context.Context, box *sandbox.Sandbox) error {
		return promise.Keep(ctx, box, terms)
	})
}

// TestPromiseOfTemplate: what template.yaml deploys keeps the promise, whatever it is deployed with.
func TestPromiseOfTemplate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		values map[string]string
		terms  promise.Terms
	}{
		"plausible":     {},
		"another name":  {values: map[string]string{"ServiceName": "City-Guide", "Prefix": "/team/catnap"}},
		"behind others": {values: map[string]string{"PriorityBase": "4999"}},
		"the first ten": {values: map[string]string{"PriorityBase": "1"}},
		"one host":      {map[string]string{"HostHeader": "app.example.com"}, promise.Terms{Host: "app.example.com"}},
		"hosts of a kind": {
			map[string]string{"HostHeader": "*.example.com"}, promise.Terms{Host: "shop.example.com:80"},
		},
		"some paths": {values: map[string]string{"PathPatterns": "/docs*,/api/*,/"}},
		"paths of a host": {
			map[string]string{"PathPatterns": "/*,/api/?cho", "HostHeader": "a?.example.com"},
			promise.Terms{Host: "ab.example.com"},
		},
		"few at a time": {values: map[string]string{"WakerConcurrency": "2", "WakerTimeout": "120"}},
		"a token":       {values: map[string]string{"OperatorTokenSHA256": strings.Repeat("0a", 32)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := kept(t, templated(t, test.values), test.terms); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestBrokenTemplate: slips of the template each of which breaks the promise, or keeps it from being deployed, here as
// on AWS. The promise is no test if it cannot fail.
func TestBrokenTemplate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ old, by, want string }{
		"rules in the wrong order":  {"!If [IsFirst, 1, !Sub", "!If [IsFirst, 3, !Sub", "a request wakes it or a late visitor finds it"},
		"rules in the same place":   {"!If [IsFirst, 1, !Sub", "!If [IsFirst, 2, !Sub", "is currently in use"},
		"bypass to the waker":       {"Arn: !Ref ServiceTargetGroupArn", "Arn: !Ref WakerTargetGroup", "a request wakes it"},
		"waker rule to the service": {"Arn: !Ref WakerTargetGroup", "Arn: !Ref ServiceTargetGroupArn", "a request wakes it"},
		"another header":            {"HttpHeaderName: X-Catnap-Bypass", "HttpHeaderName: X-Catnap", "a request wakes it"},
		"six values":                {",/.catnap/*,", ",/.catnap/*,/a,/b,/c,", "A rule can only have '5' condition values"},
		"another port":              {`!Sub ":${BypassPort}"`, `":81"`, "a request wakes it"},
		"too rarely":                {"rate(1 minute)", "rate(1 hour)", "quiet puts it back to zero"},
		"too little time":           {"Timeout: 90", "Timeout: 3", "quiet puts it back to zero"},

		"unknown setting":  {`"wake_count"`, `"wakecount"`, "wakecount: 1 is an unknown key"},
		"crossed rules":    {`"waker_rule": "${WakerRule}"`, `"waker_rule": "${BypassRule}"`, "must differ from waker_rule"},
		"crossed groups":   {`"target_group": "${ServiceTargetGroupArn}"`, `"target_group": "${WakerTargetGroup}"`, "must differ"},
		"unknown rule":     {`"bypass_rule": "${BypassRule}"`, `"bypass_rule": "${BypassRule}0"`, "a request wakes it"},
		"another service":  {`"service": "${Service}"`, `"service": "${Cluster}"`, "a request wakes it"},
		"another cluster":  {`"cluster": "${Cluster}"`, `"cluster": "${Service}"`, "ClusterNotFoundException"},
		"another balancer": {"- !Select [3, ", "- !Select [4, ", "quiet puts it back to zero"},
		"another place":    {"CATNAP_PREFIX: !Sub ${Prefix}/${ServiceName}", "CATNAP_PREFIX: !Ref Prefix", "find settings"},

		"may not start":         {"[ecs:DescribeServices, ecs:UpdateService]", "ecs:DescribeServices", "a request wakes it"},
		"may start another":     {"service/${Cluster}/${Service}", "service/${Cluster}/another", "a request wakes it"},
		"may switch another":    {"Resource: !Ref WakerRule", "Resource: !Ref BypassRule", "a request wakes it"},
		"may not read settings": {"Action: ssm:GetParametersByPath", "Action: ssm:GetParameters", "a request wakes it"},
		"may not see rules":     {"[elasticloadbalancing:DescribeRules, ", "[elasticloadbalancing:DescribeTags, ", "a request wakes it"},
		"may not see a freeze":  {"${ServiceName}/freeze", "${ServiceName}/frozen", "roles deny [catnap-WakerRole-"},
		"may not see metrics":   {"- cloudwatch:GetMetricStatistics", "- cloudwatch:GetMetricData", "quiet puts it back to zero"},
		"may not see what is protected": {
			"[ecs:DescribeTasks, ecs:GetTaskProtection]", "ecs:DescribeTasks", "quiet puts it back to zero",
		},
		"may not be scheduled": {"Action: lambda:InvokeFunction\n                R", "Action: lambda:GetFunction\n                R", "quiet puts it back to zero"},
		"may not write a log":  {"Resource: !GetAtt WakerLogs.Arn", "Resource: !GetAtt ReaperLogs.Arn", "logs:CreateLogStream on"},
		"no permission":        {"targetgroup/catnap-${ServiceName}/*", "targetgroup/another/*", "does not have permission to invoke"},
		"permission too late":  {"    DependsOn: WakerPermission\n", "", "does not have permission to invoke"},
		"role of nobody":       {"Service: lambda.amazonaws.com", "Service: ec2.amazonaws.com", "cannot be assumed by lambda.amazonaws.com"},
		"another's schedules":  {"aws:SourceArn: !GetAtt ScheduleGroup.Arn", "aws:SourceArn: any", "cannot be assumed by scheduler.amazonaws.com"},
		"letters not sent":     {"Action: sqs:SendMessage", "Action: sqs:SendMessages", "not authorized to perform: sqs:SendMessage"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := kept(t, templated(t, nil, [2]string{test.old, test.by}), promise.Terms{})
			said := func(want string) bool { return err != nil && strings.Contains(err.Error(), want) }
			if !slices.ContainsFunc(strings.Split(test.want, " or "), said) { // which of two depends on who comes first
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}
