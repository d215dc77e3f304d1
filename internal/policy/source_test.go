package policy_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/catnap-dev/catnap/internal/policy"
)

// sources parses the package's files, tests or not.
func sources(t *testing.T, tests bool) map[string]*ast.File {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*ast.File{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") != tests {
			continue
		}
		if files[name], err = parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution); err != nil {
			t.Fatal(err)
		}
	}
	if len(files) == 0 {
		t.Fatal("no source found")
	}
	return files
}

// A decision that could call AWS, read a clock or log would no longer be a function of what it is given.
func TestPackageIsPure(t *testing.T) {
	allowed := map[bool][]string{
		false: {"slices", "strings", "time"},
		true: {
			"go/ast", "go/parser", "go/token", "path/filepath", "regexp", "slices", "strconv", "strings", "testing", "time",
			"time/tzdata", "github.com/google/go-cmp/cmp", "pgregory.net/rapid", "github.com/catnap-dev/catnap/internal/policy",
		},
	}
	for _, tests := range []bool{false, true} {
		for name, file := range sources(t, tests) {
			for _, spec := range file.Imports {
				if path, _ := strconv.Unquote(spec.Path.Value); !slices.Contains(allowed[tests], path) {
					t.Errorf("%s imports %s", name, path)
				}
			}
			for _, use := range clockUses(file) {
				t.Errorf("%s uses time.%s", name, use)
			}
		}
	}
}

// clockUses lists what a file takes from package time that depends on more than its arguments.
func clockUses(file *ast.File) (uses []string) {
	impure := []string{
		"After", "AfterFunc", "Local", "NewTicker", "NewTimer", "Now", "Since", "Sleep", "Tick", "Until",
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			pkg, ok := selector.X.(*ast.Ident)
			if ok && pkg.Name == "time" && slices.Contains(impure, selector.Sel.Name) {
				uses = append(uses, selector.Sel.Name)
			}
		}
		return true
	})
	return uses
}

// A reason that nothing gives is dead, and one that no table holds is untested.
func TestEveryReasonIsInATable(t *testing.T) {
	given := make(map[policy.Reason]bool)
	for _, c := range nextCases() {
		given[policy.Next(c.snapshot, c.settings, noon).Reason] = true
	}
	for _, c := range wakeOrders() {
		given[policy.OrderWake(c.snapshot, c.settings, noon).Reason] = true
	}
	for _, c := range answerCases() {
		given[policy.Answer(c.caller, c.snapshot, c.settings, noon).Reason] = true
	}
	for _, caller := range callers {
		given[policy.AnswerUnknown(caller, usual()).Reason] = true
		given[policy.Waiting(caller, usual()).Reason] = true
	}
	listed := reasons(t)
	for name, reason := range listed {
		if !given[reason] {
			t.Errorf("no table gives %s (%q)", name, reason)
		}
	}
	if len(given) != len(listed) {
		t.Errorf("%d reasons given, %d constants: one has no constant, or two have the same word", len(given), len(listed))
	}
}

// reasons lists the constants of type Reason by name.
func reasons(t *testing.T) map[string]policy.Reason {
	t.Helper()
	list := map[string]policy.Reason{}
	for _, file := range sources(t, false) {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || !isReason(spec.Type) {
				return true
			}
			for i, name := range spec.Names {
				word, err := strconv.Unquote(spec.Values[i].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatalf("%s: %v", name.Name, err)
				}
				list[name.Name] = policy.Reason(word)
			}
			return true
		})
	}
	if len(list) < 20 {
		t.Fatalf("only %d reasons found", len(list))
	}
	return list
}

func isReason(typ ast.Expr) bool {
	ident, ok := typ.(*ast.Ident)
	return ok && ident.Name == "Reason"
}
