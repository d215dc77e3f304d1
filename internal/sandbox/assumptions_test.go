package sandbox_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/catnap-dev/catnap/internal/sandbox"
)

// TestAssumptionsAreShown holds the list to the tree: what is listed stands in the code and is tested, and what the code
// claims to imitate is listed.
func TestAssumptionsAreShown(t *testing.T) {
	code, tests := sources(t)
	marks := regexp.MustCompile(`\[([A-Z]{2,3}-\d\d)\]`).FindAllStringSubmatch(code, -1)
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
