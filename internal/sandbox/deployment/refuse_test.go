package deployment_test

import (
	"strings"
	"testing"

	"github.com/catnap-dev/catnap/internal/sandbox/deployment"
)

// TestWhatIsNotImitated: nothing of a template is dropped that would make a difference. Each slip is the CDK app's
// template with the first place that is like old changed.
func TestWhatIsNotImitated(t *testing.T) {
	original := file(t, "testdata/cdk.json")
	for name, test := range map[string]struct{ old, by, want string }{
		"kind": {
			`"AWS::SQS::Queue"`, `"AWS::WAFv2::WebACLAssociation"`,
			"Resources.CatnapDeadLetters63EA: the sandbox does not imitate AWS::WAFv2::WebACLAssociation",
		},
		"property":          {`"LaunchType"`, `"Role"`, "Resources.Service9571FDD8: Properties.Role: is not known here"},
		"nested property":   {`"DeploymentCircuitBreaker"`, `"Hooks"`, "Properties.DeploymentConfiguration.Hooks: is not known here"},
		"another listener":  {`"AWS::SQS::Queue"`, `"AWS::ElasticLoadBalancingV2::Listener"`, "Properties.MessageRetentionPeriod: is not known"},
		"TLS":               {`"Protocol": "HTTP"`, `"Protocol": "HTTPS"`, `Protocol: "HTTPS" is not imitated, only HTTP`},
		"fixed response":    {`"Type": "forward"`, `"Type": "fixed-response"`, "anything but one action of the type forward"},
		"another balancer":  {`"Type": "application"`, `"Type": "network"`, `Type: "network" is not imitated, only application`},
		"idle timeout":      {`"deletion_protection.enabled"`, `"idle_timeout.timeout_seconds"`, "the attribute idle_timeout.timeout_seconds"},
		"sticky group":      {`"Key": "stickiness.enabled"`, `"Key": "slow_start.duration_seconds"`, `slow_start.duration_seconds with the value "false"`},
		"balancers":         {`"TargetType": "ip"`, `"TargetType": "alb"`, `TargetType: "alb" is not imitated`},
		"checks of lambdas": {`"HealthCheckEnabled": false`, `"HealthCheckEnabled": true`, `HealthCheckEnabled: "true" is not imitated, only false`},
		"delay":             {`"Value": "10"`, `"Value": "soon"`, `deregistration_delay.timeout_seconds: "soon"`},
		"other rule":        {`"PathPatternConfig"`, `"QueryStringConfig"`, "Properties.Conditions.0.QueryStringConfig: is not known here"},
		"foreign listener":  {`"Ref": "ListenerE1A099B9"`, `"Ref": "BalancerA9F7B1C3"`, "is not the listener"},
		"no balancer":       {`"LoadBalancers": [`, `"LoadBalancers": [], "x": [`, "x: is not known"},
		"code deploy":       {`"LaunchType": "FARGATE"`, `"DeploymentController": {"Type": "CODE_DEPLOY"}`, `DeploymentController: "CODE_DEPLOY" is not imitated`},
		"blue and green":    {`"MaximumPercent": 200`, `"Strategy": "BLUE_GREEN"`, `Strategy: "BLUE_GREEN" is not imitated`},
		"advanced tier":     {`"Tier": "Standard"`, `"Tier": "Advanced"`, `Tier: "Advanced" is not imitated`},
		"foreign code":      {`"catnap-shop-waker",` + "\n" + `    "Handler"`, `"catnap-shop-walker", "Handler"`, `"walker" is the code of no function`},
		"another runtime":   {`"provided.al2023"`, `"nodejs24.x"`, "nodejs24.x, bootstrap"},
		"unknown variable":  {`"GOGC": "off"`, `"CATNAP_PREFX": "off"`, "Environment.Variables.CATNAP_PREFX"},
		"nobody's function": {`"MemorySize": 256`, `"ReservedConcurrentExecutions": 0`, "nobody could invoke the function"},
		"layers":            {`"MemorySize": 256`, `"Layers": []`, "Properties.Layers: is not known here"},
		"denial":            {`"Effect": "Allow"`, `"Effect": "Deny"`, `the effect "Deny" is not imitated`},
		"flexible window":   {`"Mode": "OFF"`, `"Mode": "FLEXIBLE"`, `FlexibleTimeWindow.Mode: "FLEXIBLE"`},
		"retried schedule":  {`"MaximumRetryAttempts": 0` + "\n     },", `"MaximumRetryAttempts": 3` + "\n     },", "RetryPolicy.MaximumRetryAttempts"},
		"old bootstrap":     {`"5"`, `"21"`, "Rules.CheckBootstrapVersion: CDK bootstrap stack version 6 required"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(original, test.old) {
				t.Fatalf("the template has no %q", test.old)
			}
			_, err := read(t, strings.Replace(original, test.old, test.by, 1), nil)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// TestTemplatesThatAreRefused before anything of them is looked at.
func TestTemplatesThatAreRefused(t *testing.T) {
	for name, test := range map[string]struct {
		source string
		values map[string]string
		want   string
	}{
		"no template":     {"a: [", nil, "parse template"},
		"no values":       {file(t, "../../../template.yaml"), nil, "Parameters.ServiceName: must have a value"},
		"unknown output":  {"Resources: { A: { Type: AWS::SNS::Topic } }\nOutputs: { O: { Value: !GetAtt A.Arn } }", nil, "no known attribute Arn"},
		"role of others":  {"Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties: { FunctionName: a-waker, Runtime: provided.al2023, Handler: bootstrap, Role: 'arn:aws:iam::000000000000:role/x' }", nil, "is none of this template"},
		"policy of none":  {"Resources: { P: { Type: AWS::IAM::RolePolicy, Properties: { RoleName: x, PolicyName: z, PolicyDocument: {} } } }", nil, "x is no role of this template"},
		"schedule's home": {"Resources: { S: { Type: AWS::Scheduler::Schedule, Properties: { FlexibleTimeWindow: { Mode: 'OFF' }, Target: { RetryPolicy: { MaximumRetryAttempts: 0 } } } } }", nil, `the group "" is none`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(t, test.source, test.values)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// TestWhereSettingsAre: right below the waker's prefix, and nowhere else.
func TestWhereSettingsAre(t *testing.T) {
	waker := func(prefix string) []deployment.Function {
		return []deployment.Function{{Code: "reaper"}, {Code: "waker", Env: map[string]string{"CATNAP_PREFIX": prefix}}}
	}
	parameters := []deployment.Parameter{
		{Name: "/a/services/web"}, {Name: "/a/services/web/wakes"}, {Name: "/a/freeze"}, {Name: "/catnap/services/api"},
		{Name: "/b/services/one"}, {Name: "/b/services/two"},
	}
	for name, test := range map[string]struct {
		functions []deployment.Function
		want      string // the service's name, or the error
	}{
		"its prefix":     {waker("/a"), "web"},
		"the usual one":  {waker(""), "api"},
		"none":           {waker("/c"), "0 parameters are right below /c/services"},
		"two":            {waker("/b"), "2 parameters"},
		"nobody to read": {nil, "there is no waker"},
	} {
		t.Run(name, func(t *testing.T) {
			_, got, err := deployment.Deployment{Functions: test.functions, Parameters: parameters}.Settings()
			if err != nil {
				got = err.Error()
			}
			if !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
