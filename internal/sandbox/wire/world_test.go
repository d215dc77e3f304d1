package wire_test

import (
	"context"
	"net/http/httptest"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	scaling "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwschemas "github.com/aws/aws-sdk-go-v2/service/cloudwatch/schemas"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/aws/smithy-go/transport/http/protocol/awsjson"
	"github.com/aws/smithy-go/transport/http/protocol/awsquery"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
	"github.com/catnap-dev/catnap/internal/sandbox/wire"
)

const region = "eu-west-3"

// supported are the operations, by the scope of their signatures. CloudWatch is asked in three protocols.
var supported = map[string][]string{
	"ecs": {
		"DescribeServices", "UpdateService", "ListTasks", "DescribeTasks", "GetTaskProtection", "UpdateTaskProtection",
	},
	"elasticloadbalancing": {
		"DescribeRules", "ModifyRule", "DescribeTargetHealth", "DescribeTargetGroups", "DescribeTargetGroupAttributes",
		"DescribeLoadBalancers", "DescribeListeners",
	},
	"application-autoscaling": {"DescribeScalableTargets", "RegisterScalableTarget", "DeregisterScalableTarget"},
	"scheduler": {
		"CreateSchedule", "UpdateSchedule", "GetSchedule", "DeleteSchedule", "ListSchedules", "CreateScheduleGroup",
		"GetScheduleGroup", "DeleteScheduleGroup", "ListScheduleGroups",
	},
	"sns": {
		"CreateTopic", "Publish", "Subscribe", "ListTopics", "ListSubscriptionsByTopic", "GetTopicAttributes",
	},
	"lambda":          {"GetFunctionConfiguration", "GetFunctionConcurrency", "GetPolicy", "ListFunctions"},
	"iam":             {"SimulatePrincipalPolicy"},
	"ssm":             {"GetParameter", "GetParameters", "GetParametersByPath", "PutParameter", "DeleteParameter"},
	"monitoring":      {"GetMetricStatistics"},
	"monitoring json": {"GetMetricStatistics"},
	"monitoring form": {"GetMetricStatistics"},
}

// clients are SDK clients by the keys of supported.
type clients map[string]any

// over returns clients of a front. They try a call twice, quickly.
func over(url string) clients {
	retryer := retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = 2
		o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return time.Millisecond, nil })
	})
	credentials := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "sandbox", SecretAccessKey: "sandbox"}, nil
	})
	all := clients{
		"ecs": ecs.New(ecs.Options{Region: region, BaseEndpoint: &url, Credentials: credentials, Retryer: retryer}),
		"elasticloadbalancing": elb.New(elb.Options{
			Region: region, BaseEndpoint: &url, Credentials: credentials, Retryer: retryer,
		}),
		"application-autoscaling": scaling.New(scaling.Options{
			Region: region, BaseEndpoint: &url, Credentials: credentials, Retryer: retryer,
		}),
		"scheduler": scheduler.New(scheduler.Options{
			Region: region, BaseEndpoint: &url, Credentials: credentials, Retryer: retryer,
		}),
		"sns": sns.New(sns.Options{Region: region, BaseEndpoint: &url, Credentials: credentials, Retryer: retryer}),
		"ssm": ssm.New(ssm.Options{Region: region, BaseEndpoint: &url, Credentials: credentials, Retryer: retryer}),
		"lambda": lambda.New(lambda.Options{
			Region: region, BaseEndpoint: &url, Credentials: credentials, Retryer: retryer,
		}),
		"iam": iam.New(iam.Options{Region: region, BaseEndpoint: &url, Credentials: credentials, Retryer: retryer}),
	}
	for key, protocol := range map[string]smithyhttp.ClientProtocol{
		"monitoring":      nil, // the SDK's own choice, which is CBOR
		"monitoring json": awsjson.New10(cwschemas.GraniteServiceVersion20100801),
		"monitoring form": awsquery.New(cwschemas.GraniteServiceVersion20100801),
	} {
		all[key] = cloudwatch.New(cloudwatch.Options{
			Region: region, BaseEndpoint: &url, Credentials: credentials, Retryer: retryer,
		}, func(o *cloudwatch.Options) {
			if protocol != nil {
				o.Protocol = protocol
			}
		})
	}
	return all
}

