package sam

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/catnap-dev/catnap/internal/cloudformation"
)

//go:embed testdata/schema.json
var schemaJSON []byte

// resourceType is what is known of one type of resource: only the properties that the template uses, and some more.
type resourceType struct {
	Source     string           `json:"source"`
	Attributes []string         `json:"attributes"`
	Properties map[string]shape `json:"properties"`
}

// shape is the form of a property. In JSON a text is the kind of a scalar, or its allowed values with | between them; a
// list has the shape of its elements; an object's keys end in ! when they are required.
type shape struct {
	kind     string
	elements *shape
	members  map[string]shape
}

func (s *shape) UnmarshalJSON(raw []byte) error {
	switch raw[0] {
	case '"':
		return json.Unmarshal(raw, &s.kind)
	case '[':
		var elements []shape
		err := json.Unmarshal(raw, &elements)
		if err == nil && len(elements) == 1 {
			s.elements = &elements[0]
		}
		return err
	default:
		return json.Unmarshal(raw, &s.members)
	}
}

var schema = sync.OnceValue(func() map[string]resourceType {
	var types map[string]resourceType
	if err := json.Unmarshal(schemaJSON, &types); err != nil {
		panic(err)
	}
	return types
})

// checkSchema: every resource has a known type, the properties that type requires and none that it does not know.
func checkSchema(t template) []string {
	var problems []string
	for _, name := range sorted(t.Section("Resources")) {
		resource := dictionary(t.Section("Resources")[name])
		kind, ok := schema()[text(resource["Type"])]
		if !ok {
			problems = append(problems, fmt.Sprintf("%s: unknown type %v", name, resource["Type"]))
			continue
		}
		properties := t.Properties(name)
		problems = append(problems, shape{members: kind.Properties}.misfits(name, properties)...)
	}
	return problems
}

func (s shape) misfits(path string, v any) []string {
	if name, argument := cloudformation.Call(v); name == "Fn::If" {
		return append(s.misfits(path, list(argument)[1]), s.misfits(path, list(argument)[2])...)
	} else if name != "" {
		return nil
	}
	switch {
	case s.elements != nil:
		return s.listMisfits(path, v)
	case s.members != nil:
		return s.memberMisfits(path, v)
	case !s.fits(v):
		return []string{fmt.Sprintf("%s: %v must be %s", path, v, s.kind)}
	default:
		return nil
	}
}

func (s shape) listMisfits(path string, v any) []string {
	elements, ok := v.([]any)
	if !ok {
		return []string{path + " must be a list"}
	}
	var problems []string
	for i, element := range elements {
		problems = append(problems, s.elements.misfits(fmt.Sprintf("%s.%d", path, i), element)...)
	}
	return problems
}

func (s shape) memberMisfits(path string, v any) []string {
	given, ok := v.(map[string]any)
	if !ok {
		return []string{path + " must be a mapping"}
	}
	var problems []string
	for _, key := range slices.Sorted(maps.Keys(s.members)) {
		if name, required := strings.CutSuffix(key, "!"); required && given[name] == nil {
			problems = append(problems, path+"."+name+" is required")
		}
	}
	for _, key := range sorted(given) {
		member, ok := s.members[key]
		if !ok {
			member, ok = s.members[key+"!"]
		}
		if !ok {
			problems = append(problems, path+"."+key+" is no known property")
			continue
		}
		problems = append(problems, member.misfits(path+"."+key, given[key])...)
	}
	return problems
}

func (s shape) fits(v any) bool {
	switch s.kind {
	case "any":
		return true
	case "string":
		_, ok := v.(string)
		return ok
	case "boolean":
		_, ok := v.(bool)
		return ok
	case "integer":
		number, ok := v.(json.Number)
		_, err := strconv.ParseUint(string(number), 10, 64)
		return ok && err == nil
	default:
		return slices.Contains(strings.Split(s.kind, "|"), text(v))
	}
}
