package settings

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

type site struct {
	Name   string         `json:"name"`
	Tasks  int            `json:"tasks"`
	After  Duration       `json:"after"`
	More   map[string]any `json:"more"`
	Nested struct {
		Path string `json:"path"`
	} `json:"nested"`
}

func TestDocument(t *testing.T) {
	got := site{Tasks: 3}
	d := ReadDocument("site.json", []byte(`{"name": "web", "after": "5m", "more": {"a": [1, {"b": null}]}}`), &got)
	if err := d.Err(); err != nil {
		t.Fatal(err)
	}
	want := site{
		Name: "web", Tasks: 3, After: Duration(300e9),
		More: map[string]any{"a": []any{1.0, map[string]any{"b": nil}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
	if !d.Given("more.a") || d.Given("tasks") {
		t.Errorf("given: more.a %v, tasks %v", d.Given("more.a"), d.Given("tasks"))
	}
}

func TestDocumentProblems(t *testing.T) {
	var got site
	d := ReadDocument("site.json", []byte(`{"tasks": "3", "Name": "x", "nested": {"path": 1}}`), &got)
	d.Check(false, "tasks", "0", "must be 1 to 10")
	d.Check(false, "nested.path", Quote(""), "must begin with a slash")
	if d.Check(got.Name != "", "name", Quote(got.Name), "must be a name") {
		t.Error("a name was read from the key Name")
	}
	want := `site.json: tasks: "3" must be a whole number
site.json: Name: "x" is an unknown key, must be one of after, more, name, nested, tasks
site.json: nested.path: 1 must be a string
site.json: name: is missing, must be a name`
	if diff := cmp.Diff(want, d.Err().Error()); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}
