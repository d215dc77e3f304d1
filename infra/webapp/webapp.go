// Package webapp is a web application of one compose file on AWS: a load balancer, and behind it a service on Fargate
// that catnap puts to sleep, or a machine, or both. It makes one stack of an environment.
//
// It does not read files: the compose file has become a task before, and the machine's files are packed by package ec2.
package webapp

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsautoscaling"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/catnap-dev/catnap/infra/catnap"
	"github.com/catnap-dev/catnap/infra/compose"
	"github.com/catnap-dev/catnap/infra/ec2"
	"github.com/catnap-dev/catnap/infra/environment"
	"github.com/catnap-dev/catnap/infra/notice"
)

// Props are what a stack is made of. All are required.
type Props struct {
	Environment environment.Environment
	Task        compose.Task
	// Dist is the folder with catnap's built functions.
	Dist string
	// Bundle is the folder with what the machine needs, or empty where there is none.
	Bundle string
}

// Site is the environment's name in all names, its own or the compose project's with the environment's.
func (p Props) Site() string {
	if p.Environment.Site != "" {
		return p.Environment.Site
	}
	return p.Task.Name + "-" + p.Environment.Name
}

// LogGroup is the name of the application's log.
func (p Props) LogGroup() string { return "/catnap/" + p.Site() }

// NewStack makes the stack of an environment. What is wrong with the props fails the synthesis.
func NewStack(scope constructs.Construct, p Props) awscdk.Stack {
	name := p.Site()
	stack := awscdk.NewStack(scope, &name, &awscdk.StackProps{
		Description: new(name + ": " + p.Task.Name + " by catnap, mode " + string(p.Environment.Mode) + "."),
		Env:         p.env(),
	})
	s := site{Props: p, stack: stack}
	s.Node().AddValidation(&validation{s})
	s.network()
	s.alarmTopic()
	s.logGroup()
	s.front()
	if s.mode().OnECS() {
		s.service()
	}
	if s.mode().OnEC2() {
		s.machine()
	}
	s.route()
	if s.mode().OnECS() {
		s.scale()
		s.sleep()
	}
	return stack
}

// env leaves open what is not given: the CDK CLI then fills in the account of the credentials.
func (p Props) env() *awscdk.Environment {
	env := awscdk.Environment{Region: &p.Environment.Region}
	if p.Environment.Account != "" {
		env.Account = &p.Environment.Account
	}
	return &env
}

// site is a stack in the making. What a method makes stands in the fields for those that come after it.
type site struct {
	Props
	stack awscdk.Stack

	vpc     awsec2.IVpc
	subnets *awsec2.SubnetSelection // of tasks and machine
	topic   awssns.ITopic           // nil: nobody is told
	logs    awslogs.LogGroup

	balancer elb.ApplicationLoadBalancer
	listener elb.ApplicationListener

	tasks           fargate
	fileSystemGroup awsec2.SecurityGroup            // nil without a file system of its own
	machines        awsautoscaling.AutoScalingGroup // nil on ECS alone, as the two below
	machineGroup    elb.ApplicationTargetGroup
	ec2Rule         elb.CfnListenerRule
}

func (s *site) Node() constructs.Node { return s.stack.Node() }

func (s *site) mode() environment.Mode { return s.Environment.Mode }

func (s *site) alarmTopic() {
	if s.Environment.Email == "" {
		return
	}
	s.topic = notice.NewTopic(s.stack, "Alarms", "Alarms of "+s.Site(), s.Environment.Email)
}

// machine is the application on EC2, with a target group of its own.
func (s *site) machine() {
	port := ec2.Port(s.Environment.EC2, s.Task)
	s.machineGroup = s.group("EC2TargetGroup", elb.TargetType_INSTANCE, port)
	s.machines = ec2.New(s.stack, "EC2", &ec2.Props{
		Settings: s.Environment.EC2, Task: s.Task, Bundle: s.Bundle, Health: s.Environment.Health.Path,
		VPC: s.vpc, Subnets: s.subnets, Public: s.isPublic(), Logs: s.logs, Group: s.machineGroup,
	})
}

// logGroup has the application's log, of all containers and of the machine, for a week.
func (s *site) logGroup() {
	s.logs = awslogs.NewLogGroup(s.stack, new("Logs"), &awslogs.LogGroupProps{
		LogGroupName:  new(s.LogGroup()),
		Retention:     awslogs.RetentionDays_ONE_WEEK,
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
}

// sleep puts catnap beside the service.
func (s *site) sleep() {
	e := s.Environment.Sleep
	props := catnap.Props{
		Name: s.Site(), Service: s.tasks.service, TargetGroup: s.tasks.group, Listener: s.listener,
		WakerPriority: s.wakerPriority(),
		ProbePath:     s.Environment.Health.Path, IdleAfter: duration(e.IdleAfter), Wake: e.Wake,
		WakesPerHour: &e.WakesPerHour, MonthlyLimit: e.MonthlyLimit, Budget: e.Budget,
		OperatorTokenSHA256: e.OperatorTokenSHA256,
		Settings:            e.Settings,
		Dist:                s.Dist, Prefix: e.Prefix, LogLevel: e.LogLevel, WakerConcurrency: e.WakerConcurrency,
		AlarmTopic: s.topic, NoDashboard: !e.Dashboard,
	}
	props.EC2Rule, props.EC2TargetGroup = s.ec2Side()
	made := catnap.NewScaleToZero(s.stack, "Catnap", &props)
	s.outputs(made)
}

func (s *site) outputs(made catnap.ScaleToZero) {
	output := func(name string, value *string) {
		awscdk.NewCfnOutput(s.stack, &name, &awscdk.CfnOutputProps{Value: value})
	}
	output("ClusterName", s.tasks.service.Cluster().ClusterName())
	output("ServiceName", s.tasks.service.ServiceName())
	output("SettingsParameter", made.Settings.Ref())
}
