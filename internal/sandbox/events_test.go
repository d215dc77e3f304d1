package sandbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/sandbox/lambda"
)

// expected is what stands beside an event: the function that it is for, and what of the answer must be there.
type expected struct {
	Function string            `json:"function"`
	Status   int               `json:"status"`   // an answer to the load balancer
	Headers  map[string]string `json:"headers"`  // some of its headers
	Contains []string          `json:"contains"` // parts of its body
	Result   any               `json:"result"`   // the whole answer, of a function that no load balancer asks
	Error    string            `json:"error"`    // a part of the function's error
}

// inTurn is the order in which the events find the service: asleep, then waking, then awake.
var inTurn = []string{
	"alb-health-check", "alb-scanner", "alb-monitor", "alb-status",
	"alb-navigation", "alb-websocket-upgrade", "alb-grpc", "alb-wake",
	"alb-curl", "alb-multi-value", "alb-post-binary", "alb-preflight",
	"reaper-schedule", "reaper-schedule-duplicate", "ecs-task-state-change",
	"costguard-hourly", "costguard-on-demand",
	"malformed-no-load-balancer", "malformed-body", "malformed-time",
}

const eventsFolder = "../../events"

// TestEvents sends each sample event to the built function that it is for, as Lambda would. The functions are deployed
// by template.yaml: they get its environment, and may do what its roles allow.
func TestEvents(t *testing.T) {
	isComplete(t)
	o := sandbox.Options{
		Binaries: builtFunctions(t), NoScheduler: true, TaskStart: time.Second,
		Template: templated(t, map[string]string{"ServiceName": "service"}).Template,
	}
	start(t, o, func(w *world) {
		for _, name := range inTurn {
			t.Run(name, func(t *testing.T) { w.answersAsExpected(t, name) })
		}
		if denied := w.Access().Denied(); len(denied) > 0 {
			t.Errorf("roles deny %q", denied)
		}
		// A role that nobody takes denies nothing. Without a budget the cost guard looks at no service.
		for _, unused := range w.Access().Unused() {
			if strings.Contains(unused, "ecs:DescribeServices") && !strings.Contains(unused, "CostGuard") {
				t.Errorf("unused: %s", unused)
			}
		}
	})
}

// isComplete: an event without an expectation is not tested, and one that is not in turn not either.
func isComplete(t *testing.T) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(eventsFolder, "*.expect.json"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".expect.json"))
	}
	all, err := filepath.Glob(filepath.Join(eventsFolder, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	if diff := cmp.Diff(slices.Sorted(slices.Values(inTurn)), names); diff != "" || len(all) != 2*len(names) {
		t.Fatalf("%d files of %d events; in turn, and those that are expected (-want +got):\n%s",
			len(all), len(names), diff)
	}
}

// builtFunctions builds the functions for this machine, as cmd/pack does.
func builtFunctions(t testing.TB) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for _, name := range []string{"waker", "reaper", "costguard"} {
		build := exec.CommandContext(t.Context(), "go", "build", "-tags", "lambda.norpc", "-o",
			filepath.Join(dir, name, "bootstrap"), "../../functions/"+name)
		build.Env = append(os.Environ(), "CGO_ENABLED=0") //nolint:forbidigo // the compiler needs its own
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("build %s: %v\n%s", name, err, out)
		}
	}
	return dir
}

func (w *world) answersAsExpected(t *testing.T, name string) {
	t.Helper()
	event := readFile(t, filepath.Join(eventsFolder, name+".json"))
	var want expected
	if err := json.Unmarshal(readFile(t, filepath.Join(eventsFolder, name+".expect.json")), &want); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	answer, err := w.Invoke(ctx, want.Function, event)
	switch {
	case want.Error != "":
		failed, ok := errors.AsType[*lambda.FunctionError](err)
		if !ok || !strings.Contains(failed.Message, want.Error) {
			t.Errorf("got %s, %v, want an error with %q", answer, err, want.Error)
		}
	case err != nil:
		t.Error(err)
	case want.Status != 0:
		want.compareAnswer(t, answer)
	default:
		want.compareResult(t, answer)
	}
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (e expected) compareAnswer(t *testing.T, answer []byte) {
	t.Helper()
	var got struct {
		StatusCode        int               `json:"statusCode"`
		Headers           map[string]string `json:"headers"`
		MultiValueHeaders http.Header       `json:"multiValueHeaders"`
		Body              string            `json:"body"`
	}
	if err := json.Unmarshal(answer, &got); err != nil {
		t.Fatalf("answer %s: %v", answer, err)
	}
	header := http.Header{}
	for name, value := range got.Headers {
		header.Set(name, value)
	}
	for name, values := range got.MultiValueHeaders {
		header[http.CanonicalHeaderKey(name)] = values
	}
	if got.StatusCode != e.Status {
		t.Errorf("status %d, want %d: %s", got.StatusCode, e.Status, got.Body)
	}
	for name, want := range e.Headers {
		if header.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, header.Get(name), want)
		}
	}
	for _, part := range e.Contains {
		if !strings.Contains(got.Body, part) {
			t.Errorf("no %q in %s", part, got.Body)
		}
	}
}

func (e expected) compareResult(t *testing.T, answer []byte) {
	t.Helper()
	var got any
	if err := json.Unmarshal(answer, &got); err != nil {
		t.Fatalf("result %q: %v", answer, err)
	}
	if diff := cmp.Diff(e.Result, got); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
}
