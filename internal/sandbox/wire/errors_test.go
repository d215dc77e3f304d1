package wire_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	schedulertypes "github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"
	"pgregory.net/rapid"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// generic is an error that the API model does not know.
func generic(code string) error {
	return &smithy.GenericAPIError{Code: code, Message: "why", Fault: smithy.FaultClient}
}

// TestErrorsOfCores sends each error that a core fails with over the wire: the SDK makes the same type of it again,
// with the same code and message.
func TestErrorsOfCores(t *testing.T) {
	t.Parallel()
	why := new("why <&> \"猫\"")
	const ecsKey, elbKey, ssmKey, schedulerKey = "ecs", "elasticloadbalancing", "ssm", "scheduler"
	for _, test := range []struct {
		key, operation string
		err            error
	}{
		{ecsKey, "DescribeServices", &ecstypes.ClusterNotFoundException{Message: why}},
		{ecsKey, "UpdateService", &ecstypes.ServiceNotFoundException{Message: why}},
		{ecsKey, "UpdateService", &ecstypes.ServiceNotActiveException{Message: why}},
		{ecsKey, "ListTasks", &ecstypes.InvalidParameterException{Message: why}},
		{ecsKey, "ListTasks", &ecstypes.ServerException{Message: why}},
		{ecsKey, "GetTaskProtection", &ecstypes.ResourceNotFoundException{Message: why}},
		{elbKey, "ModifyRule", &elbtypes.RuleNotFoundException{Message: why}},
		{elbKey, "ModifyRule", &elbtypes.OperationNotPermittedException{Message: why}},
		{elbKey, "ModifyRule", &elbtypes.TargetGroupNotFoundException{Message: why}},
		{elbKey, "DescribeRules", &elbtypes.ListenerNotFoundException{Message: why}},
		{elbKey, "DescribeListeners", &elbtypes.LoadBalancerNotFoundException{Message: why}},
		{elbKey, "DescribeTargetHealth", &elbtypes.InvalidTargetException{Message: why}},
		{elbKey, "DescribeTargetHealth", &elbtypes.HealthUnavailableException{Message: why}},
		{elbKey, "ModifyRule", generic("ValidationError")},
		{ssmKey, "GetParameter", &ssmtypes.ParameterNotFound{Message: why}},
		{ssmKey, "GetParameter", &ssmtypes.ParameterNotFound{}},
		{ssmKey, "PutParameter", &ssmtypes.HierarchyTypeMismatchException{Message: why}},
		{ssmKey, "PutParameter", &ssmtypes.ParameterAlreadyExists{Message: why}},
		{ssmKey, "PutParameter", &ssmtypes.InternalServerError{Message: why}},
		{"sns", "Publish", &snstypes.NotFoundException{Message: why}},
		{"sns", "Publish", &snstypes.InvalidParameterException{Message: why}},
		{"sns", "Publish", &snstypes.AuthorizationErrorException{Message: why}},
		{"sns", "ListTopics", &snstypes.InternalErrorException{Message: why}},
		{schedulerKey, "GetSchedule", &schedulertypes.ResourceNotFoundException{Message: why}},
		{schedulerKey, "CreateSchedule", &schedulertypes.ConflictException{Message: why}},
		{schedulerKey, "ListSchedules", &schedulertypes.InternalServerException{Message: why}},
		{"lambda", "GetFunctionConfiguration", &lambdatypes.ResourceNotFoundException{Message: why}},
		{"lambda", "ListFunctions", &lambdatypes.ServiceException{Message: why}},
		{"iam", "SimulatePrincipalPolicy", &iamtypes.NoSuchEntityException{Message: why}},
		{"iam", "SimulatePrincipalPolicy", &iamtypes.InvalidInputException{Message: why}},
		{"monitoring", "GetMetricStatistics", &cwtypes.InvalidParameterValueException{Message: why, ErrorCodeOverride: new("InvalidParameterValue")}},
		{"monitoring", "GetMetricStatistics", &cwtypes.InternalServiceFault{Message: why}},
		{"monitoring json", "GetMetricStatistics", &cwtypes.InvalidParameterCombinationException{Message: why, ErrorCodeOverride: new("InvalidParameterCombination")}},
		{"monitoring json", "GetMetricStatistics", &cwtypes.MissingRequiredParameterException{Message: why, ErrorCodeOverride: new("MissingParameter")}},
	} {
		t.Run(fmt.Sprintf("%s %T", test.key, test.err), func(t *testing.T) {
			core, over, _ := scripted(t, &awsapi.Backplane{})
			core.err = test.err
			want := apiError(t, test.err)
			got := apiError(t, ask(t, over, test.key, test.operation))
			if reflect.TypeOf(got) != reflect.TypeOf(want) || got.ErrorCode() != want.ErrorCode() ||
				got.ErrorMessage() != want.ErrorMessage() {
				t.Errorf("got %T %v, want %T %v", got, got, want, want)
			}
			if tries := len(core.asked); (tries == 2) != (want.ErrorFault() == smithy.FaultServer) {
				t.Errorf("the SDK tried %d times", tries)
			}
		})
	}
}

