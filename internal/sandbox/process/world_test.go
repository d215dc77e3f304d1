package process_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/catnap-dev/catnap/internal/sandbox/lambda"
	"github.com/catnap-dev/catnap/internal/sandbox/process"
)

// long is how long anything may take that is waited for.
const long = time.Minute

var (
	built   string // the folder with the functions' binaries
	sandbox = flag.String("sandbox", "", "be a sandbox that runs this function, to be killed")
	busy    = flag.Bool("busy", false, "with -sandbox: leave the function running")
)

func TestMain(m *testing.M) {
	flag.Parse()
	if *sandbox != "" {
		beASandbox(*sandbox, *busy)
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	if built, err = os.MkdirTemp("", "bootstraps"); err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(built) }()
	build := exec.CommandContext(context.Background(), "go", "build", "-o", built+string(filepath.Separator),
		"./testdata/bootstraps/function", "./testdata/bootstraps/raw")
	if out, err := build.CombinedOutput(); err != nil {
		panic(fmt.Sprintf("build the functions: %v\n%s", err, out))
	}
	return m.Run()
}

func binary(name string) string { return filepath.Join(built, name) }

// handler is what New returns.
type handler interface {
	Invoke(ctx context.Context, payload []byte) ([]byte, error)
	Close()
}

func start(t *testing.T, f process.Function) handler {
	t.Helper()
	f.Name = "waker"
	h, ok := f.New().(handler)
	if !ok {
		t.Fatal("the handler cannot be closed")
	}
	t.Cleanup(h.Close)
	return h
}

const (
	requestID = "11111111-2222-4333-8444-555555555555"
	arn       = "arn:aws:lambda:eu-west-3:000000000000:function:waker"
)

// invocation is the context of one.
func invocation(t *testing.T, timeout time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	t.Cleanup(cancel)
	return lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{AwsRequestID: requestID, InvokedFunctionArn: arn})
}

// answer is what testdata/bootstraps/function answers.
type answer struct {
	PID, Invocations int
	ID, ARN, Trace   string
	Deadline         int64
	Name, Memory     string
	Text             string
	Environment      []string
	Folder           string
	Child            int
}

func do(t *testing.T, h handler, event string) answer {
	t.Helper()
	payload, err := h.Invoke(invocation(t, long), []byte(event))
	if err != nil {
		t.Fatalf("%s: %v", event, err)
	}
	return read(t, payload)
}

func read(t *testing.T, payload []byte) (a answer) {
	t.Helper()
	if err := json.Unmarshal(payload, &a); err != nil {
		t.Fatalf("got %s: %v", payload, err)
	}
	return a
}

func expectFunctionError(t *testing.T, err error, want lambda.FunctionError) {
	t.Helper()
	got, ok := errors.AsType[*lambda.FunctionError](err)
	if !ok || got.Type != want.Type || got.Message != want.Message || got.Exit != want.Exit {
		t.Errorf("got %+v, want %+v", err, want)
	}
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(long); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// stateOf is a process's state as ps has it: S and R run, T is stopped, Z is dead; it is empty where there is none.
func stateOf(pid int) string {
	out, _ := exec.CommandContext(context.Background(), "ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
	return strings.TrimSpace(string(out))
}

func gone(pid int) bool { return strings.Trim(stateOf(pid), "Z+<sl") == "" }

func frozen(pid int) bool { return strings.HasPrefix(stateOf(pid), "T") }

// record keeps what is written, a call an entry.
type record struct {
	mu     sync.Mutex
	writes []string
}

var _ io.Writer = (*record)(nil)

func (r *record) Write(text []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.writes = append(r.writes, string(text))
	return len(text), nil
}

func (r *record) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.writes...)
}

func (r *record) has(text string) bool { return strings.Contains(strings.Join(r.all(), ""), text) }
