package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	runtime "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go/middleware"

	"github.com/catnap-dev/catnap/internal/albevent"
	"github.com/catnap-dev/catnap/internal/ecsctl"
	"github.com/catnap-dev/catnap/internal/reaper"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
	"github.com/catnap-dev/catnap/internal/sandbox/billing"
	"github.com/catnap-dev/catnap/internal/sandbox/deployment"
	coreecs "github.com/catnap-dev/catnap/internal/sandbox/ecs"
	"github.com/catnap-dev/catnap/internal/sandbox/iam"
	"github.com/catnap-dev/catnap/internal/settings"
	"github.com/catnap-dev/catnap/internal/traffic"
	"github.com/catnap-dev/catnap/internal/waker"
)

// region is the one in which the sandbox pretends to be.
const region = iam.Region

type apiOptions = []func(*middleware.Stack) error

// Clients are real SDK clients whose calls the sandbox answers.
type Clients struct {
	ECS        *ecs.Client
	ELB        *elb.Client
	CloudWatch *cloudwatch.Client
	SSM        *ssm.Client
	SNS        *sns.Client
	// Billing is CloudWatch in the one Region that has the bill's metric.
	Billing *cloudwatch.Client
}

// Clients returns the clients that an operator uses, who may do everything.
func (s *Sandbox) Clients() Clients { return s.clients(s.Backplane, s.ECS, "") }

// Onlooker returns clients that see everything as it is, without being counted, throttled or hit by faults.
func (s *Sandbox) Onlooker() Clients {
	return s.clients(&awsapi.Backplane{Clock: s.Clock}, coreecs.Onlooker{ECS: s.ECS}, "")
}

// clients make their calls in the caller's name.
func (s *Sandbox) clients(backplane *awsapi.Backplane, ecsCore awsapi.Core, caller string) Clients {
	to := func(core awsapi.Core) apiOptions { return apiOptions{backplane.Attach(core), awsapi.As(caller)} }
	return Clients{
		ECS:        ecs.New(ecs.Options{Region: region, APIOptions: to(ecsCore)}),
		ELB:        elb.New(elb.Options{Region: region, APIOptions: to(s.ALB)}),
		CloudWatch: cloudwatch.New(cloudwatch.Options{Region: region, APIOptions: to(s.CloudWatch)}),
		SSM:        ssm.New(ssm.Options{Region: region, APIOptions: to(s.SSM)}),
		SNS:        sns.New(sns.Options{Region: region, APIOptions: to(s.SNS)}),
		Billing:    cloudwatch.New(cloudwatch.Options{Region: billing.Region, APIOptions: to(s.CloudWatch)}),
	}
}

// wakerInstance is what one instance of the function holds.
type wakerInstance struct {
	*albevent.Handler
	waker *waker.Waker
}

// Close ends the instance's connections.
func (i wakerInstance) Close() { i.waker.Close() }

// handlers make instances of the functions that run in this process, as their mains do.
var handlers = map[string]func(s *Sandbox, f deployment.Function) runtime.Handler{
	"waker": (*Sandbox).newWaker, "reaper": (*Sandbox).newReaper, "costguard": (*Sandbox).newCostGuard,
}

// store reads settings where the function's environment says.
func (s *Sandbox) store(f deployment.Function, clients Clients) *settings.Store {
	store := settings.NewStore(clients.SSM, s.Clock.Now)
	store.Prefix = f.Env[deployment.PrefixVariable]
	return store
}

func (s *Sandbox) newWaker(f deployment.Function) runtime.Handler {
	clients := s.clients(s.Backplane, s.ECS, f.Name)
	log := s.Log.With(slog.String("actor", "waker"))
	control := ecsctl.New(clients.ECS, clients.ELB, s.Clock.Now)
	w := waker.New(s.store(f, clients), control, s.dial, s.Clock, log)
	handler := albevent.NewHandler(w)
	handler.Log = log
	return wakerInstance{Handler: handler, waker: w}
}

func (s *Sandbox) newReaper(f deployment.Function) runtime.Handler {
	clients := s.clients(s.Backplane, s.ECS, f.Name)
	log := s.Log.With(slog.String("actor", "reaper"))
	r := reaper.New(s.store(f, clients), ecsctl.New(clients.ECS, clients.ELB, s.Clock.Now),
		traffic.NewReader(clients.CloudWatch), s.Clock, log)
	return runtime.NewHandler(r.Handle)
}

// UnknownFunctionError says that the sandbox has no function of that name.
type UnknownFunctionError struct{ Name string }

func (e *UnknownFunctionError) Error() string {
	return fmt.Sprintf("find function %q: must be waker, reaper or costguard", e.Name)
}

// Invoke sends an event to a function and returns its answer. An event of another load balancer's is taken for one of
// the sandbox's: a function knows its services by the target group.
func (s *Sandbox) Invoke(ctx context.Context, function string, event []byte) ([]byte, error) {
	arn, ok := s.functions[function]
	if !ok {
		return nil, &UnknownFunctionError{function}
	}
	return s.Lambda.Invoke(ctx, arn, s.adopted(event))
}

func (s *Sandbox) adopted(event []byte) []byte {
	var from struct {
		RequestContext struct {
			ELB struct {
				TargetGroupArn string `json:"targetGroupArn"`
			} `json:"elb"`
		} `json:"requestContext"`
	}
	err := json.Unmarshal(event, &from)
	if group := from.RequestContext.ELB.TargetGroupArn; err == nil && group != "" {
		return bytes.ReplaceAll(event, []byte(group), []byte(s.Stored.WakerTargetGroup))
	}
	return event // what it is, is for the function to say
}
