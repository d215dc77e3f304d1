package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var billingAlarm = regexp.MustCompile("(?m)^\\| `web-billing-([^`]+)` \\|")

// TestOperations: the document has every alarm on the bill, and no other. Those of catnap itself are compared with
// template.yaml's, and by that with the document.
func TestOperations(t *testing.T) {
	document, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, r := range read(t, synthesis.of(t, "ecs").templates[stackName+"-billing"]) {
		if name, ok := r.Properties["AlarmName"].(string); ok {
			want = append(want, strings.TrimPrefix(name, stackName+"-billing-"))
		}
	}
	for _, row := range billingAlarm.FindAllStringSubmatch(string(document), -1) {
		got = append(got, row[1])
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("alarms of the stack (-) and of operations.md (+):\n%s", diff)
	}
}
