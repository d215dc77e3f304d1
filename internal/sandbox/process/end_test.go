package process_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/catnap-dev/catnap/internal/sandbox/process"
)

// children are the processes of this one, without the ps that lists them.
func children(t *testing.T) (pids []int) {
	t.Helper()
	list := exec.CommandContext(t.Context(), "ps", "-A", "-o", "ppid=,pid=,comm=")
	if t.Context().Err() != nil { // in a cleanup
		list = exec.Command("ps", "-A", "-o", "ppid=,pid=,comm=") //nolint:noctx // see above
	}
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		column := strings.Fields(line)
		if len(column) < 3 || column[0] != strconv.Itoa(os.Getpid()) || strings.HasSuffix(column[2], "ps") {
			continue
		}
		pid, err := strconv.Atoi(column[1])
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	return pids
}

func TestNothingIsLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	f := process.Function{Path: binary("function")}
	raw := process.Function{Path: binary("raw"), Env: map[string]string{"MODE": "exit"}}
	start(t, f).Close() // frozen, never invoked
	start(t, raw).Close()
	for _, event := range []string{`{}`, `{"Do": "error"}`, `{"Do": "panic"}`, `{"Do": "exit"}`, `{"Do": "fork"}`} {
		h := start(t, f)
		_, _ = h.Invoke(invocation(t, long), []byte(event))
		h.Close()
		h.Close() // does nothing
		if _, err := h.Invoke(invocation(t, long), []byte(`{}`)); err == nil {
			t.Error("a closed instance served")
		}
	}
	if pids := children(t); len(pids) > 0 {
		t.Errorf("processes %v are left", pids)
	}
	eventually(t, "no goroutine is left", func() bool { return runtime.NumGoroutine() <= before })
}

func TestWhatAProcessForkedEndsWithIt(t *testing.T) {
	h := start(t, process.Function{Path: binary("function")})
	forked := do(t, h, `{"Do": "fork"}`).Child
	eventually(t, "the forked process is frozen", func() bool { return frozen(forked) })
	_, _ = h.Invoke(invocation(t, long), []byte(`{"Do": "exit"}`))
	eventually(t, "the forked process is gone", func() bool { return gone(forked) })
}

func TestCloseEndsARunningInvocation(t *testing.T) {
	h := start(t, process.Function{Path: binary("function")})
	pid := do(t, h, `{}`).PID
	eventually(t, "the process is frozen", func() bool { return frozen(pid) })
	failed := make(chan error, 1)
	go func() {
		_, err := h.Invoke(invocation(t, long), []byte(`{"Do": "hang"}`))
		failed <- err
	}()
	eventually(t, "the process runs", func() bool { return !frozen(pid) })
	h.Close()
	if err := <-failed; err == nil || !gone(pid) {
		t.Errorf("got %v; the process is %q", err, stateOf(pid))
	}
}

// beASandbox runs a function until it is killed, and tells the number of its process.
func beASandbox(path string, busy bool) {
	ctx := lambdacontext.NewContext(context.Background(), &lambdacontext.LambdaContext{AwsRequestID: requestID})
	h := process.Function{Path: path, Name: "waker"}.New()
	payload, err := h.Invoke(ctx, []byte(`{}`))
	if err != nil {
		panic(err)
	}
	fmt.Println(string(payload)) //nolint:forbidigo // read by the test
	if busy {
		_, _ = h.Invoke(ctx, []byte(`{"Do": "hang"}`))
	}
	select {}
}

func TestNothingIsLeftOfAKilledSandbox(t *testing.T) {
	if !slices.Contains([]string{"linux", "darwin"}, runtime.GOOS) {
		t.Skip("seen on Linux and macOS only")
	}
	for _, name := range []string{"frozen", "busy"} {
		busy := name == "busy"
		t.Run(name, func(t *testing.T) {
			if busy && runtime.GOOS != "linux" {
				t.Skip("a busy process ends at its next call of the Runtime API")
			}
			sandbox, pid := startSandbox(t, busy)
			eventually(t, "the process is "+name, func() bool { return frozen(pid) != busy })
			_ = sandbox.Process.Kill()
			_ = sandbox.Wait()
			eventually(t, "the process is gone", func() bool { return gone(pid) })
		})
	}
}

// startSandbox returns once the sandbox's function has answered.
func startSandbox(t *testing.T, busy bool) (sandbox *exec.Cmd, pid int) {
	t.Helper()
	sandbox = exec.CommandContext(t.Context(), os.Args[0], "-sandbox", binary("function"))
	if busy {
		sandbox.Args = append(sandbox.Args, "-busy")
	}
	out, err := sandbox.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := sandbox.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	return sandbox, read(t, line).PID
}
