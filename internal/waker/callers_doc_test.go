package waker_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/callers.md anew")

// TestCallersAreDocumented holds docs/callers.md to what the waker answers.
func TestCallersAreDocumented(t *testing.T) {
	const path = "../../docs/callers.md"
	want := callersDocument(t)
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("run go test ./internal/waker -run Documented -update (-want +got):\n%s", diff)
	}
}

func callersDocument(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	text.WriteString(`# Who asks, and what they get

Requests as programs send them, the kind that catnap takes each for, and the answer while the service is asleep, with
default settings: every request for which somebody waits wakes it. Other settings and phases have the same kinds; what
each gets there is in ` + "`internal/waker/heads_test.go`" + `, and the whole requests are in
` + "`internal/waker/testdata/heads.txtar`" + `. A path or a user agent that is taken for the wrong kind can be named in
the service's settings: ` + "`ignore_paths`, `ignore_user_agents`, `allow_paths`" + `. This file is written by a test.

| request | method and path | user agent | kind | answer asleep | wakes |
| --- | --- | --- | --- | --- | --- |
`)
	for _, h := range heads(t) {
		bubble(t, func(_ *testing.T, w *world) {
			outcome := w.outcome(h.event)
			fmt.Fprintf(&text, "| %s | %s | %s | %s | %s | %s |\n", h.name, code(h.event.HTTPMethod+" "+h.event.Path),
				code(h.agent), h.caller, w.inWords(outcome), yesNo(strings.Contains(outcome, "starts")))
		})
	}
	return text.String()
}

// inWords says what an outcome is to the caller.
func (w *world) inWords(outcome string) string {
	if len(w.lb.seen()) > 0 {
		return "held, then the application's own"
	}
	cells := strings.Fields(outcome)
	forms := map[string]string{
		"text/html": "the waiting page", "application/json": "the status", "application/problem+json": "a problem document",
		"text/plain": "a word of text", "application/grpc": "gRPC status 14",
	}
	switch cells[0] {
	case "307":
		return "held, then 307 to the same address"
	case "303":
		return "303 back to the page"
	default:
		return cells[0] + ", " + forms[cells[1]]
	}
}

// code is a cell of at most 66 characters. User agents say who they are at the end, or else at the beginning.
func code(text string) string {
	if n := len(text); n > 66 {
		text = text[:20] + " … " + text[n-43:]
	}
	if text == "" {
		return "none"
	}
	return "`" + strings.ReplaceAll(text, "|", "\\|") + "`"
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}
