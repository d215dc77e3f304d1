package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/catnap-dev/catnap/internal/ecsctl"
	"github.com/catnap-dev/catnap/internal/sandbox/alb"
	"github.com/catnap-dev/catnap/internal/sandbox/deployment"
	"github.com/catnap-dev/catnap/internal/sandbox/iam"
	"github.com/catnap-dev/catnap/internal/sandbox/lambda"
	"github.com/catnap-dev/catnap/internal/settings"
)

const (
	bypassSecret   = "sandbox-secret"
	reaperSchedule = "catnap-" + Service + "-reaper"
	schedulerRole  = "arn:aws:iam::" + iam.Account + ":role/catnap-scheduler"
	guardSchedule  = "catnap-" + Service + "-costguard"
	// healthInterval and drain are the shortest that AWS allows and what catnap's documentation advises.
	healthInterval   = 5 * time.Second
	healthTimeout    = 4 * time.Second
	drain            = 10 * time.Second
	wakerTimeout     = 60 * time.Second
	reaperTimeout    = 90 * time.Second
	costGuardTimeout = 60 * time.Second
)

// plan is what will be deployed.
func (s *Sandbox) plan() (deployment.Deployment, error) {
	if s.Template == nil {
		return s.own()
	}
	if s.Document != nil || s.WakerConcurrency != 0 {
		return deployment.Deployment{}, errors.New("settings and the waker's concurrency are not for a template")
	}
	return s.fromTemplate(*s.Template)
}

// Template is a CloudFormation template to deploy. If it makes no ECS service, the sandbox has one for it to stand
// beside; if it makes one, the sandbox's application runs in that.
type Template struct {
	Source []byte // YAML or JSON
	Stack  string // the stack's name; empty means "catnap"
	// Values are those of the template's parameters; nil leaves them at their defaults.
	Values func(Existing) map[string]string
	// SSM are the values of parameters of the type AWS::SSM::Parameter::Value, by their names in SSM.
	SSM map[string]string
	// Exports are what other stacks export.
	Exports map[string]string
}

// Existing is what stands in the sandbox before a template is deployed, as its user would name it.
type Existing struct {
	Cluster, Service string
	TargetGroup      string // ARN
	Listener         string // ARN
	Host, Port       string // of the load balancer, for its clients; the scheme is http
	HealthPath       string
	Topic            string // ARN
}

func (s *Sandbox) existing() Existing {
	host, port := s.address()
	return Existing{
		Cluster: Cluster, Service: Service, TargetGroup: s.ALB.TargetGroupARN(serviceGroup),
		Listener: s.ALB.ListenerARN(), Host: host, Port: port, HealthPath: s.HealthPath, Topic: s.topic,
	}
}

// address is where the functions reach the load balancer: by its DNS name and usual port, which dial resolves, or, as
// processes, where it really listens.
func (s *Sandbox) address() (host, port string) {
	if s.Binaries == "" {
		return s.ALB.DNSName(), "80"
	}
	host, port, _ = net.SplitHostPort(s.URL()[len("http://"):]) // it has both
	return host, port
}

func (s *Sandbox) fromTemplate(t Template) (deployment.Deployment, error) {
	host, port := s.address()
	read := deployment.Template{Source: t.Source, Stack: t.Stack, SSM: t.SSM, Exports: t.Exports}
	if t.Values != nil {
		read.Values = t.Values(s.existing())
	}
	d, err := deployment.FromTemplate(read, s.ALB, host)
	if err != nil {
		return deployment.Deployment{}, err
	}
	if len(d.Services) == 0 {
		d = s.beside(d)
	}
	if s.EC2 != nil && d.Machines == "" {
		return deployment.Deployment{}, errors.New("deploy template: it has no target group for EC2 instances")
	}
	if d.Listener == nil {
		return deployment.Deployment{}, errors.New("deploy template: it makes a service, and no listener for it")
	}
	if s.Binaries == "" {
		port = strconv.Itoa(d.Listener.Port)
	}
	s.resolved = net.JoinHostPort(host, port)
	return d, nil
}

const serviceGroup = "service"

// beside adds the service that is there before catnap is.
func (s *Sandbox) beside(d deployment.Deployment) deployment.Deployment {
	_, port := s.address()
	number, _ := strconv.Atoi(port)
	group := s.ALB.TargetGroupARN(serviceGroup)
	d.TargetGroups = append(d.TargetGroups, alb.TargetGroup{
		Name: serviceGroup, DeregistrationDelay: drain,
		HealthCheck: alb.HealthCheck{
			Path: s.HealthPath, Matcher: s.HealthMatcher, Interval: healthInterval, Timeout: healthTimeout, Healthy: 2,
		},
	})
	d.Listener = &deployment.Listener{Port: number, Default: group}
	d.Services = append(d.Services, deployment.Service{Cluster: Cluster, Name: Service, TargetGroup: group})
	return d
}

