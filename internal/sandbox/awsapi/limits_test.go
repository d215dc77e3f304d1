package awsapi_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// admitted returns how many of n calls in a row pass, and reports any error that is not a throttle.
func admitted(t *testing.T, s sandbox, n int) (passed int) {
	t.Helper()
	for range n {
		switch err := s.get(t.Context(), "a"); {
		case err == nil:
			passed++
		case code(err) != "ThrottlingException":
			t.Errorf("got %v", err)
		}
	}
	return passed
}

func limited(burst, rate, speed float64) sandbox {
	limits := []awsapi.Limit{{Burst: burst, Rate: rate, Operations: []string{"GetParameter", "DeleteParameter"}}}
	return newSandbox(&awsapi.Backplane{Clock: clock.New(time.Now(), speed), Limits: awsapi.NewLimits(limits)})
}

func TestLimitAllowsABurstAndRefills(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := limited(5, 2, 1)
		for _, step := range []struct {
			wait time.Duration
			want int
		}{{0, 5}, {499 * time.Millisecond, 0}, {time.Millisecond, 1}, {time.Second, 2}, {time.Hour, 5}} {
			time.Sleep(step.wait)
			if got := admitted(t, s, 8); got != step.want {
				t.Errorf("after %s: %d calls passed, want %d", step.wait, got, step.want)
			}
		}
		if got := s.Calls()["GetParameter"]; got != 13 {
			t.Errorf("%d calls were counted, want the 13 that reached the core", got)
		}
	})
}

func TestLimitRefillsInTheClocksTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := limited(5, 1, 10)
		admitted(t, s, 5)
		time.Sleep(300 * time.Millisecond)
		if got := admitted(t, s, 8); got != 3 {
			t.Errorf("%d calls passed, want 3", got)
		}
	})
}

func TestOperationsOfAGroupShareABucket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := limited(3, 1, 1)
		admitted(t, s, 3)
		_, err := s.client.DeleteParameter(t.Context(), &ssm.DeleteParameterInput{Name: new("a")})
		if code(err) != "ThrottlingException" {
			t.Errorf("got %v", err)
		}
		_, err = s.client.PutParameter(t.Context(), &ssm.PutParameterInput{Name: new("a"), Value: new("b")})
		if code(err) != "UnknownOperationException" {
			t.Errorf("an operation of no group: got %v", err)
		}
	})
}

func TestDocumentedLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSandbox(&awsapi.Backplane{Limits: awsapi.NewLimits(awsapi.Documented)})
		if got := admitted(t, s, 60); got != 40 {
			t.Errorf("%d reads of parameters passed, want 40", got)
		}
		if got := admitted(t, newSandbox(&awsapi.Backplane{}), 500); got != 500 {
			t.Errorf("%d calls passed without limits", got)
		}
	})
}
