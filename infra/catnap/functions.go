package catnap

import (
	"maps"
	"os"
	"path/filepath"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3assets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"

	"github.com/catnap-dev/catnap/infra/nag"
)

// functionNames are the folders below Dist.
var functionNames = []string{"waker", "reaper", "costguard"}

// worker is a function with its role.
type worker struct {
	function awslambda.CfnFunction
	role     awsiam.CfnRole
}

// Lambda gives processor time in proportion to memory, and in a cold start, while a visitor waits, the waker makes TLS
// connections to three services. Twice the memory would double the price of every second that a request is held.
func (b builder) waker(logs awslogs.CfnLogGroup) worker {
	role := b.role("Waker", "The waker of the service "+b.Name+".", logs)
	var reserved *float64
	if b.WakerConcurrency != 0 {
		reserved = new(float64(b.WakerConcurrency))
	}
	return worker{b.function("Waker", "waker", role, logs, &awslambda.CfnFunctionProps{
		Description:                  new("Answers for the service " + b.Name + " while it cannot."),
		MemorySize:                   new(256.0),
		Timeout:                      new(b.WakerTimeout.Seconds()),
		ReservedConcurrentExecutions: reserved,
	}), role}
}

// The reaper mostly waits for answers, and nobody waits for it. A pass waits up to 60 s for a moment that falls before
// the next one, and needs some seconds to act on it. What failed is done by the next pass; without the event invoke
// config, Lambda itself would try a failed pass twice more.
func (b builder) reaper(logs awslogs.CfnLogGroup) worker {
	role := b.role("Reaper", "The reaper of the service "+b.Name+".", logs)
	function := b.function("Reaper", "reaper", role, logs, &awslambda.CfnFunctionProps{
		Description: new("Puts the service " + b.Name + " to sleep."),
		MemorySize:  new(128.0),
		Timeout:     new(90.0),
	})
	awslambda.NewCfnEventInvokeConfig(b.scope, new("ReaperFunctionEventInvokeConfig"),
		&awslambda.CfnEventInvokeConfigProps{
			FunctionName:             function.Ref(),
			Qualifier:                new("$LATEST"),
			MaximumRetryAttempts:     new(0.0),
			MaximumEventAgeInSeconds: new(60.0),
		})
	return worker{function, role}
}

// The cost guard makes a few calls an hour, far fewer than its time allows; one that hangs is ended long before the
// next. That comes in an hour, so this one is tried again first; its handler does no harm when run twice.
func (b builder) costGuard(logs awslogs.CfnLogGroup, letters awssqs.CfnQueue) worker {
	role := b.role("CostGuard", "The cost guard of the service "+b.Name+".", logs, b.sendDeadLetters(letters))
	function := b.function("CostGuard", "costguard", role, logs, &awslambda.CfnFunctionProps{
		Description: new("Watches the bill of the service " + b.Name + "."),
		MemorySize:  new(128.0),
		Timeout:     new(60.0),
		Environment: b.environment(map[string]any{"CATNAP_TOPIC": b.topic()}),
	})
	awslambda.NewCfnEventInvokeConfig(b.scope, new("CostGuardFunctionEventInvokeConfig"),
		&awslambda.CfnEventInvokeConfigProps{
			FunctionName:             function.Ref(),
			Qualifier:                new("$LATEST"),
			MaximumRetryAttempts:     new(2.0),
			MaximumEventAgeInSeconds: new(1800.0),
			DestinationConfig: &awslambda.CfnEventInvokeConfig_DestinationConfigProperty{
				OnFailure: &awslambda.CfnEventInvokeConfig_OnFailureProperty{Destination: letters.AttrArn()},
			},
		})
	return worker{function, role}
}

// topic hears of warnings and freezes; without one they are only logged.
func (b builder) topic() string {
	if b.AlarmTopic == nil {
		return ""
	}
	return *b.AlarmTopic.TopicArn()
}

// function adds to props what all functions have.
func (b builder) function(
	id, name string, role awsiam.CfnRole, logs awslogs.CfnLogGroup, props *awslambda.CfnFunctionProps,
) awslambda.CfnFunction {
	props.FunctionName = b.named(name)
	props.Runtime = new("provided.al2023")
	props.Architectures = &[]*string{new("arm64")}
	props.Handler = new("bootstrap")
	props.Role = role.AttrArn()
	props.Code = b.code(id, name)
	if props.Environment == nil {
		props.Environment = b.environment(nil)
	}
	props.LoggingConfig = &awslambda.CfnFunction_LoggingConfigProperty{
		LogFormat:           new("JSON"),
		ApplicationLogLevel: &b.LogLevel,
		SystemLogLevel:      new("WARN"), // without Lambda's own three lines for every invocation
		LogGroup:            logs.Ref(),
	}
	return awslambda.NewCfnFunction(b.scope, new(id+"Function"), props)
}

// environment are the variables that all functions have, and more.
func (b builder) environment(more map[string]any) *awslambda.CfnFunction_EnvironmentProperty {
	variables := map[string]any{
		// The functions read all settings below PREFIX/services, and may act on this one service only. So each has a prefix
		// of its own; with a common one, a reaper would ask for services that its role may not see.
		"CATNAP_PREFIX": b.prefix(),
		// No garbage is collected before a start is over: a fifth of its time. From 100 MB on it is collected as ever.
		"GOGC":       "off",
		"GOMEMLIMIT": "100MiB",
	}
	maps.Copy(variables, more)
	return &awslambda.CfnFunction_EnvironmentProperty{Variables: variables}
}

// code is what `make build` wrote. Where there is nothing the validation says so, and the folder is not touched.
func (b builder) code(id, name string) *awslambda.CfnFunction_CodeProperty {
	folder := filepath.Join(b.Dist, name)
	if _, err := os.Stat(bootstrap(folder)); err != nil {
		return &awslambda.CfnFunction_CodeProperty{ZipFile: new("not built")}
	}
	asset := awss3assets.NewAsset(b.scope, new(id+"Code"), &awss3assets.AssetProps{Path: &folder})
	return &awslambda.CfnFunction_CodeProperty{S3Bucket: asset.S3BucketName(), S3Key: asset.S3ObjectKey()}
}

func bootstrap(folder string) string { return filepath.Join(folder, "bootstrap") }

// logGroup keeps a week: enough to look into a bad night, and CloudWatch would keep it for ever.
func (b builder) logGroup(id string) awslogs.CfnLogGroup {
	names := map[string]string{"Waker": "waker", "Reaper": "reaper", "CostGuard": "costguard"}
	return awslogs.NewCfnLogGroup(b.scope, new(id+"Logs"), &awslogs.CfnLogGroupProps{
		LogGroupName:    new("/aws/lambda/" + *b.named(names[id])),
		RetentionInDays: new(7.0),
	})
}

// deadLetters are hours for which the bill was not looked at: of the schedule when it found no function, of the
// function when it failed. 14 days are the most that SQS keeps them.
func (b builder) deadLetters() awssqs.CfnQueue {
	queue := awssqs.NewCfnQueue(b.scope, new("DeadLetters"), &awssqs.CfnQueueProps{
		QueueName:              b.named("dead-letters"),
		MessageRetentionPeriod: new(float64(14 * 24 * 60 * 60)),
		SqsManagedSseEnabled:   true,
	})
	nag.Excuse(queue, "AwsSolutions-SQS3", "It is where dead letters go, of a schedule and of a function.")
	nag.Excuse(queue, "AwsSolutions-SQS4", "Only Lambda and EventBridge Scheduler write to it, by TLS, and there is "+
		"nothing in it but the times of lost hours.")
	return queue
}