// own is the sandbox's own deployment: functions that may do everything, and settings that the options can change. It
// makes the two rules as a deployment beside a service that is asleep does: the waker rule is armed, and carries no
// mark until the reaper or the first visitor writes one.
func (s *Sandbox) own() (deployment.Deployment, error) {
	wakerGroup := s.ALB.TargetGroupARN("waker")
	set := settings.Service{
		Cluster: Cluster, Service: Service, TargetGroup: s.ALB.TargetGroupARN(serviceGroup),
		LoadBalancer: s.ALB.Dimension(), WakerTargetGroup: wakerGroup, BypassRule: s.ALB.RuleARN(1),
		WakerRule: s.ALB.RuleARN(s.wakerPriority()), BypassURL: s.URL(), ProbePath: s.HealthPath,
	}
	if s.EC2 != nil {
		set.EC2Rule, set.EC2TargetGroup = s.ALB.RuleARN(ec2Priority), s.ALB.TargetGroupARN(ec2Group)
	}
	document, err := s.settingsDocument(set)
	if err != nil {
		return deployment.Deployment{}, err
	}
	name := func(code string) string { return "catnap-" + Service + "-" + code }
	function := func(code string, timeout time.Duration) deployment.Function {
		return deployment.Function{Code: code, Name: name(code), Timeout: timeout}
	}
	d := deployment.Deployment{
		Functions: []deployment.Function{
			function("waker", wakerTimeout), function("reaper", reaperTimeout), function("costguard", costGuardTimeout),
		},
		TargetGroups: []alb.TargetGroup{{
			Name: "waker", Kind: alb.Lambda, FunctionARN: lambda.ARN(name("waker")), MultiValueHeaders: true,
		}},
		Rules: []alb.Rule{
			s.bypassRule(), {Priority: s.wakerPriority(), TargetGroup: wakerGroup, Conditions: paths("/*")},
		},
		Parameters: []deployment.Parameter{{Name: "/catnap/services/" + Service, Value: string(document)}},
		Schedules: []deployment.Schedule{
			{
				Name: reaperSchedule, Expression: "rate(1 minute)", Function: lambda.ARN(name("reaper")), Role: schedulerRole,
			},
			{
				Name: guardSchedule, Expression: "rate(1 hour)", Function: lambda.ARN(name("costguard")), Role: schedulerRole,
			},
		},
	}
	if s.GuardAfter > 0 {
		d.Schedules[1].Start = s.Clock.Now().Add(s.GuardAfter)
	}
	d.Functions[2].Env = map[string]string{deployment.TopicVariable: s.topic}
	d.Functions[0].Concurrency = s.WakerConcurrency
	d.Functions[0].Callers = []lambda.Caller{{Principal: "elasticloadbalancing.amazonaws.com", SourceARN: wakerGroup}}
	return s.beside(s.withEC2(d)), nil
}

func (s *Sandbox) bypassRule() alb.Rule {
	return alb.Rule{
		Priority: 1, TargetGroup: s.ALB.TargetGroupARN(serviceGroup),
		Conditions: []elbtypes.RuleCondition{{
			Field: new("http-header"),
			HttpHeaderConfig: &elbtypes.HttpHeaderConditionConfig{
				HttpHeaderName: new(ecsctl.BypassHeader), Values: []string{bypassSecret},
			},
		}},
	}
}

func paths(patterns ...string) []elbtypes.RuleCondition {
	return []elbtypes.RuleCondition{{
		Field: new("path-pattern"), PathPatternConfig: &elbtypes.PathPatternConditionConfig{Values: patterns},
	}}
}

// settingsDocument is the operator's document with the names of what is deployed, which only the deployment knows.
func (s *Sandbox) settingsDocument(set settings.Service) ([]byte, error) {
	document := map[string]any{}
	if len(s.Document) > 0 {
		if err := json.Unmarshal(s.Document, &document); err != nil {
			return nil, fmt.Errorf("read settings: %w", err)
		}
	}
	deployed := map[string]any{
		"cluster": set.Cluster, "service": set.Service, "target_group": set.TargetGroup,
		"load_balancer": set.LoadBalancer, "waker_target_group": set.WakerTargetGroup, "waker_rule": set.WakerRule,
		"bypass_rule": set.BypassRule, "bypass_url": set.BypassURL, "probe_path": set.ProbePath,
	}
	for key, value := range deployed {
		if _, given := document[key]; given {
			return nil, fmt.Errorf("read settings: %s: must be left out, the sandbox has its own", key)
		}
		document[key] = value
	}
	if set.EC2Rule != "" {
		document["ec2_rule"], document["ec2_target_group"] = set.EC2Rule, set.EC2TargetGroup
	}
	if document["bypass"] == string(settings.BypassOff) {
		delete(document, "bypass_url")
	}
	return json.Marshal(document)
}

// stored is for the journal, which looks at them while somebody may store others.
func (s *Sandbox) stored() settings.Service {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Stored
}

// Store writes the service's settings to SSM, as an operator would.
func (s *Sandbox) Store(set settings.Service) error {
	if err := set.Validate(); err != nil {
		return err
	}
	text, err := json.Marshal(set)
	if err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	s.mu.Lock()
	s.Stored = set
	s.mu.Unlock()
	s.SSM.Set(s.document, string(text))
	return nil
}
