package doctor

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"
	"golang.org/x/sync/errgroup"
)

type lambdaAPI interface {
	GetFunctionConfiguration(context.Context, *lambda.GetFunctionConfigurationInput, ...func(*lambda.Options)) (*lambda.GetFunctionConfigurationOutput, error)
	GetFunctionConcurrency(context.Context, *lambda.GetFunctionConcurrencyInput, ...func(*lambda.Options)) (*lambda.GetFunctionConcurrencyOutput, error)
	GetPolicy(context.Context, *lambda.GetPolicyInput, ...func(*lambda.Options)) (*lambda.GetPolicyOutput, error)
}

var _ lambdaAPI = (*lambda.Client)(nil)

// deniedError says that the caller of the doctor may not make a call.
type deniedError struct {
	action string // as "lambda:GetPolicy"
	cause  error
}

func (e *deniedError) Error() string { return fmt.Sprintf("may not %s: %v", e.action, e.cause) }

func (e *deniedError) Unwrap() error { return e.cause }

// denied makes a deniedError of AWS's answer that a call is not allowed, and leaves other errors as they are. Its code
// differs by protocol.
func denied(action string, err error) error {
	api, ok := errors.AsType[smithy.APIError](err)
	if ok && (api.ErrorCode() == "AccessDenied" || api.ErrorCode() == "AccessDeniedException") {
		return &deniedError{action, err}
	}
	return err
}

func isDenied(err error) bool {
	_, denied := errors.AsType[*deniedError](err)
	return denied
}

// readParts reads the functions and what their roles and that of the schedules allow. It needs what the other readers
// found: the waker is the target of its group, and the reaper that of its schedule.
func (e *Examiner) readParts(ctx context.Context, f *Facts) {
	f.Functions, f.Refused = make(map[Part]*Function), make(map[Part][]Refusal)
	names := f.functionNames()
	read := make(map[Part]*part)
	for p := range names {
		read[p] = &part{Part: p, unread: make(map[Source]error)}
	}
	each(read, func(p *part) { e.readFunction(ctx, p, names[p.Part]) })
	for _, p := range read {
		f.Functions[p.Part] = p.function
	}
	read[Schedules] = &part{Part: Schedules, unread: make(map[Source]error)}
	place := f.place()
	each(read, func(p *part) {
		p.refused, p.unread[FromRole(p.Part)] = e.refusals(ctx, f.role(p.Part), place.Needs(p.Part))
	})
	for _, p := range read {
		f.Refused[p.Part] = p.refused
		for source, err := range p.unread {
			if err != nil {
				f.Unread[source] = err
			}
		}
	}
}

// part is what was read of one, by a goroutine of its own.
type part struct {
	Part
	function *Function
	refused  []Refusal
	unread   map[Source]error
}

func each(parts map[Part]*part, read func(*part)) {
	var group errgroup.Group
	for _, p := range parts {
		group.Go(func() error { read(p); return nil })
	}
	_ = group.Wait() // the errors are in the parts
}

// functionNames are names or ARNs: as the load balancer and the schedules know the functions, and as a deployment names
// them where these do not tell.
func (f *Facts) functionNames() map[Part]string {
	called := "catnap-" + f.Service.Name + "-"
	names := make(map[Part]string)
	names[Waker], names[Reaper], names[CostGuard] = called+"waker", called+"reaper", called+"costguard"
	if f.Waker.Function != "" {
		names[Waker] = f.Waker.Function
	}
	if f.Schedule != nil && f.Schedule.Target != "" {
		names[Reaper] = f.Schedule.Target
	}
	if f.GuardSchedule != nil && f.GuardSchedule.Target != "" {
		names[CostGuard] = f.GuardSchedule.Target
	}
	return names
}

// readFunction leaves the function nil if Lambda does not tell, and with nothing but its name if there is none.
func (e *Examiner) readFunction(ctx context.Context, p *part, name string) {
	out, err := e.Lambda.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &name})
	if _, none := errors.AsType[*lambdatypes.ResourceNotFoundException](err); none {
		p.function = &Function{Name: name}
		return
	}
	if err != nil {
		p.unread[FromFunction(p.Part)] = denied("lambda:GetFunctionConfiguration",
			fmt.Errorf("get function %s: %w", name, err))
		return
	}
	p.function = functionOf(out)
	reserved, err := e.Lambda.GetFunctionConcurrency(ctx,
		&lambda.GetFunctionConcurrencyInput{FunctionName: out.FunctionName})
	if err != nil {
		p.unread[FromConcurrency(p.Part)] = denied("lambda:GetFunctionConcurrency",
			fmt.Errorf("get concurrency of %s: %w", name, err))
	} else if n := reserved.ReservedConcurrentExecutions; n != nil {
		p.function.Halted = *n == 0
	}
	if p.Part == Waker {
		p.function.Callers, p.unread[FromPolicy(p.Part)] = e.callers(ctx, name)
	}
}

func functionOf(out *lambda.GetFunctionConfigurationOutput) *Function {
	f := &Function{
		Found: true, Name: aws.ToString(out.FunctionName), ARN: aws.ToString(out.FunctionArn), Role: aws.ToString(out.Role),
		State: string(out.State), Why: aws.ToString(out.StateReason),
		Stale: out.LastUpdateStatus == lambdatypes.LastUpdateStatusFailed,
	}
	if out.LoggingConfig != nil {
		f.LogGroup = aws.ToString(out.LoggingConfig.LogGroup)
	}
	if out.Environment != nil {
		f.Env, f.Hidden = out.Environment.Variables, out.Environment.Error != nil
	}
	return f
}
