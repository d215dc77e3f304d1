package deployment_test

import (
	"maps"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/catnap-dev/catnap/internal/sandbox/alb"
	"github.com/catnap-dev/catnap/internal/sandbox/deployment"
	"github.com/catnap-dev/catnap/internal/sandbox/lambda"
	"github.com/catnap-dev/catnap/internal/settings"
)

const host = "sandbox.eu-west-3.elb.amazonaws.com"

// balancer is the sandbox's load balancer, for the names that it gives.
func balancer() *alb.LoadBalancer { return alb.New(alb.Options{}) }

func read(t *testing.T, source string, values map[string]string) (deployment.Deployment, error) {
	t.Helper()
	return deployment.FromTemplate(deployment.Template{
		Source: []byte(source), Values: values, SSM: map[string]string{"/cdk-bootstrap/hnb659fds/version": "21"},
	}, balancer(), host)
}

func file(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// beside are values for template.yaml.
func beside() map[string]string {
	lb := balancer()
	return map[string]string{
		"ServiceName": "web", "Cluster": "shop", "Service": "shop-web", "ServiceTargetGroupArn": lb.TargetGroupARN("service"),
		"ListenerArn": lb.ListenerARN(), "LoadBalancerDnsName": host, "BypassScheme": "http", "PriorityBase": "7",
		"WakerConcurrency": "20", "HostHeader": "app.example.com",
	}
}

func function(code, name, role string, timeout time.Duration, memory int) deployment.Function {
	return deployment.Function{
		Code: code, Name: name, Timeout: timeout, Memory: memory, LogGroup: "/aws/lambda/" + name, Role: role,
	}
}

const (
	lambdaARN = "arn:aws:lambda:eu-west-3:000000000000:function:"
	roleARN   = "arn:aws:iam::000000000000:role/"
	letters   = "arn:aws:sqs:eu-west-3:000000000000:catnap-web-dead-letters"
)

func condition(field string, values ...string) elbtypes.RuleCondition {
	c := elbtypes.RuleCondition{Field: &field}
	switch field {
	case "path-pattern":
		c.PathPatternConfig = &elbtypes.PathPatternConditionConfig{Values: values}
	case "host-header":
		c.HostHeaderConfig = &elbtypes.HostHeaderConditionConfig{Values: values}
	case "http-header":
		c.HttpHeaderConfig = &elbtypes.HttpHeaderConditionConfig{HttpHeaderName: &values[0], Values: values[1:]}
	}
	return c
}

const stackUUID = "5a4db0e0-71f2-11f1-9c3a-0242ac120002"

// same compares without the roles, which have a test of their own, and the parameters' texts.
var same = cmp.Options{
	cmpopts.IgnoreFields(deployment.Deployment{}, "Roles"),
	cmpopts.IgnoreFields(deployment.Parameter{}, "Value"),
	cmpopts.IgnoreUnexported(elbtypes.RuleCondition{}, elbtypes.PathPatternConditionConfig{},
		elbtypes.HostHeaderConditionConfig{}, elbtypes.HttpHeaderConditionConfig{}),
	cmpopts.SortSlices(func(a, b deployment.Function) bool { return a.Name < b.Name }),
	cmpopts.SortSlices(func(a, b deployment.Schedule) bool { return a.Name < b.Name }),
	cmpopts.SortSlices(func(a, b deployment.Parameter) bool { return a.Name < b.Name }),
	cmpopts.SortSlices(func(a, b alb.Rule) bool { return a.Priority < b.Priority }),
	cmpopts.SortSlices(func(a, b alb.TargetGroup) bool { return a.Name < b.Name }),
}

// TestSAM: all of template.yaml that the sandbox imitates.
func TestSAM(t *testing.T) {
	got, err := read(t, file(t, "../../../template.yaml"), beside())
	if err != nil {
		t.Fatal(err)
	}
	const (
		wakerRole     = roleARN + "catnap-WakerRole-84152759357B"
		reaperRole    = roleARN + "catnap-ReaperRole-A393F4CA9910"
		costGuardRole = roleARN + "catnap-CostGuardRole-366F8330E50D"
		schedulerRole = roleARN + "catnap-SchedulerRole-238770D2C056"
	)
	env := map[string]string{"CATNAP_PREFIX": "/catnap/web", "GOGC": "off", "GOMEMLIMIT": "100MiB"}
	waker := function("waker", "catnap-web-waker", wakerRole, time.Minute, 256)
	waker.Concurrency, waker.Env, waker.Retry = 20, env, deployment.Retry{Attempts: 2}
	waker.Callers = []lambda.Caller{{
		Principal: "elasticloadbalancing.amazonaws.com", SourceAccount: "000000000000",
		SourceARN: "arn:aws:elasticloadbalancing:eu-west-3:000000000000:targetgroup/catnap-web/*",
	}}
	reaper := function("reaper", "catnap-web-reaper", reaperRole, 90*time.Second, 128)
	reaper.Env, reaper.Retry = env, deployment.Retry{MaxAge: time.Minute}
	costGuard := function("costguard", "catnap-web-costguard", costGuardRole, time.Minute, 128)
	costGuard.Env = maps.Clone(env)
	costGuard.Env["CATNAP_TOPIC"] = ""
	costGuard.Retry = deployment.Retry{Attempts: 2, MaxAge: 30 * time.Minute, OnFailure: letters}
	want := deployment.Deployment{
		Functions: []deployment.Function{waker, reaper, costGuard},
		TargetGroups: []alb.TargetGroup{{
			Name: "catnap-web", Kind: alb.Lambda, FunctionARN: lambdaARN + "catnap-web-waker", MultiValueHeaders: true,
		}},
		Rules: []alb.Rule{
			{
				Priority: 71, TargetGroup: balancer().TargetGroupARN("service"),
				Conditions: []elbtypes.RuleCondition{condition("http-header", "X-Catnap-Bypass", stackUUID)},
			},
			{
				Priority: 72, TargetGroup: balancer().TargetGroupARN("catnap-web"), Conditions: []elbtypes.RuleCondition{
					condition("path-pattern", "/*", "/.catnap/*", "/.catnap/since/0/active/0"),
					condition("host-header", "app.example.com"),
				},
			},
		},
		Parameters: []deployment.Parameter{
			{Name: "/catnap/web/budget"}, {Name: "/catnap/web/budget/warned"}, {Name: "/catnap/web/freeze"},
			{Name: "/catnap/web/services/web"}, {Name: "/catnap/web/services/web/freeze"},
			{Name: "/catnap/web/services/web/pin"}, {Name: "/catnap/web/services/web/wakes"}, {Name: "/catnap/web/thaw"},
		},
		ScheduleGroups: []string{"catnap-web"},
		Schedules: []deployment.Schedule{
			{
				Name: "catnap-web-costguard", Group: "catnap-web", Expression: "rate(1 hour)",
				Function: lambdaARN + "catnap-web-costguard", Input: `{"time": "<aws.scheduler.scheduled-time>"}`,
				Role: schedulerRole, DeadLetter: letters,
			},
			{
				Name: "catnap-web-reaper", Group: "catnap-web", Expression: "rate(1 minute)",
				Function: lambdaARN + "catnap-web-reaper", Role: schedulerRole,
			},
		},
	}
	if diff := cmp.Diff(want, got, same); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for role, statements := range map[string]int{wakerRole: 9, reaperRole: 9, costGuardRole: 7, schedulerRole: 2} {
		if n := len(got.Roles[role].Policy); n != statements {
			t.Errorf("%s has %d statements, want %d", role, n, statements)
		}
	}
}

// TestSettings: the document in SSM names what the sandbox will make.
func TestSettings(t *testing.T) {
	got, err := read(t, file(t, "../../../template.yaml"), beside())
	if err != nil {
		t.Fatal(err)
	}
	parameter, name, err := got.Settings()
	if err != nil || name != "web" || parameter.Name != "/catnap/web/services/web" {
		t.Fatalf("got %s of %q, %v", parameter.Name, name, err)
	}
	set, err := settings.Parse(name, []byte(parameter.Value))
	if err != nil {
		t.Fatal(err)
	}
	lb := balancer()
	want := []string{lb.Dimension(), lb.TargetGroupARN("catnap-web"), lb.RuleARN(71), lb.RuleARN(72), "http://" + host}
	have := []string{set.LoadBalancer, set.WakerTargetGroup, set.BypassRule, set.WakerRule, set.BypassURL}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestCDK: an app that makes the load balancer and the service, too. [ECS-25] The service has a task at first.
func TestCDK(t *testing.T) {
	got, err := read(t, file(t, "testdata/cdk.json"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.Listener == nil || got.Listener.Port != 80 || len(got.Services) != 1 {
		t.Fatalf("got listener %+v, services %+v", got.Listener, got.Services)
	}
	service := got.Services[0]
	if service.Name != "shop" || !strings.HasPrefix(service.Cluster, "catnap-ClusterEB0386A7-") ||
		service.Desired != 1 || service.Grace != time.Minute || service.TargetGroup != got.Listener.Default {
		t.Errorf("got %+v", service)
	}
	var targets alb.TargetGroup
	for _, g := range got.TargetGroups {
		if balancer().TargetGroupARN(g.Name) == service.TargetGroup {
			targets = g
		}
	}
	if !regexp.MustCompile(`^catnap-TargetsC6A28-[0-9A-F]{12}$`).MatchString(targets.Name) {
		t.Errorf("the service's group is called %q", targets.Name)
	}
	targets.Name = ""
	want := alb.TargetGroup{Kind: alb.IP, DeregistrationDelay: 10 * time.Second, HealthCheck: alb.HealthCheck{
		Path: "/api/health", Interval: 10 * time.Second, Timeout: 5 * time.Second, Healthy: 2,
	}}
	if diff := cmp.Diff(want, targets); diff != "" {
		t.Errorf("the service's group (-want +got):\n%s", diff)
	}
	if len(got.Functions) != 3 || len(got.Rules) != 2 || len(got.Schedules) != 2 || len(got.Roles) != 4 {
		t.Errorf("got %+v", got)
	}
}
