package compose

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// problems loads a file that must be refused.
func problems(t *testing.T, from Source) []Note {
	t.Helper()
	_, notes, err := Load(t.Context(), from)
	refused, ok := errors.AsType[*RefusedError](err)
	if !ok || notes != nil {
		t.Fatalf("got %v and %v, want problems alone", notes, err)
	}
	return refused.Problems
}

// TestProfiles: a service whose profile is on is one of the task, and its variables must be set.
func TestProfiles(t *testing.T) {
	from := Source{File: "testdata/order.yml", Profiles: []string{"debug"}}
	got := problems(t, from)
	want := []Note{{
		File: "testdata/order.yml", Line: 28, Path: "services.mail.environment.NEVER",
		Text: "needs NOT_SET: must be set in the environment or in .env, or have a default like ${NOT_SET:-...}",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	from.Environment = map[string]string{"NOT_SET": "now it is"}
	task, _, err := Load(t.Context(), from)
	if err != nil {
		t.Fatal(err)
	}
	mail := container(t, task, "mail")
	if diff := cmp.Diff(map[string]string{"NEVER": "now it is"}, mail.Environment); diff != "" {
		t.Errorf("mail's environment (-want +got):\n%s", diff)
	}
	if web := container(t, task, "web"); !contains(web.DependsOn, Dependency{"mail", ConditionStart}) {
		t.Errorf("web waits for %v, and not for mail", web.DependsOn)
	}
}

// TestAllProfiles: an asterisk is all of them, as for Docker Compose.
func TestAllProfiles(t *testing.T) {
	got := problems(t, Source{File: "testdata/order.yml", Profiles: []string{"*"}})
	if len(got) != 1 || got[0].Path != "services.mail.environment.NEVER" {
		t.Errorf("got %v, want the variable that mail needs", got)
	}
}

func container(t *testing.T, task Task, name string) Container {
	t.Helper()
	for _, c := range task.Containers {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no container %s", name)
	return Container{}
}

func contains(all []Dependency, want Dependency) bool {
	return slices.Contains(all, want)
}

// TestFiles are those that are no compose files at all.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	large := filepath.Join(dir, "large.yml")
	if err := os.WriteFile(large, []byte(strings.Repeat("# x\n", mostBytes)), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		filepath.Join(dir, "none.yml"): "cannot be read: no such file or directory",
		dir:                            "cannot be read: is a directory",
		large:                          "has 1048576 bytes, must have at most 262144",
	} {
		got := problems(t, Source{File: file})
		if diff := cmp.Diff([]Note{{File: file, Text: want}}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
}

// TestName: a file without a name is called after its folder, as Docker Compose does it.
func TestName(t *testing.T) {
	for _, c := range []struct{ folder, line, want string }{
		{"My Shop", "", "myshop"},
		{"shop", "name: other", "other"},
		{"shop", "name: ${IMAGE_TAG}", "142"},
		{"---", "", "app"},
	} {
		dir := filepath.Join(t.TempDir(), c.folder)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, "compose.yml")
		text := c.line + "\nservices: {web: {image: x, ports: [80]}}\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		task, _, err := Load(t.Context(), Source{File: file, Environment: environment()})
		if err != nil {
			t.Fatal(err)
		}
		if task.Name != c.want {
			t.Errorf("in %q with %q the name is %q, want %q", c.folder, c.line, task.Name, c.want)
		}
	}
}

// TestEnvironmentIsLeftAlone: what was handed in is the caller's.
func TestEnvironmentIsLeftAlone(t *testing.T) {
	env := environment()
	from := Source{File: "testdata/interpolation/docker-compose.yml", Environment: env}
	if _, _, err := Load(t.Context(), from); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(environment(), env); diff != "" {
		t.Errorf("the environment has changed (-want +got):\n%s", diff)
	}
}

// TestNoPasswords: no note and no problem shows the value of a variable.
func TestNoPasswords(t *testing.T) {
	file := filepath.Join(t.TempDir(), "compose.yml")
	text := `
services:
  web:
    image: web
    ports: ["80:80"]
    environment:
      A: postgres://u:s3cr3t@db:5432/x
      B: s3cr3t ${NOT_SET}
      C: s3cr3t ${BAD
      D: s3cr3t db:1
      PASSWORD: s3cr3t
      E: [s3cr3t]
    command: serve --password=s3cr3t ${NOT_SET} api:1
    secrets: [x]
  db: {image: db, expose: [5432]}
`
	plain := strings.NewReplacer("${", "$${", "[s3cr3t]", "s3cr3t", "    secrets: [x]\n", "").Replace(text)
	for _, text := range []string{text, strings.ReplaceAll(text, "${", "$${"), plain} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, notes, err := Load(t.Context(), Source{File: file})
		for _, note := range notes {
			if strings.Contains(note.String(), "s3cr3t") {
				t.Errorf("a note has the password: %s", note)
			}
		}
		if err != nil && strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("a problem has the password: %v", err)
		}
	}
}
