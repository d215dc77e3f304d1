package sam

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	quoted       = regexp.MustCompile("`([^`]+)`")
	inQuery      = regexp.MustCompile(`message (?:=|in) \[?((?:'[^']+'(?:, )?)+)`)
	singleQuoted = regexp.MustCompile(`'([^']+)'`)
)

// TestOperationsLogs: the table has every message that the functions log, and no other.
func TestOperationsLogs(t *testing.T) {
	if diff := cmp.Diff(messages(t), quotedIn(t, "## Logs", "| message |")); diff != "" {
		t.Errorf("messages of the functions (-) and of operations.md (+):\n%s", diff)
	}
}

// quotedIn is what the first column of a table below a heading has as code.
func quotedIn(t *testing.T, heading, head string) []string {
	t.Helper()
	_, table, _ := strings.Cut(operationsPart(t, heading), head)
	table, _, _ = strings.Cut(table, "\n\n")
	var found []string
	for _, cell := range firstCells(table) {
		for _, code := range quoted.FindAllStringSubmatch(cell, -1) {
			found = append(found, code[1])
		}
	}
	slices.Sort(found)
	return found
}

// TestOperationsQueries: they ask for messages that somebody logs.
func TestOperationsQueries(t *testing.T) {
	logged := messages(t)
	queries := inQuery.FindAllString(document(t, "operations.md"), -1)
	if len(queries) == 0 {
		t.Error("operations.md has no query for a message")
	}
	for _, message := range singleQuoted.FindAllStringSubmatch(strings.Join(queries, " "), -1) {
		if !slices.Contains(logged, message[1]) {
			t.Errorf("a query of operations.md is for %q, which nobody logs", message[1])
		}
	}
}

// loggers are the methods whose first text is a message: slog's, and the waker's own.
var loggers = []string{"Debug", "Info", "Warn", "Error", "Log", "InfoContext", "WarnContext", "ErrorContext", "warn"}

// messages are the constant texts that the functions' code hands to a logger.
func messages(t *testing.T) []string {
	t.Helper()
	found := map[string]bool{}
	for _, pattern := range []string{
		"../waker/*.go", "../reaper/*.go", "../albevent/*.go", "../costguard/*.go", "../../functions/*/*.go",
	} {
		for _, path := range sources(t, pattern) {
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for node := range ast.Preorder(file) {
				found[messageOf(node)] = true
			}
		}
	}
	delete(found, "")
	return slices.Sorted(maps.Keys(found))
}

// sources are those of a package without its tests.
func sources(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, error %v", pattern, len(files), err)
	}
	return slices.DeleteFunc(files, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
}

func messageOf(node ast.Node) string {
	call, ok := node.(*ast.CallExpr)
	if !ok {
		return ""
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !slices.Contains(loggers, method.Sel.Name) {
		return ""
	}
	for _, argument := range call.Args {
		if literal, ok := argument.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			message, _ := strconv.Unquote(literal.Value) // the parser has seen that it is one
			return message
		}
	}
	return ""
}

// TestOperationsReasons: the tables have every reason for which something is decided, everything that may become of
// an order, every finding, and no others.
func TestOperationsReasons(t *testing.T) {
	for _, c := range []struct{ constants, pattern, heading, table string }{
		{"Reason", "../policy/*.go", "## Logs", "| reason |"},
		{"Reason", "../budget/*.go", "## Logs", "| the guard's reason |"},
		{"Done", "../costguard/*.go", "## Logs", "| `done` |"},
		{"FindingKind", "../budget/*.go", "## What the cost guard finds", "| `kind` |"},
	} {
		want, got := constants(t, c.constants, c.pattern), quotedIn(t, c.heading, c.table)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("constants of %s (-) and the table %s of operations.md (+):\n%s", c.pattern, c.table, diff)
		}
	}
}

// constants are the values of a string type's constants.
func constants(t *testing.T, kind, pattern string) (values []string) {
	t.Helper()
	constant := regexp.MustCompile(`(?m)^\s+\w+\s+` + kind + ` += "(\w+)"`)
	for _, file := range sources(t, pattern) {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range constant.FindAllSubmatch(source, -1) {
			values = append(values, string(found[1]))
		}
	}
	slices.Sort(values)
	return values
}
