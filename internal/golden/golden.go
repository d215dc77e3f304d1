// Package golden holds what a program writes to files that people have read. It is for tests.
package golden

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Hold compares a text with the file at path; with update it writes the file first.
func Hold(t testing.TB, path, got string, update bool) {
	t.Helper()
	if update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path) //nolint:gosec // a test names it
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: run this test with -update, and look at what it wrote (-want +got):\n%s", path, diff)
	}
}
