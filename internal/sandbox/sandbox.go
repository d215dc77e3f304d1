// Package sandbox is AWS on a laptop, with one service behind a load balancer and catnap beside it.
//
// It builds what a deployment would build (target groups, the bypass rule and the waker rule, settings in SSM, a
// scheduled reaper) out of its own imitations, and runs the handlers that Lambda runs, on the same events, through the
// real SDK clients. What it imitates of AWS is listed in assumptions.go. Package cmd/catnap is its command line.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/catnap-dev/catnap/internal/sandbox/alb"
	"github.com/catnap-dev/catnap/internal/sandbox/autoscaling"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
	"github.com/catnap-dev/catnap/internal/sandbox/billing"
	"github.com/catnap-dev/catnap/internal/sandbox/cloudwatch"
	"github.com/catnap-dev/catnap/internal/sandbox/ecs"
	"github.com/catnap-dev/catnap/internal/sandbox/iam"
	"github.com/catnap-dev/catnap/internal/sandbox/lambda"
	"github.com/catnap-dev/catnap/internal/sandbox/scheduler"
	"github.com/catnap-dev/catnap/internal/sandbox/sns"
	"github.com/catnap-dev/catnap/internal/sandbox/ssm"
	"github.com/catnap-dev/catnap/internal/settings"
)

// The names under which the one service is known.
const (
	Cluster = "cluster"
	Service = "service"
)

// Sandbox is one running imitation. Its parts may be used directly; calls made that way are not counted.
type Sandbox struct {
	Options
	ALB         *alb.LoadBalancer
	ECS         *ecs.ECS
	CloudWatch  *cloudwatch.CloudWatch
	SSM         *ssm.Store
	Scheduler   *scheduler.Scheduler
	AutoScaling *autoscaling.AutoScaling
	Lambda      *lambda.Runtime
	SNS         *sns.SNS
	Account     *billing.Account
	IAM         *iam.Directory
	Backplane   *awsapi.Backplane
	// Stored are the settings of the service, as stored. Only one goroutine may read them and call Store.
	Stored settings.Service

	mu        sync.Mutex // guards Stored
	listener  net.Listener
	aws       net.Listener      // nil: nobody may call
	instance  net.Listener      // of EC2; nil: there is none
	resolved  string            // address of the load balancer by its DNS name; empty: it has none
	document  string            // name of the parameter with the settings
	functions map[string]string // ARNs by the names of the folders below functions/
	schedules map[string]string // names by the same; one that has none is missing
	guard     *iam.Guard
	hourly    float64 // what an hour of a task costs, in USD
	topic     string  // ARN, of alarms
	log       *journal
}

// New builds a sandbox with the service asleep, and listens. Nothing moves before Run.
func New(ctx context.Context, o Options) (*Sandbox, error) {
	s := &Sandbox{Options: o.withDefaults()}
	listener, err := s.Network.Listen(ctx, s.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen for the load balancer: %w", err)
	}
	s.listener = listener
	if err := s.listenForAWS(ctx); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	if err := s.listenForEC2(ctx); err != nil {
		return nil, errors.Join(err, listener.Close(), s.closeAWS())
	}
	s.log = newJournal(s)
	s.assemble()
	if err := s.deploy(ctx); err != nil {
		return nil, errors.Join(err, listener.Close(), s.closeAWS(), s.closeEC2())
	}
	return s, nil
}

// assemble makes the parts and connects them.
func (s *Sandbox) assemble() {
	s.functions, s.schedules, s.guard = map[string]string{}, map[string]string{}, &iam.Guard{}
	s.Backplane = &awsapi.Backplane{
		Clock: s.Clock, Latency: s.Latency, Limits: awsapi.NewLimits(awsapi.Documented), Faults: s.Faults,
		Callers: map[string]string{},
	}
	s.CloudWatch = &cloudwatch.CloudWatch{Clock: s.Clock, Lag: s.Lag}
	s.SSM = &ssm.Store{Clock: s.Clock}
	s.Lambda = &lambda.Runtime{Clock: s.Clock, Log: s.Log, Ran: s.invoked}
	s.SNS = &sns.SNS{Clock: s.Clock, Published: s.log.message}
	s.IAM = &iam.Directory{}
	s.Scheduler = &scheduler.Scheduler{
		Clock: s.Clock, Jitter: s.Jitter, Seed: s.Seed, Log: s.Log,
		Authorize: s.mayInvoke, Invoke: s.Lambda.InvokeLater,
	}
	s.ALB = alb.New(alb.Options{
		Clock: s.Clock, Dial: s.Network.DialContext, Invoke: s.Lambda.Invoke, Spread: s.Spread, Seed: s.Seed,
		Record: func(metric string, dimensions map[string]string, at time.Time, value float64) {
			s.CloudWatch.Put("AWS/ApplicationELB", metric, dimensions, at, value)
		},
		Changed: s.log.target,
	})
	s.ECS = ecs.New(ecs.Options{
		Clock: s.Clock, Targets: s.ALB, TaskStart: s.TaskStart, Stale: s.Stale, Plan: s.Plan, Seed: s.Seed,
		Changed: s.task, Record: s.used,
	})
	s.AutoScaling = &autoscaling.AutoScaling{Clock: s.Clock, ECS: s.ECS}
}

// URL is where the load balancer listens.
func (s *Sandbox) URL() string {
	host, port, err := net.SplitHostPort(s.listener.Addr().String())
	if err != nil {
		return "http://" + s.listener.Addr().String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// dial is how a function in this process opens connections: with a resolver that knows the load balancer's name.
func (s *Sandbox) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if addr == s.resolved {
		addr = s.listener.Addr().String()
	}
	return s.Network.DialContext(ctx, network, addr)
}

// Access tells what the roles of the template's functions and schedules were used for.
func (s *Sandbox) Access() *iam.Guard { return s.guard }

// Run lets time pass until ctx ends, then ends the tasks and returns.
func (s *Sandbox) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	serve(ctx, group, "the load balancer", s.listener, s.ALB)
	s.serveAWS(ctx, group)
	if s.instance != nil {
		serve(ctx, group, "the EC2 instance", s.instance, s.EC2)
	}
	group.Go(func() error { return s.ALB.Run(ctx) })
	group.Go(func() error { return s.ECS.Run(ctx) })
	group.Go(func() error { s.log.run(ctx); return nil })
	group.Go(func() error { s.Account.Run(ctx); return nil })
	if !s.NoScheduler {
		group.Go(func() error { s.Scheduler.Run(ctx); return nil })
	}
	err := group.Wait()
	s.Lambda.Close()
	return err
}

// serve answers what comes to a listener until ctx ends.
func serve(ctx context.Context, group *errgroup.Group, what string, listener net.Listener, handler http.Handler) {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: time.Minute, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0),
	}
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve %s: %w", what, err)
		}
		return nil
	})
	group.Go(func() error { <-ctx.Done(); return server.Close() })
}
