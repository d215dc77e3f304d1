package ecsctl_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/ecsctl"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox/alb"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
	"github.com/catnap-dev/catnap/internal/sandbox/network"
	"github.com/catnap-dev/catnap/internal/settings"
)

// world is one managed service behind the sandbox's load balancer. It belongs inside a synctest bubble.
type world struct {
	t       *testing.T
	lb      *alb.LoadBalancer
	ecs     *fakeECS
	faults  awsapi.Faults
	control *ecsctl.Controller // its calls pass the faults and are written down
	other   *ecsctl.Controller // somebody else's
	svc     settings.Service
	steered awsapi.Core // the load balancer, with the health that newWorld was given

	mu    sync.Mutex
	calls []string // of control, as they reached AWS
	wrote []*elb.ModifyRuleInput
}

const secret = "s3cret"

// bubble runs a test in a world that begins at noon of the bubble's first day, asleep since an hour.
func bubble(t *testing.T, test func(*testing.T, *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(12 * time.Hour)
		test(t, newWorld(t, nil))
	})
}

// newWorld takes the health of targets from the load balancer, which checks a server in memory, or from health.
func newWorld(t *testing.T, health func(*fakeECS) int) *world {
	t.Helper()
	var memory network.Memory
	w := &world{t: t, lb: alb.New(alb.Options{Dial: memory.DialContext}), ecs: newFakeECS()}
	if health == nil {
		w.serve(&memory)
	}
	w.create()
	w.ecs.services["main/shop-web"] = &fakeService{arn: "arn:aws:ecs:eu-west-3:000000000000:service/main/shop-web"}
	elbCore := seen{core: w.lb, health: func() int { return health(w.ecs) }, real: health == nil}
	w.steered = elbCore
	w.control = w.connect(&awsapi.Backplane{Faults: &w.faults}, seen{core: w.ecs, real: true, by: w}, elbCore.with(w))
	w.other = w.connect(&awsapi.Backplane{}, w.ecs, elbCore)
	if health == nil {
		w.ecs.changed = w.registers
	}
	w.write(true, w.mark(-time.Hour, -2*time.Hour, 0))
	return w
}

func (w *world) connect(b *awsapi.Backplane, ecsCore, elbCore awsapi.Core) *ecsctl.Controller {
	option := func(core awsapi.Core) []func(*middleware.Stack) error {
		return []func(*middleware.Stack) error{b.Attach(core)}
	}
	return ecsctl.New(
		ecs.New(ecs.Options{Region: "eu-west-3", APIOptions: option(ecsCore)}),
		elb.New(elb.Options{Region: "eu-west-3", APIOptions: option(elbCore)}), time.Now)
}

// serve runs the load balancer and the application that its health checks ask.
func (w *world) serve(memory *network.Memory) {
	w.t.Helper()
	w.t.Cleanup(func() { time.Sleep(time.Second) }) // net/http servers linger after they close a connection
	listener, err := memory.Listen(w.t.Context(), "10.0.0.9:80")
	if err != nil {
		w.t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	w.t.Cleanup(func() {
		server.Close()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			w.t.Error(err)
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.lb.Run(ctx) }()
	w.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Error(err)
		}
	})
	synctest.Wait()
}

func (w *world) create() {
	group := func(name string) string {
		return must(w.lb.CreateTargetGroup(alb.TargetGroup{Name: name, DeregistrationDelay: -1}))
	}
	rule := func(priority int, group string, conditions ...elbtypes.RuleCondition) string {
		return must(w.lb.CreateRule(alb.Rule{Priority: priority, TargetGroup: group, Conditions: conditions}))
	}
	service, waker := group("service"), group("waker")
	w.svc = settings.Service{
		Name: "shop", Cluster: "main", Service: "shop-web", TargetGroup: service, WakerTargetGroup: waker,
		LoadBalancer: w.lb.Dimension(),
		BypassRule: rule(1, service, elbtypes.RuleCondition{
			Field: new("http-header"), HttpHeaderConfig: &elbtypes.HttpHeaderConditionConfig{
				HttpHeaderName: new(ecsctl.BypassHeader), Values: []string{secret},
			},
		}),
		WakerRule: rule(2, waker, paths("/.catnap/*")),
		Patterns:  []string{"/*"}, Managed: true, WakeCount: 2,
		IdleAfter: settings.Duration(5 * time.Minute), DrowsyAfter: settings.Duration(150 * time.Second),
		MetricLag: settings.Duration(time.Minute), Settle: settings.Duration(30 * time.Second),
		HealAfter: settings.Duration(time.Minute), WakeTimeout: settings.Duration(5 * time.Minute),
	}
}

