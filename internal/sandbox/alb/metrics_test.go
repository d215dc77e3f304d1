package alb

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"github.com/catnap-dev/catnap/internal/clock"
)

// [ALB-41]
func TestFiveHundredsAreCountedByWhoAnswered(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		group := w.healthy(answers(http.StatusInternalServerError))
		w.get("/")
		w.lb.Deregister(group, "10.0.1.1")
		w.get("/")
		w.get("/")
		for _, c := range []struct {
			metric, group string
			want          float64
		}{
			{"HTTPCode_Target_5XX_Count", "", 1}, {"HTTPCode_Target_5XX_Count", dimension(group), 1},
			{"HTTPCode_ELB_5XX_Count", "", 2}, {"HTTPCode_ELB_5XX_Count", dimension(group), 0},
		} {
			if got, _ := w.sum(c.metric, c.group); got != c.want {
				t.Errorf("%s %q = %v, want %v", c.metric, c.group, got, c.want)
			}
		}
	})
}

// [ALB-43]
func TestRequestCount(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		group := w.healthy(func(http.ResponseWriter, *http.Request) { time.Sleep(30 * time.Second) })
		came := time.Now()
		w.get("/")
		w.lb.Deregister(group, "10.0.1.1")
		w.get("/") // no target, no count
		for _, g := range []string{"", dimension(group)} {
			if got, _ := w.sum("RequestCount", g); got != 1 {
				t.Errorf("RequestCount %q = %v", g, got)
			}
		}
		for _, s := range w.recorded() {
			if s.metric == "RequestCount" && !s.at.Equal(came) {
				t.Errorf("counted at %s, came at %s", s.at, came)
			}
		}
	})
}

func TestRequestCountOfAFunction(t *testing.T) {
	failing := func(context.Context, []byte) ([]byte, error) { return nil, errors.New("throttled") }
	functions(t, false, failing, func(t *testing.T, w *world, group string) {
		w.get("/")
		for metric, want := range map[string]float64{
			"RequestCount": 1, "HTTPCode_ELB_5XX_Count": 1, "HTTPCode_Target_5XX_Count": 0,
		} {
			if got, _ := w.sum(metric, ""); got != want {
				t.Errorf("%s = %v, want %v", metric, got, want)
			}
		}
		w.run()
		time.Sleep(5 * time.Minute)
		if _, points := w.sum("HealthyHostCount", dimension(group)); points != 0 {
			t.Errorf("a function has %d points of HealthyHostCount", points)
		}
	})
}

// [ALB-44]
func TestARNs(t *testing.T) {
	lb := New(Options{})
	group, err := lb.CreateTargetGroup(TargetGroup{Name: "web"})
	if err != nil {
		t.Fatal(err)
	}
	rule := lb.arns.rule("1")
	const prefix = `^arn:aws:elasticloadbalancing:eu-west-3:000000000000:`
	for arn, pattern := range map[string]string{
		group:            `targetgroup/web/[0-9a-f]{16}$`,
		rule:             `listener-rule/app/sandbox(/[0-9a-f]{16}){3}$`,
		lb.ListenerARN(): `listener/app/sandbox(/[0-9a-f]{16}){2}$`,
		lb.ARN():         `loadbalancer/app/sandbox/[0-9a-f]{16}$`,
	} {
		if !regexp.MustCompile(prefix + pattern).MatchString(arn) {
			t.Errorf("%s does not look like %s", arn, pattern)
		}
	}
	// Settings and sample events hold these: a change breaks them.
	if got := dimension(group); got != "targetgroup/web/"+hex("targetgroup", "sandbox", "web") {
		t.Errorf("not stable: %s", got)
	}
	if got := New(Options{}).ARN(); got != lb.ARN() {
		t.Errorf("not stable: %s and %s", lb.ARN(), got)
	}
}

