package catnap

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsscheduler"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
)

// schedules invoke the reaper every minute and the cost guard every hour. They come last of all, so that the first pass
// finds settings, rules and permissions. There are no retries: a minute later comes the next pass, and what
// cannot be handed to the cost guard goes to the queue at once, and raises an alarm there.
func (b builder) schedules(
	reaper, costGuard awslambda.CfnFunction, letters awssqs.CfnQueue, reaperMay, costGuardMay awscdk.CfnResource,
) {
	group := awsscheduler.NewCfnScheduleGroup(b.scope, new("ScheduleGroup"), &awsscheduler.CfnScheduleGroupProps{
		Name: b.named(),
	})
	role := b.schedulerRole(group, letters, reaper, costGuard)
	first := b.schedule("Reaper", "reaper", &awsscheduler.CfnScheduleProps{
		Description:        new("A pass of the reaper over the service " + b.Name + ", every minute."),
		GroupName:          group.Ref(),
		ScheduleExpression: new("rate(1 minute)"),
		Target: &awsscheduler.CfnSchedule_TargetProperty{
			Arn: reaper.AttrArn(), RoleArn: role.AttrArn(), RetryPolicy: noRetry(60),
		},
	})
	first.AddDependency(reaperMay)
	hourly := b.schedule("CostGuard", "costguard", &awsscheduler.CfnScheduleProps{
		Description:        new("A look of the cost guard at the service " + b.Name + ", every hour."),
		GroupName:          group.Ref(),
		ScheduleExpression: new("rate(1 hour)"),
		Target: &awsscheduler.CfnSchedule_TargetProperty{
			Arn: costGuard.AttrArn(), RoleArn: role.AttrArn(), RetryPolicy: noRetry(1800),
			Input:            new(`{"time": "<aws.scheduler.scheduled-time>"}`),
			DeadLetterConfig: &awsscheduler.CfnSchedule_DeadLetterConfigProperty{Arn: letters.AttrArn()},
		},
	})
	hourly.AddDependency(costGuardMay)
}

func (b builder) schedule(id, name string, props *awsscheduler.CfnScheduleProps) awsscheduler.CfnSchedule {
	props.Name = b.named(name)
	props.FlexibleTimeWindow = &awsscheduler.CfnSchedule_FlexibleTimeWindowProperty{Mode: new("OFF")}
	return awsscheduler.NewCfnSchedule(b.scope, new(id+"Schedule"), props)
}

func noRetry(age float64) *awsscheduler.CfnSchedule_RetryPolicyProperty {
	return &awsscheduler.CfnSchedule_RetryPolicyProperty{MaximumRetryAttempts: new(0.0), MaximumEventAgeInSeconds: &age}
}

// schedulerRole is for the schedules of one group: EventBridge Scheduler names the group as the source, and never the
// schedule.
func (b builder) schedulerRole(
	group awsscheduler.CfnScheduleGroup, letters awssqs.CfnQueue, functions ...awslambda.CfnFunction,
) awsiam.CfnRole {
	invoke := statement{sid: "Invoke", actions: []string{"lambda:InvokeFunction"}}
	for _, function := range functions {
		invoke.resources = append(invoke.resources, *function.AttrArn())
	}
	return awsiam.NewCfnRole(b.scope, new("SchedulerRole"), &awsiam.CfnRoleProps{
		Description: new("Invokes the reaper and the cost guard of the service " + b.Name + "."),
		AssumeRolePolicyDocument: trust("scheduler.amazonaws.com", map[string]any{"StringEquals": map[string]any{
			"aws:SourceAccount": b.stack.Account(), "aws:SourceArn": group.AttrArn(),
		}}),
		Policies: []*awsiam.CfnRole_PolicyProperty{policyOf("schedules", invoke, b.mayBury(letters))},
	})
}