// within returns clients that reach the same cores without a wire.
func within(backplane *awsapi.Backplane, cores wire.Cores) clients {
	to := func(core awsapi.Core) []func(*middleware.Stack) error {
		return []func(*middleware.Stack) error{backplane.Attach(core)}
	}
	watch := cloudwatch.New(cloudwatch.Options{Region: region, APIOptions: to(cores.CloudWatch)})
	return clients{
		"ecs":                     ecs.New(ecs.Options{Region: region, APIOptions: to(cores.ECS)}),
		"elasticloadbalancing":    elb.New(elb.Options{Region: region, APIOptions: to(cores.ELB)}),
		"application-autoscaling": scaling.New(scaling.Options{Region: region, APIOptions: to(cores.AutoScaling)}),
		"scheduler":               scheduler.New(scheduler.Options{Region: region, APIOptions: to(cores.Scheduler)}),
		"sns":                     sns.New(sns.Options{Region: region, APIOptions: to(cores.SNS)}),
		"ssm":                     ssm.New(ssm.Options{Region: region, APIOptions: to(cores.SSM)}),
		"lambda":                  lambda.New(lambda.Options{Region: region, APIOptions: to(cores.Lambda)}),
		"iam":                     iam.New(iam.Options{Region: region, APIOptions: to(cores.IAM)}),
		"monitoring":              watch, "monitoring json": watch, "monitoring form": watch,
	}
}

func (c clients) method(key, operation string) reflect.Value {
	return reflect.ValueOf(c[key]).MethodByName(operation)
}

// input and output are new structs of an operation.
func (c clients) input(key, operation string) reflect.Value {
	return reflect.New(c.method(key, operation).Type().In(1).Elem())
}

func (c clients) output(key, operation string) reflect.Value {
	return reflect.New(c.method(key, operation).Type().Out(0).Elem())
}

func (c clients) call(ctx context.Context, key, operation string, input any) (any, error) {
	out := c.method(key, operation).Call([]reflect.Value{reflect.ValueOf(ctx), reflect.ValueOf(input)})
	err, _ := reflect.TypeAssert[error](out[1])
	return out[0].Interface(), err
}

// script is a core that answers as it is told and keeps what it was asked.
type script struct {
	mu     sync.Mutex
	answer any
	err    error
	asked  []any
}

func (s *script) Handle(_ context.Context, input any) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, input)
	return s.answer, s.err
}

// scripted serves one script for all services.
func scripted(t testing.TB, backplane *awsapi.Backplane) (*script, clients, string) {
	t.Helper()
	core := &script{}
	server := httptest.NewServer(wire.New(backplane, wire.Cores{
		ECS: core, ELB: core, CloudWatch: core, SSM: core, Scheduler: core, AutoScaling: core, SNS: core, Lambda: core,
		IAM: core,
	}))
	t.Cleanup(server.Close)
	return core, over(server.URL), server.URL
}

// difference leaves out what the SDK adds to structs of its own and tells no nil list from an empty one. Times may
// differ by a millisecond: the wire carries no more, and the SDK cuts off where floats are a little less than they say.
func difference(want, got any, more ...cmp.Option) string {
	return cmp.Diff(want, got, cmp.Options(more), cmpopts.EquateEmpty(), cmp.FilterPath(func(p cmp.Path) bool {
		field, ok := p.Last().(cmp.StructField)
		return ok && (field.Name() == "ResultMetadata" || field.Name() == "noSmithyDocumentSerde")
	}, cmp.Ignore()), cmp.Comparer(func(a, b time.Time) bool { return a.Sub(b).Abs() <= time.Millisecond }))
}
