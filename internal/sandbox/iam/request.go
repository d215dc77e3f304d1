package iam

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	scaling "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// Where the sandbox is.
const (
	Region  = "eu-west-3"
	Account = "000000000000"
)

func arn(service, resource string) string {
	return "arn:aws:" + service + ":" + Region + ":" + Account + ":" + resource
}

// RequestOf is what AWS asks of IAM for a call, by its SDK input.
// [IAM-03] Each operation is an action of its own, on the resources that its input names. An input that the sandbox
// does not know is an error: to let it through would be to allow it to everybody.
func RequestOf(input any) (Request, error) {
	switch input.(type) {
	case *ecs.DescribeServicesInput, *ecs.UpdateServiceInput, *ecs.ListTasksInput, *ecs.DescribeTasksInput,
		*ecs.GetTaskProtectionInput, *ecs.UpdateTaskProtectionInput, *ecs.DescribeTaskDefinitionInput:
		return ofECS(input), nil
	case *ssm.GetParameterInput, *ssm.GetParametersInput, *ssm.GetParametersByPathInput, *ssm.PutParameterInput,
		*ssm.DeleteParameterInput:
		return ofSSM(input), nil
	case *elb.DescribeRulesInput, *elb.ModifyRuleInput, *elb.DescribeTargetHealthInput, *elb.DescribeTargetGroupsInput,
		*elb.DescribeTargetGroupAttributesInput, *elb.DescribeLoadBalancersInput, *elb.DescribeListenersInput:
		return ofELB(input), nil
	case *scheduler.CreateScheduleInput, *scheduler.UpdateScheduleInput, *scheduler.GetScheduleInput,
		*scheduler.DeleteScheduleInput, *scheduler.ListSchedulesInput, *scheduler.CreateScheduleGroupInput,
		*scheduler.GetScheduleGroupInput, *scheduler.DeleteScheduleGroupInput, *scheduler.ListScheduleGroupsInput:
		return ofScheduler(input), nil
	case *scaling.DescribeScalableTargetsInput, *scaling.RegisterScalableTargetInput,
		*scaling.DeregisterScalableTargetInput:
		return ofAutoScaling(input), nil
	case *sns.PublishInput, *sns.CreateTopicInput, *sns.SubscribeInput, *sns.GetTopicAttributesInput,
		*sns.ListTopicsInput, *sns.ListSubscriptionsByTopicInput:
		return ofSNS(input), nil
	case *lambda.GetFunctionConfigurationInput, *lambda.GetFunctionConcurrencyInput, *lambda.GetPolicyInput,
		*lambda.ListFunctionsInput:
		return ofLambda(input), nil
	case *iam.SimulatePrincipalPolicyInput:
		return ofIAM(input), nil
	case *cloudwatch.GetMetricStatisticsInput:
		return Request{Action: "cloudwatch:GetMetricStatistics"}, nil
	default:
		return Request{}, fmt.Errorf("find what a call is checked against: %w", awsapi.Unknown(input))
	}
}

func ofECS(input any) Request {
	var cluster *string
	var services, tasks []string
	var everything []string
	switch in := input.(type) {
	case *ecs.DescribeTaskDefinitionInput: // AWS restricts it to no resource
		return Request{Action: "ecs:" + awsapi.Operation(input)}
	case *ecs.DescribeServicesInput:
		cluster, services = in.Cluster, in.Services
	case *ecs.UpdateServiceInput:
		cluster, services = in.Cluster, []string{aws.ToString(in.Service)}
	case *ecs.DescribeTasksInput:
		cluster, tasks = in.Cluster, in.Tasks
	case *ecs.GetTaskProtectionInput:
		cluster, tasks = in.Cluster, in.Tasks
	case *ecs.UpdateTaskProtectionInput:
		cluster, tasks = in.Cluster, in.Tasks
	case *ecs.ListTasksInput: // [IAM-05] Its resource is a container instance, which tasks of Fargate have none of.
		cluster, everything = in.Cluster, []string{"*"}
	}
	name := clusterName(cluster)
	r := Request{
		Action: "ecs:" + awsapi.Operation(input), Resources: everything,
		Keys: map[string]string{"ecs:cluster": arn("ecs", "cluster/"+name)},
	}
	for _, service := range services {
		r.Resources = append(r.Resources, full(service, "ecs", "service/"+name+"/"))
	}
	for _, task := range tasks {
		r.Resources = append(r.Resources, full(task, "ecs", "task/"+name+"/"))
	}
	return r
}

