package webapp

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapplicationautoscaling"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"

	"github.com/catnap-dev/catnap/infra/environment"
	"github.com/catnap-dev/catnap/infra/nag"
	"github.com/catnap-dev/catnap/internal/settings"
)

// fargate is the application on Fargate.
type fargate struct {
	service awsecs.FargateService
	group   elb.ApplicationTargetGroup
}

// service has no desired count in its template: that is catnap's, and each update of the stack would set it.
//
// Deployments keep the old task until the new one is well; while the service sleeps they are over at once.
func (s *site) service() {
	cluster := awsecs.NewCluster(s.stack, new("Cluster"), &awsecs.ClusterProps{
		Vpc: s.vpc, EnableFargateCapacityProviders: new(true),
	})
	nag.ExcuseL2(cluster, "AwsSolutions-ECS4", "Container Insights charges for each metric, asleep or awake; catnap's "+
		"dashboard counts tasks by what is for nothing.")
	health := s.Environment.Health
	s.tasks.service = awsecs.NewFargateService(s.stack, new("Service"), &awsecs.FargateServiceProps{
		Cluster: cluster, TaskDefinition: s.task(),
		CapacityProviderStrategies: strategies[s.Environment.Capacity],
		AssignPublicIp:             new(s.isPublic()), VpcSubnets: s.subnets,
		MinHealthyPercent: new(100.0), MaxHealthyPercent: new(200.0),
		CircuitBreaker:         &awsecs.DeploymentCircuitBreaker{Enable: new(true), Rollback: new(true)},
		HealthCheckGracePeriod: cdkDuration(health.Grace),
	})
	s.tasks.group = s.group("TargetGroup", elb.TargetType_IP, s.Task.Front.Port,
		s.tasks.service.LoadBalancerTarget(&awsecs.LoadBalancerTargetOptions{
			ContainerName: &s.Task.Front.Container, ContainerPort: new(float64(s.Task.Front.Port)),
		}))
	if s.fileSystemGroup != nil {
		s.fileSystemGroup.Connections().AllowFrom(s.tasks.service, awsec2.Port_Tcp(new(2049.0)), new("NFS, from the tasks."))
	}
}

var strategies = map[environment.Capacity]*[]*awsecs.CapacityProviderStrategy{
	environment.CapacityFargate:     {{CapacityProvider: new("FARGATE"), Weight: new(1.0)}},
	environment.CapacityFargateSpot: {{CapacityProvider: new("FARGATE_SPOT"), Weight: new(1.0)}},
	environment.CapacityMixed: {
		{CapacityProvider: new("FARGATE"), Base: new(1.0), Weight: new(0.0)},
		{CapacityProvider: new("FARGATE_SPOT"), Weight: new(1.0)},
	},
}

// group is a target group as catnap wants it: a new target needs one check that passes, whatever the threshold, and is
// billed while it drains.
func (s *site) group(
	id string, kind elb.TargetType, port int, targets ...elb.IApplicationLoadBalancerTarget,
) elb.ApplicationTargetGroup {
	health := s.Environment.Health
	return elb.NewApplicationTargetGroup(s.stack, &id, &elb.ApplicationTargetGroupProps{
		Vpc: s.vpc, Port: new(float64(port)), Protocol: elb.ApplicationProtocol_HTTP, TargetType: kind, Targets: &targets,
		DeregistrationDelay: cdkDuration(health.DeregistrationDelay),
		HealthCheck: &elb.HealthCheck{
			Path: &health.Path, Interval: cdkDuration(health.Interval), Timeout: cdkDuration(health.Timeout),
			HealthyThresholdCount: new(2.0), UnhealthyThresholdCount: new(2.0),
		},
	})
}

// scale is for the awake service, and for a group that the listener forwards to already. Its minimum is 0: with 1, an
// update of the stack would wake a service that sleeps.
func (s *site) scale() {
	scaling := s.Environment.Scaling
	count := s.tasks.service.AutoScaleTaskCount(&awsapplicationautoscaling.EnableScalingProps{
		MinCapacity: new(0.0), MaxCapacity: new(float64(scaling.Maximum)),
	})
	count.ScaleOnRequestCount(new("Requests"), &awsecs.RequestCountScalingProps{
		TargetGroup: s.tasks.group, RequestsPerTarget: new(float64(scaling.RequestsPerTarget)),
		ScaleOutCooldown: cdkDuration(scaling.ScaleOutCooldown), ScaleInCooldown: cdkDuration(scaling.ScaleInCooldown),
	})
}

func duration(d settings.Duration) time.Duration { return time.Duration(d) }

func cdkDuration(d settings.Duration) awscdk.Duration {
	return awscdk.Duration_Seconds(new(duration(d).Seconds()))
}
