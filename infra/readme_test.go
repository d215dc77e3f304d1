package main

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/infra/environment"
)

var (
	rowKeys = regexp.MustCompile("(?m)^\\| (`[a-z0-9_.]+`(?:, `[a-z0-9_.]+`)*) \\|")
	rowKey  = regexp.MustCompile("[a-z0-9_.]+")
)

// TestReadme: the table has every key of an environment's file, and no other.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(readme), "### The environment's file\n")
	table, _, _ = strings.Cut(table, "\n#")
	var got []string
	for _, row := range rowKeys.FindAllStringSubmatch(table, -1) {
		got = append(got, rowKey.FindAllString(row[1], -1)...)
	}
	raw, err := json.Marshal(environment.Environment{Domain: &environment.Domain{}})
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(raw, &fields); err != nil {
		t.Fatal(err)
	}
	want := keys("", fields)
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("keys of the file (-) and of the README (+):\n%s", diff)
	}
}

func keys(path string, fields map[string]any) []string {
	var list []string
	for key, value := range fields {
		if nested, ok := value.(map[string]any); ok {
			list = append(list, keys(path+key+".", nested)...)
		} else {
			list = append(list, path+key)
		}
	}
	return list
}
