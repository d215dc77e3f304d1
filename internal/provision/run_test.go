//go:build unix

package provision

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func shell(t *testing.T, script string) Step {
	t.Helper()
	return Step{Folder: t.TempDir(), Environment: []string{"PLACE=step"}, Command: []string{"sh", "-c", script}}
}

func environ() []string { return []string{"PATH=/usr/bin:/bin"} }

func TestRun(t *testing.T) {
	var out bytes.Buffer
	r := Runner{Environ: append(environ(), "PLACE=caller", "OTHER=kept"), Output: &out}
	step := shell(t, `pwd; echo "$PLACE $OTHER" >&2; cat; exit 3`)
	err := r.Run(t.Context(), step)
	folder, _ := filepath.EvalSymlinks(step.Folder)
	if want := folder + "\nstep kept\n"; out.String() != want || err == nil || err.Error() != "exit status 3" {
		t.Errorf("error %v, output %q, want %q", err, out.String(), want)
	}
	step.Command = []string{"no-such-program"}
	if err := r.Run(t.Context(), step); err == nil || !strings.Contains(err.Error(), "no-such-program") {
		t.Errorf("error %v", err)
	}
}

// TestInterrupt: what a step has started itself, and does not pass the interrupt on to, ends too; and what it writes is
// there while it runs.
func TestInterrupt(t *testing.T) {
	ctx, interrupted := context.WithCancelCause(t.Context())
	reader, writer := io.Pipe()
	step := shell(t, `sh -c 'trap "echo child > ended; exit 1" INT; echo working; while :; do sleep 0.1; done'; true`)
	reason := errors.New("enough")
	go func() {
		if _, err := reader.Read(make([]byte, 100)); err == nil {
			interrupted(reason)
		}
		_, _ = io.Copy(io.Discard, reader) // until the writer is closed
	}()
	err := Runner{Environ: environ(), Output: writer}.Run(ctx, step)
	_ = writer.Close() // a pipe's never fails
	if !errors.Is(err, reason) {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(filepath.Join(step.Folder, "ended")); err != nil {
		t.Errorf("the child was not interrupted: %v", err)
	}
}

// TestEndedWell: a step that ends well because it was interrupted has not done its work.
func TestEndedWell(t *testing.T) {
	ctx, interrupted := context.WithCancel(t.Context())
	step := shell(t, `trap "exit 0" INT; echo; while :; do sleep 0.1; done`)
	err := Runner{Environ: environ(), Output: writerFunc(interrupted)}.Run(ctx, step)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

type writerFunc func()

func (f writerFunc) Write(p []byte) (int, error) {
	f()
	return len(p), nil
}
