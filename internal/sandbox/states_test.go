package sandbox_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox"
	coreecs "github.com/catnap-dev/catnap/internal/sandbox/ecs"
	"github.com/catnap-dev/catnap/internal/settings"
)

// TestWakeThatFails: an image that cannot be pulled. The visitor is told, nobody pays for a crash loop, the operator
// finds ECS's own reason in the log, and the next visit after the deployment that mends it wakes the service, however
// long the back-off would still be.
func TestWakeThatFails(t *testing.T) {
	t.Parallel()
	const reason = "CannotPullContainerError: pull access denied"
	var mended atomic.Bool
	log := &safeBuffer{}
	o := asDocumented()
	o.Log = slog.New(slog.NewTextHandler(log, nil))
	o.Plan = func(int) coreecs.Plan {
		if mended.Load() {
			return coreecs.Plan{}
		}
		return coreecs.Plan{FailStart: reason}
	}
	inBubble(t, o, func(t *testing.T, w *world) {
		w.browse("/")
		w.until("failed", 7*time.Minute, func() bool { return w.phase() == policy.PhaseFailed })
		w.isGivenUp()
		w.visitorsAreTold()
		if strings.Contains(w.get("/").body+w.get(policy.StatusPath).body, "CannotPull") {
			t.Error("the public is told ECS's own reason")
		}
		if !strings.Contains(log.String(), reason) {
			t.Error("the operator is not told ECS's own reason")
		}
		mended.Store(true)
		w.deploy()
		if a := w.get("/api/echo"); a.status != http.StatusOK {
			t.Errorf("mended, a client got %d %q", a.status, a.body)
		}
		if failures := w.observe().Rule.Mark.Failures; failures != 0 {
			t.Errorf("%d failures are still counted", failures)
		}
	})
}

func (w *world) isGivenUp() {
	w.t.Helper()
	if seen := w.observe(); seen.Desired != 0 || !seen.Rule.Armed || seen.Rule.Mark.Failures != 1 {
		w.t.Errorf("after a failed wake: %+v", seen)
	}
}

// visitorsAreTold looks at what visitors get of a service that could not be started: at once, and with a time.
func (w *world) visitorsAreTold() {
	w.t.Helper()
	if page := w.browse("/"); !page.isPage() || !strings.Contains(page.body, "could not be started") {
		w.t.Errorf("a browser got %d %.200q", page.status, page.body)
	}
	a := w.get("/api/echo")
	retry := a.header.Get("Retry-After")
	if a.status != http.StatusServiceUnavailable || retry == "" || a.took > time.Second {
		w.t.Errorf("a client got %d after %s, Retry-After %q", a.status, a.took, retry)
	}
}

// TestOrders: a pin and a window of the schedule wake the service and keep it awake without visitors, and no longer
// than they say.
func TestOrders(t *testing.T) {
	t.Parallel()
	tests := map[string]func(s *settings.Service, now time.Time){
		"pin": func(s *settings.Service, now time.Time) { s.Pin = now.Add(time.Hour) },
		"schedule": func(s *settings.Service, _ time.Time) { // the bubble's clock begins on a Saturday at midnight
			s.Schedule = &settings.Schedule{TimeZone: "UTC", Windows: []settings.Window{
				{Days: []string{"sat"}, From: "00:10", To: "01:00"},
			}}
		},
	}
	for name, order := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, asDocumented(), func(t *testing.T, w *world) {
				set := w.Stored
				order(&set, time.Now())
				if err := w.Store(set); err != nil {
					t.Fatal(err)
				}
				w.until("awake", 12*time.Minute, func() bool { return w.phase() == policy.PhaseAwake })
				w.pass(40 * time.Minute)
				if phase := w.phase(); phase != policy.PhaseAwake {
					t.Errorf("%s under the order", phase)
				}
				w.until("asleep", 30*time.Minute, func() bool { return w.phase() == policy.PhaseAsleep })
			})
		})
	}
}

