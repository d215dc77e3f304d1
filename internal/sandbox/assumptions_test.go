package sandbox_test

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/sandbox"
)

// TestAssumptionsAreShown holds the list to the tree: what is listed stands in the code and is tested, and what the
// code claims to imitate is listed.
func TestAssumptionsAreShown(t *testing.T) {
	code, tests := sources(t)
	marks := regexp.MustCompile(`\[([A-Z]{2,4}-\d\d)\]`).FindAllStringSubmatch(code, -1)
	var listed []string
	for _, a := range sandbox.Assumptions {
		listed = append(listed, a.ID)
		if !strings.Contains(code, "["+a.ID+"]") {
			t.Errorf("%s is imitated nowhere: no [%s] in the code", a.ID, a.ID)
		}
		for name := range strings.SplitSeq(a.Tests, ", ") {
			if !strings.Contains(tests, "func Test"+name+"(") {
				t.Errorf("%s: there is no test Test%s", a.ID, name)
			}
		}
		if a.Behaviour == "" || a.Source == "" || strings.Trim(a.Sure, "VSIU, ") != "" {
			t.Errorf("%s is incomplete: %+v", a.ID, a)
		}
	}
	for _, mark := range marks {
		if !slices.Contains(listed, mark[1]) {
			t.Errorf("the code imitates [%s], which is not listed", mark[1])
		}
	}
	slices.Sort(listed)
	if unique := slices.Compact(slices.Clone(listed)); len(unique) != len(listed) {
		t.Errorf("an ID is listed twice: %v", listed)
	}
}

func sources(t *testing.T) (code, tests string) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || path == "assumptions.go" {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.HasSuffix(path, "_test.go") {
			tests += string(text)
		} else {
			code += string(text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return code, tests
}

var update = flag.Bool("update", false, "write docs/assumptions.md anew")

// TestAssumptionsAreDocumented holds docs/assumptions.md to the list.
func TestAssumptionsAreDocumented(t *testing.T) {
	const path = "../../docs/assumptions.md"
	want := document()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("run go test ./internal/sandbox -run Documented -update (-want +got):\n%s", diff)
	}
}

func document() string {
	var text strings.Builder
	text.WriteString(`# What the sandbox takes AWS to be

Each behaviour that it imitates, with where that is known from and how sure it is: V from AWS's documentation or
tried, S from a secondary source, I inferred, U unknown. Pages are AWS's documentation; the API model is the SDK's
comments. This file is written by a test from ` + "`internal/sandbox/assumptions.go`" + `.

| | behaviour | source | sure |
| --- | --- | --- | --- |
`)
	for _, a := range sandbox.Assumptions {
		fmt.Fprintf(&text, "| %s | %s | %s | %s |\n", a.ID, a.Behaviour, a.Source, a.Sure)
	}
	return text.String()
}
