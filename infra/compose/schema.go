package compose

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/compose-spec/compose-go/v2/schema"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// specification is the compose specification's schema, as compose-go carries it. compose-go validates with it too, but
// stops at the first mistake and gives no more than a text.
var specification = sync.OnceValue(func() *jsonschema.Schema {
	const name = "compose-spec.json"
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(schema.Schema))
	if err != nil {
		panic(err) // it is part of the program
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(name, document); err != nil {
		panic(err)
	}
	return compiler.MustCompile(name)
})

// violation is a place that is not as the specification wants it.
type violation struct {
	path path
	text string
}

// violations returns all of them. Variables must have been filled in.
func violations(root *node, filled map[string]any) []violation {
	failed, ok := errors.AsType[*jsonschema.ValidationError](specification().Validate(filled))
	if !ok {
		return nil
	}
	var found []violation
	for _, v := range flatten(failed) {
		v.path = root.indexed(v.path)
		found = append(found, v)
	}
	return found
}

// indexed writes positions in lists as "[0]", which a JSON pointer does not tell from keys.
func (n *node) indexed(p path) path {
	result := make(path, len(p))
	for i, step := range p {
		if n != nil && n.kind == list {
			step = "[" + step + "]"
		}
		result[i] = step
		if n != nil {
			n = n.step(step)
		}
	}
	return result
}

func flatten(e *jsonschema.ValidationError) []violation {
	var found []violation
	for _, cause := range e.Causes {
		found = append(found, flatten(cause)...)
	}
	switch k := e.ErrorKind.(type) {
	case *kind.OneOf, *kind.AnyOf:
		return mostSpecific(found)
	case *kind.AdditionalProperties:
		for _, key := range k.Properties {
			found = append(found, violation{path(e.InstanceLocation).to(key), unknownKey})
		}
		return found
	case *kind.FalseSchema:
		return append(found, unevaluated(e.InstanceLocation)...)
	}
	if len(e.Causes) > 0 {
		return found
	}
	return append(found, violation{e.InstanceLocation, wanted(e.ErrorKind)})
}

const unknownKey = "is no key of the compose specification: must be left out, or begin with x-"

// unevaluated is how a key of a service shows that no part of the specification knows. The known ones show the same way
// as soon as a neighbour has a mistake.
func unevaluated(location path) []violation {
	key := location[len(location)-1]
	if _, known := serviceKeys[key]; known || isExtension(key) {
		return nil
	}
	return []violation{{location, unknownKey}}
}

// mostSpecific chooses, of the reasons why none of several shapes fits, those that went deepest: there the shape was
// the one that was meant.
func mostSpecific(found []violation) []violation {
	deepest := 0
	for _, v := range found {
		deepest = max(deepest, len(v.path))
	}
	var kept []violation
	for _, v := range found {
		if len(v.path) == deepest {
			kept = append(kept, v)
		}
	}
	return oneText(kept)
}

// oneText joins "must be a number" and "must be a text" of one place.
func oneText(found []violation) []violation {
	var texts []string
	for _, v := range found {
		if text, ok := strings.CutPrefix(v.text, "must be "); ok && !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	if len(texts) != len(found) {
		return found
	}
	return []violation{{found[0].path, "must be " + strings.Join(texts, " or ")}}
}

func wanted(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.Type:
		text := "must be " + strings.Join(typeNames(k.Want), " or ")
		if slices.Equal(k.Want, []string{"string"}) && (k.Got == "boolean" || k.Got == "number") {
			text += ": write it in quotes"
		}
		return text
	case *kind.Enum:
		var values []string
		for _, value := range k.Want {
			values = append(values, written(value))
		}
		return "must be " + strings.Join(values, " or ")
	case *kind.Required:
		return "must have " + strings.Join(k.Missing, " and ")
	case *kind.Pattern:
		return "must be like " + k.Want
	case *kind.UniqueItems:
		return fmt.Sprintf("has the same value at %d and %d: must have each once", k.Duplicates[0], k.Duplicates[1])
	default:
		return k.LocalizedString(message.NewPrinter(language.English))
	}
}

func typeNames(names []string) []string {
	var texts []string
	for _, name := range names {
		switch name {
		case "object":
			texts = append(texts, "a mapping")
		case "array":
			texts = append(texts, "a list")
		case "string":
			texts = append(texts, "a text")
		case "null":
			texts = append(texts, "nothing")
		case "boolean":
			texts = append(texts, "true or false")
		default: // number, integer
			texts = append(texts, "a number")
		}
	}
	return slices.Compact(texts)
}
