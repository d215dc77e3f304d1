package deployment

import (
	"fmt"
	"time"

	"github.com/catnap-dev/catnap/internal/cloudformation"
)

// service is an ECS service, whose tasks run the sandbox's application whatever the template has them run.
func (l *loader) service(r cloudformation.Resource) (cloudformation.Physical, error) {
	var p struct {
		Cluster       string
		ServiceName   string
		DesiredCount  *int
		LoadBalancers []struct {
			TargetGroupArn               string
			ContainerName, ContainerPort ignored
		}
		HealthCheckGracePeriodSeconds int
		DeploymentController          struct{ Type string }
		DeploymentConfiguration       struct {
			Strategy                                                                string
			Alarms, DeploymentCircuitBreaker, MaximumPercent, MinimumHealthyPercent ignored
		}
		LaunchType, CapacityProviderStrategy, PlatformVersion, SchedulingStrategy, AvailabilityZoneRebalancing ignored
		TaskDefinition, NetworkConfiguration, EnableExecuteCommand                                             ignored
		EnableECSManagedTags, PropagateTags, Tags                                                              ignored
	}
	if err := r.Decode(&p); err != nil {
		return cloudformation.Physical{}, err
	}
	switch {
	case len(p.LoadBalancers) != 1:
		return cloudformation.Physical{}, unimitated("LoadBalancers", fmt.Sprint(p.LoadBalancers), "one")
	case p.DeploymentController.Type != "" && p.DeploymentController.Type != "ECS":
		return cloudformation.Physical{}, unimitated("DeploymentController", p.DeploymentController.Type, "ECS")
	case p.DeploymentConfiguration.Strategy != "" && p.DeploymentConfiguration.Strategy != "ROLLING":
		return cloudformation.Physical{}, unimitated("Strategy", p.DeploymentConfiguration.Strategy, "ROLLING")
	}
	made := Service{
		Cluster: lastOf(p.Cluster, "/"), Name: p.ServiceName, TargetGroup: p.LoadBalancers[0].TargetGroupArn,
		Desired: usualCount, Grace: time.Duration(p.HealthCheckGracePeriodSeconds) * time.Second,
	}
	if p.DesiredCount != nil {
		made.Desired = *p.DesiredCount
	}
	if made.Name == "" {
		made.Name = cloudformation.Identify(l.place, r).ID
	}
	l.Services = append(l.Services, made)
	arn := fmt.Sprintf("arn:aws:ecs:%s:%s:service/%s/%s", l.place.Region, l.place.Account, made.Cluster, made.Name)
	return cloudformation.Physical{ID: arn, Attributes: map[string]any{"ServiceArn": arn, "Name": made.Name}}, nil
}

// usualCount is what a new service is made with when the template says nothing; an update then leaves the count alone.
// [ECS-25] https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html
const usualCount = 1

func (l *loader) scalableTarget(r cloudformation.Resource) (cloudformation.Physical, error) {
	var p struct {
		ResourceID                          string `cfn:"ResourceId"`
		ScalableDimension, ServiceNamespace string
		MinCapacity, MaxCapacity            int
		RoleARN                             ignored
	}
	if err := r.Decode(&p); err != nil {
		return cloudformation.Physical{}, err
	}
	if p.ScalableDimension != "ecs:service:DesiredCount" || p.ServiceNamespace != "ecs" {
		return cloudformation.Physical{}, unimitated("ScalableDimension", p.ScalableDimension, "ecs:service:DesiredCount")
	}
	l.Scaled = append(l.Scaled, Scaled{Resource: p.ResourceID, Min: int32(p.MinCapacity), Max: int32(p.MaxCapacity)})
	return cloudformation.Physical{ID: p.ResourceID + "|" + p.ScalableDimension + "|" + p.ServiceNamespace}, nil
}

func (l *loader) topic(r cloudformation.Resource) (cloudformation.Physical, error) {
	var p struct {
		TopicName         string
		DisplayName, Tags ignored
	}
	if err := r.Decode(&p); err != nil {
		return cloudformation.Physical{}, err
	}
	made := cloudformation.Identify(l.place, r)
	l.Topics = append(l.Topics, lastOf(made.ID, ":"))
	return made, nil
}

func (l *loader) parameter(r cloudformation.Resource) (cloudformation.Physical, error) {
	var p struct {
		Name, Type, Tier, Value, DataType string
		Description, Tags                 ignored
	}
	if err := r.Decode(&p); err != nil {
		return cloudformation.Physical{}, err
	}
	switch {
	case p.Type != "String":
		return cloudformation.Physical{}, unimitated("Type", p.Type, "String")
	case p.Tier != "" && p.Tier != "Standard":
		return cloudformation.Physical{}, unimitated("Tier", p.Tier, "Standard")
	case p.DataType != "" && p.DataType != "text":
		return cloudformation.Physical{}, unimitated("DataType", p.DataType, "text")
	}
	physical := cloudformation.Identify(l.place, r)
	physical.Attributes = map[string]any{"Type": p.Type, "Value": p.Value}
	l.Parameters = append(l.Parameters, Parameter{Name: physical.ID, Value: p.Value})
	return physical, nil
}
