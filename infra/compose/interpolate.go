package compose

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/interpolation"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/tree"
)

// variables fill in ${NAME} in a compose file.
type variables struct {
	environment map[string]string
	// casts tell which values are numbers or booleans, in compose-go's own table.
	casts map[tree.Path]interpolation.Cast
}

// environmentOf adds the file .env beside the compose file. What was handed in wins over it.
func environmentOf(from Source) (map[string]string, *Note) {
	env := map[string]string{}
	maps.Copy(env, from.Environment)
	file := filepath.Join(filepath.Dir(from.File), ".env")
	text, err := os.ReadFile(file) //nolint:gosec // whoever runs this names it
	if errors.Is(err, fs.ErrNotExist) {
		return env, nil
	}
	if err != nil {
		return env, &Note{File: file, Text: "cannot be read: " + reason(err)}
	}
	if need := mustBeSet(unsetIn(string(text), env)); need != "" {
		return env, &Note{File: file, Text: need}
	}
	own, err := dotenv.UnmarshalBytesWithLookup(text, lookupIn(env))
	if err != nil {
		return env, &Note{File: file, Text: "must have lines like NAME=value: " + err.Error()}
	}
	maps.Copy(own, env)
	return own, nil
}

func lookupIn(values map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := values[name]
		return value, ok
	}
}

// fill returns the text with its variables filled in.
func (v variables) fill(text string) (string, error) {
	filled, _, err := substitute(text, lookupIn(v.environment))
	return filled, err
}

// substitute does what compose-go does, and returns the variables without a default that nobody has set. Docker Compose
// puts an empty text in their place and warns, which would be a wrong image or a wrong domain on AWS.
func substitute(text string, lookup template.Mapping) (string, []string, error) {
	plain := plainVariables(text)
	var unset []string
	filled, err := template.SubstituteWithOptions(text, func(name string) (string, bool) {
		value, ok := lookup(name)
		if ok || !slices.Contains(plain, name) {
			return value, ok
		}
		unset = append(unset, name)
		return "", true // or the library would warn on the terminal
	}, template.WithoutLogging)
	return filled, distinct(unset), err
}

// plainVariable is one without a default: $NAME or ${NAME}. Two dollars are one that means itself.
var plainVariable = regexp.MustCompile(`\$(?:\$|([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})`)

func plainVariables(text string) []string {
	var names []string
	for _, found := range plainVariable.FindAllStringSubmatch(text, -1) {
		names = append(names, found[1]+found[2])
	}
	return names
}

func distinct(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

// mustBeSet is what is wrong with a value that has unset variables, and empty if it has none.
func mustBeSet(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf("needs %s: must be set in the environment or in .env, or have a default like ${%s:-...}",
		strings.Join(names, " and "), names[0])
}

// wrong says what is wrong with one value at its place, and is empty if nothing is.
func (v variables) wrong(p path, text string) string {
	var missing []string
	_, err := interpolation.Interpolate(onlyAt(p, text), interpolation.Options{
		LookupValue:     lookupIn(v.environment),
		TypeCastMapping: v.casts,
		Substitute: func(text string, lookup template.Mapping) (string, error) {
			filled, names, err := substitute(text, lookup)
			missing = names
			return filled, err
		},
	})
	if need := mustBeSet(missing); need != "" {
		return need
	}
	return wrongVariable(err)
}

func wrongVariable(err error) string {
	if err == nil {
		return ""
	}
	if required, ok := errors.AsType[*template.MissingRequiredError](err); ok {
		return strings.TrimSuffix(fmt.Sprintf("needs %s, which is not set: %s", required.Variable, required.Reason), ": ")
	}
	if _, ok := errors.AsType[*template.InvalidTemplateError](err); ok {
		return "must have variables like ${NAME}; a dollar sign that means itself is written $$"
	}
	return "must be a number, or true or false: " + innermost(err).Error()
}

// filled is a file with its variables filled in, for the schema. Values that cannot be are left out.
func (v variables) filled(d *document) map[string]any {
	root, _ := d.root.plain().(map[string]any)
	filled, _ := interpolation.Interpolate(root, interpolation.Options{
		LookupValue: lookupIn(v.environment), TypeCastMapping: v.casts,
		Substitute: func(text string, lookup template.Mapping) (string, error) {
			filled, _, err := substitute(text, lookup)
			return filled, err
		},
	})
	return filled
}

// onlyAt is a document that has nothing but one value.
func onlyAt(p path, value any) map[string]any {
	for _, step := range slices.Backward(p[1:]) {
		if _, ok := position(step); ok {
			value = []any{value}
		} else {
			value = map[string]any{step: value}
		}
	}
	return map[string]any{p[0]: value}
}

// checkVariables looks at each value of the main file that will be used.
func (r *report) checkVariables(v variables, profiles []string) {
	wrong := map[string]string{}
	var places []path
	r.src.main().used(profiles, func(p path, n *node) {
		text, ok := n.value.(string)
		if !ok {
			return
		}
		if what := v.wrong(p, text); what != "" {
			places, wrong[p.String()] = append(places, p), what
		}
	})
	for _, p := range places {
		r.refuse(p, wrong[p.String()])
	}
	for _, p := range places {
		r.breaks(p)
	}
}

// used visits the values of a file but those of other programs' extensions and of services whose profile is off.
// An anchor in an extension is visited where it is used.
func (d *document) used(profiles []string, visit func(path, *node)) {
	d.root.walk(nil, func(p path, n *node) {
		for _, step := range p {
			if strings.HasPrefix(step, "x-") && !strings.HasPrefix(step, ours) {
				return
			}
		}
		if len(p) > 2 && p[0] == "services" && !d.root.fields["services"].step(p[1]).on(profiles) {
			return
		}
		visit(p, n)
	})
}

// on tells whether a service is one of the profiles, or always there.
func (n *node) on(profiles []string) bool {
	own := n.step("profiles")
	if own == nil || len(own.list) == 0 {
		return true
	}
	for _, profile := range own.list {
		if name, ok := profile.value.(string); ok && (slices.Contains(profiles, name) || slices.Contains(profiles, "*")) {
			return true
		}
	}
	return false
}
