package wire_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	scaling "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	scalingtypes "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	schedulertypes "github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/sandbox/wire"
)

// call is one operation; who makes it is in the names of what it creates or deletes.
type call struct {
	key, operation string
	in             func(who string) any
}

func always(in any) func(string) any { return func(string) any { return in } }

func (r *rig) calls() []call {
	cluster := new(sandbox.Cluster)
	minutes := &cloudwatch.GetMetricStatisticsInput{
		Namespace: new("AWS/ApplicationELB"), MetricName: new("RequestCount"), Period: new(int32(60)),
		StartTime: new(r.Clock.Now().Add(-30 * time.Minute)), EndTime: new(r.Clock.Now()),
		Statistics: []cwtypes.Statistic{cwtypes.StatisticSum, cwtypes.StatisticAverage},
		Dimensions: []cwtypes.Dimension{{Name: new("LoadBalancer"), Value: new("app/a/b")}},
	}
	const ecsKey, elbKey, ssmKey, schedulerKey = "ecs", "elasticloadbalancing", "ssm", "scheduler"
	const scalingKey = "application-autoscaling"
	target := &scaling.RegisterScalableTargetInput{
		ServiceNamespace: scalingtypes.ServiceNamespaceEcs, ResourceId: new("service/cluster/service"),
		ScalableDimension: scalingtypes.ScalableDimensionECSServiceDesiredCount,
		MinCapacity:       new(int32(0)), MaxCapacity: new(int32(10)),
	}
	topic := new("arn:aws:sns:eu-west-3:000000000000:wire")
	return []call{
		{ecsKey, "DescribeServices", always(&ecs.DescribeServicesInput{Cluster: cluster, Services: []string{sandbox.Service, "none"}})},
		{ecsKey, "UpdateService", always(updateService())},
		{ecsKey, "ListTasks", always(&ecs.ListTasksInput{Cluster: cluster, ServiceName: new(sandbox.Service)})},
		{ecsKey, "DescribeTasks", always(&ecs.DescribeTasksInput{Cluster: cluster, Tasks: []string{r.task, "none"}})},
		{ecsKey, "GetTaskProtection", always(&ecs.GetTaskProtectionInput{Cluster: cluster, Tasks: []string{r.task}})},
		{ecsKey, "UpdateTaskProtection", always(&ecs.UpdateTaskProtectionInput{Cluster: cluster, Tasks: []string{r.task}})},
		{ecsKey, "DescribeTaskDefinition", always(&ecs.DescribeTaskDefinitionInput{TaskDefinition: new(sandbox.Service)})},
		{elbKey, "DescribeRules", always(&elb.DescribeRulesInput{ListenerArn: &r.listener})},
		{elbKey, "ModifyRule", always(r.modifyRule())},
		{elbKey, "DescribeTargetHealth", always(&elb.DescribeTargetHealthInput{TargetGroupArn: &r.Stored.TargetGroup})},
		{elbKey, "DescribeTargetGroups", always(&elb.DescribeTargetGroupsInput{})},
		{elbKey, "DescribeTargetGroupAttributes", always(&elb.DescribeTargetGroupAttributesInput{TargetGroupArn: &r.Stored.TargetGroup})},
		{elbKey, "DescribeLoadBalancers", always(&elb.DescribeLoadBalancersInput{})},
		{elbKey, "DescribeListeners", always(&elb.DescribeListenersInput{ListenerArns: []string{r.listener}})},
		{ssmKey, "GetParameter", always(&ssm.GetParameterInput{Name: new("/wire/a"), WithDecryption: new(true)})},
		{ssmKey, "GetParameters", always(&ssm.GetParametersInput{Names: []string{"/wire/a", "/wire/none"}})},
		{ssmKey, "GetParametersByPath", always(&ssm.GetParametersByPathInput{Path: new("/wire")})},
		{ssmKey, "PutParameter", func(who string) any {
			return &ssm.PutParameterInput{Name: new("/put/" + who), Value: new("v"), Type: ssmtypes.ParameterTypeString}
		}},
		{ssmKey, "DeleteParameter", func(who string) any { return &ssm.DeleteParameterInput{Name: new("/put/" + who)} }},
		{scalingKey, "RegisterScalableTarget", always(target)},
		{scalingKey, "DescribeScalableTargets", always(&scaling.DescribeScalableTargetsInput{ServiceNamespace: scalingtypes.ServiceNamespaceEcs})},
		{scalingKey, "DeregisterScalableTarget", func(string) any { return r.registered(target) }},
		{schedulerKey, "CreateScheduleGroup", func(who string) any { return &scheduler.CreateScheduleGroupInput{Name: &who} }},
		{schedulerKey, "CreateSchedule", func(who string) any { return schedule(who) }},
		{schedulerKey, "UpdateSchedule", func(who string) any { return updateSchedule(who) }},
		{schedulerKey, "GetSchedule", always(&scheduler.GetScheduleInput{Name: new("catnap-service-reaper"), GroupName: new("default")})},
		{schedulerKey, "ListSchedules", always(&scheduler.ListSchedulesInput{MaxResults: new(int32(9)), NamePrefix: new("catnap-"), State: schedulertypes.ScheduleStateEnabled})},
		{schedulerKey, "GetScheduleGroup", always(&scheduler.GetScheduleGroupInput{Name: new("over")})},
		{schedulerKey, "ListScheduleGroups", always(&scheduler.ListScheduleGroupsInput{NamePrefix: new("o")})},
		{schedulerKey, "DeleteSchedule", func(who string) any { return &scheduler.DeleteScheduleInput{Name: new("nap"), GroupName: &who} }},
		{schedulerKey, "DeleteScheduleGroup", func(who string) any { return &scheduler.DeleteScheduleGroupInput{Name: &who} }},
		{"sns", "CreateTopic", always(&sns.CreateTopicInput{Name: new("wire")})},
		{"sns", "Subscribe", always(&sns.SubscribeInput{TopicArn: topic, Protocol: new("email"), Endpoint: new("me@example.com")})},
		{"sns", "Publish", always(publish(topic))},
		{"sns", "ListTopics", always(&sns.ListTopicsInput{})},
		{"sns", "ListSubscriptionsByTopic", always(&sns.ListSubscriptionsByTopicInput{TopicArn: topic})},
		{"sns", "GetTopicAttributes", always(&sns.GetTopicAttributesInput{TopicArn: topic})},
		{"lambda", "GetFunctionConfiguration", always(&lambda.GetFunctionConfigurationInput{FunctionName: new(wakerARN)})},
		{"lambda", "GetFunctionConcurrency", always(&lambda.GetFunctionConcurrencyInput{FunctionName: new(wakerName)})},
		{"lambda", "GetPolicy", always(&lambda.GetPolicyInput{FunctionName: new(wakerARN)})},
		{"lambda", "ListFunctions", always(&lambda.ListFunctionsInput{})},
		{"iam", "SimulatePrincipalPolicy", always(simulation())},
		{"monitoring", "GetMetricStatistics", always(minutes)},
		{"monitoring json", "GetMetricStatistics", always(minutes)},
		{"monitoring form", "GetMetricStatistics", always(minutes)},
	}
}

