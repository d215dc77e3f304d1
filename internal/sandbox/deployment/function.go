package deployment

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/catnap-dev/catnap/internal/cloudformation"
	"github.com/catnap-dev/catnap/internal/sandbox/iam"
	"github.com/catnap-dev/catnap/internal/sandbox/lambda"
)

type ignored = cloudformation.Ignored

// configuration is what AWS::Lambda::Function and AWS::Serverless::Function have in common.
type configuration struct {
	FunctionName                 string
	Timeout                      int
	MemorySize                   int
	ReservedConcurrentExecutions *int
	Role                         string
	Runtime                      string
	Handler                      string
	Environment                  struct{ Variables map[string]string }
	LoggingConfig                struct {
		LogGroup                                       string
		LogFormat, ApplicationLogLevel, SystemLogLevel ignored
	}
	Architectures ignored
	Description   ignored
	Tags          ignored
}

// retry is how AWS::Serverless::Function and AWS::Lambda::EventInvokeConfig write it.
type retry struct {
	MaximumRetryAttempts     *int
	MaximumEventAgeInSeconds int
	DestinationConfig        struct {
		OnFailure struct {
			Type        string
			Destination string
		}
	}
}

// [LAM-19] Unless it is configured, a failed asynchronous invocation is repeated twice.
func (r retry) read() Retry {
	attempts := usualAttempts
	if r.MaximumRetryAttempts != nil {
		attempts = *r.MaximumRetryAttempts
	}
	return Retry{
		Attempts: attempts, MaxAge: time.Duration(r.MaximumEventAgeInSeconds) * time.Second,
		OnFailure: r.DestinationConfig.OnFailure.Destination,
	}
}

const usualAttempts = 2

func (l *loader) serverlessFunction(r cloudformation.Resource) (cloudformation.Physical, error) {
	var f struct {
		configuration
		Code              string `cfn:"CodeUri"`
		EventInvokeConfig *retry
	}
	if err := r.Decode(&f); err != nil {
		return cloudformation.Physical{}, err
	}
	physical := cloudformation.Identify(l.place, r)
	if f.EventInvokeConfig != nil {
		l.retries[physical.ID] = f.EventInvokeConfig.read()
	}
	return physical, l.addFunction(physical, f.configuration, path.Base(f.Code))
}

// lambdaFunction is built as an asset, whose name tells nothing: what code it has is told by the end of its name.
func (l *loader) lambdaFunction(r cloudformation.Resource) (cloudformation.Physical, error) {
	var f struct {
		configuration
		Code ignored
	}
	if err := r.Decode(&f); err != nil {
		return cloudformation.Physical{}, err
	}
	physical := cloudformation.Identify(l.place, r)
	return physical, l.addFunction(physical, f.configuration, lastOf(f.FunctionName, "-"))
}

// codes are the folders below functions/, and variables what is read there, or by Go itself.
var (
	codes     = []string{"costguard", "reaper", "waker"}
	variables = []string{PrefixVariable, TopicVariable, "GOGC", "GOMEMLIMIT"}
)

func (l *loader) addFunction(physical cloudformation.Physical, f configuration, code string) error {
	switch {
	case !slices.Contains(codes, code):
		return fmt.Errorf("%q is the code of no function of catnap's: CodeUri, or the end of FunctionName, must be one of %s",
			code, strings.Join(codes, ", "))
	case f.Runtime != "provided.al2023" || f.Handler != "bootstrap":
		return unimitated("Runtime, Handler", f.Runtime+", "+f.Handler, "provided.al2023, bootstrap")
	case f.ReservedConcurrentExecutions != nil && *f.ReservedConcurrentExecutions == 0:
		return unimitated("ReservedConcurrentExecutions", "0", "more, or none: nobody could invoke the function")
	}
	for name := range f.Environment.Variables {
		if !slices.Contains(variables, name) {
			return fmt.Errorf("Environment.Variables.%s: no function of catnap's reads that", name)
		}
	}
	made := Function{
		Code: code, Name: physical.ID, Timeout: time.Duration(f.Timeout) * time.Second, Memory: f.MemorySize,
		Env: f.Environment.Variables, Role: f.Role, LogGroup: f.LoggingConfig.LogGroup,
		Retry: Retry{Attempts: usualAttempts},
	}
	if f.ReservedConcurrentExecutions != nil {
		made.Concurrency = *f.ReservedConcurrentExecutions
	}
	if made.LogGroup == "" {
		made.LogGroup = "/aws/lambda/" + made.Name
	}
	l.Functions = append(l.Functions, made)
	return l.checkTrust(f.Role, "lambda.amazonaws.com", "")
}

func (l *loader) eventInvokeConfig(r cloudformation.Resource) (cloudformation.Physical, error) {
	var config struct {
		retry
		FunctionName string
		Qualifier    ignored
	}
	if err := r.Decode(&config); err != nil {
		return cloudformation.Physical{}, err
	}
	l.retries[config.FunctionName] = config.read()
	return cloudformation.Identify(l.place, r), nil
}

// permission lets an AWS service invoke a function.
type permission struct {
	name          string // its logical ID
	Action        string
	FunctionName  string // or its ARN
	Principal     string
	SourceAccount string
	SourceArn     string
}

func (l *loader) permission(r cloudformation.Resource) (cloudformation.Physical, error) {
	p := permission{name: r.Name}
	if err := r.Decode(&p); err != nil {
		return cloudformation.Physical{}, err
	}
	l.permissions = append(l.permissions, p)
	return cloudformation.Identify(l.place, r), nil
}

// callers are the services that permissions let invoke a function.
func (l *loader) callers(function string) (callers []lambda.Caller) {
	for _, p := range l.permissions {
		if lastOf(p.FunctionName, ":") == function && p.Action == "lambda:InvokeFunction" {
			callers = append(callers, lambda.Caller{
				Principal: p.Principal, SourceAccount: p.SourceAccount, SourceARN: p.SourceArn,
			})
		}
	}
	return callers
}

// checkPermission: [IAM-12] a load balancer may register a function only if the function's policy lets it invoke that
// from the target group. The permission must be there before, so the group must need it.
func (l *loader) checkPermission(group, groupARN, functionARN string) error {
	for _, p := range l.permissions {
		about := functionARN == p.FunctionName || strings.HasSuffix(functionARN, ":function:"+p.FunctionName)
		from := (p.SourceArn == "" || iam.Match(p.SourceArn, groupARN)) &&
			(p.SourceAccount == "" || p.SourceAccount == l.place.Account)
		if !about || !from || p.Principal != "elasticloadbalancing.amazonaws.com" || p.Action != "lambda:InvokeFunction" {
			continue
		}
		if l.template.Way(group, p.name) == nil {
			return fmt.Errorf("must depend on %s, or it may be made before it", p.name)
		}
		return nil
	}
	return fmt.Errorf("elasticloadbalancing principal does not have permission to invoke %s from target group %s",
		functionARN, groupARN)
}
