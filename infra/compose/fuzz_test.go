package compose

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// FuzzLoad: whatever a file holds, the answer is a task or a list of what is wrong, each with the file's name. A task
// renders, and has a size and a container for the load balancer.
func FuzzLoad(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*.yml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range seeds {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := t.TempDir()
		file := filepath.Join(dir, "docker-compose.yml")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		task, _, err := Load(t.Context(), Source{File: file, Environment: environment()})
		if err != nil {
			checkRefused(t, dir, err)
			return
		}
		checkTask(t, task)
	})
}

func checkRefused(t *testing.T, dir string, err error) {
	t.Helper()
	refused, ok := errors.AsType[*RefusedError](err)
	if !ok || len(refused.Problems) == 0 {
		t.Fatalf("got %T without a problem: %v", err, err)
	}
	for _, problem := range refused.Problems {
		if !strings.HasPrefix(problem.String(), dir+string(filepath.Separator)) || problem.Text == "" {
			t.Errorf("%q names no file, or says nothing", problem)
		}
	}
}

func checkTask(t *testing.T, task Task) {
	t.Helper()
	if _, err := Render(task); err != nil {
		t.Errorf("render: %v", err)
	}
	if cpu, memory, ok := fit(task.CPU, task.Memory); !ok || cpu != task.CPU || memory != task.Memory {
		t.Errorf("Fargate has no task of %d CPU units and %d MiB", task.CPU, task.Memory)
	}
	for _, c := range task.Containers {
		if c.Name == task.Front.Container && c.Essential && listens(c, task.Front.Port) {
			return
		}
	}
	t.Errorf("no essential container for the load balancer's %v", task.Front)
}

func listens(c Container, number int) bool {
	return slices.Contains(c.Ports, Port{number, tcp})
}
