package sandbox

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"path/filepath"
	"strings"
	"time"

	runtime "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/catnap-dev/catnap/internal/sandbox/deployment"
	"github.com/catnap-dev/catnap/internal/sandbox/ecs"
	"github.com/catnap-dev/catnap/internal/sandbox/iam"
	"github.com/catnap-dev/catnap/internal/sandbox/lambda"
	"github.com/catnap-dev/catnap/internal/sandbox/process"
	"github.com/catnap-dev/catnap/internal/settings"
)

const coldStart = 150 * time.Millisecond

// deploy makes what a deployment makes, whether it is the sandbox's own or a template's.
func (s *Sandbox) deploy(ctx context.Context) error {
	if err := s.openAccount(); err != nil {
		return err
	}
	if err := s.createTopic(ctx); err != nil {
		return err
	}
	d, err := s.plan()
	if err != nil {
		return err
	}
	if err := s.createTopics(ctx, d.Topics); err != nil {
		return err
	}
	if err := s.giveRoles(d); err != nil {
		return err
	}
	if err := s.createFunctions(d.Functions); err != nil {
		return err
	}
	if err := s.createListener(d); err != nil {
		return err
	}
	if err := s.registerEC2(d.Machines); err != nil {
		return err
	}
	if err := s.createParameters(ctx, d); err != nil {
		return err
	}
	if err := s.writeBudget(); err != nil {
		return err
	}
	if err := s.createSchedules(ctx, d); err != nil {
		return err
	}
	for _, svc := range d.Services {
		err := s.ECS.CreateService(ecs.Service{
			Cluster: svc.Cluster, Name: svc.Name, TargetGroup: svc.TargetGroup, App: s.App, Desired: svc.Desired,
			Grace: svc.Grace, CPU: s.Task.CPU, MemoryMiB: s.Task.MemoryMiB, ARM: s.Task.ARM,
		})
		if err != nil {
			return err
		}
	}
	return s.scale(ctx, d.Scaled)
}

// scale registers services with Application Auto Scaling, which brings their counts into its bounds.
func (s *Sandbox) scale(ctx context.Context, targets []deployment.Scaled) error {
	for _, target := range targets {
		_, err := s.AutoScaling.Handle(ctx, &applicationautoscaling.RegisterScalableTargetInput{
			ResourceId: &target.Resource, MinCapacity: &target.Min, MaxCapacity: &target.Max,
			ServiceNamespace: types.ServiceNamespaceEcs, ScalableDimension: types.ScalableDimensionECSServiceDesiredCount,
		})
		if err != nil {
			return fmt.Errorf("register scalable target %s: %w", target.Resource, err)
		}
	}
	return nil
}

// giveRoles holds functions and schedules to their roles, and asks for what AWS does with them where nothing of the
// sandbox's will: it has no queues.
func (s *Sandbox) giveRoles(d deployment.Deployment) error {
	s.register(d)
	if d.Roles == nil {
		return nil
	}
	s.Backplane.Guard = s.guard
	for _, f := range d.Functions {
		s.guard.Give(f.Name, d.Roles[f.Role])
		if err := s.mayBury(f.Name, f.Retry.OnFailure); err != nil {
			return fmt.Errorf("create function %s: %w", f.Name, err)
		}
	}
	for _, schedule := range d.Schedules {
		s.guard.Give(schedule.Role, d.Roles[schedule.Role])
		if err := s.mayBury(schedule.Role, schedule.DeadLetter); err != nil {
			return fmt.Errorf("create schedule %s: %w", schedule.Name, err)
		}
	}
	return nil
}

// register makes the roles known to whoever asks IAM. What has none may do everything, and so may the role that is told
// of it.
func (s *Sandbox) register(d deployment.Deployment) {
	s.IAM.Add(iam.RoleARN(unrestricted), iam.Unrestricted(unrestricted))
	for _, schedule := range d.Schedules {
		s.IAM.Add(schedule.Role, iam.Unrestricted(unrestricted))
	}
	for arn, role := range d.Roles {
		s.IAM.Add(arn, role)
	}
}

const unrestricted = "catnap-sandbox"

// mayBury [IAM-13]: the role must allow to send what failed to its queue. AWS looks when a function is configured; of a
// schedule's role it finds out when there is something to send, which here is never.
func (s *Sandbox) mayBury(caller, queue string) error {
	if queue == "" {
		return nil
	}
	return s.guard.Use(caller, iam.Request{Action: "sqs:SendMessage", Resources: []string{queue}})
}

