// Package compose turns a Docker Compose file into what ECS needs to run it on Fargate: one task, with every service of
// the file as a container of it.
//
// It refuses what Fargate cannot do, with file and line and all at once, instead of leaving it out; what it changes or
// leaves out without harm it notes. It asks AWS nothing and creates nothing: package webapp makes resources of it.
// docs/adr/0018-compose-files.md says why it is as it is.
package compose

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/compose-spec/compose-go/v2/consts"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

// Source is a compose file and what it is read with.
type Source struct {
	// File is the path of the compose file. Messages name it as it is given here.
	File string
	// Environment fills in the variables; what it has not may be in the file .env beside the compose file.
	Environment map[string]string
	// Profiles are those that are on. None is.
	Profiles []string
}

// Load reads a compose file and the files that it names. The notes tell what was changed or left out, in the order of
// the lines. The error is a *RefusedError.
func Load(ctx context.Context, from Source) (Task, []Note, error) {
	r := &report{}
	from.File = filepath.Clean(from.File)
	var task Task
	if read := read(ctx, from, r); read != nil {
		task = convert(read, r)
	}
	if err := r.err(); err != nil {
		return Task{}, nil, err
	}
	return task, sorted(r.notes, from.File), nil
}

// ours begins the extensions of the specification that this package reads. An unknown one is a typing mistake; those
// of other programs, x-..., are none of our business.
const ours = "x-aws-"

// read returns nothing if the file cannot be understood at all.
func read(ctx context.Context, from Source, r *report) *loaded {
	env, wrong := environmentOf(from)
	v := variables{env, loader.ToOptions(&types.ConfigDetails{}, nil).Interpolate.TypeCastMapping}
	readSources(from.File, v, r)
	complete := len(r.problems) == 0
	if wrong != nil {
		r.problems = append(r.problems, *wrong)
	}
	m := model{dir: filepath.Dir(from.File), profiles: from.Profiles, environment: env}
	m.name = nameOf(r.src.main(), v, m.dir)
	v.environment[consts.ComposeProjectName] = m.name

	r.checkVariables(v, from.Profiles)
	r.checkSchema(v)
	r.checkExtends()
	elsewhere := slices.ContainsFunc(r.problems, func(problem Note) bool { return problem.File != from.File })
	if !complete || elsewhere {
		return nil // compose-go reads the other files itself
	}
	return m.load(ctx, r)
}

// nameOf is the project's name: the file's own, or that of its folder.
func nameOf(main *document, v variables, dir string) string {
	if own := main.root.step("name"); own != nil {
		text, _ := own.value.(string)
		if filled, err := v.fill(text); err == nil && loader.NormalizeProjectName(filled) != "" {
			return loader.NormalizeProjectName(filled)
		}
	}
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	if name := loader.NormalizeProjectName(filepath.Base(dir)); name != "" {
		return name
	}
	return "app"
}

// checkSchema holds every file to the compose specification.
func (r *report) checkSchema(v variables) {
	for _, d := range r.src.files {
		found := violations(d.root, v.filled(d))
		if d != r.src.main() {
			for _, wrong := range found {
				r.problems = append(r.problems, d.note(wrong.path, wrong.text))
			}
			continue
		}
		for _, wrong := range found {
			r.refuse(wrong.path, wrong.text)
		}
		for _, wrong := range found {
			r.breaks(wrong.path)
		}
	}
}
