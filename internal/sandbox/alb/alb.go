// Package alb is an AWS Application Load Balancer with one listener, on a laptop.
//
// It routes by listener rules, checks the health of its targets, forwards to addresses or to Lambda functions, reports
// AWS/ApplicationELB metrics and answers the ELBv2 calls that read it or change a rule. Each behaviour it imitates is
// a numbered assumption: [ALB-07] in a comment stands where that one is.
//
// It does not do: TLS, HTTP/2 or gRPC towards targets, actions other than forward to one group, conditions on method,
// query or source, regular expressions and transforms, stickiness, weights, slow start, health checks of functions,
// availability zones (no metric has that dimension), access logs, limits on the size of headers. What an API call asks
// of these fails; it is never ignored.
package alb

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// Options are what a load balancer needs. Dial is required for groups of addresses, Invoke for groups of functions.
type Options struct {
	Clock clock.Clock
	// Dial reaches targets, and has the signature of net.Dialer's DialContext.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Invoke calls a Lambda function and returns its answer. The context does not end with the request.
	Invoke func(ctx context.Context, functionARN string, payload []byte) ([]byte, error)
	// Record takes one sample of an AWS/ApplicationELB metric; nil drops them. It is called on the request's own
	// goroutine, several times a request, and must not block. It may keep the map.
	Record func(metric string, dimensions map[string]string, at time.Time, value float64)
	// Changed hears of every change of a target's state, with the group's ARN; nil for nobody. The state of a target
	// that has left is "unused", Target.NotRegistered.
	Changed func(targetGroup, id, state, reason string)
	// Name is the load balancer's, "sandbox" if empty.
	Name string
	// Spread is how long a rule change takes to reach every node, at the most. Zero: at once.
	Spread time.Duration
	// Seed makes spreading delays and trace identifiers repeatable.
	Seed uint64
}

// LoadBalancer is an http.Handler for its traffic and an awsapi.Core for the calls about it.
type LoadBalancer struct {
	options Options
	arns    arns
	targets *http.Transport
	checks  *http.Transport

	mu       sync.Mutex
	random   *rand.Rand
	requests int
	rules    []*rule // by priority
	fallback string  // the default action's target group
	groups   []*group
	changes  []change        // to be told to Changed when mu is released
	running  context.Context // Run's, or nil: what time does to targets happens only inside Run
	work     sync.WaitGroup
}

var (
	_ http.Handler = (*LoadBalancer)(nil)
	_ awsapi.Core  = (*LoadBalancer)(nil)
)

// New returns a load balancer without groups and rules. Targets turn healthy only while Run runs.
func New(o Options) *LoadBalancer {
	if o.Name == "" {
		o.Name = "sandbox"
	}
	lb := &LoadBalancer{options: o, arns: newARNs(o.Name), random: rand.New(rand.NewPCG(o.Seed, 0))}
	lb.targets, lb.checks = lb.transports()
	return lb
}

// Run lets time pass for the targets: it checks their health, lets the draining ones go and reports HealthyHostCount.
// It returns nil when ctx ends, after all that it started has ended.
func (lb *LoadBalancer) Run(ctx context.Context) error {
	if err := lb.begin(ctx); err != nil {
		return err
	}
	defer lb.end()
	lb.heartbeat(ctx)
	return nil
}

var errRunning = errors.New("run the load balancer: it is running already")

func (lb *LoadBalancer) begin(ctx context.Context) error {
	lb.mu.Lock()
	defer lb.unlock()
	if lb.running != nil {
		return errRunning
	}
	lb.running = ctx
	lb.settleAll()
	return nil
}

func (lb *LoadBalancer) end() {
	lb.mu.Lock()
	lb.running = nil
	for _, g := range lb.groups {
		for _, t := range g.targets {
			t.dismiss()
		}
	}
	lb.unlock()
	lb.work.Wait()
	lb.targets.CloseIdleConnections()
}

// unlock releases mu and then tells Changed what has happened: a hook may call the load balancer.
func (lb *LoadBalancer) unlock() {
	changes := lb.changes
	lb.changes = nil
	lb.mu.Unlock()
	if lb.options.Changed == nil {
		return
	}
	for _, c := range changes {
		lb.options.Changed(c.group, c.id, string(c.health.State), string(c.health.Reason))
	}
}

type change struct {
	group, id string
	health    health
}

func (lb *LoadBalancer) now() time.Time { return lb.options.Clock.Now() }
