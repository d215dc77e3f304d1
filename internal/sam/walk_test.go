package sam

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// sorted goes through a map in a fixed order, so that failures read the same each time.
func sorted(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// walk visits v and all below it, each with its path.
func walk(path string, v any, visit func(path string, v any)) {
	visit(path, v)
	switch v := v.(type) {
	case map[string]any:
		for _, key := range sorted(v) {
			walk(path+"."+key, v[key], visit)
		}
	case []any:
		for i, element := range v {
			walk(fmt.Sprintf("%s.%d", path, i), element, visit)
		}
	}
}

// call returns the name and argument of an intrinsic function, and "" for anything else.
func call(v any) (name string, argument any) {
	m, ok := v.(map[string]any)
	if !ok || len(m) != 1 {
		return "", nil
	}
	for key, argument := range m {
		if key == "Ref" || key == "Condition" || strings.HasPrefix(key, "Fn::") {
			return key, argument
		}
	}
	return "", nil
}

// reference is a place that names something else: a parameter, a resource or its attribute, or a condition.
type reference struct {
	path, name, attribute string
	condition             bool
}

// references finds all in v. Names that a !Sub brings along itself are left out.
func references(path string, v any) []reference {
	var found []reference
	walk(path, v, func(path string, v any) {
		switch name, argument := call(v); name {
		case "Ref":
			found = append(found, reference{path: path, name: text(argument)})
		case "Fn::GetAtt":
			found = append(found, reference{path: path, name: text(list(argument)[0]), attribute: text(list(argument)[1])})
		case "Fn::Sub":
			found = append(found, substituted(path, argument)...)
		case "Condition":
			found = append(found, reference{path: path, name: text(argument), condition: true})
		case "Fn::If":
			if branches := list(argument); len(branches) == 3 {
				found = append(found, reference{path: path, name: text(branches[0]), condition: true})
			}
		}
	})
	return found
}

var placeholder = regexp.MustCompile(`\$\{([^}]*)\}`)

// subParts returns the text of a !Sub and the values that it brings along.
func subParts(argument any) (pattern string, own map[string]any) {
	if parts := list(argument); len(parts) == 2 {
		return text(parts[0]), dictionary(parts[1])
	}
	return text(argument), nil
}

func substituted(path string, argument any) []reference {
	pattern, own := subParts(argument)
	var found []reference
	for _, match := range placeholder.FindAllStringSubmatch(pattern, -1) {
		if _, mine := own[match[1]]; mine {
			continue
		}
		name, attribute, _ := strings.Cut(match[1], ".")
		found = append(found, reference{path: path, name: name, attribute: attribute})
	}
	for _, name := range sorted(own) {
		if !strings.Contains(pattern, "${"+name+"}") {
			found = append(found, reference{path: path, name: name + ", which the text does not use"})
		}
	}
	return found
}

// dependencies are the resources that must be there before the one called name.
func (t template) dependencies(name string) []string {
	resource := dictionary(t.section("Resources")[name])
	var needed []string
	for _, r := range references(name, resource["Properties"]) {
		if _, ok := t.section("Resources")[r.name]; ok && !r.condition {
			needed = append(needed, r.name)
		}
	}
	return append(needed, texts(resource["DependsOn"])...)
}

// texts reads what is one text or a list of them.
func texts(v any) []string {
	if s, ok := v.(string); ok {
		return []string{s}
	}
	var all []string
	for _, element := range list(v) {
		all = append(all, text(element))
	}
	return all
}