func clusterName(nameOrARN *string) string {
	name := aws.ToString(nameOrARN)
	if name == "" {
		return "default"
	}
	return name[strings.LastIndex(name, "/")+1:]
}

// full is the ARN of what is named by its ARN or by its last part.
func full(nameOrARN, service, prefix string) string {
	if strings.HasPrefix(nameOrARN, "arn:") {
		return nameOrARN
	}
	return arn(service, prefix+nameOrARN)
}

// ofSSM: [IAM-04] GetParametersByPath is checked against the path that it asks for, and not against what it returns.
func ofSSM(input any) Request {
	var names []string
	switch in := input.(type) {
	case *ssm.GetParameterInput:
		names = []string{aws.ToString(in.Name)}
	case *ssm.GetParametersInput:
		names = in.Names
	case *ssm.GetParametersByPathInput:
		names = []string{aws.ToString(in.Path)}
	case *ssm.PutParameterInput:
		names = []string{aws.ToString(in.Name)}
	case *ssm.DeleteParameterInput:
		names = []string{aws.ToString(in.Name)}
	}
	r := Request{Action: "ssm:" + awsapi.Operation(input)}
	for _, name := range names {
		r.Resources = append(r.Resources, full(strings.TrimPrefix(name, "/"), "ssm", "parameter/"))
	}
	return r
}

func ofELB(input any) Request {
	r := Request{Action: "elasticloadbalancing:" + awsapi.Operation(input)}
	if in, ok := input.(*elb.ModifyRuleInput); ok {
		r.Resources = []string{aws.ToString(in.RuleArn)}
	}
	return r
}

// ofScheduler: what lists is restricted to no resource. iam:PassRole, which AWS asks for besides when a schedule is
// made or changed, is not asked for here.
func ofScheduler(input any) Request {
	r := Request{Action: "scheduler:" + awsapi.Operation(input)}
	switch in := input.(type) {
	case *scheduler.CreateScheduleInput:
		r.Resources = schedule(in.GroupName, in.Name)
	case *scheduler.UpdateScheduleInput:
		r.Resources = schedule(in.GroupName, in.Name)
	case *scheduler.GetScheduleInput:
		r.Resources = schedule(in.GroupName, in.Name)
	case *scheduler.DeleteScheduleInput:
		r.Resources = schedule(in.GroupName, in.Name)
	case *scheduler.CreateScheduleGroupInput:
		r.Resources = scheduleGroup(in.Name)
	case *scheduler.GetScheduleGroupInput:
		r.Resources = scheduleGroup(in.Name)
	case *scheduler.DeleteScheduleGroupInput:
		r.Resources = scheduleGroup(in.Name)
	}
	return r
}

func schedule(group, name *string) []string {
	return []string{arn("scheduler", "schedule/"+cmp.Or(aws.ToString(group), "default")+"/"+aws.ToString(name))}
}

func scheduleGroup(name *string) []string {
	return []string{arn("scheduler", "schedule-group/"+aws.ToString(name))}
}

// ofAutoScaling: a scalable target's ARN ends in an ID of AWS's own. Here targets have none, so that only a pattern for
// all of them allows something.
func ofAutoScaling(input any) Request {
	r := Request{Action: "application-autoscaling:" + awsapi.Operation(input)}
	var dimension, namespace string
	switch in := input.(type) {
	case *scaling.RegisterScalableTargetInput:
		dimension, namespace = string(in.ScalableDimension), string(in.ServiceNamespace)
	case *scaling.DeregisterScalableTargetInput:
		dimension, namespace = string(in.ScalableDimension), string(in.ServiceNamespace)
	default:
		return r
	}
	r.Resources = []string{arn("application-autoscaling", "scalable-target/*")}
	r.Keys = map[string]string{
		"application-autoscaling:scalable-dimension": dimension, "application-autoscaling:service-namespace": namespace,
	}
	return r
}