func (s *Sandbox) createFunctions(functions []deployment.Function) error {
	for _, f := range functions {
		created := lambda.Function{
			Name: f.Name, Timeout: f.Timeout, Concurrency: f.Concurrency, ColdStart: coldStart,
			New:   func() runtime.Handler { return s.start(f) },
			Retry: lambda.Retry{Attempts: f.Retry.Attempts, MaxAge: f.Retry.MaxAge},
			Configuration: lambda.Configuration{
				Role: cmp.Or(f.Role, iam.RoleARN(unrestricted)), Env: f.Env, LogGroup: f.LogGroup, Memory: f.Memory,
				Callers: f.Callers,
			},
		}
		if s.Binaries != "" {
			created.ColdStart = 0 // a process's start takes what it takes
		}
		arn, err := s.Lambda.Create(created)
		if err != nil {
			return err
		}
		s.functions[f.Code] = arn
		s.Backplane.Callers[accessKey(f.Name)] = f.Name
	}
	return nil
}

// Prefix is where the parameters of the deployment begin.
func (s *Sandbox) Prefix() string { return strings.TrimSuffix(s.document, "/services/"+s.Stored.Name) }

// start starts an instance. [IAM-09] Lambda writes its log with the function's role. One that may not be written is
// lost, and nobody is told.
func (s *Sandbox) start(f deployment.Function) runtime.Handler {
	stream := "arn:aws:logs:" + region + ":" + iam.Account + ":log-group:" + f.LogGroup + ":log-stream:sandbox"
	for _, action := range []string{"logs:CreateLogStream", "logs:PutLogEvents"} {
		_ = s.guard.Use(f.Name, iam.Request{Action: action, Resources: []string{stream}})
	}
	if s.Binaries != "" {
		return s.process(f)
	}
	return handlers[f.Code](s, f)
}

// process starts an instance of a built function, which calls the sandbox's AWS over the wire.
func (s *Sandbox) process(f deployment.Function) runtime.Handler {
	env := map[string]string{
		"AWS_ENDPOINT_URL": s.AWSURL(), "AWS_LAMBDA_LOG_FORMAT": "JSON", "GOGC": "off", "GOMEMLIMIT": "100MiB",
	}
	maps.Copy(env, f.Env)
	return process.Function{
		Path: filepath.Join(s.Binaries, f.Code, "bootstrap"), Name: f.Name, Region: region, Memory: f.Memory,
		AccessKey: accessKey(f.Name), Output: s.Output, Env: env,
	}.New()
}

// accessKey looks like that of a role and is each function's own.
func accessKey(function string) string {
	sum := fnv.New64a()
	sum.Write([]byte(function))
	return fmt.Sprintf("ASIA%016X", sum.Sum64())
}

// createListener makes the target groups, and the rules and the default action that forward to them.
func (s *Sandbox) createListener(d deployment.Deployment) error {
	for _, group := range d.TargetGroups {
		if _, err := s.ALB.CreateTargetGroup(group); err != nil {
			return fmt.Errorf("create target group %s: %w", group.Name, err)
		}
	}
	s.ALB.SetDefault(d.Listener.Default)
	for _, rule := range d.Rules {
		if _, err := s.ALB.CreateRule(rule); err != nil {
			return fmt.Errorf("create rule of priority %d: %w", rule.Priority, err)
		}
	}
	return nil
}

// createParameters writes them as AWS does, by its rules for names and sizes, and reads the settings back as the
// functions will.
func (s *Sandbox) createParameters(ctx context.Context, d deployment.Deployment) error {
	for _, p := range d.Parameters {
		_, err := s.SSM.Handle(ctx, &ssm.PutParameterInput{
			Name: aws.String(p.Name), Value: aws.String(p.Value), Type: ssmtypes.ParameterTypeString,
		})
		if err != nil {
			return fmt.Errorf("create parameter %s: %w", p.Name, err)
		}
	}
	parameter, name, err := d.Settings()
	if err != nil {
		return err
	}
	s.document = parameter.Name
	if s.Stored, err = settings.Parse(name, []byte(parameter.Value)); err != nil || s.Settings == nil {
		return err
	}
	set := s.Stored
	s.Settings(&set)
	return s.Store(set)
}
