package compose

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/types"
)

// model is a compose file on its way through compose-go, which merges, extends, includes and converts.
type model struct {
	name        string
	dir         string
	profiles    []string
	environment map[string]string
}

// loaded is a project, and the mappings that it was made of, which know what was written and what was not.
type loaded struct {
	project *types.Project
	merged  map[string]any
}

// load returns nothing if compose-go cannot take the file.
func (m model) load(ctx context.Context, r *report) *loaded {
	file := types.ConfigFile{Filename: absolute(r.src.main().file), Content: r.src.main().text}
	if len(r.broken) > 0 {
		root, _ := r.src.main().root.plain().(map[string]any)
		file.Content, file.Config = nil, root
	}
	empty := map[string]bool{} // the texts that lack a variable, as they are written
	project, err := m.run(ctx, file, func(o *loader.Options) { o.Interpolate.Substitute = noting(empty) })
	if err != nil && m.locate(ctx, r, err) {
		return m.load(ctx, r) // the rest may have more, and has one value less each time
	}
	if err != nil || r.lacking(empty, m.profiles) {
		return nil
	}
	return project
}

// run is guarded, because a panic of a library is not the answer to somebody's typing mistake.
func (m model) run(
	ctx context.Context, file types.ConfigFile, more func(*loader.Options),
) (result *loaded, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("cannot be read by compose-go: %v", cause)
		}
	}()
	details := types.ConfigDetails{
		WorkingDir: absolute(m.dir), Environment: m.environment, ConfigFiles: []types.ConfigFile{file},
	}
	options := []func(*loader.Options){m.options, more}
	merged, err := loader.LoadModelWithContext(ctx, details, options...)
	if err != nil {
		return nil, err
	}
	project, err := loader.ModelToProject(merged, loader.ToOptions(&details, options), details)
	return &loaded{project, merged}, err
}

// options leave to this package what compose-go would end at the first mistake of.
func (m model) options(o *loader.Options) {
	o.SetProjectName(m.name, true)
	o.Profiles = m.profiles
	o.SkipValidation = true // the schema was looked at before
	o.SkipNormalization = true
	o.SkipConsistencyCheck = true
	o.SkipResolveEnvironment = true
	o.SkipResolveLabels = true
}

// noting remembers the texts that lack a variable. It is for the files that others include or extend: which variables
// they see is known to compose-go only.
func noting(empty map[string]bool) func(string, template.Mapping) (string, error) {
	return func(text string, lookup template.Mapping) (string, error) {
		filled, names, err := substitute(text, lookup)
		if len(names) > 0 {
			empty[text] = true
		}
		return filled, err
	}
}

// lacking adds what such texts of other files lack, and tells whether there was any.
func (r *report) lacking(empty map[string]bool, profiles []string) bool {
	before := len(r.problems)
	for _, d := range r.src.files {
		if d == r.src.main() {
			continue
		}
		d.used(profiles, func(p path, n *node) {
			if text, _ := n.value.(string); empty[text] {
				none := func(string) (string, bool) { return "", false }
				_, names, _ := substitute(text, none)
				r.problems = append(r.problems, d.note(p, shown(p, n)+mustBeSet(names)))
			}
		})
	}
	return len(r.problems) > before
}

// locate finds the values that compose-go does not take by handing it one at a time, since its errors have no place. It
// tells whether there was any, and takes them out.
func (m model) locate(ctx context.Context, r *report, whole error) bool {
	var found []path
	for _, section := range slices.Sorted(maps.Keys(r.src.main().root.fields)) {
		n := r.src.main().root.fields[section]
		for _, name := range slices.Sorted(maps.Keys(n.fields)) {
			found = append(found, m.locateIn(ctx, r, at(section, name), n.fields[name])...)
		}
	}
	for _, p := range found {
		r.breaks(p)
	}
	if len(found) == 0 {
		r.add(nil, m.words(whole))
	}
	return len(found) > 0
}

// locateIn goes down to the smallest part that compose-go does not take.
func (m model) locateIn(ctx context.Context, r *report, p path, n *node) []path {
	err := m.alone(ctx, p, n)
	if err == nil || p[len(p)-1] == "extends" {
		return nil
	}
	var found []path
	for _, key := range slices.Sorted(maps.Keys(n.fields)) {
		found = append(found, m.locateIn(ctx, r, p.to(key), n.fields[key])...)
	}
	for i, item := range n.list {
		found = append(found, m.locateIn(ctx, r, p.to(index(i)), item)...)
	}
	if len(found) == 0 && len(p) > 2 {
		r.refuse(p, "cannot be used: "+m.words(innermost(err)))
		return []path{p}
	}
	return found
}

// innermost is an error without those that only say where it was.
func innermost(err error) error {
	for {
		switch wrapped := err.(type) { //nolint:errorlint // it goes through the chain itself
		case interface{ Unwrap() error }:
			if wrapped.Unwrap() == nil {
				return err
			}
			err = wrapped.Unwrap()
		case interface{ Unwrap() []error }:
			if len(wrapped.Unwrap()) == 0 {
				return err
			}
			err = wrapped.Unwrap()[0]
		default:
			return err
		}
	}
}

func (m model) alone(ctx context.Context, p path, n *node) error {
	file := types.ConfigFile{Filename: "alone", Config: onlyAt(p, n.plain())}
	_, err := m.run(ctx, file, func(o *loader.Options) {
		o.Interpolate.Substitute = noting(map[string]bool{})
	})
	return err
}

// words are an error's, on one line and with files as the user knows them.
func (m model) words(err error) string {
	text := strings.ReplaceAll(err.Error(), absolute(m.dir)+string(filepath.Separator), "")
	return strings.Join(strings.Fields(text), " ")
}

func absolute(name string) string {
	if abs, err := filepath.Abs(name); err == nil {
		return abs
	}
	return name
}
