package sandbox_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/ecsctl"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/reaper"
	"github.com/catnap-dev/catnap/internal/sandbox/network"
	"github.com/catnap-dev/catnap/internal/settings"
	"github.com/catnap-dev/catnap/internal/waker"
)

// TestMeeting runs the reaper that stops a drowsy service and wakers that a request has just reached against each
// other, in every order in which their calls to AWS can follow one another. Whatever the order, when all have ended
// the service is on its way to the visitor, and nobody is sent to an empty target group.
//
// Where the target of a stopped task still counts as healthy for a while, two wakers and a reaper can leave the service
// disarmed without a task: no call tells. Then the next pass mends it.
func TestMeeting(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		actors func(*meeting) []actor
		sudden bool
		passes int // of the reaper, until all must be well
	}{
		{"a request and the reaper", func(m *meeting) []actor { return []actor{m.pass, m.request} }, true, 0},
		{"a request and the reaper, old target", func(m *meeting) []actor { return []actor{m.pass, m.request} }, false, 0},
		{"two switches and a stop", func(m *meeting) []actor { return []actor{m.stop, m.disarm, m.disarm} }, true, 0},
		{"two switches and a stop, old target", func(m *meeting) []actor { return []actor{m.stop, m.disarm, m.disarm} }, false, 1},
		{"two starts and a stop", func(m *meeting) []actor { return []actor{m.stop, m.start, m.start} }, true, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { explore(t, test.actors, test.sudden, test.passes) })
	}
}

type actor func(ctx context.Context)

// explore walks depth first through the tree of choices: which of the pending calls goes next. Where a run comes to a
// state that an earlier one was in, with every actor having seen the same, its future is that one's and is not walked
// again.
func explore(t *testing.T, actors func(*meeting) []actor, sudden bool, passes int) {
	t.Helper()
	runs, visited := 0, map[string]bool{}
	for choices := []int{}; choices != nil; runs++ {
		var err error
		synctest.Test(t, func(t *testing.T) {
			m := newMeeting(t, sudden)
			widths := m.run(actors(m), choices, visited)
			if !m.known {
				err = m.check(passes)
			}
			choices = next(m.taken, widths)
		})
		if err != nil || t.Failed() {
			t.Fatal(err)
		}
	}
	t.Logf("%d states in %d runs", len(visited), runs)
}

// next is the following path through the tree, nil after the last one.
func next(taken, widths []int) []int {
	for i := range slices.Backward(taken) {
		if taken[i]+1 < widths[i] {
			return append(slices.Clone(taken[:i]), taken[i]+1)
		}
	}
	return nil
}

// meeting is the smallest AWS in which they can meet: a desired count, a rule, a target. Calls wait at a gate.
type meeting struct {
	t      *testing.T
	sudden bool // the target goes at the moment of the stop, and not some time later
	svc    settings.Service
	log    []string
	seen   map[string][]string // what each actor's calls were answered
	taken  []int
	known  bool // the run has come to a state whose future was walked before

	mu      sync.Mutex
	pending []call
	free    bool // no gate: for the passes that follow

	desired    int32
	target     bool
	conditions []elbtypes.RuleCondition
}

type call struct {
	name string
	open chan struct{}
}

func newMeeting(t *testing.T, sudden bool) *meeting {
	t.Helper()
	m := &meeting{t: t, sudden: sudden, desired: 1, target: true, seen: map[string][]string{}}
	m.svc = settings.Service{
		Name: "service", Cluster: "cluster", Service: "service", TargetGroup: "group", WakerTargetGroup: "waker",
		WakerRule: "waker-rule", BypassRule: "bypass-rule", BypassURL: "http://alb:80", ProbePath: "/",
		Patterns: []string{"/*"}, Managed: true, WakeCount: 1,
		IdleAfter: minutes(5), DrowsyAfter: minutes(2.5), MetricLag: minutes(1), Settle: minutes(0.5),
		HealAfter: minutes(1), WakeTimeout: minutes(5), Hold: 0,
	}
	now := time.Now()
	m.conditions = []elbtypes.RuleCondition{{
		Field: aws.String("path-pattern"),
		PathPatternConfig: &elbtypes.PathPatternConditionConfig{Values: []string{
			"/*", fmt.Sprintf("/.catnap/since/%d/active/%d", now.Unix()-600, now.Unix()-900),
		}},
	}}
	return m
}

func minutes(n float64) settings.Duration { return settings.Duration(n * float64(time.Minute)) }

// run lets the actors go, one call at a time, and returns how many calls were pending at each choice.
func (m *meeting) run(actors []actor, choices []int, visited map[string]bool) (widths []int) {
	var group sync.WaitGroup
	for i, act := range actors {
		group.Go(func() { act(context.WithValue(m.t.Context(), actorKey{}, fmt.Sprint(i))) })
	}
	ended := make(chan struct{})
	go func() { group.Wait(); close(ended) }()
	for {
		synctest.Wait()
		pending := m.waiting()
		if len(pending) == 0 {
			select {
			case <-ended:
				return widths
			case <-time.After(time.Second): // they only wait for time to pass
				m.settle()
				continue
			}
		}
		choice, width := 0, len(pending)
		if only, found := m.settled(pending); found {
			choice, width = only, only+1
		} else if len(m.taken) < len(choices) {
			choice = choices[len(m.taken)]
		} else if state := m.state(); visited[state] {
			width, m.known = 1, true
		} else {
			visited[state] = true
		}
		widths = append(widths, width)
		m.taken = append(m.taken, choice)
		m.release(pending[choice])
	}
}

// state is all that the future depends on: what AWS holds, and what each actor has seen of it.
func (m *meeting) state() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var text strings.Builder
	fmt.Fprint(&text, m.desired, m.target, m.values(), time.Now())
	for _, actor := range m.same() {
		fmt.Fprintln(&text, actor)
	}
	return text.String()
}

