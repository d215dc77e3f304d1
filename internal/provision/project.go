package provision

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Project is an environment, and the folder of the CDK app that makes it.
type Project struct {
	// Infra is the app's folder: an absolute path.
	Infra string
	// Name is the environment's.
	Name string
	// File is the environment's, an absolute path, if it is not among the app's own.
	File string
	// Mode is what the file says, or the app's default.
	Mode string
	// Variables are the names of the file's, in order; nil if the file is such that the app will refuse it.
	Variables []string
}

// The modes that matter here, as infra/environment calls them.
const (
	ecs  = "ecs" // the default
	both = "both"
)

// Find finds an environment by its name, or by the path of its file, which ends in .json. The folder infra may be
// empty: then it is looked for from the working directory upwards. Errors are the user's to mend.
func Find(infra, environment, working string) (Project, error) {
	infra, err := findInfra(infra, working)
	if err != nil {
		return Project{}, err
	}
	p := Project{Infra: infra, Name: environment}
	file := filepath.Join(infra, "environments", environment+".json")
	if strings.HasSuffix(environment, ".json") {
		file = environment
		if !filepath.IsAbs(file) {
			file = filepath.Join(working, file)
		}
		p.Name, p.File = strings.TrimSuffix(filepath.Base(file), ".json"), file
	} else if known := environments(infra); !slices.Contains(known, environment) {
		return p, fmt.Errorf("find environment %q: unknown, must be one of %s, or the path of a .json file", environment,
			strings.Join(known, ", "))
	}
	return p.read(file)
}

func findInfra(infra, working string) (string, error) {
	if infra != "" {
		if !isApp(infra) {
			return "", fmt.Errorf("find the CDK app: --infra %s has no cdk.json, or no folder environments", infra)
		}
		return infra, nil
	}
	for folder := working; ; folder = filepath.Dir(folder) {
		for _, candidate := range []string{filepath.Join(folder, "infra"), folder} {
			if isApp(candidate) {
				return candidate, nil
			}
		}
		if folder == filepath.Dir(folder) {
			return "", fmt.Errorf("find the CDK app: no infra/cdk.json in %s or above; go to catnap's sources, or give --infra",
				working)
		}
	}
}

func isApp(folder string) bool {
	app, err := os.Stat(filepath.Join(folder, "cdk.json"))
	if err != nil || app.IsDir() {
		return false
	}
	list, err := os.Stat(filepath.Join(folder, "environments"))
	return err == nil && list.IsDir()
}

// environments are the names of the app's own.
func environments(infra string) []string {
	files, _ := filepath.Glob(filepath.Join(infra, "environments", "*.json")) // the pattern is well formed
	var names []string
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".json"))
	}
	return names
}

// read looks into the file for what the command line must agree with. It is read leniently: what is wrong with it is
// for the app to say, which names every mistake.
func (p Project) read(file string) (Project, error) {
	text, err := os.ReadFile(file) //nolint:gosec // G304: it is the operator who names it
	if err != nil {
		return p, fmt.Errorf("read environment: %w", err)
	}
	var said struct {
		Mode      string
		Variables map[string]any
	}
	if err := json.Unmarshal(text, &said); err != nil {
		return p, nil //nolint:nilerr // see above
	}
	p.Mode = cmp.Or(said.Mode, ecs)
	p.Variables = append([]string{}, slices.Sorted(maps.Keys(said.Variables))...)
	return p, nil
}

var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// CheckVariables wants each to be like NAME=VALUE, of a variable that the environment has: the app takes no notice of
// others, so that a slip would deploy what the file says.
func (p Project) CheckVariables(given []string) error {
	var errs []error
	for _, v := range given {
		name, _, found := strings.Cut(v, "=")
		switch {
		case !found || !variable.MatchString(name):
			errs = append(errs, fmt.Errorf("read --var %q: must be like NAME=VALUE", v))
		case p.Variables != nil && !slices.Contains(p.Variables, name):
			errs = append(errs, fmt.Errorf("read --var %q: %s has no such variable, must be one of %s", v, p.Name,
				cmp.Or(strings.Join(p.Variables, ", "), "none")))
		}
	}
	return errors.Join(errs...)
}

// root is where catnap's sources are, of which the app is a part.
func (p Project) root() string { return filepath.Dir(p.Infra) }

// context is what the app is told.
func (p Project) context() string { return cmp.Or(p.File, p.Name) }

// relative shortens a path below the app's folder, where the CDK CLI runs.
func (p Project) relative(path string) string {
	return strings.TrimPrefix(path, p.Infra+string(filepath.Separator))
}
