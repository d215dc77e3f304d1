package compose

import (
	"errors"
	"flag"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/catnap-dev/catnap/internal/golden"
)

var update = flag.Bool("update", false, "write the golden files")

// environment is what every file of testdata is read with. A variable that is not here is missing.
func environment() map[string]string {
	return map[string]string{
		"IMAGE_TAG": "1.4.2", "SITE_DOMAIN": "city.example.com", "BOTH": "handed in", "PASSED": "passed",
	}
}

// TestGolden turns each file of testdata into a task with notes, or into what keeps it from being one. After a change
// on purpose: go test ./compose -run Golden -update, and read what git shows.
func TestGolden(t *testing.T) {
	for _, file := range files(t) {
		t.Run(file, func(t *testing.T) { golden.Hold(t, goldenOf(file), describe(t, file), *update) })
	}
}

func goldenOf(file string) string {
	if file == example {
		return "testdata/city-guided.golden"
	}
	return strings.TrimSuffix(file, filepath.Ext(file)) + ".golden"
}

const example = "../../examples/city-guided/docker-compose.yml"

func files(t *testing.T) []string {
	t.Helper()
	found := []string{example}
	for _, pattern := range []string{"testdata/*.yml", "testdata/*/docker-compose.yml"} {
		some, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, some...)
	}
	return found
}

// describe is what a person would be shown.
func describe(t *testing.T, file string) string {
	t.Helper()
	task, notes, err := Load(t.Context(), Source{File: file, Environment: environment()})
	if refused, ok := errors.AsType[*RefusedError](err); ok {
		return "refused\n" + refused.Error() + "\n"
	}
	if err != nil {
		t.Fatalf("got %T, want a *RefusedError", err)
	}
	var b strings.Builder
	for _, note := range notes {
		b.WriteString(note.String() + "\n")
	}
	rendered, err := Render(task)
	if err != nil {
		t.Fatal(err)
	}
	front := task.Front.Container
	return b.String() + "load balancer: " + front + ":" + strconv.Itoa(task.Front.Port) + "\n" + string(rendered)
}