// TestErrorsWithoutAType: in ECS the model has a type for what cores make without one; the query protocol has codes of
// its own for what all services share.
func TestErrorsWithoutAType(t *testing.T) {
	t.Parallel()
	core, over, _ := scripted(t, &awsapi.Backplane{})
	for _, test := range []struct {
		key, operation, code, want string
	}{
		{"ecs", "ListTasks", "AccessDeniedException", "*types.AccessDeniedException AccessDeniedException"},
		{"ecs", "ListTasks", "UnknownOperationException", "*smithy.GenericAPIError UnknownOperationException"},
		{"ssm", "GetParameter", "ValidationException", "*smithy.GenericAPIError ValidationException"},
		{"elasticloadbalancing", "DescribeRules", "UnknownOperationException", "*smithy.GenericAPIError InvalidAction"},
		{"monitoring", "GetMetricStatistics", "UnknownOperationException", "*smithy.GenericAPIError InvalidAction"},
		{"monitoring json", "GetMetricStatistics", "UnknownOperationException", "*smithy.GenericAPIError InvalidAction"},
		{"monitoring form", "GetMetricStatistics", "UnknownOperationException", "*smithy.GenericAPIError InvalidAction"},
	} {
		core.err = fmt.Errorf("look up: %w", generic(test.code))
		got := apiError(t, ask(t, over, test.key, test.operation))
		if text := fmt.Sprintf("%T %s", got, got.ErrorCode()); text != test.want {
			t.Errorf("%s %s: got %s, want %s", test.key, test.code, text, test.want)
		}
		if want := "look up: api error " + test.code + ": why"; got.ErrorMessage() != want {
			t.Errorf("%s: the message is %q, want %q", test.key, got.ErrorMessage(), want)
		}
	}
	core.err = errors.New("a bug")
	if got := apiError(t, ask(t, over, "ecs", "ListTasks")); got.ErrorCode() != "InternalFailureException" {
		t.Errorf("an error that is not of AWS: got %v", got)
	}
}

// TestRetries: throttled and failed calls look to the SDK as at AWS, so it tries them again, and so does the CLI.
func TestRetries(t *testing.T) {
	t.Parallel()
	for key, operations := range supported {
		for _, kind := range []awsapi.FaultKind{awsapi.FaultThrottle, awsapi.FaultFail} {
			t.Run(key+" "+string(kind), func(t *testing.T) {
				t.Parallel()
				retries(t, key, operations[0], kind)
			})
		}
	}
}

func retries(t *testing.T, key, operation string, kind awsapi.FaultKind) {
	t.Helper()
	b := &awsapi.Backplane{Faults: &awsapi.Faults{Hook: func(_ context.Context, _ string, n int) awsapi.Fault {
		if n == 2 {
			return awsapi.Fault{}
		}
		return awsapi.Fault{Kind: kind}
	}}}
	core, over, url := scripted(t, b)
	core.answer = over.output(key, operation).Interface()
	if err := ask(t, over, key, operation); err != nil || len(core.asked) != 1 {
		t.Errorf("the first try failed, and the second: %v", err)
	}
	err := apiError(t, ask(t, over, key, operation)) // the third and the fourth
	if want := wireCode(key, kind); err.ErrorCode() != want || len(core.asked) != 1 {
		t.Errorf("the core was asked %d times, then came %v, want %s", len(core.asked), err, want)
	}
	if kind == awsapi.FaultFail || key != "elasticloadbalancing" {
		return // the CLI takes seconds for its tries
	}
	_, problem, _ := runCLI(t, url, key, operation)
	if !strings.Contains(problem, "(Throttling)") || !strings.Contains(problem, "reached max retries") {
		t.Errorf("the CLI says %s", problem)
	}
}

func wireCode(key string, kind awsapi.FaultKind) string {
	code := "ServiceUnavailableException"
	if kind == awsapi.FaultThrottle {
		code = "ThrottlingException"
	}
	if key == "elasticloadbalancing" || key == "iam" || key == "sns" || strings.HasPrefix(key, "monitoring") {
		return strings.TrimSuffix(code, "Exception")
	}
	return code
}

func apiError(t *testing.T, err error) smithy.APIError {
	t.Helper()
	api, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		t.Fatalf("got %v, which is no error of AWS", err)
	}
	return api
}

// ask calls an operation with all of its members set.
func ask(t *testing.T, c clients, key, operation string) error {
	t.Helper()
	_, err := c.call(t.Context(), key, operation, sample(c, key, operation))
	return err
}

// sample is an input with every member set to something.
func sample(c clients, key, operation string) any {
	in := c.input(key, operation)
	return rapid.Custom(func(t *rapid.T) any {
		draw{t, true}.fill(in.Elem())
		return in.Interface()
	}).Example(1)
}
