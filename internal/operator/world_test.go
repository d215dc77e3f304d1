package operator_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"github.com/catnap-dev/catnap/internal/cutover"
	"github.com/catnap-dev/catnap/internal/ecsctl"
	"github.com/catnap-dev/catnap/internal/evidence"
	"github.com/catnap-dev/catnap/internal/operator"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/sandbox/network"
	"github.com/catnap-dev/catnap/internal/settings"
	"github.com/catnap-dev/catnap/internal/traffic"
)

// world is a sandbox in fake time with an operator at it.
type world struct {
	*sandbox.Sandbox
	*operator.Operator
	t      *testing.T
	other  *ecsctl.Controller // somebody else's
	client *http.Client
	said   []string
}

// bubble runs a test in a world with the delays of the sandbox's command line.
func bubble(t *testing.T, o sandbox.Options, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		o.Network, o.Listen = &network.Memory{}, "alb:80"
		o.MetricLag, o.Latency, o.Spread = time.Minute, 20*time.Millisecond, 2*time.Second
		o.Stale, o.Jitter, o.Seed = time.Second, 5*time.Second, 1
		if testing.Verbose() && o.Log == nil {
			o.Log = slog.New(slog.NewTextHandler(logWriter{t}, nil))
		}
		box, err := sandbox.New(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- box.Run(ctx) }()
		transport := &http.Transport{DialContext: box.Network.DialContext, DisableKeepAlives: true}
		w := &world{Sandbox: box, t: t, client: &http.Client{Transport: transport}}
		defer func() {
			transport.CloseIdleConnections()
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}()
		w.attend(asItIs, sidesAsTheyAre)
		time.Sleep(5 * time.Second)
		test(t, w)
	})
}

type logWriter struct{ t *testing.T }

func (w logWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

// controller is what the operator calls of ECS.
type controller interface { //nolint:interfacebloat // it repeats the operator's own
	Observe(ctx context.Context, svc settings.Service) (policy.Snapshot, error)
	Tasks(ctx context.Context, svc settings.Service) ([]policy.Task, error)
	Protected(ctx context.Context, svc settings.Service) (bool, error)
	Arm(ctx context.Context, svc settings.Service, active time.Time) error
	Disarm(ctx context.Context, svc settings.Service, active time.Time) (before policy.Rule, undone bool, err error)
	Start(ctx context.Context, svc settings.Service, desired int) error
	Stop(ctx context.Context, svc settings.Service, before policy.Rule) (undone bool, err error)
}

// sides is what the operator calls to move traffic.
type sides interface {
	Look(ctx context.Context, svc settings.Service) (cutover.State, error)
	To(ctx context.Context, svc settings.Service, to cutover.Side) error
}

// attend gives the world an operator. What is in front may stand in front of what it calls.
func (w *world) attend(front func(controller) controller, frontOfSides func(*cutover.Switch) sides) {
	clients := w.Clients()
	w.other = ecsctl.New(clients.ECS, clients.ELB, w.Clock.Now)
	control, moves := ecsctl.New(clients.ECS, clients.ELB, w.Clock.Now), cutover.New(clients.ELB, w.Clock.Now)
	gatherer := evidence.New(traffic.NewReader(clients.CloudWatch), control, w.Clock.Now)
	w.Operator = operator.New(front(control), gatherer, frontOfSides(moves), w.Clock.Now)
	w.Say = func(line string) { w.said = append(w.said, line) }
}

func asItIs(c controller) controller         { return c }
func sidesAsTheyAre(s *cutover.Switch) sides { return s }

// member is the service as the command line finds it.
func (w *world) member() settings.Member {
	w.t.Helper()
	fleet, err := settings.Discover(w.t.Context(), w.Clients().SSM, "/catnap", w.Clock.Now)
	if err != nil {
		w.t.Fatal(err)
	}
	m, err := fleet.Pick("")
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

func (w *world) seen() policy.Snapshot {
	w.t.Helper()
	seen, err := w.Observe(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return seen
}

func (w *world) phase() policy.Phase {
	w.t.Helper()
	return w.seen().Phase(w.Clock.Now())
}

func (w *world) expect(want policy.Phase) {
	w.t.Helper()
	if got := w.phase(); got != want {
		w.t.Errorf("the service is %s, want %s", got, want)
	}
}

// heard tells whether the operator said something with these words.
func (w *world) heard(words string) bool {
	return strings.Contains(strings.Join(w.said, "\n"), words)
}

// get is one visitor's request: the status, and the body.
func (w *world) get() (status int, body string) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.URL()+"/api/echo", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	response, err := w.client.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// isAwake wakes the service as a visitor does, and is sure of it.
func (w *world) isAwake() {
	w.t.Helper()
	if status, body := w.get(); status != http.StatusOK {
		w.t.Fatalf("a visitor got %d %s", status, body)
	}
	time.Sleep(5 * time.Second)
	w.expect(policy.PhaseAwake)
}

// writes counts the calls that change something.
func (w *world) writes() int {
	calls := w.Backplane.Calls()
	return calls["UpdateService"] + calls["ModifyRule"] + calls["PutParameter"]
}

func (w *world) update(in *ecs.UpdateServiceInput) {
	w.t.Helper()
	in.Cluster, in.Service = new(sandbox.Cluster), new(sandbox.Service)
	if _, err := w.Onlooker().ECS.UpdateService(w.t.Context(), in); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) protect() {
	w.t.Helper()
	clients, cluster := w.Onlooker(), sandbox.Cluster
	list, err := clients.ECS.ListTasks(w.t.Context(), &ecs.ListTasksInput{Cluster: &cluster})
	if err != nil {
		w.t.Fatal(err)
	}
	_, err = clients.ECS.UpdateTaskProtection(w.t.Context(), &ecs.UpdateTaskProtectionInput{
		Cluster: &cluster, Tasks: list.TaskArns, ProtectionEnabled: true,
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) change(change func(*settings.Service)) {
	w.t.Helper()
	set := w.Stored
	change(&set)
	if err := w.Store(set); err != nil {
		w.t.Fatal(err)
	}
}

// ec2Patterns are those of the EC2 rule.
func (w *world) ec2Patterns() string {
	w.t.Helper()
	in := &elb.DescribeRulesInput{RuleArns: []string{w.Stored.EC2Rule}}
	out, err := w.Onlooker().ELB.DescribeRules(w.t.Context(), in)
	if err != nil {
		w.t.Fatal(err)
	}
	return strings.Join(out.Rules[0].Conditions[0].PathPatternConfig.Values, " ")
}