// registers is what ECS does with a service's targets: a task that starts is a target, and healthy half a second later.
func (w *world) registers(s *fakeService) {
	if w.ecs.desired(s) > 0 && !s.broken {
		if err := w.lb.Register(w.svc.TargetGroup, "10.0.0.9", "10.0.0.9:80"); err != nil {
			w.t.Error(err)
		}
		return
	}
	w.lb.Deregister(w.svc.TargetGroup, "10.0.0.9")
}

func (w *world) service() *fakeService { return w.ecs.services["main/shop-web"] }

// desire sets the desired count behind everybody's back.
func (w *world) desire(count int) { w.ecs.set(w.service(), count) }

// healthy brings a healthy target.
func (w *world) healthy() {
	w.t.Helper()
	w.desire(1)
	time.Sleep(time.Second)
	if state := w.lb.State(w.svc.TargetGroup, "10.0.0.9"); state != "healthy" {
		w.t.Fatalf("the target is %s", state)
	}
}

// mark is the text of a mark with times relative to now.
func (w *world) mark(since, active time.Duration, failures int) string {
	now := time.Now()
	text := fmt.Sprintf("/.catnap/since/%d/active/%d", now.Add(since).Unix(), now.Add(active).Unix())
	if failures > 0 {
		text += fmt.Sprintf("/failed/%d", failures)
	}
	return text
}

// write writes the waker rule behind everybody's back.
func (w *world) write(armed bool, mark string) {
	w.t.Helper()
	base := "/.catnap/*"
	if armed {
		base = "/*"
	}
	w.modify(paths(base, mark))
}

func (w *world) modify(conditions ...elbtypes.RuleCondition) {
	w.t.Helper()
	must(w.lb.Handle(w.t.Context(), &elb.ModifyRuleInput{RuleArn: &w.svc.WakerRule, Conditions: conditions}))
}

func paths(values ...string) elbtypes.RuleCondition {
	return elbtypes.RuleCondition{
		Field: new("path-pattern"), PathPatternConfig: &elbtypes.PathPatternConditionConfig{Values: values},
	}
}

// rule is the waker rule's path patterns as they are.
func (w *world) rule() string {
	w.t.Helper()
	out := must(w.lb.Handle(context.Background(), &elb.DescribeRulesInput{RuleArns: []string{w.svc.WakerRule}}))
	for _, c := range out.(*elb.DescribeRulesOutput).Rules[0].Conditions {
		if *c.Field == "path-pattern" {
			return strings.Join(c.PathPatternConfig.Values, " ")
		}
	}
	return ""
}

func (w *world) expectRule(want string) {
	w.t.Helper()
	if got := w.rule(); got != want {
		w.t.Errorf("rule is %q, want %q", got, want)
	}
}

func (w *world) expectDesired(want int) {
	w.t.Helper()
	if got := w.ecs.desired(w.service()); got != want {
		w.t.Errorf("desired count is %d, want %d", got, want)
	}
}

func (w *world) observe() policy.Snapshot {
	w.t.Helper()
	return must(w.other.Observe(context.Background(), w.svc))
}

// before runs f just before control's n-th call of an operation from here on.
func (w *world) before(operation string, n int, f func()) {
	count := 0
	w.faults.Hook = func(_ context.Context, op string, _ int) awsapi.Fault {
		if op == operation {
			if count++; count == n {
				f()
			}
		}
		return awsapi.Fault{}
	}
}

func (w *world) expectCalls(want ...string) {
	w.t.Helper()
	if diff := cmp.Diff(want, w.sequence()); diff != "" {
		w.t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// sequence is control's calls in order.
func (w *world) sequence() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.calls)
}

// seen is a core that writes down what it is asked, and may answer for the health of targets.
type seen struct {
	core   awsapi.Core
	health func() int
	real   bool
	by     *world
}

func (s seen) with(w *world) seen {
	s.by = w
	return s
}

func (s seen) Handle(ctx context.Context, input any) (any, error) {
	if s.by != nil {
		s.by.note(input)
	}
	if _, ok := input.(*elb.DescribeTargetHealthInput); ok && !s.real {
		healthy := elbtypes.TargetHealthDescription{
			TargetHealth: &elbtypes.TargetHealth{State: elbtypes.TargetHealthStateEnumHealthy},
		}
		all := slices.Repeat([]elbtypes.TargetHealthDescription{healthy}, s.health())
		return &elb.DescribeTargetHealthOutput{TargetHealthDescriptions: all}, nil
	}
	return s.core.Handle(ctx, input)
}

func (w *world) note(input any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	call := awsapi.Operation(input)
	switch in := input.(type) {
	case *ecs.UpdateServiceInput:
		call += fmt.Sprintf(" %d", *in.DesiredCount)
	case *elb.ModifyRuleInput:
		last := in.Conditions[len(in.Conditions)-1]
		call += " " + last.PathPatternConfig.Values[0]
		w.wrote = append(w.wrote, in)
	}
	w.calls = append(w.calls, call)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
