package provision

import (
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/catnap-dev/catnap/internal/golden"
)

var update = flag.Bool("update", false, "write the golden files")

// orders are what people ask for.
func orders() map[string]Order {
	staging := Project{Infra: "/src/catnap/infra", Name: "staging", Mode: "ecs", Variables: []string{"IMAGE_TAG"}}
	elsewhere := Project{Infra: "/my sources/infra", Name: "live", File: "/my sources/it's/live.json"}
	return map[string]Order{
		"plain": {Project: staging},
		"everything": {
			Project: staging, Mode: "both", Variables: []string{"IMAGE_TAG=1.4.2", "MOTTO=a, b = $c"}, Bootstrap: true,
			Access: Access{Region: "eu-west-3", Profile: "my team", EndpointURL: "http://127.0.0.1:4566"},
		},
		"destroy":   {Project: staging, Destroy: true, Access: Access{Profile: "live"}},
		"elsewhere": {Project: elsewhere, Mode: "ec2"},
	}
}

// TestPlan: what is run for an order. With go test ./internal/provision -update it is written anew.
func TestPlan(t *testing.T) {
	for name, order := range orders() {
		t.Run(name, func(t *testing.T) {
			var text strings.Builder
			for _, s := range Plan(order) {
				mark := map[bool]string{true: "changes", false: "looks"}[s.Changes]
				fmt.Fprintf(&text, "%s (%s)\n  in %s\n  with %q\n  run %q\n  %s\n", s.Name, mark, s.Folder, s.Environment,
					s.Command, s.Shell())
			}
			hold(t, name+".golden", text.String())
		})
	}
}

// hold compares with a file of testdata.
func hold(t *testing.T, name, got string) {
	t.Helper()
	golden.Hold(t, filepath.Join("testdata", name), got, *update)
}

// TestNothingChangesUnasked: whatever is wanted, the steps that change something are the last.
func TestNothingChangesUnasked(t *testing.T) {
	for name, order := range orders() {
		changes := 0
		for _, s := range Plan(order) {
			switch {
			case s.Changes:
				changes++
			case changes > 0:
				t.Errorf("%s: %s comes after a change", name, s.Name)
			}
		}
		if changes == 0 {
			t.Errorf("%s: nothing is changed", name)
		}
	}
}
