package catnap

import (
	cw "github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
)

// alarms are six. A reaper that nobody calls reports no error and no data, so there missing data is the alarm; it is
// raised once while the stack is new, and ends with the first passes.
func (b builder) alarms(waker, reaper, costGuard awslambda.CfnFunction, letters awssqs.CfnQueue) []cw.CfnAlarm {
	ofQueue := []*cw.CfnAlarm_DimensionProperty{{Name: new("QueueName"), Value: letters.AttrQueueName()}}
	return []cw.CfnAlarm{
		b.alarm("WakerErrors", "waker-errors", onFunction(waker, "Errors", 300, 1),
			"The waker failed or ran out of time. A visitor saw a 502. Its log tells why."),
		b.alarm("WakerThrottles", "waker-throttles", onFunction(waker, "Throttles", 300, 1),
			"More requests at a time than WakerConcurrency or the account's limit allow. Visitors saw a 502. Raise one of "+
				"them."),
		b.alarm("ReaperSilence", "reaper-silence", silence(onFunction(reaper, "Invocations", 300, 2)),
			"No pass of the reaper for ten minutes. The service stays awake, and costs money, until it is back."),
		// One failed pass is made good by the next; it takes failures in two periods to be a fault.
		b.alarm("ReaperErrors", "reaper-errors", onFunction(reaper, "Errors", 300, 2),
			"The reaper keeps failing. The service may stay awake, and cost money. Its log tells why."),
		b.alarm("CostGuardErrors", "costguard-errors", onFunction(costGuard, "Errors", 3600, 1),
			"The cost guard failed. Its log tells why."),
		b.alarm("DeadLetters", "dead-letters", &cw.CfnAlarmProps{
			Namespace: new("AWS/SQS"), MetricName: new("ApproximateNumberOfMessagesVisible"), Dimensions: ofQueue,
			Statistic: new("Maximum"), Period: new(300.0), EvaluationPeriods: new(1.0),
		}, "An hour of the cost guard was lost. The queue has the event; purge it when the cause is found."),
	}
}

func onFunction(function awslambda.CfnFunction, metric string, period, periods float64) *cw.CfnAlarmProps {
	return &cw.CfnAlarmProps{
		Namespace: new("AWS/Lambda"), MetricName: &metric,
		Dimensions: []*cw.CfnAlarm_DimensionProperty{{Name: new("FunctionName"), Value: function.Ref()}},
		Statistic:  new("Sum"), Period: &period, EvaluationPeriods: &periods,
	}
}

func silence(props *cw.CfnAlarmProps) *cw.CfnAlarmProps {
	props.ComparisonOperator = new("LessThanThreshold")
	props.TreatMissingData = new("breaching")
	return props
}

// alarm adds what the others have in common: one is too many, and no news is good news.
func (b builder) alarm(id, name string, props *cw.CfnAlarmProps, description string) cw.CfnAlarm {
	props.AlarmName = b.named(name)
	props.AlarmDescription = &description
	props.Threshold = new(1.0)
	defaultTo(&props.ComparisonOperator, new("GreaterThanOrEqualToThreshold"))
	defaultTo(&props.TreatMissingData, new("notBreaching"))
	if b.AlarmTopic != nil {
		props.AlarmActions = &[]any{b.AlarmTopic.TopicArn()}
		props.OkActions = &[]any{b.AlarmTopic.TopicArn()}
	}
	return cw.NewCfnAlarm(b.scope, new(id+"Alarm"), props)
}
