package process_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/aws/smithy-go"

	"github.com/catnap-dev/catnap/internal/sandbox/lambda"
	"github.com/catnap-dev/catnap/internal/sandbox/process"
)

// create makes a runtime with a function that is a process.
func create(t *testing.T, f lambda.Function, p process.Function) (r *lambda.Runtime, arn string) {
	t.Helper()
	r = &lambda.Runtime{}
	p.Name, f.Name = "waker", "waker"
	f.New = p.New
	arn, err := r.Create(f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.Close()
		if pids := children(t); len(pids) > 0 || r.Instances(arn) > 0 {
			t.Errorf("%d instances are left, processes %v", r.Instances(arn), pids)
		}
	})
	return r, arn
}

// [LAM-03] [LAM-04]
func TestTwentyCallersOfFiveProcesses(t *testing.T) {
	r, arn := create(t, lambda.Function{Concurrency: 5, Timeout: long}, process.Function{Path: binary("function")})
	open := filepath.Join(t.TempDir(), "open")
	event := fmt.Appendf(nil, `{"Do": "wait", "Text": %q}`, open)
	results := make(chan result, 20)
	for range 20 {
		go func() {
			payload, err := r.Invoke(t.Context(), arn, event)
			results <- result{payload, err}
		}()
	}
	expectThrottled(t, results, 15)
	if err := os.WriteFile(open, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var pids []int
	for range 5 {
		got := <-results
		if got.err != nil {
			t.Fatal(got.err)
		}
		pids = append(pids, read(t, got.payload).PID)
	}
	slices.Sort(pids)
	if n := len(slices.Compact(slices.Clone(pids))); n != 5 || r.Instances(arn) != 5 {
		t.Errorf("%d processes %v of %d instances served", n, pids, r.Instances(arn))
	}
	for range 10 { // one after the other, so the one used last serves all
		payload, err := r.Invoke(t.Context(), arn, event)
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, payload); !slices.Contains(pids, got.PID) {
			t.Errorf("process %d is none of %v", got.PID, pids)
		}
	}
}

type result struct {
	payload []byte
	err     error
}

func expectThrottled(t *testing.T, results <-chan result, n int) {
	t.Helper()
	for range n {
		got := <-results
		if api, ok := errors.AsType[smithy.APIError](got.err); !ok || api.ErrorCode() != "TooManyRequestsException" {
			t.Fatalf("got %s, %v", got.payload, got.err)
		}
	}
}

// [LAM-06] [LAM-10] [LAM-11] [LAM-15]
func TestRuntimeTellsWhatAProcessDid(t *testing.T) {
	const tooLarge = "Response payload size exceeded maximum allowed payload size (6291556 bytes)."
	const noNumber = "json: cannot unmarshal string into Go struct field event.N of type int"
	const exit = "RequestId: 00000000-0000-4000-8000-000000000002 Error: Runtime exited with error: exit status 2"
	for event, test := range map[string]struct {
		kind, message string
		instances     int
	}{
		`{"Do": "error"}`:               {"refusedError", "refused", 1},
		`{"Do": "panic"}`:               {"errorString", "oops", 0},
		`{"Do": "exit", "N": 2}`:        {lambda.TypeExit, exit, 0},
		`{"Do": "hang"}`:                {lambda.TypeTimeout, "Task timed out after 2.00 seconds", 0},
		`{"Do": "big", "N": 6291557}`:   {lambda.TypeTooLarge, tooLarge, 0},
		`{"Do": "big", "N": "no text"}`: {"UnmarshalTypeError", noNumber, 1},
	} {
		t.Run(event, func(t *testing.T) {
			timeout := long
			if test.kind == lambda.TypeTimeout {
				timeout = 2 * time.Second
			}
			r, arn := create(t, lambda.Function{Timeout: timeout}, process.Function{Path: binary("function")})
			first := well(t, r, arn)
			_, err := r.Invoke(t.Context(), arn, []byte(event))
			got, ok := errors.AsType[*lambda.FunctionError](err)
			if !ok || got.Type != test.kind || got.Message != test.message {
				t.Errorf("got %+v", err)
			}
			if n := r.Instances(arn); n != test.instances {
				t.Errorf("%d instances", n)
			}
			if second := well(t, r, arn); (second.PID == first.PID) != (test.instances == 1) {
				t.Errorf("process %d served after %d", second.PID, first.PID)
			}
		})
	}
}

func well(t *testing.T, r *lambda.Runtime, arn string) answer {
	t.Helper()
	payload, err := r.Invoke(t.Context(), arn, []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	return read(t, payload)
}

// [LAM-05]
func TestStartOfAProcessIsBeforeTheTimeOut(t *testing.T) {
	r, arn := create(t, lambda.Function{Timeout: long},
		process.Function{Path: binary("function"), Env: map[string]string{"START_DELAY": "200ms"}})
	begin := time.Now()
	deadline := time.UnixMilli(well(t, r, arn).Deadline)
	if least := begin.Add(long + 199*time.Millisecond); deadline.Before(least) {
		t.Errorf("the deadline %s is before %s", deadline, least)
	}
}

// [LAM-08]
func TestProcessGoesOnWithoutItsCaller(t *testing.T) {
	f := lambda.Function{Timeout: long, Concurrency: 1}
	r, arn := create(t, f, process.Function{Path: binary("function")})
	first := well(t, r, arn)
	eventually(t, "the process is frozen", func() bool { return frozen(first.PID) })
	open := filepath.Join(t.TempDir(), "open")
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := r.Invoke(ctx, arn, fmt.Appendf(nil, `{"Do": "wait", "Text": %q}`, open))
		left <- err
	}()
	eventually(t, "the process runs", func() bool { return !frozen(first.PID) })
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := os.WriteFile(open, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the instance is free", func() bool {
		payload, err := r.Invoke(t.Context(), arn, []byte(`{}`))
		return err == nil && read(t, payload).Invocations == 3
	})
}
