package cloudformation

import (
	"os/exec"
	"strings"
	"testing"
)

// TestFunctionsReadNoTemplates: a parser of YAML is nothing that a cold start should wait for.
func TestFunctionsReadNoTemplates(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "../../functions/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	linked := string(out)
	if !strings.Contains(linked, "catnap/internal/waker\n") {
		t.Fatal("the functions do not link the waker")
	}
	for _, path := range []string{"github.com/goccy/go-yaml", "github.com/catnap-dev/catnap/internal/cloudformation"} {
		if strings.Contains(linked, path) {
			t.Errorf("a function links %s", path)
		}
	}
}