// publish sends a message with attributes, whose members the form names in a way of their own.
func publish(topic *string) *sns.PublishInput {
	return &sns.PublishInput{
		TopicArn: topic, Subject: new("a & b"), Message: new("é <&> \"猫\"\n"),
		MessageAttributes: map[string]snstypes.MessageAttributeValue{
			"a": {DataType: new("String"), StringValue: new("b")}, "c": {DataType: new("Binary"), BinaryValue: []byte{0, 255}},
		},
	}
}

const (
	wakerName = "catnap-" + sandbox.Service + "-waker"
	wakerARN  = "arn:aws:lambda:eu-west-3:000000000000:function:" + wakerName
)

func simulation() *iam.SimulatePrincipalPolicyInput {
	return &iam.SimulatePrincipalPolicyInput{
		PolicySourceArn: new("arn:aws:iam::000000000000:role/catnap-sandbox"),
		ActionNames:     []string{"ecs:ListTasks", "ssm:GetParameter"}, ResourceArns: []string{"*", "arn:a<&>"},
		ContextEntries: []iamtypes.ContextEntry{{
			ContextKeyName: new("ecs:cluster"), ContextKeyType: iamtypes.ContextKeyTypeEnumString,
			ContextKeyValues: []string{"arn:b"},
		}},
	}
}

