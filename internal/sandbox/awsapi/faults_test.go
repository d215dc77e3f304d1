package awsapi_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

type hook = func(ctx context.Context, operation string, n int) awsapi.Fault

func faulty(h hook) sandbox {
	return newSandbox(&awsapi.Backplane{Faults: &awsapi.Faults{Hook: h}})
}

func always(f awsapi.Fault) hook {
	return func(context.Context, string, int) awsapi.Fault { return f }
}

func TestFaultKinds(t *testing.T) {
	for _, test := range []struct {
		kind   awsapi.FaultKind
		name   string
		asked  []string
		answer string
	}{
		{awsapi.FaultNone, "a", []string{"a"}, ""},
		{awsapi.FaultFail, "a", nil, "ServiceUnavailableException"},
		{awsapi.FaultThrottle, "a", nil, "ThrottlingException"},
		{awsapi.FaultLost, "a", []string{"a"}, "ServiceUnavailableException"},
		{awsapi.FaultLost, "absent", []string{"absent"}, "ParameterNotFound"},
		{awsapi.FaultRepeat, "a", []string{"a", "a"}, ""},
		{awsapi.FaultRepeat, "absent", []string{"absent"}, "ParameterNotFound"},
	} {
		t.Run(string(test.kind)+" "+test.name, func(t *testing.T) {
			s := faulty(always(awsapi.Fault{Kind: test.kind}))
			if got := code(s.get(t.Context(), test.name)); got != test.answer {
				t.Errorf("got error %q, want %q", got, test.answer)
			}
			s.expect(t, test.asked...)
			if got := s.Calls()["GetParameter"]; got != len(test.asked) {
				t.Errorf("counted %d calls, want %d", got, len(test.asked))
			}
		})
	}
}

func TestNoHookIsNoFault(t *testing.T) {
	s := newSandbox(&awsapi.Backplane{Faults: &awsapi.Faults{}})
	if err := s.get(t.Context(), "a"); err != nil {
		t.Error(err)
	}
}

func TestHookCountsTheCallsOfEachOperation(t *testing.T) {
	var seen []int
	s := faulty(func(_ context.Context, operation string, n int) awsapi.Fault {
		if operation == "GetParameter" {
			seen = append(seen, n)
		}
		if operation == "GetParameter" && n == 2 {
			return awsapi.Fault{Kind: awsapi.FaultFail}
		}
		return awsapi.Fault{}
	})
	var failed []bool
	for range 3 {
		failed = append(failed, s.get(t.Context(), "a") != nil)
		_, _ = s.client.DeleteParameter(t.Context(), &ssm.DeleteParameterInput{Name: new("a")})
	}
	if diff := cmp.Diff([]int{1, 2, 3}, seen); diff != "" {
		t.Errorf("n (-want +got):\n%s", diff)
	}
	if !slices.Equal(failed, []bool{false, true, false}) {
		t.Errorf("failed: %v", failed)
	}
}

func TestFaultDelaysOnTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := faulty(always(awsapi.Fault{Kind: awsapi.FaultFail, Delay: time.Minute}))
		s.Clock = clock.New(time.Now(), 10)
		begin := time.Now()
		if got := code(s.get(t.Context(), "a")); got != "ServiceUnavailableException" || time.Since(begin) != 6*time.Second {
			t.Errorf("got %s after %s", got, time.Since(begin))
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := s.get(short, "a"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestHookMayBlockWithoutHoldingUpOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release, first := make(chan struct{}), make(chan error)
		s := faulty(func(_ context.Context, _ string, n int) awsapi.Fault {
			if n == 1 {
				<-release
			}
			return awsapi.Fault{}
		})
		go func() { first <- s.get(t.Context(), "first") }()
		synctest.Wait()
		if err := s.get(t.Context(), "second"); err != nil {
			t.Error(err)
		}
		close(release)
		if err := <-first; err != nil {
			t.Error(err)
		}
		s.expect(t, "second", "first")
	})
}

func TestDeadInvocationReachesNothingAnyMore(t *testing.T) {
	dying, living := awsapi.WithLife(t.Context()), awsapi.WithLife(t.Context())
	s := faulty(func(_ context.Context, _ string, n int) awsapi.Fault {
		if n == 2 {
			return awsapi.Fault{Kind: awsapi.FaultDie}
		}
		return awsapi.Fault{}
	})
	if err := s.get(dying, "before"); err != nil || awsapi.Dead(dying) {
		t.Errorf("before its death: %v", err)
	}
	child, cancel := context.WithCancel(dying)
	defer cancel()
	for _, name := range []string{"last", "after", "later"} {
		if err := s.get(child, name); !errors.Is(err, awsapi.ErrDead) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if !awsapi.Dead(dying) || awsapi.Dead(living) || awsapi.Dead(t.Context()) {
		t.Error("the wrong invocation is dead")
	}
	for _, ctx := range []context.Context{living, t.Context()} {
		if err := s.get(ctx, "other"); err != nil {
			t.Errorf("another invocation: %v", err)
		}
	}
	s.expect(t, "before", "other", "other")
}
