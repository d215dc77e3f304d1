package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/catnap-dev/catnap/internal/provision"
	"github.com/catnap-dev/catnap/internal/sandbox/network"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"catnap": main, "application": application, "go": func() { os.Exit(standInGo()) },
		"node": func() { os.Exit(standInNode()) }, "npx": func() { os.Exit(standInNPX()) },
	})
}

// TestCommandLine runs the scripts under testdata: one a command, bad input included.
func TestCommandLine(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			listener, err := (&network.TCP{}).Listen(t.Context(), "127.0.0.1:0")
			if err != nil {
				return err
			}
			env.Setenv("TAKEN", listener.Addr().String())
			env.Setenv("CDK", provision.CDK)
			env.Setenv("CATNAP", filepath.Join(filepath.SplitList(env.Getenv("PATH"))[0], "catnap"))
			env.Defer(func() { listener.Close() })
			return nil
		},
	})
}

// application is a user's own command: it serves on PORT, and says so when it is asked to end.
func application() {
	listener, err := (&network.TCP{}).Listen(context.Background(), "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		panic(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "my own application\n")
	})}
	panic(server.Serve(listener)) // until it is killed
}

// TestSandboxServesAndEnds runs the real binary: the page for a browser, the user's own command for a client, events as
// JSON, and a clean end on an interrupt, with its tasks.
func TestSandboxServesAndEnds(t *testing.T) {
	t.Parallel()
	p := launch(t, binary(t, "catnap"), "sandbox", "--listen", "127.0.0.1:0", "--speed", "20", "--task-start", "15s",
		"--log-format", "json", "--", binary(t, "application"))
	status, body := p.get(t, "text/html")
	if status != http.StatusServiceUnavailable || !strings.Contains(body, "<!doctype html>") {
		t.Errorf("a browser got %d %.100q", status, body)
	}
	if status, body := p.get(t, "*/*"); status != http.StatusOK || body != "my own application\n" {
		t.Errorf("a client got %d %.100q", status, body)
	}
	if err := p.command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	p.checkEvents(t)
	if err := p.command.Wait(); err != nil {
		t.Errorf("ended with %v: %s", err, p.stderr.String())
	}
}

type process struct {
	command *exec.Cmd
	url     string // of the load balancer
	aws     string // of the sandbox's AWS; empty if nobody may call
	stdout  *bufio.Reader
	stderr  bytes.Buffer
}

// binary is this test's own, under the name of one of TestMain's commands.
func binary(t *testing.T, name string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.Symlink(self, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// launch starts a binary and waits for its first line.
func launch(t *testing.T, path string, args ...string) *process {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	p := &process{command: exec.CommandContext(ctx, path, args...)}
	p.command.Stderr = &p.stderr
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	p.stdout = bufio.NewReader(stdout)
	p.aws, _ = p.address("aws ")
	var ready bool
	if p.url, ready = p.address("ready "); !ready {
		line, err := p.stdout.ReadString('\n')
		t.Fatalf("not ready: %q (%v): %s", line, err, p.stderr.String())
	}
	return p
}

// address reads the next line if it begins like that.
func (p *process) address(begin string) (url string, ok bool) {
	if next, err := p.stdout.Peek(len(begin)); err != nil || string(next) != begin {
		return "", false
	}
	line, _ := p.stdout.ReadString('\n') // at the end, what there is
	return strings.TrimSpace(strings.TrimPrefix(line, begin)), true
}

func (p *process) get(t *testing.T, accept string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	response, err := (&http.Client{Timeout: time.Minute}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// checkEvents reads the event lines to the end: each is JSON with a time and an actor, and the wake is among them.
func (p *process) checkEvents(t *testing.T) {
	t.Helper()
	var actions []string
	for lines := bufio.NewScanner(p.stdout); lines.Scan(); {
		var event struct {
			Time                 time.Time
			Phase, Actor, Action string
		}
		if err := json.Unmarshal(lines.Bytes(), &event); err != nil || event.Time.IsZero() || event.Actor == "" {
			t.Errorf("event line %q: %v", lines.Text(), err)
		}
		actions = append(actions, event.Actor+" "+event.Action)
	}
	for _, want := range []string{"waker start", "ecs task RUNNING", "alb target healthy", "waker disarm"} {
		if !strings.Contains(strings.Join(actions, "\n"), want) {
			t.Errorf("no event %q among %q", want, actions)
		}
	}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	ended, end := context.WithCancel(t.Context())
	end()
	tests := []struct {
		name string
		args []string
		want int
	}{
		{"help", []string{"--help"}, 0},
		{"help of a command", []string{"sandbox", "--help"}, 0},
		{"no command", nil, 2},
		{"unknown command", []string{"nap"}, 2},
		{"unknown flag", []string{"sandbox", "--nonsense"}, 2},
		{"bad value", []string{"sandbox", "--speed", "1000"}, 2},
		{"bad address", []string{"sandbox", "--listen", "127.0.0.1:99999"}, 2},
		{"command that does not exist", []string{"sandbox", "--", "no-such-command"}, 2},
		{"unknown environment", []string{"provision", "nowhere"}, 2},
		{"nobody to be asked", []string{"provision", "staging"}, 2},
		{"ended at once", []string{"sandbox", "--listen", "127.0.0.1:0"}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			if got := run(ended, test.args, &terminal{stdout: &stdout, stderr: &stderr}); got != test.want {
				t.Errorf("exit code %d, want %d: %s", got, test.want, stderr.String())
			}
			if failed := stderr.Len() > 0; failed != (test.want != 0) {
				t.Errorf("stderr: %q", stderr.String())
			}
		})
	}
}

// TestSandboxShowsAFreeze: with a budget of a dollar and at a hundred times the wall's speed, the real binary says what
// it assumes, and within the first hour of its own time that the cost guard has frozen.
func TestSandboxShowsAFreeze(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("the hour takes half a minute")
	}
	p := launch(t, binary(t, "catnap"), "sandbox", "--listen", "127.0.0.1:0", "--speed", "100", "--budget", "1",
		"--log-format", "json")
	assumed := p.event(t, "sandbox", "budget")
	if !strings.HasPrefix(assumed.Reason, "1.00 USD a month; other things in the account have spent 0.95 of it") {
		t.Errorf("it says %s", assumed.Reason)
	}
	frozen := p.event(t, "costguard", "freeze")
	if after := frozen.Time.Sub(assumed.Time); after > time.Hour {
		t.Errorf("it froze %s after the beginning", after)
	}
}

type event struct {
	Time   time.Time `json:"time"`
	Actor  string    `json:"actor"`
	Action string    `json:"action"`
	Reason string    `json:"reason"`
}

// event reads event lines until that of an actor's action.
func (p *process) event(t *testing.T, actor, action string) (e event) {
	t.Helper()
	for e.Actor != actor || e.Action != action {
		line, err := p.stdout.ReadString('\n')
		if err != nil {
			t.Fatalf("ended before %s did %s: %v: %s", actor, action, err, p.stderr.String())
		}
		e = event{}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	return e
}
