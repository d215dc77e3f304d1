// Package passage holds parts of a document to what a test computes, so that numbers in it are never typed.
//
// It knows nothing of what a part says. A part lies between the lines <!-- NAME --> and <!-- /NAME -->, each with an
// empty line to the text.
package passage

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Hold compares a part of the file at path with the text wanted; with update it writes the part anew first.
func Hold(t testing.TB, path, name, want string, update bool) {
	t.Helper()
	text, err := os.ReadFile(path) //nolint:gosec // a test names it
	if err != nil {
		t.Fatal(err)
	}
	if update {
		after, err := Replace(string(text), name, want)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if err := os.WriteFile(path, []byte(after), 0o600); err != nil { //nolint:gosec // likewise
			t.Fatal(err)
		}
		return
	}
	cut, err := split(string(text), name)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if diff := cmp.Diff(want, cut.part); diff != "" {
		t.Errorf("%s, %s: run this test with -update (-want +got):\n%s", path, name, diff)
	}
}

// Replace returns a text with one part written anew. The error names a part that is not there.
func Replace(text, name, part string) (string, error) {
	cut, err := split(text, name)
	if err != nil {
		return "", err
	}
	return cut.before + part + cut.after, nil
}

type pieces struct{ before, part, after string }

// split cuts a text before and after a part.
func split(text, name string) (pieces, error) {
	begin, end := fmt.Sprintf("<!-- %s -->\n\n", name), fmt.Sprintf("\n<!-- /%s -->", name)
	before, rest, begun := strings.Cut(text, begin)
	part, after, ended := strings.Cut(rest, end)
	if !begun || !ended {
		return pieces{}, fmt.Errorf("no part %s between %q and %q", name, strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	return pieces{before + begin, part, end + after}, nil
}
