package catnap_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/infra/catnap"
	"github.com/catnap-dev/catnap/internal/cloudformation"
)

const (
	groupARN    = "arn:aws:elasticloadbalancing:eu-west-3:123456789012:targetgroup/shop-web/0123456789abcdef"
	listenerARN = "arn:aws:elasticloadbalancing:eu-west-3:123456789012:listener/app/shop/0123456789abcdef/23456789abcdef01"
	topicARN    = "arn:aws:sns:eu-west-3:123456789012:alarms"
)

// beside are the props for a service, a target group and a listener that were made elsewhere.
func beside(t *testing.T, stack awscdk.Stack) *catnap.Props {
	t.Helper()
	vpc := awsec2.Vpc_FromVpcAttributes(stack, new("Vpc"), &awsec2.VpcAttributes{
		VpcId: new("vpc-1"), AvailabilityZones: &[]*string{new("eu-west-3a")},
	})
	cluster := awsecs.Cluster_FromClusterAttributes(stack, new("Cluster"), &awsecs.ClusterAttributes{
		ClusterName: new("shop"), Vpc: vpc,
	})
	return &catnap.Props{
		Name: "web",
		Service: awsecs.FargateService_FromFargateServiceAttributes(stack, new("Service"),
			&awsecs.FargateServiceAttributes{Cluster: cluster, ServiceName: new("shop-web")}),
		TargetGroup: elb.ApplicationTargetGroup_FromTargetGroupAttributes(stack, new("Group"),
			&elb.TargetGroupAttributes{TargetGroupArn: new(groupARN)}),
		Listener: elb.ApplicationListener_FromApplicationListenerAttributes(stack, new("Listener"),
			&elb.ApplicationListenerAttributes{
				ListenerArn:   new(listenerARN),
				SecurityGroup: awsec2.SecurityGroup_FromSecurityGroupId(stack, new("Sg"), new("sg-1"), nil),
			}),
		BypassURL: "https://shop-1234567890.eu-west-3.elb.amazonaws.com",
		Dist:      dist(t),
	}
}

// dist is what `make build` would have written, but small, so that templates are the same on every machine.
func dist(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"waker", "reaper", "costguard"} {
		if err := os.Mkdir(folder+"/"+name, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(folder+"/"+name+"/bootstrap", []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// TestAgreesWithSAM: the construct makes what template.yaml makes, down to every property, whatever the values are.
func TestAgreesWithSAM(t *testing.T) {
	source, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	token := strings.Repeat("0a", 32)
	for name, tc := range map[string]struct {
		props  func(awscdk.Stack, *catnap.Props)
		values map[string]string
	}{
		"Defaults": {
			func(awscdk.Stack, *catnap.Props) {},
			map[string]string{"LoadBalancerDnsName": "shop-1234567890.eu-west-3.elb.amazonaws.com"},
		},
		"Everything": {
			func(stack awscdk.Stack, p *catnap.Props) {
				p.Name, p.BypassPriority, p.HostHeader, p.Patterns = "api", 71, "*.example.com", []string{"/shop/*", "/api/v?/*"}
				p.Bypass, p.BypassURL, p.ProbePath, p.WakeCount = catnap.BypassOff, "", "/health", 2
				p.IdleAfter, p.Wake, p.WakesPerHour, p.OperatorTokenSHA256 = 15*time.Minute, "navigation", new(0), token
				p.Prefix, p.LogLevel, p.WakerTimeout, p.WakerConcurrency = "/team/catnap", "DEBUG", 90*time.Second, 20
				p.AlarmTopic = awssns.Topic_FromTopicArn(stack, new("Topic"), new(topicARN))
				p.MonthlyLimit, p.NoDashboard = 30, true
			},
			map[string]string{
				"ServiceName": "api", "PriorityBase": "7", "HostHeader": "*.example.com", "PathPatterns": "/shop/*,/api/v?/*",
				"BypassMode": "off", "ProbePath": "/health", "WakeCount": "2",
				"IdleAfter": "15m", "WakeMode": "navigation", "WakesPerHour": "0", "OperatorTokenSHA256": token,
				"Prefix": "/team/catnap", "LogLevel": "DEBUG", "WakerTimeout": "90", "WakerConcurrency": "20", "MonthlyLimit": "30",
				"AlarmTopicArn": topicARN, "DashboardMode": "none",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			stack := awscdk.NewStack(awscdk.NewApp(nil), &name, nil)
			props := beside(t, stack)
			tc.props(stack, props)
			catnap.NewScaleToZero(stack, "Catnap", props)
			values := map[string]string{
				"ServiceName": "web", "Cluster": "shop", "Service": "shop-web", "ServiceTargetGroupArn": groupARN,
				"ListenerArn": listenerARN,
			}
			maps.Copy(values, tc.values)
			if diff := cmp.Diff(fromSAM(t, source, values), fromCDK(t, stack)); diff != "" {
				t.Errorf("template.yaml (-) and the construct (+):\n%s", diff)
			}
		})
	}
}

// alike is a template's resources in a form in which only what matters differs.
func alike(resources map[string]resource) map[string]any {
	all := map[string]any{}
	for name, r := range resources {
		for _, key := range []string{"Value", "DashboardBody"} {
			if text, ok := r.Properties[key].(string); ok {
				r.Properties[key] = document(text)
			}
		}
		all[name] = plain(map[string]any{"Type": r.Type, "Properties": r.Properties, "DependsOn": r.dependsOn})
	}
	return all
}

// document is a JSON text as what it says.
func document(text string) any {
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		return err.Error()
	}
	return value
}

// plain writes every scalar as text, as CloudFormation takes them, and a list of one text as that text, as IAM does.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := map[string]any{}
		for key, value := range v {
			if value := plain(value); value != nil {
				m[key] = value
			}
		}
		return m
	case []any:
		return plainList(v)
	case nil:
		return nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	default:
		return fmt.Sprint(v)
	}
}

