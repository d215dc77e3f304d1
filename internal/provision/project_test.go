package provision

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sources makes a folder like catnap's sources, with two environments, and returns it.
func sources(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		"infra/cdk.json":                  `{}`,
		"infra/environments/broken.json":  `{`,
		"infra/environments/staging.json": `{"mode": "both", "variables": {"SITE_DOMAIN": "", "IMAGE_TAG": "latest"}}`,
		"my/live.json":                    `{}`,
		"docs/adr/0001.md":                ``,
	} {
		write(t, filepath.Join(root, name), text)
	}
	return root
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFind(t *testing.T) {
	root := sources(t)
	infra := filepath.Join(root, "infra")
	live := Project{
		Infra: infra, Name: "live", File: filepath.Join(root, "my/live.json"), Mode: "ecs", Variables: []string{},
	}
	staging := Project{Infra: infra, Name: "staging", Mode: "both", Variables: []string{"IMAGE_TAG", "SITE_DOMAIN"}}
	for name, tc := range map[string]struct {
		infra, environment, working string
		want                        Project
		err                         string
	}{
		"at the root":      {"", "staging", "", staging, ""},
		"below":            {"", "staging", "docs/adr", staging, ""},
		"in infra":         {"", "staging", "infra", staging, ""},
		"in environments":  {"", "staging", "infra/environments", staging, ""},
		"given":            {infra, "staging", "..", staging, ""},
		"by its file":      {"", "live.json", "my", live, ""},
		"by its full path": {"", filepath.Join(root, "my/live.json"), "infra", live, ""},
		"broken":           {"", "broken", "", Project{Infra: infra, Name: "broken"}, ""},

		"outside":         {"", "staging", "..", Project{}, "find the CDK app: no infra/cdk.json in "},
		"not an app":      {root, "staging", "", Project{}, "find the CDK app: --infra " + root + " has no cdk.json"},
		"unknown":         {"", "nope", "", Project{}, `find environment "nope": unknown, must be one of broken, staging, or the path of`},
		"above":           {"", "../my/live", "", Project{}, `find environment "../my/live": unknown`},
		"no such file":    {"", "nope.json", "", Project{}, "read environment: open " + filepath.Join(root, "nope.json")},
		"nothing":         {"", "", "", Project{}, `find environment "": unknown`},
		"a file's folder": {"", "my/live.json", "my", Project{}, "read environment: open"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Find(tc.infra, tc.environment, filepath.Join(root, tc.working))
			if tc.err != "" {
				if err == nil || !strings.HasPrefix(err.Error(), tc.err) {
					t.Errorf("error %v, want %s", err, tc.err)
				}
				return
			}
			if diff := cmp.Diff(tc.want, got); diff != "" || err != nil {
				t.Errorf("error %v, project (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestCheckVariables(t *testing.T) {
	known := Project{Name: "staging", Variables: []string{"IMAGE_TAG", "SITE_DOMAIN"}}
	for name, tc := range map[string]struct {
		project Project
		given   []string
		want    string
	}{
		"none":             {known, nil, ""},
		"known":            {known, []string{"IMAGE_TAG=1.4.2", "SITE_DOMAIN=a=b"}, ""},
		"empty":            {known, []string{"IMAGE_TAG="}, ""},
		"file unreadable":  {Project{Name: "staging"}, []string{"A=1"}, ""},
		"slip":             {known, []string{"IMAGE_TGA=1"}, `read --var "IMAGE_TGA=1": staging has no such variable, must be one of IMAGE_TAG, SITE_DOMAIN`},
		"the app's own":    {known, []string{"mode=ec2"}, `read --var "mode=ec2": staging has no such variable`},
		"none to be given": {Project{Name: "live", Variables: []string{}}, []string{"A=1"}, `read --var "A=1": live has no such variable, must be one of none`},
		"no value":         {known, []string{"IMAGE_TAG"}, `read --var "IMAGE_TAG": must be like NAME=VALUE`},
		"no name":          {known, []string{"=1"}, `read --var "=1": must be like NAME=VALUE`},
		"two":              {known, []string{"A-B=1", "A=1"}, "read --var \"A-B=1\": must be like NAME=VALUE\nread --var \"A=1\": staging has"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			if err := tc.project.CheckVariables(tc.given); err != nil {
				got = err.Error()
			}
			if (got == "") != (tc.want == "") || !strings.HasPrefix(got, tc.want) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestMissing(t *testing.T) {
	for name, tc := range map[string]struct {
		tools Tools
		want  []string // how each line begins
	}{
		"all there":    {Tools{Go: true, NPX: true, Node: "v20.0.0"}, nil},
		"newer":        {Tools{Go: true, NPX: true, Node: "v104.1.0-nightly"}, nil},
		"nothing":      {Tools{}, []string{"find go: not on the PATH; get it from", "find node: not on", "find npx: not on"}},
		"old":          {Tools{Go: true, NPX: true, Node: "v18.20.4"}, []string{"find node: v18.20.4 is too old; get Node 20"}},
		"another node": {Tools{Go: true, NPX: true, Node: "exit status 1"}, []string{`find node: its version "exit status 1" cannot be read`}},
	} {
		t.Run(name, func(t *testing.T) {
			var lines []string
			if err := tc.tools.Missing(); err != nil {
				lines = strings.Split(err.Error(), "\n")
			}
			if len(lines) != len(tc.want) {
				t.Fatalf("got %q, want %q", lines, tc.want)
			}
			for i, want := range tc.want {
				if !strings.HasPrefix(lines[i], want) {
					t.Errorf("got %q, want %q", lines[i], want)
				}
			}
		})
	}
}
