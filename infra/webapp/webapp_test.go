package webapp_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"

	"github.com/catnap-dev/catnap/infra/compose"
	"github.com/catnap-dev/catnap/infra/environment"
	"github.com/catnap-dev/catnap/infra/webapp"
)

// props are those of an environment's file, `{"region": ..., and more}`, and of a task with one container.
func props(t *testing.T, more string) webapp.Props {
	t.Helper()
	e, err := environment.Parse("test", []byte(`{"region": "eu-west-3", "compose": "compose.yml"`+more+`}`))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, name := range []string{"waker", "reaper", "costguard", "bundle"} {
		if err := os.Mkdir(filepath.Join(folder, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name, "bootstrap"), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return webapp.Props{
		Environment: e, Dist: folder, Bundle: filepath.Join(folder, "bundle"),
		Task: compose.Task{
			Name: "shop", CPU: 256, Memory: 512, Architecture: "X86_64", Front: compose.Front{Container: "web", Port: 8080},
			Containers: []compose.Container{{
				Name: "web", Image: "shop:1", Essential: true, Ports: []compose.Port{{Number: 8080, Protocol: "tcp"}},
			}},
		},
	}
}

// stack is a synthesised one, with its resources to be compared.
type stack struct{ assertions.Template }

func newStack(t *testing.T, p webapp.Props) stack {
	t.Helper()
	defer func() {
		if failure := recover(); failure != nil {
			t.Fatal(failure)
		}
	}()
	return stack{assertions.Template_FromStack(webapp.NewStack(awscdk.NewApp(nil), p), nil)}
}

type object = map[string]any

// has fails the test unless there is a resource with these properties and perhaps more.
func (s stack) has(t *testing.T, kind string, properties object) {
	t.Helper()
	defer func() {
		if failure := recover(); failure != nil {
			t.Error(failure)
		}
	}()
	s.HasResourceProperties(&kind, properties)
}

func (s stack) count(t *testing.T, kind string, want int) {
	t.Helper()
	if got := len(*s.FindResources(&kind, nil)); got != want {
		t.Errorf("%d of %s, want %d", got, kind, want)
	}
}

// some is a list of which only some elements matter, and of an object only some members.
func some(elements ...any) assertions.Matcher {
	for i, element := range elements {
		if members, ok := element.(object); ok {
			elements[i] = assertions.Match_ObjectLike(&members)
		}
	}
	return assertions.Match_ArrayWith(&elements)
}

func TestService(t *testing.T) {
	s := newStack(t, props(t, ``))
	s.has(t, "AWS::ECS::Service", object{
		"DesiredCount":             assertions.Match_Absent(),
		"CapacityProviderStrategy": []any{object{"CapacityProvider": "FARGATE", "Weight": 1}},
		"DeploymentConfiguration":  object{"MinimumHealthyPercent": 100, "MaximumPercent": 200},
		"NetworkConfiguration":     object{"AwsvpcConfiguration": object{"AssignPublicIp": "ENABLED"}},
	})
	s.has(t, "AWS::ApplicationAutoScaling::ScalableTarget", object{"MinCapacity": 0, "MaxCapacity": 10})
	s.has(t, "AWS::ApplicationAutoScaling::ScalingPolicy", object{"TargetTrackingScalingPolicyConfiguration": object{
		"TargetValue": 10, "ScaleOutCooldown": 30,
	}})
	s.has(t, "AWS::ElasticLoadBalancingV2::LoadBalancer", object{
		"Scheme": "internet-facing", "LoadBalancerAttributes": some(object{"Key": "idle_timeout.timeout_seconds", "Value": "60"}),
	})
	s.has(t, "AWS::ElasticLoadBalancingV2::Listener", object{"Port": 80, "Protocol": "HTTP"})
	s.count(t, "AWS::EC2::NatGateway", 0)
	s.count(t, "AWS::AutoScaling::AutoScalingGroup", 0)
	s.count(t, "AWS::Lambda::Function", 3)
	s.count(t, "AWS::SNS::Topic", 0)
}

// TestSettings: what an environment's file says is what is made.
func TestSettings(t *testing.T) {
	s := newStack(t, props(t, `,
		"site": "shop", "network": {"subnets": "private"}, "capacity": "mixed", "email": "ops@example.com",
		"health": {"path": "/up", "interval": "15s", "timeout": "3s", "grace": "30s", "deregistration_delay": "20s"},
		"scaling": {"maximum": 3, "requests_per_target": 50, "scale_out_cooldown": "1m", "scale_in_cooldown": "2m"},
		"sleep": {"idle_after": "15m", "wake": "navigation", "wakes_per_hour": 0, "prefix": "/team/catnap", "log_level": "DEBUG",
			"waker_concurrency": 20, "dashboard": false, "settings": {"hold": "20s"}}`))
	s.has(t, "AWS::ECS::Service", object{
		"CapacityProviderStrategy": []any{
			object{"CapacityProvider": "FARGATE", "Base": 1, "Weight": 0},
			object{"CapacityProvider": "FARGATE_SPOT", "Weight": 1},
		},
		"HealthCheckGracePeriodSeconds": 30,
		"NetworkConfiguration":          object{"AwsvpcConfiguration": object{"AssignPublicIp": "DISABLED"}},
	})
	s.count(t, "AWS::EC2::NatGateway", 1)
	s.has(t, "AWS::ElasticLoadBalancingV2::TargetGroup", object{
		"HealthCheckPath": "/up", "HealthCheckIntervalSeconds": 15, "HealthCheckTimeoutSeconds": 3,
		"TargetGroupAttributes": some(object{"Key": "deregistration_delay.timeout_seconds", "Value": "20"}),
	})
	s.has(t, "AWS::ApplicationAutoScaling::ScalableTarget", object{"MinCapacity": 0, "MaxCapacity": 3})
	s.has(t, "AWS::ApplicationAutoScaling::ScalingPolicy", object{"TargetTrackingScalingPolicyConfiguration": object{
		"TargetValue": 50, "ScaleOutCooldown": 60, "ScaleInCooldown": 120,
	}})
	s.has(t, "AWS::Lambda::Function", object{
		"FunctionName": "catnap-shop-waker", "ReservedConcurrentExecutions": 20,
		"LoggingConfig": object{"ApplicationLogLevel": "DEBUG"},
		"Environment":   object{"Variables": object{"CATNAP_PREFIX": "/team/catnap/shop"}},
	})
	s.has(t, "AWS::SSM::Parameter", object{
		"Name": "/team/catnap/shop/services/shop",
		"Value": object{"Fn::Join": []any{"", some(assertions.Match_StringLikeRegexp(new(
			`"hold": "20s",\s+"idle_after": "15m"`)), assertions.Match_StringLikeRegexp(new(`"probe_path": "/up"`)))}},
	})
	s.has(t, "AWS::SNS::Subscription", object{"Protocol": "email", "Endpoint": "ops@example.com"})
	s.has(t, "AWS::CloudWatch::Alarm", object{
		"AlarmName": "catnap-shop-waker-errors", "AlarmActions": []any{assertions.Match_AnyValue()},
	})
	s.count(t, "AWS::CloudWatch::Dashboard", 0)
}

// TestDomain: with a zone, name and certificate are made; with a certificate alone, neither. An alias never asks for
// health: the target group of a sleeping service is empty.
func TestDomain(t *testing.T) {
	zone := newStack(t, props(t, `, "domain": {
		"name": "a.example.com", "hosted_zone": "example.com", "hosted_zone_id": "Z1"}`))
	zone.has(t, "AWS::Route53::RecordSet", object{
		"Name": "a.example.com.", "Type": "A", "AliasTarget": object{"EvaluateTargetHealth": assertions.Match_Absent()},
	})
	zone.has(t, "AWS::CertificateManager::Certificate", object{"DomainName": "a.example.com", "ValidationMethod": "DNS"})
	zone.has(t, "AWS::ElasticLoadBalancingV2::Listener", object{"Port": 443, "Protocol": "HTTPS"})
	zone.has(t, "AWS::ElasticLoadBalancingV2::Listener", object{"Port": 80, "DefaultActions": []any{object{
		"Type": "redirect", "RedirectConfig": object{"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"},
	}}})

	arn := "arn:aws:acm:eu-west-3:123456789012:certificate/1"
	own := newStack(t, props(t, `, "domain": {"name": "a.example.com", "certificate": "`+arn+`"}`))
	own.has(t, "AWS::ElasticLoadBalancingV2::Listener", object{
		"Port": 443, "Certificates": []any{object{"CertificateArn": arn}},
	})
	own.count(t, "AWS::Route53::RecordSet", 0)
	own.count(t, "AWS::CertificateManager::Certificate", 0)
}

// TestVPC: one that exists is looked up, and nothing of it is made.
func TestVPC(t *testing.T) {
	for _, vpc := range []string{"default", "vpc-0123456789abcdef0"} {
		s := newStack(t, props(t, `, "account": "123456789012", "network": {"vpc": "`+vpc+`"}`))
		s.count(t, "AWS::EC2::VPC", 0)
		s.count(t, "AWS::EC2::Subnet", 0)
	}
}

// TestModes: which side there is, where the listener sends what no rule takes, and the one rule that moves traffic.
func TestModes(t *testing.T) {
	rule := object{
		"Priority":   2,
		"Conditions": []any{object{"Field": "path-pattern", "PathPatternConfig": object{"Values": []any{"/*", "/.catnap/ec2/since/0"}}}},
	}
	ec2 := newStack(t, props(t, `, "mode": "ec2", "ec2": {
		"instance_type": "m7i.large", "spot": false, "volume_size": 50, "port": 81}`))
	ec2.count(t, "AWS::ECS::Service", 0)
	ec2.count(t, "AWS::Lambda::Function", 0)
	ec2.count(t, "AWS::ElasticLoadBalancingV2::ListenerRule", 1)
	ec2.has(t, "AWS::ElasticLoadBalancingV2::ListenerRule", rule)
	ec2.has(t, "AWS::AutoScaling::AutoScalingGroup", object{"MinSize": "1", "MaxSize": "2"})
	ec2.has(t, "AWS::ElasticLoadBalancingV2::TargetGroup", object{"TargetType": "instance", "Port": 81})
	ec2.has(t, "AWS::EC2::LaunchTemplate", object{"LaunchTemplateData": object{
		"InstanceType": "m7i.large", "InstanceMarketOptions": assertions.Match_Absent(),
		"MetadataOptions":     object{"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
		"BlockDeviceMappings": []any{object{"Ebs": object{"Encrypted": true, "VolumeSize": 50}}},
	}})

	both := newStack(t, props(t, `, "mode": "both"`))
	both.has(t, "AWS::ElasticLoadBalancingV2::ListenerRule", rule)
	both.count(t, "AWS::ElasticLoadBalancingV2::ListenerRule", 3)
	both.HasResource(new("AWS::ElasticLoadBalancingV2::ListenerRule"), object{ // made when the machine is ready
		"Properties": rule, "DependsOn": some(assertions.Match_StringLikeRegexp(new("^EC2GroupASG"))),
	})
	both.has(t, "AWS::EC2::LaunchTemplate", object{"LaunchTemplateData": object{
		"InstanceMarketOptions": object{"MarketType": "spot"},
	}})
	both.has(t, "AWS::SSM::Parameter", object{"Value": object{"Fn::Join": []any{"", some(
		assertions.Match_StringLikeRegexp(new(`"ec2_rule": "`)), object{"Ref": "EC2Rule"},
		assertions.Match_StringLikeRegexp(new(`"ec2_target_group": "`)),
	)}}})
}

const (
	foreignRule  = "arn:aws:elasticloadbalancing:eu-west-3:123456789012:listener-rule/app/shop/1/2/3"
	foreignGroup = "arn:aws:elasticloadbalancing:eu-west-3:123456789012:targetgroup/old/4"
	foreign      = `, "ec2": {"rule": "` + foreignRule + `", "target_group": "` + foreignGroup + `"}`
)

// TestForeignMachine: a machine that was made elsewhere is in the settings, and in the stack is nothing of it.
func TestForeignMachine(t *testing.T) {
	s := newStack(t, props(t, foreign))
	s.count(t, "AWS::AutoScaling::AutoScalingGroup", 0)
	s.count(t, "AWS::ElasticLoadBalancingV2::ListenerRule", 2)
	s.has(t, "AWS::SSM::Parameter", object{"Value": object{"Fn::Join": []any{"", some(assertions.Match_StringLikeRegexp(
		new(`"ec2_rule": "` + foreignRule + `",\s+"ec2_target_group": "` + foreignGroup + `"`)))}}})
}

// TestOnlyOperatorsSwitchEC2: no function may touch the EC2 rule.
func TestOnlyOperatorsSwitchEC2(t *testing.T) {
	s := newStack(t, props(t, `, "mode": "both"`))
	for _, kind := range []string{"AWS::IAM::RolePolicy", "AWS::IAM::Policy", "AWS::IAM::Role"} {
		for name, resource := range *s.FindResources(&kind, nil) {
			if text := fmt.Sprint(resource); strings.Contains(text, "EC2Rule") {
				t.Errorf("%s names the EC2 rule: %s", name, text)
			}
		}
	}
}

// TestRefusals: what the two files say only together.
func TestRefusals(t *testing.T) {
	for name, tc := range map[string]struct {
		more   string
		change func(*webapp.Props)
		want   string
	}{
		"long name": {``, func(p *webapp.Props) { p.Task.Name = strings.Repeat("shop", 6) },
			`site: "shopshopshopshopshopshop-test" must be 1 to 25 letters`},
		"ARM on Intel": {`, "mode": "both"`, func(p *webapp.Props) { p.Task.Architecture = "ARM64" },
			`ec2.instance_type: "t3.medium" has the processor X86_64, must have ARM64`},
		"Intel on ARM": {`, "mode": "ec2", "ec2": {"instance_type": "t4g.medium"}`, func(*webapp.Props) {},
			`ec2.instance_type: "t4g.medium" has the processor ARM64, must have X86_64`},
		"two machines": {`, "mode": "both"` + foreign, func(*webapp.Props) {},
			`ec2.rule: "` + foreignRule + `" must be left out, with ec2.target_group: in the mode both the stack has a machine`},
		"a setting": {`, "sleep": {"settings": {"holt": "5s"}}`, func(*webapp.Props) {},
			`Settings: holt: "5s" is an unknown key`},
	} {
		t.Run(name, func(t *testing.T) {
			p := props(t, tc.more)
			tc.change(&p)
			app := awscdk.NewApp(nil)
			webapp.NewStack(app, p)
			defer func() {
				if text := fmt.Sprint(recover()); !strings.Contains(text, "] "+tc.want) {
					t.Errorf("got %s, want %s", text, tc.want)
				}
			}()
			app.Synth(nil)
		})
	}
}
