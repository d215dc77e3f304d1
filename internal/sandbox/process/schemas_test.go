package process_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestNoSchemasInTheWaker: from ssm v1.80 and ecs v1.99 on, the SDK's modules describe all their operations to
// themselves as they are loaded, which costs a cold start of the waker more than all the rest of it. Who raises the
// versions measures again (BenchmarkColdStart) and writes down what came of it (docs/adr/0022-sdk-without-schemas.md).
func TestNoSchemasInTheWaker(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "../../../functions/waker").Output()
	if err != nil {
		t.Fatal(err)
	}
	linked := strings.Fields(string(out))
	if !slices.Contains(linked, "github.com/aws/aws-sdk-go-v2/service/ssm") {
		t.Fatal("the waker does not link the SDK")
	}
	for _, path := range linked {
		if strings.HasPrefix(path, "github.com/aws/") && strings.HasSuffix(path, "/schemas") {
			t.Errorf("the waker links %s", path)
		}
	}
}
