package cloudformation

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Walk visits v and all below it, each with its path, in a fixed order.
func Walk(path string, v any, visit func(path string, v any)) {
	visit(path, v)
	switch v := v.(type) {
	case map[string]any:
		for _, key := range sorted(v) {
			Walk(below(path, key), v[key], visit)
		}
	case []any:
		for i, element := range v {
			Walk(below(path, strconv.Itoa(i)), element, visit)
		}
	}
}

// Reference is a place that names something else.
type Reference struct {
	Path string
	// Name is that of a parameter, a resource or a pseudo parameter; or of a condition.
	Name      string
	Attribute string // of the resource; empty when the resource itself is meant
	Condition bool
}

// References finds all in v, which stands at path.
func References(path string, v any) []Reference {
	var found []Reference
	Walk(path, v, func(path string, v any) {
		name, argument := Call(v)
		if name == "" || malformed(name, argument, true) != nil {
			return
		}
		switch name {
		case "Ref":
			found = append(found, Reference{Path: path, Name: argument.(string)})
		case "Condition":
			found = append(found, Reference{Path: path, Name: argument.(string), Condition: true})
		case "Fn::If":
			found = append(found, Reference{Path: path, Name: argument.([]any)[0].(string), Condition: true})
		case "Fn::GetAtt":
			list := argument.([]any)
			found = append(found, Reference{Path: path, Name: list[0].(string), Attribute: list[1].(string)})
		case "Fn::Sub":
			for _, name := range subOf(argument).names() {
				resource, attribute, _ := strings.Cut(name, ".")
				found = append(found, Reference{Path: path, Name: resource, Attribute: attribute})
			}
		}
	})
	return found
}

// pseudo are the parameters that CloudFormation brings along.
var pseudo = []string{
	"AWS::AccountId", "AWS::NoValue", "AWS::NotificationARNs", "AWS::Partition", "AWS::Region", "AWS::StackId",
	"AWS::StackName", "AWS::URLSuffix",
}

// checkNames finds names that lead nowhere, and functions that are none. Conditions and rules are looked at before
// there are resources, and so know parameters only.
func (t *Template) checkNames() error {
	var problems []error
	for _, section := range []string{"Globals", "Rules", "Conditions", "Resources", "Outputs"} {
		early := section == "Rules" || section == "Conditions"
		problems = append(problems, checkCalls(section, t.Section(section), section == "Rules")...)
		for _, r := range References(section, t.Section(section)) {
			problems = append(problems, t.checkReference(r, early))
		}
	}
	for _, section := range []string{"Resources", "Outputs"} {
		for _, name := range sorted(t.Section(section)) {
			problems = append(problems, t.checkAttributes(section, name))
		}
	}
	return errors.Join(problems...)
}

func checkCalls(path string, v any, inRules bool) []error {
	var problems []error
	Walk(path, v, func(path string, v any) {
		m, _ := v.(map[string]any)
		name, argument := Call(v)
		if name != "" {
			if err := malformed(name, argument, inRules); err != nil {
				problems = append(problems, problem(path, "%w", err))
			} else if name == "Fn::Sub" {
				for _, unused := range subOf(argument).unused() {
					problems = append(problems, problem(path, "the text does not use %s", unused))
				}
			}
			return
		}
		for _, key := range sorted(m) {
			if strings.HasPrefix(key, "Fn::") {
				problems = append(problems, problem(path, "%s must stand alone", key))
			}
		}
	})
	return problems
}

func (t *Template) checkReference(r Reference, early bool) error {
	_, isParameter := t.parameters[r.Name]
	isResource := t.resource(r.Name) != nil && !early
	_, isCondition := t.Section("Conditions")[r.Name]
	switch {
	case r.Condition && !isCondition:
		return problem(r.Path, "there is no condition %s", r.Name)
	case r.Condition || isResource:
		return nil
	case r.Attribute != "":
		return problem(r.Path, "there is no resource %s", r.Name)
	case !isParameter && !slices.Contains(pseudo, r.Name):
		return problem(r.Path, "there is no parameter or resource %s", r.Name)
	}
	return nil
}

// checkAttributes looks at the names of a resource, or of an output, that stand outside of its properties.
func (t *Template) checkAttributes(section, name string) error {
	thing, ok := t.Section(section)[name].(map[string]any)
	if !ok {
		return fmt.Errorf("%s.%s: must be a mapping", section, name)
	}
	var problems []error
	if condition, given := thing["Condition"]; given {
		if text, ok := condition.(string); !ok || t.Section("Conditions")[text] == nil {
			problems = append(problems, fmt.Errorf("%s.%s.Condition: there is no condition %v", section, name, condition))
		}
	}
	for _, other := range texts(thing["DependsOn"]) {
		if t.resource(other) == nil {
			problems = append(problems, fmt.Errorf("%s.%s.DependsOn: there is no resource %s", section, name, other))
		}
	}
	return errors.Join(problems...)
}

// texts reads what is one text or a list of them.
func texts(v any) []string {
	if s, ok := v.(string); ok {
		return []string{s}
	}
	list, _ := v.([]any)
	all := make([]string, 0, len(list))
	for _, element := range list {
		all = append(all, fmt.Sprint(element))
	}
	return all
}

// Needs are the resources that must be there before the one of this name: those that its properties name, whether a
// condition holds or not, and those in DependsOn.
func (t *Template) Needs(resource string) []string {
	var needed []string
	for _, r := range References(resource, t.Properties(resource)) {
		if !r.Condition && t.resource(r.Name) != nil {
			needed = append(needed, r.Name)
		}
	}
	needed = append(needed, texts(t.resource(resource)["DependsOn"])...)
	slices.Sort(needed)
	return slices.Compact(needed)
}

// Way is how a resource comes to need another: the ones in between, and the other at the end; nil if it does not.
func (t *Template) Way(from, to string) []string { return t.way(from, to, map[string]bool{}) }

func (t *Template) way(from, to string, seen map[string]bool) []string {
	for _, next := range t.Needs(from) {
		if next == to {
			return []string{to}
		}
		if seen[next] {
			continue
		}
		seen[next] = true
		if rest := t.way(next, to, seen); rest != nil {
			return append([]string{next}, rest...)
		}
	}
	return nil
}
