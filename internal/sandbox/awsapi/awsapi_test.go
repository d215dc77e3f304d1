package awsapi_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// core answers GetParameter with the name it was asked for, finds no "absent", and writes down who called.
type core struct{ asked []string }

func (c *core) Handle(_ context.Context, input any) (any, error) {
	in, ok := input.(*ssm.GetParameterInput)
	if !ok {
		return nil, awsapi.Unknown(input)
	}
	c.asked = append(c.asked, *in.Name)
	if *in.Name == "absent" {
		return nil, &types.ParameterNotFound{}
	}
	return &ssm.GetParameterOutput{Parameter: &types.Parameter{Value: in.Name}}, nil
}

// sandbox is a client, the core it reaches and what stands between.
type sandbox struct {
	*awsapi.Backplane
	*core
	client *ssm.Client
}

func newSandbox(b *awsapi.Backplane) sandbox {
	s := sandbox{b, &core{}, nil}
	s.client = ssm.New(ssm.Options{Region: "eu-west-3", APIOptions: []func(*middleware.Stack) error{b.Attach(s.core)}})
	return s
}

func (s sandbox) get(ctx context.Context, name string) error {
	_, err := s.client.GetParameter(ctx, &ssm.GetParameterInput{Name: &name})
	return err
}

func (s sandbox) expect(t *testing.T, asked ...string) {
	t.Helper()
	if diff := cmp.Diff(asked, s.asked); diff != "" {
		t.Errorf("calls that reached the core (-want +got):\n%s", diff)
	}
}

// code is the error code that a caller of the SDK sees, and "" for none.
func code(err error) string {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode()
	}
	return ""
}

func TestTypedAnswersAndErrors(t *testing.T) {
	s := newSandbox(&awsapi.Backplane{})
	out, err := s.client.GetParameter(t.Context(), &ssm.GetParameterInput{Name: new("a")})
	if err != nil || *out.Parameter.Value != "a" {
		t.Errorf("got %+v, %v", out, err)
	}
	err = s.get(t.Context(), "absent")
	if _, ok := errors.AsType[*types.ParameterNotFound](err); !ok {
		t.Errorf("got %v", err)
	}
	operation, ok := errors.AsType[*smithy.OperationError](err)
	if !ok || operation.Service() != "SSM" || operation.Operation() != "GetParameter" {
		t.Errorf("got %v", err)
	}
}

func TestUnknownOperationIsLoud(t *testing.T) {
	s := newSandbox(&awsapi.Backplane{})
	_, err := s.client.PutParameter(t.Context(), &ssm.PutParameterInput{Name: new("a"), Value: new("b")})
	api, ok := errors.AsType[smithy.APIError](err)
	if !ok || api.ErrorCode() != "UnknownOperationException" ||
		api.ErrorMessage() != "the sandbox does not imitate PutParameter" || api.ErrorFault() != smithy.FaultClient {
		t.Errorf("got %v", err)
	}
}

func TestTheSDKsOwnValidationComesFirst(t *testing.T) {
	s := newSandbox(&awsapi.Backplane{})
	_, err := s.client.GetParameter(t.Context(), &ssm.GetParameterInput{})
	if _, ok := errors.AsType[*smithy.OperationError](err); !ok || code(err) != "" {
		t.Errorf("got %v", err)
	}
	if _, ok := errors.AsType[smithy.InvalidParamsError](err); !ok {
		t.Errorf("got %v", err)
	}
	s.expect(t)
}

func TestCallsAreCounted(t *testing.T) {
	s := newSandbox(&awsapi.Backplane{})
	for _, name := range []string{"a", "b", "absent"} {
		_ = s.get(t.Context(), name)
	}
	_, _ = s.client.DeleteParameter(t.Context(), &ssm.DeleteParameterInput{Name: new("a")})
	counts := s.Calls()
	if diff := cmp.Diff(map[string]int{"GetParameter": 3, "DeleteParameter": 1}, counts); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	counts["GetParameter"] = 99
	if got := s.Calls()["GetParameter"]; got != 3 {
		t.Errorf("the counter can be reached from outside: %d", got)
	}
}

func TestLatencyVariesByHalf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for speed, mean := range map[float64]time.Duration{1: 100 * time.Millisecond, 10: 10 * time.Millisecond} {
			s := newSandbox(&awsapi.Backplane{Clock: clock.New(time.Now(), speed), Latency: 100 * time.Millisecond})
			var all []time.Duration
			for range 50 {
				begin := time.Now()
				if err := s.get(t.Context(), "a"); err != nil {
					t.Fatal(err)
				}
				all = append(all, time.Since(begin))
			}
			least, most := slices.Min(all), slices.Max(all)
			if least < mean/2 || most >= mean*3/2 || least == most {
				t.Errorf("speed %g: calls took %s to %s", speed, least, most)
			}
		}
	})
}

func TestEndedContextReachesNoCore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSandbox(&awsapi.Backplane{})
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		for range 20 { // the wait for nothing may win the race for the first look at the context
			if err := s.get(ended, "a"); !errors.Is(err, context.Canceled) {
				t.Fatalf("got %v", err)
			}
		}
		s.Latency = time.Hour
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		if err := s.get(short, "a"); !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != time.Second {
			t.Errorf("got %v after %s", err, time.Since(begin))
		}
		s.expect(t)
	})
}
