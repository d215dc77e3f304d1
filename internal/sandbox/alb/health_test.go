package alb

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
)

const (
	initialNew      = "initial Elb.RegistrationInProgress"
	initialChecking = "initial Elb.InitialHealthChecking"
)

// [ALB-15]
func TestTargetHealthOfAnUnregisteredTarget(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		group := w.service()
		w.register(group, "10.0.1.1:80")
		asked := []types.TargetDescription{{Id: aws.String("10.9.9.9")}, {Id: aws.String("10.0.1.1"), Port: aws.Int32(80)}}
		input := &elb.DescribeTargetHealthInput{TargetGroupArn: aws.String(group), Targets: asked}
		out := call[*elb.DescribeTargetHealthOutput](w, input)
		var states []string
		for _, d := range out.TargetHealthDescriptions {
			states = append(states, string(d.TargetHealth.Reason))
		}
		if diff := cmp.Diff([]string{"Target.NotRegistered", "Elb.RegistrationInProgress"}, states); diff != "" {
			t.Error(diff)
		}
	})
}

// [ALB-16]
func TestFunctionHasNoHealthCheck(t *testing.T) {
	bubble(t, nil, func(_ *testing.T, w *world) {
		group := w.group(TargetGroup{Name: "waker", Kind: Lambda, FunctionARN: "arn:function"})
		w.lb.SetDefault(group)
		w.expectState(group, "unavailable Target.HealthCheckDisabled")
	})
}

// [ALB-17]
func TestTargetGoesThroughItsStates(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		group := w.service()
		var failing atomic.Bool
		w.target(group, "10.0.1.1:80", func(w http.ResponseWriter, _ *http.Request) {
			if failing.Load() {
				w.WriteHeader(http.StatusInternalServerError)
			}
		})
		stop := w.run()
		time.Sleep(time.Second)
		failing.Store(true)
		time.Sleep(30 * time.Second)
		w.lb.Deregister(group, "10.0.1.1")
		time.Sleep(time.Minute)
		stop()
		want := []string{
			"10.0.1.1 " + initialNew, "10.0.1.1 " + initialChecking, "10.0.1.1 healthy",
			"10.0.1.1 unhealthy Target.ResponseCodeMismatch",
			"10.0.1.1 draining Target.DeregistrationInProgress", "10.0.1.1 unused Target.NotRegistered",
		}
		if diff := cmp.Diff(want, w.states); diff != "" {
			t.Error(diff)
		}
	})
}

// [ALB-18]
func TestUnusedGroupIsNotChecked(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		var checks atomic.Int32
		group := w.group(TargetGroup{Name: "spare", HealthCheck: HealthCheck{Interval: 10 * time.Second}})
		w.target(group, "10.0.1.1:80", func(http.ResponseWriter, *http.Request) { checks.Add(1) })
		w.run()
		time.Sleep(time.Minute)
		w.expectState(group, "unused Target.NotInUse")
		if checks.Load() != 0 {
			t.Errorf("%d checks of an unused group", checks.Load())
		}
		w.rule(1, group, header("x-bypass", "secret"))
		w.expectState(group, initialNew)
		time.Sleep(time.Second)
		w.expectState(group, "healthy")
		other := w.service()
		input := &elb.ModifyRuleInput{RuleArn: aws.String(w.lb.rules[0].arn), Actions: []types.Action{forwardTo(other)}}
		call[*elb.ModifyRuleOutput](w, input)
		w.expectState(group, "unused Target.NotInUse")
		before := checks.Load()
		time.Sleep(time.Minute)
		if checks.Load() != before {
			t.Error("checks go on after the group is unused")
		}
	})
}

// [ALB-19]
func TestHealthAfterChecks(t *testing.T) {
	settings := HealthCheck{Healthy: 3, Unhealthy: 2}
	for _, c := range []struct{ name, checks, want string }{
		{"new: one pass is enough", "+", "healthy"},
		{"new: one failure is not", "-", "initial"},
		{"new: one pass after a failure", "-+", "healthy"},
		{"new: unhealthy by the threshold", "--", "unhealthy"},
		{"healthy: one failure", "+-", "healthy"},
		{"healthy: failures in a row", "+--", "unhealthy"},
		{"healthy: failures not in a row", "+-+-", "healthy"},
		{"unhealthy: two passes", "--++", "unhealthy"},
		{"unhealthy: three passes", "--+++", "healthy"},
		{"unhealthy: not in a row", "--++-+", "unhealthy"},
	} {
		h := checking
		for _, check := range c.checks {
			o := outcome{}
			if check == '-' {
				o.reason = types.TargetHealthReasonEnumTimeout
			}
			h = h.after(o, settings)
		}
		if string(h.State) != c.want {
			t.Errorf("%s: %s, want %s", c.name, h.State, c.want)
		}
	}
}

// [ALB-20]
func TestChecksKeepTheInterval(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		group, start := w.service(), time.Now()
		var at []time.Duration
		w.target(group, "10.0.1.1:80", func(http.ResponseWriter, *http.Request) {
			at = append(at, time.Since(start))
			time.Sleep(1500 * time.Millisecond)
		})
		stop := w.run()
		time.Sleep(25 * time.Second)
		stop()
		want := []time.Duration{registration, registration + 10*time.Second, registration + 20*time.Second}
		if diff := cmp.Diff(want, at); diff != "" {
			t.Error(diff)
		}
	})
}

// [ALB-21]
func TestCheckIsARequestOfTheLoadBalancers(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		group := w.service()
		var got []string
		w.target(group, "10.0.1.1:8080", func(_ http.ResponseWriter, r *http.Request) {
			got = []string{r.Method, r.Host, r.URL.Path, r.UserAgent(), r.Header.Get("X-Forwarded-For")}
		})
		stop := w.run()
		time.Sleep(time.Second)
		stop()
		want := []string{"GET", "10.0.1.1:8080", "/health", "ELB-HealthChecker/2.0", ""}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if n, _ := w.sum("RequestCount", ""); n != 0 {
			t.Errorf("RequestCount = %v", n)
		}
	})
}

func TestReasonsOfUnhealthyTargets(t *testing.T) {
	for name, c := range map[string]struct {
		handler     http.HandlerFunc
		reason      string
		description string
	}{
		"code":     {answers(404), "Target.ResponseCodeMismatch", "Health checks failed with these codes: [404]"},
		"redirect": {answers(302), "Target.ResponseCodeMismatch", "Health checks failed with these codes: [302]"},
		"timeout":  {func(http.ResponseWriter, *http.Request) { time.Sleep(5 * time.Second) }, "Target.Timeout", "Request timed out"},
		"refused":  {nil, "Target.FailedHealthChecks", "Health checks failed"},
		"broken":   {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "Target.FailedHealthChecks", "Health checks failed"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, nil, func(t *testing.T, w *world) {
				group := w.service()
				w.register(group, "10.0.1.1:80")
				if c.handler != nil {
					w.listen("10.0.1.1:80", c.handler)
				}
				stop := w.run()
				time.Sleep(15 * time.Second)
				stop()
				w.expectState(group, "unhealthy "+c.reason)
				if got := *w.health(group)["10.0.1.1"].Description; got != c.description {
					t.Errorf("description = %q", got)
				}
			})
		})
	}
}
