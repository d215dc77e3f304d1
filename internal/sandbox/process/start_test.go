package process_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/sandbox/lambda"
	"github.com/catnap-dev/catnap/internal/sandbox/process"
)

// [LAM-13] [LAM-14]
func TestFailedStartIsRepeatedWithTheFirstInvocation(t *testing.T) {
	const id = "RequestId: " + requestID + " Error: "
	none := filepath.Join(t.TempDir(), "bootstrap")
	text := filepath.Join(t.TempDir(), "bootstrap")
	if err := os.WriteFile(text, []byte("no program"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		path, mode string
		want       lambda.FunctionError
		report     string
	}{
		"exit":       {binary("raw"), "exit", lambda.FunctionError{Type: lambda.TypeExit, Message: id + "Runtime exited with error: exit status 3"}, "Runtime.ExitError"},
		"init error": {binary("raw"), "init error", lambda.FunctionError{Type: "Function.NoKey", Message: "no key"}, "Function.NoKey"},
		"no binary":  {none, "", lambda.FunctionError{Type: "Runtime.InvalidEntrypoint", Message: id + "fork/exec " + none + ": no such file or directory"}, "Runtime.InvalidEntrypoint"},
		"no program": {text, "", lambda.FunctionError{Type: "Runtime.InvalidEntrypoint", Message: id + "fork/exec " + text + ": exec format error"}, "Runtime.InvalidEntrypoint"},
	} {
		t.Run(name, func(t *testing.T) {
			var log record
			h := start(t, process.Function{Path: test.path, Env: map[string]string{"MODE": test.mode}, Output: &log})
			_, err := h.Invoke(invocation(t, long), nil)
			test.want.Exit = true
			expectFunctionError(t, err, test.want)
			got := reports(&log)
			want := []string{
				"Phase: init\tStatus: error\tError Type: " + test.report + "\n",
				"Phase: invoke\tStatus: error\tError Type: " + test.report + "\n",
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("reports (-want +got):\n%s", diff)
			}
		})
	}
}

// reports are the INIT_REPORT lines without their durations.
func reports(log *record) (found []string) {
	for _, line := range log.all() {
		if strings.HasPrefix(line, "INIT_REPORT Init Duration: ") {
			_, report, _ := strings.Cut(line, "\t")
			found = append(found, report)
		}
	}
	return found
}

// [LAM-13] [LAM-14]
func TestStartThatTakesTooLong(t *testing.T) {
	var log record
	h := start(t, process.Function{
		Path: binary("raw"), Env: map[string]string{"MODE": "hang"}, Output: &log, InitLimit: 50 * time.Millisecond,
	})
	_, err := h.Invoke(invocation(t, 50*time.Millisecond), nil)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	want := []string{"Phase: init\tStatus: timeout\n", "Phase: invoke\tStatus: timeout\n"}
	if diff := cmp.Diff(want, reports(&log)); diff != "" {
		t.Errorf("reports (-want +got):\n%s", diff)
	}
}

// [LAM-14]
func TestSecondStartServes(t *testing.T) {
	var log record
	env := map[string]string{"MODE": "second", "MARK": filepath.Join(t.TempDir(), "mark")}
	h := start(t, process.Function{Path: binary("raw"), Env: env, Output: &log})
	if got, err := h.Invoke(invocation(t, long), []byte("hello")); string(got) != "hello" || err != nil {
		t.Errorf("got %s, %v", got, err)
	}
	if got := reports(&log); len(got) != 1 {
		t.Errorf("reports %q", got)
	}
}

// [LAM-16]
func TestEnvironment(t *testing.T) {
	t.Setenv("CATNAP_PARENT", "is not inherited")
	h := start(t, process.Function{
		Path: binary("function"), Region: "eu-central-1",
		Env: map[string]string{"CATNAP_PREFIX": "/catnap", "PATH": "/opt/bin", "AWS_REGION": "reserved", "TZ": "reserved"},
	})
	got := do(t, h, `{}`)
	values := map[string]string{}
	for _, variable := range got.Environment {
		name, value, _ := strings.Cut(variable, "=")
		values[name] = value
	}
	for _, own := range []string{"AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_LOG_STREAM_NAME", "_X_AMZN_TRACE_ID"} {
		if values[own] == "" {
			t.Errorf("no %s", own)
		}
		delete(values, own)
	}
	want := map[string]string{
		"AWS_ACCESS_KEY_ID": "ASIASANDBOXSANDBOX00", "AWS_SECRET_ACCESS_KEY": "sandbox-secret-access-key",
		"AWS_SESSION_TOKEN": "sandbox-session-token", "AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1",
		"AWS_LAMBDA_FUNCTION_NAME": "waker", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
		"AWS_LAMBDA_FUNCTION_VERSION": "$LATEST", "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/waker", "CATNAP_PREFIX": "/catnap", "LANG": "en_US.UTF-8",
		"LAMBDA_RUNTIME_DIR": "/var/runtime", "LAMBDA_TASK_ROOT": built, "PATH": "/opt/bin", "TZ": ":UTC",
		"_HANDLER": "function",
	}
	if diff := cmp.Diff(want, values); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
	if folder, err := filepath.EvalSymlinks(built); got.Folder != folder || err != nil {
		t.Errorf("works in %s, not in %s: %v", got.Folder, folder, err)
	}
}

func TestOutputComesInWholeLines(t *testing.T) {
	var log record
	h := start(t, process.Function{Path: binary("function"), Output: &log})
	do(t, h, `{"Do": "write", "Text": "one\ntwo\n"}`)
	do(t, h, `{"Do": "write", "Text": " goes on\n"}`)
	h.Close()
	want := []string{"one\n", "two\n", "to stderr\n", "no end goes on\n", "to stderr\n", "no end\n"}
	if got := log.all(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