// same lists what the actors have seen. Those after the first do the same as each other, so that it does not matter
// which of them has seen what.
func (m *meeting) same() []string {
	var histories []string
	for name := range m.seen {
		histories = append(histories, fmt.Sprint(name == "0", m.seen[name]))
	}
	slices.Sort(histories)
	return histories
}

// settled finds a pending call that no other can have an effect on, nor it on them: only its turn is walked.
func (m *meeting) settled(pending []call) (index int, found bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	constant := !m.sudden || !m.target // only a sudden stop changes the target, and only once
	for i, c := range pending {
		if constant && strings.HasSuffix(c.name, " DescribeTargetHealth") {
			return i, true
		}
	}
	return 0, false
}

// answer is what a call tells its caller; a write tells nothing.
func (m *meeting) answer(name string) string {
	switch name {
	case "DescribeServices":
		return fmt.Sprint(m.desired, m.running())
	case "DescribeRules":
		return fmt.Sprint(m.values())
	case "DescribeTargetHealth":
		return fmt.Sprint(m.target)
	default:
		return ""
	}
}

func (m *meeting) values() []string { return m.conditions[0].PathPatternConfig.Values }

type actorKey struct{}

// waiting lists the pending calls in an order that does not depend on goroutines.
func (m *meeting) waiting() []call {
	m.mu.Lock()
	defer m.mu.Unlock()
	slices.SortStableFunc(m.pending, func(a, b call) int { return strings.Compare(a.name, b.name) })
	return slices.Clone(m.pending)
}

func (m *meeting) release(c call) {
	m.mu.Lock()
	m.pending = slices.DeleteFunc(m.pending, func(p call) bool { return p.open == c.open })
	m.log = append(m.log, c.name)
	m.mu.Unlock()
	close(c.open)
}

// gate holds a call until it is chosen, and returns with the lock held: the call is atomic.
func (m *meeting) gate(ctx context.Context, name string) (done func()) {
	actor, _ := ctx.Value(actorKey{}).(string)
	if !m.free {
		c := call{name: actor + " " + name, open: make(chan struct{})}
		m.mu.Lock()
		m.pending = append(m.pending, c)
		m.mu.Unlock()
		<-c.open
	}
	m.mu.Lock()
	return func() {
		m.seen[actor] = append(m.seen[actor], name+m.answer(name))
		slices.Sort(m.seen[actor]) // of calls made together the order is nobody's
		m.mu.Unlock()
	}
}

func (m *meeting) controller() *ecsctl.Controller {
	return ecsctl.New(meetingECS{m}, meetingELB{m}, time.Now)
}

func (m *meeting) stop(ctx context.Context) {
	before := policy.Rule{Armed: true, Mark: policy.Mark{
		Since: time.Unix(time.Now().Unix()-600, 0).UTC(), Active: time.Unix(time.Now().Unix()-900, 0).UTC(),
	}}
	if _, err := m.controller().Stop(ctx, m.svc, before); err != nil {
		m.t.Error(err)
	}
}

func (m *meeting) disarm(ctx context.Context) {
	if _, _, err := m.controller().Disarm(ctx, m.svc, time.Now()); err != nil {
		m.t.Error(err)
	}
}

func (m *meeting) start(ctx context.Context) {
	if err := m.controller().Start(ctx, m.svc, 0); err != nil {
		m.t.Error(err)
	}
}

func (m *meeting) pass(ctx context.Context) {
	log := slog.New(slog.DiscardHandler)
	if err := reaper.New(m, m.controller(), m, clock.Clock{}, log).Pass(ctx); err != nil {
		m.t.Error(err)
	}
}

// request is a visitor's, through the real waker; the load balancer behind the bypass answers as the target stands.
func (m *meeting) request(ctx context.Context) {
	var pipes network.Memory
	listener, err := pipes.Listen(ctx, "alb:80")
	if err != nil {
		m.t.Error(err)
		return
	}
	server := &http.Server{Handler: http.HandlerFunc(m.application)}
	go func() { _ = server.Serve(listener) }() // until it is closed below
	w := waker.New(m, m.controller(), pipes.DialContext, clock.Clock{}, slog.New(slog.DiscardHandler))
	answer := httptest.NewRecorder()
	w.ServeHTTP(answer, httptest.NewRequestWithContext(ctx, http.MethodGet, "http://site/", nil))
	w.Close()
	if err := server.Close(); err != nil {
		m.t.Error(err)
	}
}

func (m *meeting) application(w http.ResponseWriter, _ *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.target {
		w.Header().Set("Server", "awselb/2.0")
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

// check looks at what the meeting has left, and at what two more passes of the reaper make of it.
func (m *meeting) check(passes int) error {
	m.free = true
	m.settle()
	for pass := range 3 {
		seen, err := m.controller().Observe(m.t.Context(), m.svc)
		if err != nil {
			return err
		}
		wrong := seen.Desired == 0 || (!seen.Rule.Armed && seen.Healthy == 0)
		if wrong && pass >= passes {
			return fmt.Errorf("desired %d, healthy %d, armed %v after %v:\n%s",
				seen.Desired, seen.Healthy, seen.Rule.Armed, m.taken, strings.Join(m.log, "\n"))
		}
		m.pass(m.t.Context())
		m.settle()
	}
	return nil
}

// settle is what ECS makes of the desired count in the end: a stopped task is gone, a new one is not there yet.
func (m *meeting) settle() {
	m.mu.Lock()
	defer m.mu.Unlock()
	stopped := slices.ContainsFunc(m.log, func(line string) bool { return strings.HasSuffix(line, "UpdateService 0") })
	m.target = m.target && !stopped
}
