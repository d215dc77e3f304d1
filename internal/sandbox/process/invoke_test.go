package process_test

import (
	"context"
	"errors"
	"regexp"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/sandbox/lambda"
	"github.com/catnap-dev/catnap/internal/sandbox/process"
)

// [LAM-07]
func TestProcessGetsTheInvocation(t *testing.T) {
	h := start(t, process.Function{Path: binary("function"), Memory: 256})
	ctx := invocation(t, long)
	for n := range 3 {
		payload, err := h.Invoke(ctx, []byte(`{"Text": "hello"}`))
		if err != nil {
			t.Fatal(err)
		}
		got, deadline := read(t, payload), deadlineOf(t, ctx)
		if got.ID != requestID || got.ARN != arn || got.Deadline != deadline.UnixMilli() || got.Invocations != n+1 {
			t.Errorf("got %+v, want deadline %d", got, deadline.UnixMilli())
		}
		if got.Name != "waker" || got.Memory != "256" || got.Text != "hello" {
			t.Errorf("got %+v", got)
		}
		trace := regexp.MustCompile(`^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$`)
		if !trace.MatchString(got.Trace) {
			t.Errorf("trace %q", got.Trace)
		}
	}
}

func deadlineOf(t *testing.T, ctx context.Context) time.Time {
	t.Helper()
	deadline, ok := ctx.Deadline()
	if !ok {
		t.Fatal("no deadline")
	}
	return deadline
}

// [LAM-01]
func TestInvocationWithoutDeadlineHasFifteenMinutes(t *testing.T) {
	h := start(t, process.Function{Path: binary("function")})
	begin := time.Now()
	payload, err := h.Invoke(context.WithoutCancel(invocation(t, long)), []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := time.UnixMilli(read(t, payload).Deadline); got.Before(begin.Add(15*time.Minute - time.Second)) {
		t.Errorf("the deadline is %s", got)
	}
	if _, err := h.Invoke(t.Context(), nil); err == nil {
		t.Error("a context without a request was taken")
	}
}

// [LAM-10]
func TestFunctionsErrorLeavesTheProcess(t *testing.T) {
	h := start(t, process.Function{Path: binary("function")})
	before := do(t, h, `{}`)
	_, err := h.Invoke(invocation(t, long), []byte(`{"Do": "error"}`))
	expectFunctionError(t, err, lambda.FunctionError{Type: "refusedError", Message: "refused"})
	if after := do(t, h, `{}`); after.PID != before.PID {
		t.Errorf("process %d is another one than %d", after.PID, before.PID)
	}
}

func TestErrorsThatAreNotOfTheUsualForm(t *testing.T) {
	h := start(t, process.Function{Path: binary("raw"), Env: map[string]string{"MODE": "vague error"}})
	for body, want := range map[string]lambda.FunctionError{
		`oops`:                 {Type: "Runtime.Unknown", Message: "oops"},
		`{"errorMessage":"x"}`: {Type: "Runtime.Unknown", Message: "x"},
		`{"errorType":"y"}`:    {Type: "y"},
	} {
		_, err := h.Invoke(invocation(t, long), []byte(body))
		expectFunctionError(t, err, want)
	}
}

// [LAM-15]
func TestHowAProcessEnds(t *testing.T) {
	const exited = "RequestId: " + requestID + " Error: Runtime exited "
	const two, noReason, killed = exited + "with error: exit status 2", exited + "without providing a reason",
		exited + "with error: signal: killed"
	for event, test := range map[string]struct{ kind, message, log string }{
		`{"Do": "exit", "N": 2}`: {lambda.TypeExit, two, two},
		`{"Do": "exit"}`:         {lambda.TypeExit, noReason, noReason},
		`{"Do": "killed"}`:       {lambda.TypeExit, killed, killed},
		`{"Do": "panic"}`:        {"errorString", "oops", exited + "with error: exit status 1"},
	} {
		t.Run(event, func(t *testing.T) {
			var log record
			h := start(t, process.Function{Path: binary("function"), Output: &log})
			before := do(t, h, `{}`)
			_, err := h.Invoke(invocation(t, long), []byte(event))
			expectFunctionError(t, err, lambda.FunctionError{Type: test.kind, Message: test.message, Exit: true})
			if !gone(before.PID) {
				t.Error("the process is left")
			}
			if !log.has(test.log + "\nRuntime.ExitError\n") {
				t.Errorf("the log has no %q:\n%s", test.log, log.all())
			}
		})
	}
}

// [LAM-17]
func TestAnswerOfAProcessThatThenExitsCounts(t *testing.T) {
	var log record
	f := process.Function{Path: binary("raw"), Env: map[string]string{"MODE": "answer and exit"}, Output: &log}
	h := start(t, f)
	for range 2 { // the second has a process of its own
		got, err := h.Invoke(invocation(t, long), []byte(`hello`))
		if string(got) != "hello" || err != nil {
			t.Errorf("got %s, %v", got, err)
		}
	}
	if !log.has("Error: Runtime exited without providing a reason\n") {
		t.Errorf("the log has %q", log.all())
	}
}

// [LAM-11]
func TestAnswerThatIsTooLong(t *testing.T) {
	tooLarge := lambda.FunctionError{
		Type:    lambda.TypeTooLarge,
		Message: "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
	}
	h := start(t, process.Function{Path: binary("function")})
	got, err := h.Invoke(invocation(t, long), []byte(`{"Do": "big", "N": 6291556}`))
	if len(got) != 6291556 || err != nil {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
	_, err = h.Invoke(invocation(t, long), []byte(`{"Do": "big", "N": 6291557}`))
	exits := tooLarge
	exits.Exit = true // so aws-lambda-go does at a 413
	expectFunctionError(t, err, exits)

	h = start(t, process.Function{Path: binary("raw"), Env: map[string]string{"MODE": "endure"}})
	_, err = h.Invoke(invocation(t, long), nil)
	expectFunctionError(t, err, tooLarge)
	want := `413 application/json {"errorMessage":"Exceeded maximum allowed payload size (6291556 bytes).",` +
		`"errorType":"RequestEntityTooLarge"}`
	if got, err := h.Invoke(invocation(t, long), []byte("last")); string(got) != want || err != nil {
		t.Errorf("got %s, %v", got, err)
	}
}

// [LAM-06]
func TestEndOfTheContextKillsTheProcess(t *testing.T) {
	h := start(t, process.Function{Path: binary("function")})
	before := do(t, h, `{}`)
	_, err := h.Invoke(invocation(t, 50*time.Millisecond), []byte(`{"Do": "hang"}`))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if !gone(before.PID) {
		t.Error("the process is left")
	}
}
