package awsapi_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go/middleware"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// only lets one caller through, and writes down who asked.
type only struct {
	caller string
	asked  []string
}

var errDenied = errors.New("denied")

func (o *only) Authorize(caller string, input any) error {
	o.asked = append(o.asked, caller+" "+awsapi.Operation(input))
	if caller != o.caller {
		return errDenied
	}
	return nil
}

// TestGuardHearsWhoCalls [IAM-08]: by the client or by the context, the client's own word before the context's. What it
// denies reaches no core and is not counted.
func TestGuardHearsWhoCalls(t *testing.T) {
	guard := &only{caller: "waker"}
	s := newSandbox(&awsapi.Backplane{Guard: guard})
	waker := ssm.New(ssm.Options{Region: "eu-west-3", APIOptions: []func(*middleware.Stack) error{
		s.Attach(s.core), awsapi.As("waker"),
	}})
	in := &ssm.GetParameterInput{Name: new("a")}
	if _, err := waker.GetParameter(awsapi.WithCaller(t.Context(), "reaper"), in); err != nil {
		t.Error(err)
	}
	if err := s.get(awsapi.WithCaller(t.Context(), "waker"), "b"); err != nil {
		t.Error(err)
	}
	if err := s.get(awsapi.WithCaller(t.Context(), "reaper"), "c"); !errors.Is(err, errDenied) {
		t.Errorf("got %v", err)
	}
	if err := s.get(t.Context(), "d"); !errors.Is(err, errDenied) {
		t.Errorf("got %v", err)
	}
	s.expect(t, "a", "b")
	if got := s.Calls()["GetParameter"]; got != 2 {
		t.Errorf("counted %d calls", got)
	}
	want := []string{"waker GetParameter", "waker GetParameter", "reaper GetParameter", " GetParameter"}
	if !slices.Equal(guard.asked, want) {
		t.Errorf("the guard was asked %q", guard.asked)
	}
}

// TestThrottledCallIsNotChecked [IAM-08].
func TestThrottledCallIsNotChecked(t *testing.T) {
	guard := &only{}
	s := faulty(always(awsapi.Fault{Kind: awsapi.FaultThrottle}))
	s.Guard = guard
	if got := code(s.get(t.Context(), "a")); got != "ThrottlingException" || guard.asked != nil {
		t.Errorf("got %s, asked %q", got, guard.asked)
	}
}
