package iam_test

import (
	"testing"

	scaling "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	scalingtypes "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/sandbox/iam"
)

const (
	ecsARN = "arn:aws:ecs:eu-west-3:000000000000:"
	ssmARN = "arn:aws:ssm:eu-west-3:000000000000:parameter/"

	schedulerARN = "arn:aws:scheduler:eu-west-3:000000000000:"
)

// TestWhatCallsAreCheckedAgainst [IAM-03] [IAM-04] [IAM-05].
func TestWhatCallsAreCheckedAgainst(t *testing.T) {
	shop := map[string]string{"ecs:cluster": ecsARN + "cluster/shop"}
	standard := map[string]string{"ecs:cluster": ecsARN + "cluster/default"}
	const (
		ecsNamespace   = scalingtypes.ServiceNamespaceEcs
		desired        = scalingtypes.ScalableDimensionECSServiceDesiredCount
		scalableTarget = "arn:aws:application-autoscaling:eu-west-3:000000000000:scalable-target/*"
	)
	scaled := map[string]string{
		"application-autoscaling:scalable-dimension": "ecs:service:DesiredCount",
		"application-autoscaling:service-namespace":  "ecs",
	}
	for _, test := range []struct {
		input any
		want  iam.Request
	}{
		{
			&ecs.DescribeServicesInput{Cluster: new("shop"), Services: []string{"a", ecsARN + "service/shop/b"}},
			iam.Request{
				Action:    "ecs:DescribeServices",
				Resources: []string{ecsARN + "service/shop/a", ecsARN + "service/shop/b"}, Keys: shop,
			},
		},
		{
			&ecs.UpdateServiceInput{Cluster: new(ecsARN + "cluster/shop"), Service: new("a")},
			iam.Request{Action: "ecs:UpdateService", Resources: []string{ecsARN + "service/shop/a"}, Keys: shop},
		},
		{
			&ecs.UpdateServiceInput{Service: new("a")},
			iam.Request{Action: "ecs:UpdateService", Resources: []string{ecsARN + "service/default/a"}, Keys: standard},
		},
		{
			&ecs.ListTasksInput{Cluster: new("shop"), ServiceName: new("a")},
			iam.Request{Action: "ecs:ListTasks", Resources: []string{"*"}, Keys: shop},
		},
		{
			&ecs.DescribeTasksInput{Cluster: new("shop"), Tasks: []string{ecsARN + "task/shop/1", "2"}},
			iam.Request{
				Action: "ecs:DescribeTasks", Resources: []string{ecsARN + "task/shop/1", ecsARN + "task/shop/2"}, Keys: shop,
			},
		},
		{
			&ecs.GetTaskProtectionInput{Cluster: new("shop"), Tasks: []string{"1"}},
			iam.Request{Action: "ecs:GetTaskProtection", Resources: []string{ecsARN + "task/shop/1"}, Keys: shop},
		},
		{
			&ecs.UpdateTaskProtectionInput{Cluster: new("shop"), Tasks: []string{"1"}},
			iam.Request{Action: "ecs:UpdateTaskProtection", Resources: []string{ecsARN + "task/shop/1"}, Keys: shop},
		},
		{
			&ssm.GetParameterInput{Name: new("/a/b")},
			iam.Request{Action: "ssm:GetParameter", Resources: []string{ssmARN + "a/b"}},
		},
		{
			&ssm.GetParametersInput{Names: []string{"/a", "b", ssmARN + "c"}},
			iam.Request{Action: "ssm:GetParameters", Resources: []string{ssmARN + "a", ssmARN + "b", ssmARN + "c"}},
		},
		{
			&ssm.GetParametersByPathInput{Path: new("/a/b"), Recursive: new(true)},
			iam.Request{Action: "ssm:GetParametersByPath", Resources: []string{ssmARN + "a/b"}},
		},
		{
			&ssm.GetParametersByPathInput{Path: new("/a/b/")},
			iam.Request{Action: "ssm:GetParametersByPath", Resources: []string{ssmARN + "a/b/"}},
		},
		{
			&ssm.PutParameterInput{Name: new("/a")},
			iam.Request{Action: "ssm:PutParameter", Resources: []string{ssmARN + "a"}},
		},
		{
			&ssm.DeleteParameterInput{Name: new("/a")},
			iam.Request{Action: "ssm:DeleteParameter", Resources: []string{ssmARN + "a"}},
		},
		{
			&elb.ModifyRuleInput{RuleArn: new("arn:rule")},
			iam.Request{Action: "elasticloadbalancing:ModifyRule", Resources: []string{"arn:rule"}},
		},
		{&elb.DescribeRulesInput{RuleArns: []string{"arn:rule"}}, iam.Request{Action: "elasticloadbalancing:DescribeRules"}},
		{&elb.DescribeTargetHealthInput{}, iam.Request{Action: "elasticloadbalancing:DescribeTargetHealth"}},
		{&elb.DescribeTargetGroupsInput{}, iam.Request{Action: "elasticloadbalancing:DescribeTargetGroups"}},
		{&elb.DescribeTargetGroupAttributesInput{}, iam.Request{Action: "elasticloadbalancing:DescribeTargetGroupAttributes"}},
		{&elb.DescribeLoadBalancersInput{}, iam.Request{Action: "elasticloadbalancing:DescribeLoadBalancers"}},
		{&elb.DescribeListenersInput{}, iam.Request{Action: "elasticloadbalancing:DescribeListeners"}},
		{
			&scheduler.CreateScheduleInput{Name: new("a"), GroupName: new("g")},
			iam.Request{Action: "scheduler:CreateSchedule", Resources: []string{schedulerARN + "schedule/g/a"}},
		},
		{
			&scheduler.UpdateScheduleInput{Name: new("a"), GroupName: new("g")},
			iam.Request{Action: "scheduler:UpdateSchedule", Resources: []string{schedulerARN + "schedule/g/a"}},
		},
		{
			&scheduler.GetScheduleInput{Name: new("a")},
			iam.Request{Action: "scheduler:GetSchedule", Resources: []string{schedulerARN + "schedule/default/a"}},
		},
		{
			&scheduler.DeleteScheduleInput{Name: new("a"), GroupName: new("g")},
			iam.Request{Action: "scheduler:DeleteSchedule", Resources: []string{schedulerARN + "schedule/g/a"}},
		},
		{&scheduler.ListSchedulesInput{GroupName: new("g")}, iam.Request{Action: "scheduler:ListSchedules"}},
		{
			&scheduler.CreateScheduleGroupInput{Name: new("g")},
			iam.Request{Action: "scheduler:CreateScheduleGroup", Resources: []string{schedulerARN + "schedule-group/g"}},
		},
		{
			&scheduler.GetScheduleGroupInput{Name: new("g")},
			iam.Request{Action: "scheduler:GetScheduleGroup", Resources: []string{schedulerARN + "schedule-group/g"}},
		},
		{
			&scheduler.DeleteScheduleGroupInput{Name: new("g")},
			iam.Request{Action: "scheduler:DeleteScheduleGroup", Resources: []string{schedulerARN + "schedule-group/g"}},
		},
		{&scheduler.ListScheduleGroupsInput{}, iam.Request{Action: "scheduler:ListScheduleGroups"}},
		{&ecs.DescribeTaskDefinitionInput{TaskDefinition: new("a:1")}, iam.Request{Action: "ecs:DescribeTaskDefinition"}},
		{&sns.PublishInput{TopicArn: new("arn:t")}, iam.Request{Action: "sns:Publish", Resources: []string{"arn:t"}}},
		{
			&sns.CreateTopicInput{Name: new("t")},
			iam.Request{Action: "sns:CreateTopic", Resources: []string{"arn:aws:sns:eu-west-3:000000000000:t"}},
		},
		{&sns.SubscribeInput{TopicArn: new("arn:t")}, iam.Request{Action: "sns:Subscribe", Resources: []string{"arn:t"}}},
		{
			&sns.GetTopicAttributesInput{TopicArn: new("arn:t")},
			iam.Request{Action: "sns:GetTopicAttributes", Resources: []string{"arn:t"}},
		},
		{
			&sns.ListSubscriptionsByTopicInput{TopicArn: new("arn:t")},
			iam.Request{Action: "sns:ListSubscriptionsByTopic", Resources: []string{"arn:t"}},
		},
		{&sns.ListTopicsInput{}, iam.Request{Action: "sns:ListTopics"}},
		{
			&scaling.RegisterScalableTargetInput{ServiceNamespace: ecsNamespace, ScalableDimension: desired},
			iam.Request{
				Action: "application-autoscaling:RegisterScalableTarget", Resources: []string{scalableTarget}, Keys: scaled,
			},
		},
		{
			&scaling.DeregisterScalableTargetInput{ServiceNamespace: ecsNamespace, ScalableDimension: desired},
			iam.Request{
				Action: "application-autoscaling:DeregisterScalableTarget", Resources: []string{scalableTarget}, Keys: scaled,
			},
		},
		{
			&scaling.DescribeScalableTargetsInput{ServiceNamespace: ecsNamespace},
			iam.Request{Action: "application-autoscaling:DescribeScalableTargets"},
		},
		{&cloudwatch.GetMetricStatisticsInput{}, iam.Request{Action: "cloudwatch:GetMetricStatistics"}},
	} {
		t.Run(test.want.Action, func(t *testing.T) {
			got, err := iam.RequestOf(test.input)
			if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
				t.Errorf("-want +got, %v:\n%s", err, diff)
			}
		})
	}
	_, err := iam.RequestOf(&ecs.RunTaskInput{})
	says(t, err, "does not imitate RunTask")
}