// [ALB-45]
func TestHostCounts(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) { // bubbles begin on a full minute
		group, start := w.service(), time.Now()
		w.target(group, "10.0.1.1:80", says("ok"))
		w.target(group, "10.0.1.2:80", answers(500))
		w.run()
		time.Sleep(time.Minute + heartbeatLag - time.Millisecond)
		if _, points := w.sum("HealthyHostCount", dimension(group)); points != 0 {
			t.Errorf("%d points before the lag", points)
		}
		time.Sleep(20 * time.Second)
		w.lb.Deregister(group, "10.0.1.1") // in the second minute
		w.lb.Deregister(group, "10.0.1.2")
		time.Sleep(5 * time.Minute)
		var healthy, unhealthy []float64
		for _, s := range w.recorded() {
			switch s.metric {
			case "HealthyHostCount":
				if at := start.Add(time.Duration(len(healthy)) * time.Minute); !s.at.Equal(at) || s.group != dimension(group) {
					t.Errorf("sample %+v, want it at %s", s, at)
				}
				healthy = append(healthy, s.value)
			case "UnHealthyHostCount":
				unhealthy = append(unhealthy, s.value)
			}
		}
		if want := []float64{1, 0}; !slices.Equal(healthy, want) || !slices.Equal(unhealthy, want) {
			t.Errorf("healthy %v, unhealthy %v", healthy, unhealthy)
		}
	})
}

func TestDescribeTheRest(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		group := w.service()
		w.group(TargetGroup{Name: "spare"})
		balancers := call[*elb.DescribeLoadBalancersOutput](w, &elb.DescribeLoadBalancersInput{})
		listeners := call[*elb.DescribeListenersOutput](w, &elb.DescribeListenersInput{
			LoadBalancerArn: balancers.LoadBalancers[0].LoadBalancerArn,
		})
		if l := listeners.Listeners[0]; *l.ListenerArn != w.lb.ListenerARN() || *l.DefaultActions[0].TargetGroupArn != group {
			t.Errorf("%+v", l)
		}
		all := call[*elb.DescribeTargetGroupsOutput](w, &elb.DescribeTargetGroupsInput{})
		used := call[*elb.DescribeTargetGroupsOutput](w, &elb.DescribeTargetGroupsInput{
			LoadBalancerArn: aws.String(w.lb.ARN()),
		})
		if len(all.TargetGroups) != 2 || len(used.TargetGroups) != 1 || *used.TargetGroups[0].TargetGroupArn != group {
			t.Errorf("%d groups, %d used", len(all.TargetGroups), len(used.TargetGroups))
		}
		attributes := call[*elb.DescribeTargetGroupAttributesOutput](w, &elb.DescribeTargetGroupAttributesInput{
			TargetGroupArn: aws.String(group),
		})
		if a := attributes.Attributes[1]; *a.Key != "deregistration_delay.timeout_seconds" || *a.Value != "20" {
			t.Errorf("%s = %s", *a.Key, *a.Value)
		}
		for want, in := range map[string]any{
			"TargetGroupNotFound":  &elb.DescribeTargetGroupsInput{Names: []string{"x"}},
			"LoadBalancerNotFound": &elb.DescribeLoadBalancersInput{Names: []string{"x"}},
			"ListenerNotFound":     &elb.DescribeListenersInput{ListenerArns: []string{"x"}},
		} {
			if _, err := w.lb.Handle(t.Context(), in); code(err) != want {
				t.Errorf("%v, want %s", err, want)
			}
		}
	})
}

// A fast clock shortens what is waited for on the wall, and nothing else.
func TestFastClock(t *testing.T) {
	const speed = 10
	bubble(t, nil, func(t *testing.T, w *world) {
		start := time.Now()
		lb := New(Options{Clock: clock.New(start, speed), Dial: w.net.DialContext})
		w.lb = lb
		w.target(w.service(), "10.0.1.1:80", says("ok"))
		w.run()
		group := lb.groups[0].arn
		time.Sleep(registration/speed + time.Millisecond)
		w.expectState(group, "healthy")
		lb.Deregister(group, "10.0.1.1")
		time.Sleep(20*time.Second/speed + time.Millisecond)
		if !lb.Drained(group, "10.0.1.1") {
			t.Error("still draining")
		}
	})
}

func BenchmarkServeHTTP(b *testing.B) {
	target := httptest.NewServer(says("ok"))
	defer target.Close()
	var dialer net.Dialer
	lb := New(Options{Dial: dialer.DialContext})
	group, err := lb.CreateTargetGroup(TargetGroup{Name: "web"})
	if err != nil {
		b.Fatal(err)
	}
	lb.SetDefault(group)
	if err := lb.Register(group, "10.0.1.1", target.Listener.Addr().String()); err != nil {
		b.Fatal(err)
	}
	lb.groups[0].targets[0].health = health{State: "healthy"}
	defer lb.targets.CloseIdleConnections()
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		lb.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		if w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}
