package wire

import (
	"context"

	scaling "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go/middleware"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// service is what the wire knows of one of AWS's services.
type service struct {
	shape     string   // its name in the API model: the target of JSON, a part of the path of CBOR
	scope     string   // its name in signatures
	namespace string   // of its error types
	capital   []string // its error types whose member the API model writes "Message", and not "message"
	member    func(field string) string
	missing   missing // how it says that a required member is missing

	version  string // of the query API; "" if it has none
	xmlns    string
	json     string // version of its JSON; "" if it has none
	cbor     bool
	wasQuery bool           // tells callers of its newer protocols the error codes of the query protocol
	routes   []route        // of its REST API; none if it has none
	statuses map[string]int // of its errors, where they are not 400 and 500

	operations map[string]operation
}

// operation reads an input with decode, validates it as the SDK does, and calls the core.
type operation struct {
	name string
	call func(ctx context.Context, decode func(input any) error) (any, error)
}

// of makes an operation out of a method of an SDK client.
func of[In, Out, Options any](method func(context.Context, *In, ...func(*Options)) (*Out, error)) operation {
	call := func(ctx context.Context, decode func(any) error) (any, error) {
		in := new(In)
		if err := decode(in); err != nil {
			return nil, err
		}
		out, err := method(ctx, in)
		if err != nil {
			return nil, err
		}
		return out, nil
	}
	return operation{name: awsapi.Operation(new(In)), call: call}
}

func table(all ...operation) map[string]operation {
	byName := make(map[string]operation, len(all))
	for _, o := range all {
		byName[o.name] = o
	}
	return byName
}

// services lists what is supported: the operations that the cores imitate.
func services(backplane *awsapi.Backplane, cores Cores) []*service {
	to := func(core awsapi.Core) []func(*middleware.Stack) error {
		return []func(*middleware.Stack) error{backplane.Attach(core)}
	}
	var all []*service
	if cores.ECS != nil {
		all = append(all, ecsService(ecs.New(ecs.Options{APIOptions: to(cores.ECS)})))
	}
	if cores.ELB != nil {
		all = append(all, elbService(elb.New(elb.Options{APIOptions: to(cores.ELB)})))
	}
	if cores.CloudWatch != nil {
		all = append(all, cloudWatchService(cloudwatch.New(cloudwatch.Options{APIOptions: to(cores.CloudWatch)})))
	}
	if cores.SSM != nil {
		all = append(all, ssmService(ssm.New(ssm.Options{APIOptions: to(cores.SSM)})))
	}
	if cores.Scheduler != nil {
		all = append(all, schedulerService(scheduler.New(scheduler.Options{APIOptions: to(cores.Scheduler)})))
	}
	if cores.AutoScaling != nil {
		all = append(all, scalingService(scaling.New(scaling.Options{APIOptions: to(cores.AutoScaling)})))
	}
	if cores.SNS != nil {
		all = append(all, snsService(sns.New(sns.Options{APIOptions: to(cores.SNS)})))
	}
	if cores.Lambda != nil {
		all = append(all, lambdaService(lambda.New(lambda.Options{APIOptions: to(cores.Lambda)})))
	}
	if cores.IAM != nil {
		all = append(all, iamService(iam.New(iam.Options{APIOptions: to(cores.IAM)})))
	}
	return all
}

func ecsService(c *ecs.Client) *service {
	return &service{
		shape: "AmazonEC2ContainerServiceV20141113", scope: "ecs", json: "1.1",
		member: lowerFirst, missing: missing{shape: "InvalidParameterException", text: nullText},
		operations: table(
			of(c.DescribeServices), of(c.UpdateService), of(c.ListTasks), of(c.DescribeTasks),
			of(c.GetTaskProtection), of(c.UpdateTaskProtection), of(c.DescribeTaskDefinition),
		),
	}
}

func elbService(c *elb.Client) *service {
	return &service{
		shape: "ElasticLoadBalancing_v10", scope: "elasticloadbalancing", version: "2015-12-01",
		xmlns:  "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
		member: asItIs, missing: missing{shape: "ValidationError", text: nullText},
		operations: table(
			of(c.DescribeRules), of(c.ModifyRule), of(c.DescribeTargetHealth), of(c.DescribeTargetGroups),
			of(c.DescribeTargetGroupAttributes), of(c.DescribeLoadBalancers), of(c.DescribeListeners),
		),
	}
}

func cloudWatchService(c *cloudwatch.Client) *service {
	return &service{
		shape: "GraniteServiceVersion20100801", scope: "monitoring", version: "2010-08-01", json: "1.0", cbor: true,
		xmlns:     "http://monitoring.amazonaws.com/doc/2010-08-01/",
		namespace: "com.amazonaws.cloudwatch#", wasQuery: true, member: asItIs,
		capital:    []string{"InternalServiceFault"},
		missing:    missing{shape: "MissingRequiredParameterException", code: "MissingParameter", text: requiredText},
		operations: table(of(c.GetMetricStatistics)),
	}
}

func ssmService(c *ssm.Client) *service {
	return &service{
		shape: "AmazonSSM", scope: "ssm", json: "1.1", member: asItIs,
		capital: []string{"AccessDeniedException", "InternalServerError", "ThrottlingException", "ValidationException"},
		missing: missing{shape: "ValidationException", text: nullText},
		operations: table(
			of(c.GetParameter), of(c.GetParameters), of(c.GetParametersByPath), of(c.PutParameter),
			of(c.DeleteParameter),
		),
	}
}

func scalingService(c *scaling.Client) *service {
	return &service{
		shape: "AnyScaleFrontendService", scope: "application-autoscaling", json: "1.1", member: asItIs,
		capital: []string{
			"FailedResourceAccessException", "InternalServiceException", "InvalidNextTokenException",
			"ObjectNotFoundException", "ValidationException",
		},
		missing: missing{shape: "ValidationException", text: nullText},
		operations: table(
			of(c.DescribeScalableTargets), of(c.RegisterScalableTarget), of(c.DeregisterScalableTarget),
		),
	}
}
