package ec2

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/infra/environment"
)

// newMachine is a stack with a machine of the bundle's application.
func newMachine(t *testing.T) assertions.Template {
	t.Helper()
	b := bundle(t)
	stack := awscdk.NewStack(awscdk.NewApp(nil), new("Shop"), &awscdk.StackProps{
		Env: &awscdk.Environment{Region: new("eu-west-3")},
	})
	vpc := awsec2.NewVpc(stack, new("Vpc"), &awsec2.VpcProps{NatGateways: new(0.0)})
	New(stack, "EC2", &Props{
		Settings: environment.EC2{InstanceType: "t3.medium", Spot: true, VolumeSize: 30}, Task: b.Task, Bundle: packed(t, b),
		Health: "/up", VPC: vpc, Subnets: &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PUBLIC}, Public: true,
		Logs: awslogs.NewLogGroup(stack, new("Logs"), nil),
		Group: elb.NewApplicationTargetGroup(stack, new("Group"), &elb.ApplicationTargetGroupProps{
			Vpc: vpc, Port: new(8080.0), TargetType: elb.TargetType_INSTANCE,
		}),
	})
	return assertions.Template_FromStack(stack, nil)
}

func resources(t *testing.T, template assertions.Template, kind string) string {
	t.Helper()
	raw, err := json.Marshal(template.FindResources(&kind, nil))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestMachine: no SSH, no open door, metadata by session only, an encrypted disk; updates wait for the new machine's
// word.
func TestMachine(t *testing.T) {
	template := newMachine(t)
	launch := resources(t, template, "AWS::EC2::LaunchTemplate")
	for _, want := range []string{
		`"HttpTokens":"required"`, `"Encrypted":true`, `"MarketType":"spot"`, `"AssociatePublicIpAddress":true`,
	} {
		if !strings.Contains(launch, want) {
			t.Errorf("the launch template has no %s", want)
		}
	}
	doors := resources(t, template, "AWS::EC2::SecurityGroup")
	if strings.Contains(launch, "KeyName") || strings.Contains(doors, "Ingress") {
		t.Error("there is a way in besides the load balancer")
	}
	group := resources(t, template, "AWS::AutoScaling::AutoScalingGroup")
	for _, want := range []string{`"WaitOnResourceSignals":true`, `"MinInstancesInService":1`, `"Timeout":"PT15M"`} {
		if !strings.Contains(group, want) {
			t.Errorf("the group has no %s", want)
		}
	}
}

// allowed is a statement of the role.
type allowed struct {
	Sid              string
	Action, Resource any
}

func statements(t *testing.T) []allowed {
	t.Helper()
	var roles map[string]struct {
		Properties struct {
			Policies []struct{ PolicyDocument struct{ Statement []allowed } }
		}
	}
	if err := json.Unmarshal([]byte(resources(t, newMachine(t), "AWS::IAM::Role")), &roles); err != nil {
		t.Fatal(err)
	}
	var all []allowed
	for _, role := range roles {
		for _, policy := range role.Properties.Policies {
			all = append(all, policy.PolicyDocument.Statement...)
		}
	}
	return all
}

// TestRole: the machine may read its bundle, its secrets and its images, and write its log; nothing more, and nothing
// of the load balancer.
func TestRole(t *testing.T) {
	var got []string
	for _, s := range statements(t) {
		got = append(got, fmt.Sprint(s.Sid, " ", s.Action))
		if s.Resource == "*" != (s.Sid == "SignInToRegistry") {
			t.Errorf("%s is on %v", s.Sid, s.Resource)
		}
	}
	slices.Sort(got)
	want := []string{
		"ReadBundle s3:GetObject",
		"ReadImages [ecr:BatchCheckLayerAvailability ecr:BatchGetImage ecr:GetDownloadUrlForLayer]",
		"ReadParameters ssm:GetParameter",
		"ReadSecrets secretsmanager:GetSecretValue",
		"SignInToRegistry ecr:GetAuthorizationToken",
		"WriteLogs [logs:CreateLogStream logs:PutLogEvents]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("permissions (-want +got):\n%s", diff)
	}
}

// TestSetUpIsBash: the script that a new machine runs is one that bash can read, with nothing left to fill in, and with
// the packages that the images need.
func TestSetUpIsBash(t *testing.T) {
	var launch map[string]struct {
		Properties struct {
			LaunchTemplateData struct {
				UserData struct {
					Script struct {
						Join []any `json:"Fn::Join"`
					} `json:"Fn::Base64"`
				}
			}
		}
	}
	text := resources(t, newMachine(t), "AWS::EC2::LaunchTemplate")
	if err := json.Unmarshal([]byte(text), &launch); err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	for _, template := range launch {
		for _, part := range template.Properties.LaunchTemplateData.UserData.Script.Join[1].([]any) {
			if text, ok := part.(string); ok {
				script.WriteString(text)
			} else {
				script.WriteString("VALUE")
			}
		}
	}
	check := exec.CommandContext(t.Context(), "bash", "-n")
	check.Stdin = strings.NewReader(script.String())
	if output, err := check.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, output)
	}
	for _, want := range []string{
		"/opt/aws/bin/cfn-signal", "jq unzip amazon-ecr-credential-helper\n", "'http://127.0.0.1:8080/up'", "s3://VALUE/",
	} {
		if !strings.Contains(script.String(), want) {
			t.Errorf("no %q in\n%s", want, script.String())
		}
	}
	if strings.Contains(script.String(), "@") {
		t.Errorf("something is left to fill in:\n%s", script.String())
	}
}