// registered is a request to take a target away that is there.
func (r *rig) registered(target *scaling.RegisterScalableTargetInput) any {
	if _, err := r.AutoScaling.Handle(context.Background(), target); err != nil {
		panic(err)
	}
	return &scaling.DeregisterScalableTargetInput{
		ServiceNamespace: target.ServiceNamespace, ResourceId: target.ResourceId, ScalableDimension: target.ScalableDimension,
	}
}

// schedule is one in a group of the caller's.
func schedule(who string) *scheduler.CreateScheduleInput {
	return &scheduler.CreateScheduleInput{
		Name: new("nap"), GroupName: &who, ScheduleExpression: new("rate(2 hours)"), Description: new("é <&> \"猫\""),
		FlexibleTimeWindow: &schedulertypes.FlexibleTimeWindow{Mode: schedulertypes.FlexibleTimeWindowModeOff},
		StartDate:          new(time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)), State: schedulertypes.ScheduleStateDisabled,
		Target: &schedulertypes.Target{
			Arn:     new("arn:aws:lambda:eu-west-3:000000000000:function:nap"),
			RoleArn: new("arn:aws:iam::000000000000:role/nap"), Input: new(`{"a": 1}`),
			RetryPolicy: &schedulertypes.RetryPolicy{MaximumRetryAttempts: new(int32(0))},
		},
	}
}

func updateSchedule(who string) *scheduler.UpdateScheduleInput {
	s := schedule(who)
	return &scheduler.UpdateScheduleInput{
		Name: s.Name, GroupName: s.GroupName, ScheduleExpression: new("rate(1 minute)"), Target: s.Target,
		FlexibleTimeWindow: s.FlexibleTimeWindow,
	}
}

// modifyRule writes conditions that differ in each member of theirs.
func (r *rig) modifyRule() *elb.ModifyRuleInput {
	return &elb.ModifyRuleInput{RuleArn: &r.Stored.WakerRule, Conditions: []elbtypes.RuleCondition{
		{
			Field:             new("path-pattern"),
			PathPatternConfig: &elbtypes.PathPatternConditionConfig{Values: []string{"/a/*", "/b~'c"}},
		},
		{
			Field: new("http-header"),
			HttpHeaderConfig: &elbtypes.HttpHeaderConditionConfig{
				HttpHeaderName: new("X-Test"), Values: []string{"a b", "c"},
			},
		},
	}}
}

// TestOperations asks each operation from within, over the wire by the SDK, and over the wire by the AWS CLI. All three
// are told the same.
func TestOperations(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	done := map[string]bool{}
	for _, c := range r.calls() {
		done[c.operation] = true
		t.Run(c.key+" "+c.operation, func(t *testing.T) { r.compare(t, c) })
	}
	for _, operation := range slices.Concat(slices.Collect(maps.Values(supported))...) {
		if !done[operation] {
			t.Errorf("%s is supported and not tried", operation)
		}
	}
}

// alikeARNs: what each of them makes is named after it, and so is its ARN; each message has an ID of its own.
var alikeARNs = cmp.Comparer(func(a, b string) bool {
	same := strings.NewReplacer("/within", "/who", "/over", "/who", "/cli", "/who")
	return ids.ReplaceAllString(same.Replace(a), "(id)") == ids.ReplaceAllString(same.Replace(b), "(id)")
})

func (r *rig) compare(t *testing.T, c call) {
	t.Helper()
	want := do[any](t, r.within, c.key, c.operation, c.in("within"))
	got := do[any](t, r.over, c.key, c.operation, c.in("over"))
	if diff := difference(want, got, alikeARNs); diff != "" {
		t.Errorf("over the wire (-within +over):\n%s", diff)
	}
	printed := r.within.output(c.key, c.operation).Interface()
	if err := wire.FillJSON(c.key, r.cli(t, c, c.in("cli")), printed); err != nil {
		t.Fatal(err)
	}
	if diff := difference(want, printed, alikeARNs); diff != "" {
		t.Errorf("by the CLI (-within +cli):\n%s", diff)
	}
}
