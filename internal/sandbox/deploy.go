package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	runtime "github.com/aws/aws-lambda-go/lambda"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	sdkscheduler "github.com/aws/aws-sdk-go-v2/service/scheduler"
	schedulertypes "github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/catnap-dev/catnap/internal/ecsctl"
	"github.com/catnap-dev/catnap/internal/sandbox/alb"
	"github.com/catnap-dev/catnap/internal/sandbox/ecs"
	"github.com/catnap-dev/catnap/internal/sandbox/lambda"
	"github.com/catnap-dev/catnap/internal/sandbox/process"
	"github.com/catnap-dev/catnap/internal/settings"
)

const (
	bypassSecret   = "sandbox-secret"
	reaperSchedule = "catnap-" + Service + "-reaper"
	// healthInterval and deregistrationDelay are the shortest that AWS allows and what catnap's documentation advises.
	healthInterval      = 5 * time.Second
	healthTimeout       = 4 * time.Second
	deregistrationDelay = 10 * time.Second
	wakerTimeout        = 60 * time.Second
	reaperTimeout       = 90 * time.Second
	costGuardTimeout    = 60 * time.Second
	coldStart           = 150 * time.Millisecond
)

// deploy makes what a deployment makes: two target groups, two rules in front of the service's own, two functions, the
// settings.
func (s *Sandbox) deploy(ctx context.Context) error {
	if err := s.createFunctions(); err != nil {
		return err
	}
	service, waker, err := s.createTargetGroups()
	if err != nil {
		return err
	}
	s.Stored = settings.Service{
		Cluster: Cluster, Service: Service, TargetGroup: service, LoadBalancer: s.ALB.Dimension(),
		WakerTargetGroup: waker, BypassURL: s.URL(), ProbePath: s.HealthPath,
	}
	if err := s.createRules(); err != nil {
		return err
	}
	if err := s.createEC2(); err != nil {
		return err
	}
	if err := s.storeSettings(); err != nil {
		return err
	}
	if err := s.createSchedule(ctx); err != nil {
		return err
	}
	return s.ECS.CreateService(ecs.Service{Cluster: Cluster, Name: Service, TargetGroup: service, App: s.App})
}

// createSchedule has the reaper invoked every minute, without retries: a minute later comes the next pass.
func (s *Sandbox) createSchedule(ctx context.Context) error {
	_, err := s.Scheduler.Handle(ctx, &sdkscheduler.CreateScheduleInput{
		Name: new(reaperSchedule), ScheduleExpression: new("rate(1 minute)"),
		FlexibleTimeWindow: &schedulertypes.FlexibleTimeWindow{Mode: schedulertypes.FlexibleTimeWindowModeOff},
		Target: &schedulertypes.Target{
			Arn: new(s.functions["reaper"]), RoleArn: new("arn:aws:iam::000000000000:role/catnap-scheduler"),
			RetryPolicy: &schedulertypes.RetryPolicy{MaximumRetryAttempts: new(int32(0))},
		},
	})
	return err
}

func (s *Sandbox) createFunctions() error {
	s.functions = map[string]string{}
	for name, f := range map[string]lambda.Function{
		"waker":     {New: s.newWaker, Timeout: wakerTimeout, Concurrency: s.WakerConcurrency},
		"reaper":    {New: s.newReaper, Timeout: reaperTimeout},
		"costguard": {New: s.newCostGuard, Timeout: costGuardTimeout},
	} {
		f.Name, f.ColdStart = "catnap-"+name, coldStart
		if s.Binaries != "" {
			f.New, f.ColdStart = s.process(name), 0 // a process's start takes what it takes
		}
		arn, err := s.Lambda.Create(f)
		if err != nil {
			return err
		}
		s.functions[name] = arn
	}
	return nil
}

// process starts instances of a built function, which call the sandbox's AWS over the wire.
func (s *Sandbox) process(name string) func() runtime.Handler {
	return process.Function{
		Path: filepath.Join(s.Binaries, name, "bootstrap"), Name: "catnap-" + name, Region: region, Output: s.Output,
		Env: map[string]string{
			"AWS_ENDPOINT_URL": s.AWSURL(), "AWS_LAMBDA_LOG_FORMAT": "JSON", "GOGC": "off", "GOMEMLIMIT": "100MiB",
		},
	}.New
}

func (s *Sandbox) createTargetGroups() (service, waker string, err error) {
	service, err = s.ALB.CreateTargetGroup(alb.TargetGroup{
		Name: "service", DeregistrationDelay: deregistrationDelay,
		HealthCheck: alb.HealthCheck{
			Path: s.HealthPath, Matcher: s.HealthMatcher, Interval: healthInterval, Timeout: healthTimeout, Healthy: 2,
		},
	})
	if err != nil {
		return "", "", err
	}
	waker, err = s.ALB.CreateTargetGroup(alb.TargetGroup{
		Name: "waker", Kind: alb.Lambda, FunctionARN: s.functions["waker"], MultiValueHeaders: true,
	})
	s.ALB.SetDefault(service)
	return service, waker, err
}

// createRules makes the two rules as a deployment beside a service that is asleep does: the waker rule is armed, and
// carries no mark until the reaper or the first visitor writes one.
func (s *Sandbox) createRules() (err error) {
	s.Stored.BypassRule, err = s.ALB.CreateRule(alb.Rule{
		Priority: 1, TargetGroup: s.Stored.TargetGroup,
		Conditions: []elbtypes.RuleCondition{{
			Field: new("http-header"),
			HttpHeaderConfig: &elbtypes.HttpHeaderConditionConfig{
				HttpHeaderName: new(ecsctl.BypassHeader), Values: []string{bypassSecret},
			},
		}},
	})
	if err != nil {
		return err
	}
	s.Stored.WakerRule, err = s.ALB.CreateRule(alb.Rule{
		Priority: s.wakerPriority(), TargetGroup: s.Stored.WakerTargetGroup,
		Conditions: []elbtypes.RuleCondition{{
			Field:             new("path-pattern"),
			PathPatternConfig: &elbtypes.PathPatternConditionConfig{Values: []string{"/*"}},
		}},
	})
	return err
}

// wakerPriority leaves the 2 to the EC2 rule, if there is one.
func (s *Sandbox) wakerPriority() int {
	if s.EC2 != nil {
		return 3
	}
	return 2
}

// storeSettings writes what differs from the defaults, and reads it back as the functions will.
func (s *Sandbox) storeSettings() error {
	text, err := s.settingsDocument()
	if err != nil {
		return err
	}
	set, err := settings.Parse(Service, text)
	if err != nil {
		return err
	}
	if s.Settings != nil {
		s.Settings(&set)
	}
	return s.Store(set)
}

// settingsDocument is the operator's document with the names of what was deployed, which only the deployment knows.
func (s *Sandbox) settingsDocument() ([]byte, error) {
	document := map[string]any{}
	if len(s.Document) > 0 {
		if err := json.Unmarshal(s.Document, &document); err != nil {
			return nil, fmt.Errorf("read settings: %w", err)
		}
	}
	set := s.Stored
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

// Store writes the service's settings to SSM, as an operator would.
func (s *Sandbox) Store(set settings.Service) error {
	if err := set.Validate(); err != nil {
		return err
	}
	text, err := json.Marshal(set)
	if err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	s.Stored = set
	s.SSM.Set("/catnap/services/"+Service, string(text))
	return nil
}
