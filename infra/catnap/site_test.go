package catnap_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	autoscaling "github.com/aws/aws-cdk-go/awscdk/v2/awsapplicationautoscaling"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"

	"github.com/catnap-dev/catnap/infra/catnap"
)

// site is a service with all that catnap needs of it, before anybody made it what it is.
type site struct {
	stack    awscdk.Stack
	vpc      awsec2.IVpc
	balancer elb.ApplicationLoadBalancer
	listener elb.ApplicationListener
	group    elb.ApplicationTargetGroup
	service  awsecs.FargateService
	props    *catnap.Props
}

// plan is how a site is made.
type plan struct {
	internal bool
	desired  *float64
	strategy awsecs.DeploymentStrategy
	control  *awsecs.DeploymentController
	group    elb.ApplicationTargetGroupProps
}

func newSite(t *testing.T, stack awscdk.Stack, p plan, dist string) site {
	t.Helper()
	s := site{stack: stack}
	s.vpc = awsec2.Vpc_FromVpcAttributes(stack, new("Vpc"), &awsec2.VpcAttributes{
		VpcId: new("vpc-1"), AvailabilityZones: &[]*string{new("eu-west-3a"), new("eu-west-3b")},
		PublicSubnetIds:  &[]*string{new("subnet-1"), new("subnet-2")},
		PrivateSubnetIds: &[]*string{new("subnet-3"), new("subnet-4")},
	})
	task := awsecs.NewFargateTaskDefinition(stack, new("Task"), nil)
	task.AddContainer(new("web"), &awsecs.ContainerDefinitionOptions{
		Image:        awsecs.ContainerImage_FromRegistry(new("nginx"), nil),
		PortMappings: &[]*awsecs.PortMapping{{ContainerPort: new(80.0)}},
	})
	s.service = awsecs.NewFargateService(stack, new("Service"), &awsecs.FargateServiceProps{
		Cluster:        awsecs.NewCluster(stack, new("Cluster"), &awsecs.ClusterProps{Vpc: s.vpc}),
		TaskDefinition: task, DesiredCount: p.desired, DeploymentStrategy: p.strategy, DeploymentController: p.control,
		MinHealthyPercent: new(100.0),
	})
	s.balancer = elb.NewApplicationLoadBalancer(stack, new("Balancer"), &elb.ApplicationLoadBalancerProps{
		Vpc: s.vpc, InternetFacing: new(!p.internal),
	})
	p.group.Vpc, p.group.Port = s.vpc, new(80.0)
	if p.control == nil {
		p.group.Targets = &[]elb.IApplicationLoadBalancerTarget{s.service}
	}
	s.group = elb.NewApplicationTargetGroup(stack, new("Group"), &p.group)
	s.listener = s.balancer.AddListener(new("Listener"), &elb.BaseApplicationListenerProps{Port: new(80.0)})
	s.props = &catnap.Props{Name: "web", Service: s.service, TargetGroup: s.group, Listener: s.listener, Dist: dist}
	return s
}

// good is a plan that catnap has nothing against.
func good() plan {
	return plan{group: elb.ApplicationTargetGroupProps{
		DeregistrationDelay: awscdk.Duration_Seconds(new(10.0)),
		HealthCheck:         &elb.HealthCheck{Interval: awscdk.Duration_Seconds(new(10.0)), Path: new("/api/health")},
	}}
}

// forward makes the service's group the listener's default.
func (s site) forward() {
	s.listener.AddAction(new("Default"), &elb.AddApplicationActionProps{
		Action: elb.ListenerAction_Forward(&[]elb.IApplicationTargetGroup{s.group}, nil),
	})
}

func (s site) notFound() {
	s.listener.AddAction(new("Default"), &elb.AddApplicationActionProps{
		Action: elb.ListenerAction_FixedResponse(new(404.0), nil),
	})
}

