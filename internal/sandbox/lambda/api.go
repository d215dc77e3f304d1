package lambda

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// Configuration is what is told of a function, and nothing else done with here.
type Configuration struct {
	Role     string // its ARN
	Env      map[string]string
	LogGroup string // its name; empty means /aws/lambda/ and the function's name
	Memory   int    // in MB; zero means 128
	// Callers are who may invoke it by its own policy.
	Callers []Caller
	// State is Active if it is empty; StateReason says why it is not.
	State       types.State
	StateReason string
	// Halted reserves a concurrency of 0, with which AWS invokes nothing.
	Halted bool
}

// Caller is a service that may invoke a function.
type Caller struct{ Principal, SourceAccount, SourceARN string }

// Handle implements awsapi.Core for the calls that describe functions.
func (r *Runtime) Handle(_ context.Context, input any) (any, error) {
	switch in := input.(type) {
	case *sdk.GetFunctionConfigurationInput:
		return r.getConfiguration(in)
	case *sdk.GetFunctionConcurrencyInput:
		return r.getConcurrency(in)
	case *sdk.GetPolicyInput:
		return r.getPolicy(in)
	case *sdk.ListFunctionsInput:
		return r.list(), nil
	default:
		return nil, awsapi.Unknown(input)
	}
}

// Configure changes what is told of a function that there is.
func (r *Runtime) Configure(arn string, change func(*Configuration)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f := r.functions[arn]; f != nil {
		change(&f.Configuration)
	}
}

func (r *Runtime) getConfiguration(in *sdk.GetFunctionConfigurationInput) (*sdk.GetFunctionConfigurationOutput, error) {
	f, err := r.lookUp(in.FunctionName)
	if err != nil {
		return nil, err
	}
	c := f.describe()
	return &sdk.GetFunctionConfigurationOutput{
		FunctionName: c.FunctionName, FunctionArn: c.FunctionArn, Role: c.Role, Runtime: c.Runtime, Handler: c.Handler,
		PackageType: c.PackageType, Architectures: c.Architectures, MemorySize: c.MemorySize, Timeout: c.Timeout,
		Version: c.Version, Environment: c.Environment, LoggingConfig: c.LoggingConfig, State: c.State,
		StateReason: c.StateReason, LastUpdateStatus: c.LastUpdateStatus,
	}, nil
}

// getConcurrency [LAM-22]: the reserved concurrency; without one the answer is empty.
func (r *Runtime) getConcurrency(in *sdk.GetFunctionConcurrencyInput) (*sdk.GetFunctionConcurrencyOutput, error) {
	f, err := r.lookUp(in.FunctionName)
	if err != nil {
		return nil, err
	}
	switch {
	case f.Configuration.Halted:
		return &sdk.GetFunctionConcurrencyOutput{ReservedConcurrentExecutions: aws.Int32(0)}, nil
	case f.reserved > 0:
		return &sdk.GetFunctionConcurrencyOutput{ReservedConcurrentExecutions: aws.Int32(int32(f.reserved))}, nil
	default:
		return &sdk.GetFunctionConcurrencyOutput{}, nil
	}
}

// getPolicy [LAM-23]: the document has a statement for each permission that was added. A function without any has no
// policy, which is ResourceNotFoundException.
func (r *Runtime) getPolicy(in *sdk.GetPolicyInput) (*sdk.GetPolicyOutput, error) {
	f, err := r.lookUp(in.FunctionName)
	if err != nil {
		return nil, err
	}
	if len(f.Configuration.Callers) == 0 {
		return nil, notFound("The resource you requested does not exist.")
	}
	var statements []map[string]any
	for _, c := range f.Configuration.Callers {
		statements = append(statements, c.statement(f.arn))
	}
	document, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Id": "default", "Statement": statements})
	return &sdk.GetPolicyOutput{Policy: aws.String(string(document)), RevisionId: aws.String(f.Name)}, err
}

func (c Caller) statement(functionARN string) map[string]any {
	condition := map[string]any{}
	if c.SourceAccount != "" {
		condition["StringEquals"] = map[string]string{"AWS:SourceAccount": c.SourceAccount}
	}
	if c.SourceARN != "" {
		condition["ArnLike"] = map[string]string{"AWS:SourceArn": c.SourceARN}
	}
	return map[string]any{
		"Sid": "permission", "Effect": "Allow", "Principal": map[string]string{"Service": c.Principal},
		"Action": "lambda:InvokeFunction", "Resource": functionARN, "Condition": condition,
	}
}

func (r *Runtime) list() *sdk.ListFunctionsOutput {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := &sdk.ListFunctionsOutput{}
	for _, arn := range slices.Sorted(maps.Keys(r.functions)) {
		out.Functions = append(out.Functions, r.functions[arn].describe())
	}
	return out
}

// lookUp [LAM-20]: a function is known by its name, its ARN, and its ARN without the beginning. Versions and aliases
// are not imitated.
func (r *Runtime) lookUp(nameOrARN *string) (function, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	name := aws.ToString(nameOrARN)
	arn := ARN(name[strings.LastIndex(name, ":")+1:])
	f := r.functions[arn]
	if f == nil {
		return function{}, notFound("Function not found: " + arn)
	}
	return *f, nil
}

func notFound(message string) error {
	return &types.ResourceNotFoundException{Message: &message, Type: aws.String("User")}
}

// describe [LAM-21]: what is not set is told by its default; the environment is left out when there is none.
func (f *function) describe() types.FunctionConfiguration {
	c := types.FunctionConfiguration{
		FunctionName: &f.Name, FunctionArn: &f.arn, Role: &f.Configuration.Role, Runtime: types.RuntimeProvidedal2023,
		Handler: aws.String("bootstrap"), PackageType: types.PackageTypeZip, Version: aws.String("$LATEST"),
		Architectures: []types.Architecture{types.ArchitectureArm64},
		MemorySize:    aws.Int32(int32(cmp.Or(f.Configuration.Memory, usualMemory))),
		Timeout:       aws.Int32(int32(f.Timeout.Seconds())),
		LoggingConfig: &types.LoggingConfig{
			LogFormat: types.LogFormatJson,
			LogGroup:  aws.String(cmp.Or(f.Configuration.LogGroup, "/aws/lambda/"+f.Name)),
		},
		State: cmp.Or(f.Configuration.State, types.StateActive), LastUpdateStatus: types.LastUpdateStatusSuccessful,
	}
	if len(f.Configuration.Env) > 0 {
		c.Environment = &types.EnvironmentResponse{Variables: maps.Clone(f.Configuration.Env)}
	}
	if f.Configuration.StateReason != "" {
		c.StateReason = &f.Configuration.StateReason
	}
	return c
}

const usualMemory = 128
