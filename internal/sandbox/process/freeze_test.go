package process_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/sandbox/process"
)

// [LAM-12]
func TestProcessIsFrozenBetweenInvocations(t *testing.T) {
	path := filepath.Join(t.TempDir(), "count")
	h := start(t, process.Function{Path: binary("function"), Env: map[string]string{"COUNT_FILE": path}})
	for range 3 {
		pid := do(t, h, `{"Do": "count", "N": 5}`).PID // it counts while it serves
		eventually(t, "the process is frozen", func() bool { return frozen(pid) })
		before := countOf(t, path)
		time.Sleep(100 * time.Millisecond) // in which a hundred would be counted
		if after := countOf(t, path); after != before || !frozen(pid) {
			t.Errorf("the frozen process went on from %s to %s", before, after)
		}
	}
}

func countOf(t *testing.T, path string) string {
	t.Helper()
	count, err := os.ReadFile(path)
	if err != nil || len(count) != 20 {
		t.Fatalf("got %q, %v", count, err)
	}
	return string(count)
}

// [LAM-12]
func TestProcessIsFrozenBeforeTheFirstInvocation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "count")
	start(t, process.Function{Path: binary("function"), Env: map[string]string{"COUNT_FILE": path}})
	eventually(t, "a child is frozen", func() bool {
		pids := children(t)
		return len(pids) == 1 && frozen(pids[0])
	})
}
