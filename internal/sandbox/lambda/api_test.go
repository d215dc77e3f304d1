package lambda_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	runtime "github.com/aws/aws-lambda-go/lambda"
	sdk "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/sandbox/lambda"
)

// TestDescribeFunction [LAM-20] [LAM-21] [LAM-22] [LAM-23].
func TestDescribeFunction(t *testing.T) {
	r := &lambda.Runtime{}
	handler := func() runtime.Handler { return runtime.NewHandler(func() {}) }
	arn, err := r.Create(lambda.Function{
		Name: "nap", New: handler, Timeout: time.Minute, Concurrency: 7, Configuration: lambda.Configuration{
			Role: "arn:role", Env: map[string]string{"A": "b"}, LogGroup: "/logs", Memory: 512,
			Callers: []lambda.Caller{{Principal: "elb", SourceAccount: "1", SourceARN: "arn:group/*"}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Create(lambda.Function{Name: "bare", New: handler}); err != nil {
		t.Fatal(err)
	}
	bare := describe(t, r, "bare")
	if *bare.MemorySize != 128 || *bare.Timeout != 3 || bare.Environment != nil ||
		*bare.LoggingConfig.LogGroup != "/aws/lambda/bare" {
		t.Errorf("got %+v", bare)
	}
	for _, name := range []string{"nap", arn, "000000000000:function:nap"} {
		f := describe(t, r, name)
		if *f.FunctionArn != arn || *f.Role != "arn:role" || f.Environment.Variables["A"] != "b" || *f.MemorySize != 512 ||
			*f.Timeout != 60 || *f.LoggingConfig.LogGroup != "/logs" || f.State != types.StateActive {
			t.Errorf("%s: got %+v", name, f)
		}
	}
	want := map[string]any{"Version": "2012-10-17", "Id": "default", "Statement": []any{map[string]any{
		"Sid": "permission", "Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": arn,
		"Principal": map[string]any{"Service": "elb"}, "Condition": map[string]any{
			"StringEquals": map[string]any{"AWS:SourceAccount": "1"}, "ArnLike": map[string]any{"AWS:SourceArn": "arn:group/*"},
		},
	}}}
	if diff := cmp.Diff(want, policyOf(t, r, "nap")); diff != "" {
		t.Errorf("policy (-want +got):\n%s", diff)
	}
	absent(t, r, &sdk.GetPolicyInput{FunctionName: new("bare")})
	absent(t, r, &sdk.GetFunctionConfigurationInput{FunctionName: new("none")})
	for name, want := range map[string]*int32{"nap": new(int32(7)), "bare": nil} {
		if diff := cmp.Diff(want, reserved(t, r, name)); diff != "" {
			t.Errorf("concurrency of %s (-want +got):\n%s", name, diff)
		}
	}
	r.Configure(arn, func(c *lambda.Configuration) { c.Halted = true })
	if got := reserved(t, r, "nap"); got == nil || *got != 0 {
		t.Errorf("halted, and its concurrency is %v", got)
	}
	if list := handle[*sdk.ListFunctionsOutput](t, r, &sdk.ListFunctionsInput{}); len(list.Functions) != 2 {
		t.Errorf("got %d functions", len(list.Functions))
	}
}

func handle[Out any](t *testing.T, r *lambda.Runtime, in any) Out {
	t.Helper()
	out, err := r.Handle(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	typed, ok := out.(Out)
	if !ok {
		t.Fatalf("got a %T", out)
	}
	return typed
}

func describe(t *testing.T, r *lambda.Runtime, name string) *sdk.GetFunctionConfigurationOutput {
	t.Helper()
	return handle[*sdk.GetFunctionConfigurationOutput](t, r, &sdk.GetFunctionConfigurationInput{FunctionName: &name})
}

func reserved(t *testing.T, r *lambda.Runtime, name string) *int32 {
	t.Helper()
	out := handle[*sdk.GetFunctionConcurrencyOutput](t, r, &sdk.GetFunctionConcurrencyInput{FunctionName: &name})
	return out.ReservedConcurrentExecutions
}

func policyOf(t *testing.T, r *lambda.Runtime, name string) (policy map[string]any) {
	t.Helper()
	out := handle[*sdk.GetPolicyOutput](t, r, &sdk.GetPolicyInput{FunctionName: &name})
	if err := json.Unmarshal([]byte(*out.Policy), &policy); err != nil {
		t.Fatal(err)
	}
	return policy
}

func absent(t *testing.T, r *lambda.Runtime, in any) {
	t.Helper()
	_, err := r.Handle(context.Background(), in)
	if _, none := errors.AsType[*types.ResourceNotFoundException](err); !none {
		t.Errorf("%T: got %v", in, err)
	}
}
