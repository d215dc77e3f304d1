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
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go/middleware"

	"github.com/catnap-dev/catnap/internal/albevent"
	"github.com/catnap-dev/catnap/internal/costguard"
	"github.com/catnap-dev/catnap/internal/ecsctl"
	"github.com/catnap-dev/catnap/internal/reaper"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
	coreecs "github.com/catnap-dev/catnap/internal/sandbox/ecs"
	"github.com/catnap-dev/catnap/internal/settings"
	"github.com/catnap-dev/catnap/internal/traffic"
	"github.com/catnap-dev/catnap/internal/waker"
)

// region is the one in which the sandbox pretends to be.
const region = "eu-west-3"

type apiOptions = []func(*middleware.Stack) error

// Clients are real SDK clients whose calls the sandbox answers.
type Clients struct {
	ECS        *ecs.Client
	ELB        *elb.Client
	CloudWatch *cloudwatch.Client
	SSM        *ssm.Client
}

// Clients returns the clients that the functions use.
func (s *Sandbox) Clients() Clients { return s.clients(s.Backplane, s.ECS) }

// Onlooker returns clients that see everything as it is, without being counted, throttled or hit by faults.
func (s *Sandbox) Onlooker() Clients {
	return s.clients(&awsapi.Backplane{Clock: s.Clock}, coreecs.Onlooker{ECS: s.ECS})
}

func (s *Sandbox) clients(backplane *awsapi.Backplane, ecsCore awsapi.Core) Clients {
	to := func(core awsapi.Core) apiOptions { return apiOptions{backplane.Attach(core)} }
	return Clients{
		ECS:        ecs.New(ecs.Options{Region: region, APIOptions: to(ecsCore)}),
		ELB:        elb.New(elb.Options{Region: region, APIOptions: to(s.ALB)}),
		CloudWatch: cloudwatch.New(cloudwatch.Options{Region: region, APIOptions: to(s.CloudWatch)}),
		SSM:        ssm.New(ssm.Options{Region: region, APIOptions: to(s.SSM)}),
	}
}

// wakerInstance is what one instance of the function holds.
type wakerInstance struct {
	*albevent.Handler
	waker *waker.Waker
}

// Close ends the instance's connections.
func (i wakerInstance) Close() { i.waker.Close() }

func (s *Sandbox) newWaker() runtime.Handler {
	clients := s.Clients()
	log := s.Log.With(slog.String("actor", "waker"))
	control := ecsctl.New(clients.ECS, clients.ELB, s.Clock.Now)
	w := waker.New(settings.NewStore(clients.SSM, s.Clock.Now), control, s.Network.DialContext, s.Clock, log)
	handler := albevent.NewHandler(w)
	handler.Log = log
	return wakerInstance{Handler: handler, waker: w}
}

func (s *Sandbox) newReaper() runtime.Handler {
	clients := s.Clients()
	log := s.Log.With(slog.String("actor", "reaper"))
	r := reaper.New(settings.NewStore(clients.SSM, s.Clock.Now), ecsctl.New(clients.ECS, clients.ELB, s.Clock.Now),
		traffic.NewReader(clients.CloudWatch), s.Clock, log)
	return runtime.NewHandler(r.Handle)
}

func (s *Sandbox) newCostGuard() runtime.Handler {
	return runtime.NewHandler(costguard.New(s.Log.With(slog.String("actor", "costguard"))).Handle)
}

// Reap invokes the reaper once, as its schedule does.
func (s *Sandbox) Reap(ctx context.Context) error {
	if err := s.Scheduler.Fire(ctx, reaperSchedule); err != nil {
		return fmt.Errorf("invoke the reaper: %w", err)
	}
	return nil
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