func (s site) rule(priority float64, action elb.ListenerAction, conditions ...elb.ListenerCondition) {
	if conditions == nil {
		conditions = []elb.ListenerCondition{elb.ListenerCondition_PathPatterns(&[]*string{new("/a/*")})}
	}
	s.listener.AddAction(new(fmt.Sprint("Rule", priority)), &elb.AddApplicationActionProps{
		Priority: &priority, Action: action, Conditions: &conditions,
	})
}

// signIn is an action that authenticates and then forwards to the service.
func (s site) signIn() elb.ListenerAction {
	return elb.ListenerAction_AuthenticateOidc(&elb.AuthenticateOidcOptions{
		AuthorizationEndpoint: new("https://login.example.com/authorize"), ClientId: new("catnap"),
		ClientSecret: awscdk.SecretValue_SecretsManager(new("oidc"), nil), Issuer: new("https://login.example.com"),
		TokenEndpoint: new("https://login.example.com/token"), UserInfoEndpoint: new("https://login.example.com/user"),
		Next: s.toService(),
	})
}

func (s site) toService() elb.ListenerAction {
	return elb.ListenerAction_Forward(&[]elb.IApplicationTargetGroup{s.group}, nil)
}

func fixed() elb.ListenerAction { return elb.ListenerAction_FixedResponse(new(200.0), nil) }

func (s site) scale(least float64) {
	s.service.AutoScaleTaskCount(&autoscaling.EnableScalingProps{MinCapacity: &least, MaxCapacity: new(10.0)})
}

// scaleElsewhere is auto scaling by hand, of this service and of another one.
func (s site) scaleElsewhere() {
	for id, name := range map[string]*string{"Mine": s.service.ServiceName(), "Other": new("other")} {
		autoscaling.NewScalableTarget(s.stack, &id, &autoscaling.ScalableTargetProps{
			MinCapacity: new(2.0), MaxCapacity: new(10.0), ServiceNamespace: autoscaling.ServiceNamespace_ECS,
			ScalableDimension: new("ecs:service:DesiredCount"),
			ResourceId:        new("service/" + *s.service.Cluster().ClusterName() + "/" + *name),
		})
	}
}

// elsewhere is an action that authenticates and forwards to another target group.
func (s site) elsewhere() elb.ListenerAction {
	other := elb.NewApplicationTargetGroup(s.stack, new("Admin"), &elb.ApplicationTargetGroupProps{
		Vpc: s.vpc, Port: new(80.0), TargetType: elb.TargetType_IP,
	})
	return elb.ListenerAction_AuthenticateOidc(&elb.AuthenticateOidcOptions{
		AuthorizationEndpoint: new("https://login.example.com/authorize"), ClientId: new("admin"),
		ClientSecret: awscdk.SecretValue_SecretsManager(new("oidc"), nil), Issuer: new("https://login.example.com"),
		TokenEndpoint: new("https://login.example.com/token"), UserInfoEndpoint: new("https://login.example.com/user"),
		Next: elb.ListenerAction_Forward(&[]elb.IApplicationTargetGroup{other}, nil),
	})
}

// synthesisError is what a program's user would see.
func synthesisError(app awscdk.App) (text string) {
	defer func() {
		if failure := recover(); failure != nil {
			text = fmt.Sprint(failure)
		}
	}()
	app.Synth(nil)
	return ""
}

// problemsIn are the lines of a failed validation, "[Stack/Catnap] problem", that the construct under test has written.
func problemsIn(text, stack string) []string {
	var found []string
	for line := range strings.Lines(text) {
		if problem, ok := strings.CutPrefix(strings.TrimSpace(line), "["+stack+"/Catnap] "); ok {
			found = append(found, problem)
		}
	}
	return found
}

// cut shortens each problem to the length of the one that is wanted in its place.
func cut(problems, want []string) []string {
	var short []string
	for i, problem := range problems {
		if i < len(want) && len(problem) > len(want[i]) {
			problem = problem[:len(want[i])]
		}
		short = append(short, problem)
	}
	return short
}
