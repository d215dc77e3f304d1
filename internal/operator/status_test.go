package operator_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
	coreecs "github.com/catnap-dev/catnap/internal/sandbox/ecs"
)

func TestStatus(t *testing.T) {
	bubble(t, sandbox.Options{EC2: sandbox.DemoEC2()}, func(t *testing.T, w *world) {
		if _, err := w.Wake(t.Context(), w.member(), false); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		s, err := w.Status(t.Context(), w.member())
		if err != nil || s.Phase != policy.PhaseWaking || len(s.Steps) == 0 {
			t.Errorf("waking: %+v, error %v", s, err)
		}
		if s.Traffic == nil || s.Traffic.Side != "ec2" || s.Traffic.EC2Healthy != 1 {
			t.Errorf("traffic %+v", s.Traffic)
		}
		if len(s.Unknown) > 0 {
			t.Errorf("unknown: %q", s.Unknown)
		}
	})
}

// TestStatusKnowsTheTraffic: of a service that is awake for long, only metrics tell when it was used last.
func TestStatusKnowsTheTraffic(t *testing.T) {
	bubble(t, sandbox.Options{}, func(t *testing.T, w *world) {
		w.isAwake()
		var last time.Time
		for range 8 {
			time.Sleep(time.Minute)
			last = time.Now()
			w.get()
		}
		time.Sleep(2*time.Minute + 20*time.Second)
		s, err := w.Status(t.Context(), w.member())
		if err != nil || s.LastActivity == nil || s.LastActivity.Sub(last).Abs() > time.Minute {
			t.Errorf("last activity %v, used last at %s (%v)", s.LastActivity, last, err)
		}
	})
}

func TestStatusOfAFailure(t *testing.T) {
	o := sandbox.Options{Plan: func(int) coreecs.Plan { return coreecs.Plan{FailStart: "no such image"} }}
	bubble(t, o, func(t *testing.T, w *world) {
		if _, err := w.Wake(t.Context(), w.member(), true); err == nil {
			t.Fatal("it did not fail")
		}
		s, err := w.Status(t.Context(), w.member())
		if err != nil || s.Failure == nil || !strings.Contains(strings.Join(s.Failure.Reasons, " "), "no such image") {
			t.Errorf("failure %+v, error %v", s.Failure, err)
		}
	})
}

// TestStatusNamesWhatItCannotSee: an operator may not be allowed everything.
func TestStatusNamesWhatItCannotSee(t *testing.T) {
	var failing string
	faults := &awsapi.Faults{Hook: func(_ context.Context, operation string, _ int) awsapi.Fault {
		if operation == failing {
			return awsapi.Fault{Kind: awsapi.FaultFail}
		}
		return awsapi.Fault{}
	}}
	o := sandbox.Options{Faults: faults, NoScheduler: true}
	bubble(t, o, func(t *testing.T, w *world) {
		if _, err := w.Wake(t.Context(), w.member(), true); err != nil {
			t.Fatal(err)
		}
		time.Sleep(4 * time.Minute)
		failing = "GetMetricStatistics"
		s, err := w.Status(t.Context(), w.member())
		if err != nil || s.Phase != policy.PhaseAwake || !strings.Contains(strings.Join(s.Unknown, ""), "get statistics of") {
			t.Errorf("%+v, error %v", s, err)
		}
		failing = "DescribeServices"
		_, err = w.Status(t.Context(), w.member())
		if err == nil || !strings.Contains(err.Error(), "look at service: describe services service: ") {
			t.Errorf("error %v", err)
		}
	})
}