// TestFreeze: nothing wakes, what runs is put to sleep in the safe order, and the end of the freeze ends it.
func TestFreeze(t *testing.T) {
	t.Parallel()
	inBubble(t, asDocumented(), func(t *testing.T, w *world) {
		w.isAwakeFor(time.Minute)
		until := time.Now().Add(time.Hour).Format(time.RFC3339)
		w.SSM.Set("/catnap/freeze", `{"until": "`+until+`", "reason": "over 25 USD"}`)
		w.until("stopped", 3*time.Minute, func() bool { return w.observe().Desired == 0 })
		page := w.browse("/")
		if !page.isPage() || !strings.Contains(page.body, "paused") || strings.Contains(page.body, "USD") {
			t.Errorf("a browser got %d %.300q", page.status, page.body)
		}
		if a := w.get("/api/echo"); a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
			t.Errorf("a client got %d", a.status)
		}
		if desired := w.observe().Desired; desired != 0 {
			t.Errorf("desired count %d during the freeze", desired)
		}
		w.pass(time.Hour)
		if a := w.get("/api/echo"); a.status != http.StatusOK {
			t.Errorf("thawed, a client got %d %q", a.status, a.body)
		}
	})
}

// TestHeals: combinations that no sound transition leaves behind, made by hand, are mended by the next passes.
func TestHeals(t *testing.T) {
	t.Parallel()
	catnapOnly := []string{"/.catnap/*"}
	tests := map[string]struct {
		breaks func(w *world)
		want   policy.Phase
		within time.Duration
	}{
		"stopped by hand while awake": {func(w *world) { w.setDesired(0) }, policy.PhaseAsleep, 2 * time.Minute},
		"mark removed by hand":        {func(w *world) { w.setPatterns(catnapOnly) }, policy.PhaseAwake, 2 * time.Minute},
		"armed by hand":               {func(w *world) { w.setPatterns([]string{"/*"}) }, policy.PhaseAwake, 2 * time.Minute},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, asDocumented(), func(t *testing.T, w *world) {
				w.isAwakeFor(3 * time.Minute)
				test.breaks(w)
				w.pass(test.within)
				if seen := w.observe(); seen.Phase(time.Now()) != test.want || seen.Rule.Mark.Since.IsZero() {
					t.Errorf("%s after %s, want %s: %+v", seen.Phase(time.Now()), test.within, test.want, seen)
				}
				if a := w.get("/api/echo"); a.status != http.StatusOK {
					t.Errorf("the next client got %d %q", a.status, a.body)
				}
			})
		})
	}
}

// TestLongRequestIsNotCut: a task that still answers when it is stopped has the time of the draining.
func TestLongRequestIsNotCut(t *testing.T) {
	t.Parallel()
	o := asDocumented()
	var box *world
	slow := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			time.Sleep(8 * time.Second)
			box.setDesired(0)
			time.Sleep(8 * time.Second)
		}
		_, _ = rw.Write([]byte("done"))
	})
	inBubbleWith(t, o, slow, func(t *testing.T, w *world) {
		box = w
		w.isAwakeFor(30 * time.Second)
		if a := w.get("/slow"); a.status != http.StatusOK || a.body != "done" {
			t.Errorf("a request under a stopping task got %d %q", a.status, a.body)
		}
	})
}

func (w *world) setDesired(count int32) {
	w.t.Helper()
	w.update(&ecs.UpdateServiceInput{DesiredCount: &count})
}

func (w *world) deploy() {
	w.t.Helper()
	w.update(&ecs.UpdateServiceInput{ForceNewDeployment: true})
}

func (w *world) update(in *ecs.UpdateServiceInput) {
	w.t.Helper()
	in.Cluster, in.Service = aws.String(sandbox.Cluster), aws.String(sandbox.Service)
	if _, err := w.Onlooker().ECS.UpdateService(w.t.Context(), in); err != nil {
		w.t.Error(err)
	}
}

func (w *world) setPatterns(values []string) {
	w.t.Helper()
	field := "path-pattern"
	_, err := w.Onlooker().ELB.ModifyRule(w.t.Context(), &elb.ModifyRuleInput{
		RuleArn: &w.Stored.WakerRule, Conditions: []elbtypes.RuleCondition{{
			Field: &field, PathPatternConfig: &elbtypes.PathPatternConditionConfig{Values: values},
		}},
	})
	if err != nil {
		w.t.Error(err)
	}
}

// safeBuffer is a buffer that many may write to.
type safeBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