func plainList(v []any) any {
	var list []any
	for _, element := range v {
		list = append(list, plain(element))
	}
	switch text, ok := slices.Concat(list, []any{nil})[0].(string); {
	case len(list) == 0:
		return nil
	case len(list) == 1 && ok:
		return text
	default:
		return list
	}
}

// fromSAM carries the transform out for functions: the code is elsewhere, and a function's handling of events is a
// resource of its own.
func fromSAM(t *testing.T, source []byte, values map[string]string) map[string]any {
	t.Helper()
	resources := filled(t, source, values)
	for name, r := range resources {
		if r.Type != "AWS::Serverless::Function" {
			continue
		}
		r.Type = "AWS::Lambda::Function"
		if config, ok := r.Properties["EventInvokeConfig"].(map[string]any); ok {
			config["FunctionName"] = r.Properties["FunctionName"]
			config["Qualifier"] = "$LATEST"
			if destinations, ok := config["DestinationConfig"].(map[string]any); ok {
				delete(destinations["OnFailure"].(map[string]any), "Type")
			}
			event := cloudformation.Resource{Type: "AWS::Lambda::EventInvokeConfig", Properties: config}
			resources[name+"EventInvokeConfig"] = resource{Resource: event}
		}
		delete(r.Properties, "EventInvokeConfig")
		delete(r.Properties, "CodeUri")
		resources[name] = r
	}
	return alike(resources)
}

var logicalID = regexp.MustCompile(`"Catnap(\w+?)[0-9A-F]{8}"`)

func fromCDK(t *testing.T, stack awscdk.Stack) map[string]any {
	t.Helper()
	source, err := json.Marshal(assertions.Template_FromStack(stack, nil).ToJSON())
	if err != nil {
		t.Fatal(err)
	}
	resources := filled(t, logicalID.ReplaceAll(source, []byte(`"$1"`)), nil)
	for _, r := range resources {
		if r.Type == "AWS::Lambda::Function" {
			delete(r.Properties, "Code")
		}
	}
	return alike(resources)
}

// resource is one that CloudFormation would make, with what it waits for besides what it names.
type resource struct {
	cloudformation.Resource
	dependsOn any
}

// filled are the resources of a template by their logical names, with the intrinsic functions called.
func filled(t *testing.T, source []byte, values map[string]string) map[string]resource {
	t.Helper()
	template, err := cloudformation.Parse(source)
	if err != nil {
		t.Fatal(err)
	}
	made := recorder{
		place: cloudformation.Place{Account: "123456789012", Region: "eu-west-3", Stack: "shop", ID: "c71b3d40"},
		made:  map[string]resource{}, template: template,
	}
	stack, err := template.Stack(cloudformation.Options{
		Place: made.place, Parameters: values, Provider: made,
		SSM: map[string]string{"/cdk-bootstrap/hnb659fds/version": "21"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := stack.Make(); err != nil {
		t.Fatal(err)
	}
	return made.made
}

// recorder notes what is to be made, and calls it what AWS would.
type recorder struct {
	place    cloudformation.Place
	template *cloudformation.Template
	made     map[string]resource
}

func (r recorder) Make(one cloudformation.Resource) (cloudformation.Physical, error) {
	whole, _ := r.template.Section("Resources")[one.Name].(map[string]any)
	r.made[one.Name] = resource{one, whole["DependsOn"]}
	return cloudformation.Identify(r.place, one), nil
}
