package alb

import (
	"context"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/catnap-dev/catnap/internal/sandbox/network"
)

// world is a load balancer that listens on 10.0.0.1:80 of a network in memory. It belongs inside a synctest bubble.
type world struct {
	t   *testing.T
	net network.Memory
	lb  *LoadBalancer

	mu      sync.Mutex
	samples []sample
	states  []string
}

type sample struct {
	metric, group string
	at            time.Time
	value         float64
}

const listener = "10.0.0.1:80"

func newWorld(t *testing.T, adapt func(*Options)) *world {
	t.Helper()
	w := &world{t: t}
	// net/http servers linger for half a second after they close a connection.
	t.Cleanup(func() { time.Sleep(time.Second) })
	options := Options{Dial: w.net.DialContext, Record: w.record, Changed: w.changed}
	if adapt != nil {
		adapt(&options)
	}
	w.lb = New(options)
	w.listen(listener, w.lb)
	t.Cleanup(w.lb.targets.CloseIdleConnections)
	return w
}

// bubble runs a test in a world of its own, with fake time.
func bubble(t *testing.T, adapt func(*Options), test func(*testing.T, *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, newWorld(t, adapt)) })
}

func (w *world) record(metric string, dimensions map[string]string, at time.Time, value float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if dimensions["LoadBalancer"] != w.lb.Dimension() {
		w.t.Errorf("%s has the dimensions %v", metric, dimensions)
	}
	w.samples = append(w.samples, sample{metric, dimensions["TargetGroup"], at, value})
}

func (w *world) changed(_, id, state, reason string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.states = append(w.states, strings.TrimSpace(id+" "+state+" "+reason))
}

func (w *world) recorded() []sample {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.samples)
}

// sum adds up a metric, of a group's dimension or of the whole load balancer.
func (w *world) sum(metric, group string) (total float64, points int) {
	for _, s := range w.recorded() {
		if s.metric == metric && s.group == group {
			total += s.value
			points++
		}
	}
	return total, points
}

func (w *world) listen(addr string, handler http.Handler) *http.Server {
	l, err := w.net.Listen(w.t.Context(), addr)
	if err != nil {
		w.t.Fatal(err)
	}
	server := &http.Server{Handler: handler}
	go func() { _ = server.Serve(l) }() // ends with the test
	w.t.Cleanup(func() { server.Close() })
	return server
}

// run runs the load balancer until the test ends, or stop is called.
func (w *world) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.lb.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Errorf("Run: %v", err)
		}
	})
	w.t.Cleanup(stop)
	synctest.Wait()
	return stop
}

func (w *world) group(g TargetGroup) string {
	w.t.Helper()
	arn, err := w.lb.CreateTargetGroup(g)
	if err != nil {
		w.t.Fatal(err)
	}
	return arn
}

// service is a group of quick checks that is the default action.
func (w *world) service() string {
	arn := w.group(TargetGroup{
		Name: "service", DeregistrationDelay: 20 * time.Second,
		HealthCheck: HealthCheck{
			Path: "/health", Interval: 10 * time.Second, Timeout: 2 * time.Second, Healthy: 3, Unhealthy: 2,
		},
	})
	w.lb.SetDefault(arn)
	return arn
}

func (w *world) rule(priority int, group string, conditions ...types.RuleCondition) string {
	w.t.Helper()
	arn, err := w.lb.CreateRule(Rule{Priority: priority, Conditions: conditions, TargetGroup: group})
	if err != nil {
		w.t.Fatal(err)
	}
	return arn
}

// target starts a server and registers it; its id is the host of addr.
func (w *world) target(group, addr string, handler http.HandlerFunc) *http.Server {
	w.t.Helper()
	server := w.listen(addr, handler)
	w.register(group, addr)
	return server
}

func (w *world) register(group, addr string) {
	w.t.Helper()
	if err := w.lb.Register(group, hostname(addr), addr); err != nil {
		w.t.Fatal(err)
	}
}

// says is a handler that answers with a word.
func says(word string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, word) }
}

func answers(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (w *world) health(group string) map[string]types.TargetHealth {
	w.t.Helper()
	out := call[*elb.DescribeTargetHealthOutput](w, &elb.DescribeTargetHealthInput{TargetGroupArn: aws.String(group)})
	all := map[string]types.TargetHealth{}
	for _, d := range out.TargetHealthDescriptions {
		all[*d.Target.Id] = *d.TargetHealth
	}
	return all
}

// state is the state of the only target of a group.
func (w *world) state(group string) string {
	w.t.Helper()
	for h := range maps.Values(w.health(group)) {
		return strings.TrimSpace(string(h.State) + " " + string(h.Reason))
	}
	return ""
}

func (w *world) expectState(group, want string) {
	w.t.Helper()
	if got := w.state(group); got != want {
		w.t.Errorf("state at %s = %q, want %q", time.Now().Format("04:05.0"), got, want)
	}
}

// seen is what a list has, sorted and without repeats.
func seen(words []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(words)))
}

// rulesClient lets the SDK's own paginator ask the core.
type rulesClient struct{ w *world }
