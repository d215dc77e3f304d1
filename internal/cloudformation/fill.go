package cloudformation

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// nothing stands for AWS::NoValue until the property or element is left out.
type nothing struct{}

// fill is a value with its functions called.
func (s *Stack) fill(path string, v any) (any, error) {
	if name, argument := Call(v); name != "" {
		return s.call(below(path, name), name, argument)
	}
	switch v := v.(type) {
	case map[string]any:
		return s.fillMap(path, v)
	case []any:
		return s.fillList(path, v)
	default:
		return v, nil
	}
}

func (s *Stack) fillMap(path string, m map[string]any) (any, error) {
	filled := make(map[string]any, len(m))
	for _, key := range sorted(m) {
		value, err := s.fill(below(path, key), m[key])
		if err != nil {
			return nil, err
		}
		filled[key] = value
	}
	maps.DeleteFunc(filled, func(_ string, value any) bool { return value == nothing{} })
	return filled, nil
}

func (s *Stack) fillList(path string, list []any) ([]any, error) {
	filled := make([]any, 0, len(list))
	for i, element := range list {
		value, err := s.fill(below(path, strconv.Itoa(i)), element)
		if err != nil {
			return nil, err
		}
		filled = append(filled, value)
	}
	return slices.DeleteFunc(filled, func(value any) bool { return value == nothing{} }), nil
}

// call calls a function. The form of its argument was looked at when the template was read.
func (s *Stack) call(path, name string, argument any) (any, error) {
	switch name {
	case "Ref":
		return at(path)(s.ref(argument.(string)))
	case "Fn::GetAtt":
		list := argument.([]any)
		return at(path)(s.attribute(list[0].(string), list[1].(string)))
	case "Fn::Sub":
		return s.sub(path, subOf(argument))
	case "Fn::If":
		return s.choose(path, argument.([]any))
	case "Fn::GetAZs", "Fn::ImportValue", "Fn::Base64":
		return s.callOnText(path, name, argument)
	case "Fn::Join", "Fn::Split", "Fn::Select", "Fn::FindInMap":
		arguments, err := s.fillList(path, argument.([]any))
		if err != nil {
			return nil, err
		}
		return at(path)(s.callOnList(name, arguments))
	default:
		return nil, problem(path, "decides, and is for conditions and rules only")
	}
}

// at puts the place before an error that has none.
func at(path string) func(any, error) (any, error) {
	return func(v any, err error) (any, error) {
		if err != nil {
			return nil, problem(path, "%w", err)
		}
		return v, nil
	}
}

func (s *Stack) choose(path string, branches []any) (any, error) {
	holds, err := s.Holds(branches[0].(string))
	if err != nil {
		return nil, problem(path, "%w", err)
	}
	chosen := 2
	if holds {
		chosen = 1
	}
	return s.fill(below(path, strconv.Itoa(chosen)), branches[chosen])
}

func (s *Stack) callOnText(path, name string, argument any) (any, error) {
	filled, err := s.fill(path, argument)
	if err != nil {
		return nil, err
	}
	text, ok := filled.(string)
	switch {
	case !ok:
		return nil, problem(path, "%v must be text", filled)
	case name == "Fn::GetAZs":
		return s.zones(text), nil
	case name == "Fn::Base64":
		return base64.StdEncoding.EncodeToString([]byte(text)), nil
	}
	value, ok := s.options.Exports[text]
	if !ok {
		return nil, problem(path, "no stack exports %s", text)
	}
	return value, nil
}

// zones are those of a Region, three as in most; empty means the stack's own.
func (s *Stack) zones(region string) []any {
	if region == "" {
		region = s.options.Place.Region
	}
	return []any{region + "a", region + "b", region + "c"}
}

func (s *Stack) callOnList(name string, arguments []any) (any, error) {
	switch name {
	case "Fn::Join":
		return join(arguments)
	case "Fn::Split":
		return split(arguments)
	case "Fn::Select":
		return choice(arguments)
	default:
		return s.find(arguments)
	}
}

func join(arguments []any) (any, error) {
	elements, ok := arguments[1].([]any)
	if !ok {
		return nil, fmt.Errorf("%v must be a list", arguments[1])
	}
	parts := make([]string, 0, len(elements))
	for _, element := range elements {
		if !isScalar(element) {
			return nil, fmt.Errorf("%v must be text", element)
		}
		parts = append(parts, fmt.Sprint(element))
	}
	return strings.Join(parts, fmt.Sprint(arguments[0])), nil
}

func split(arguments []any) (any, error) {
	text, ok := arguments[1].(string)
	if !ok {
		return nil, fmt.Errorf("%v must be text", arguments[1])
	}
	var parts []any
	for part := range strings.SplitSeq(text, fmt.Sprint(arguments[0])) {
		parts = append(parts, part)
	}
	return parts, nil
}

func choice(arguments []any) (any, error) {
	list, isList := arguments[1].([]any)
	index, err := strconv.Atoi(fmt.Sprint(arguments[0]))
	if !isList || err != nil || index < 0 || index >= len(list) {
		return nil, fmt.Errorf("there is no element %v in %v", arguments[0], arguments[1])
	}
	return list[index], nil
}

func (s *Stack) find(keys []any) (any, error) {
	var found any = s.Section("Mappings")
	for _, key := range keys {
		level, _ := found.(map[string]any)
		value, ok := level[fmt.Sprint(key)]
		if !ok {
			return nil, fmt.Errorf("the mappings have no %v", keys)
		}
		found = value
	}
	return found, nil
}

func (s *Stack) sub(path string, argument sub) (any, error) {
	var failed error
	text := placeholder.ReplaceAllStringFunc(argument.text, func(match string) string {
		parts := placeholder.FindStringSubmatch(match)
		if parts[1] == "!" {
			return "${" + parts[2] + "}"
		}
		value, err := s.substitute(path, parts[2], argument.own)
		if err == nil && !isScalar(value) {
			err = problem(path, "${%s} is %v and must be text", parts[2], value)
		}
		if err != nil && failed == nil {
			failed = err
		}
		return fmt.Sprint(value)
	})
	if failed != nil {
		return nil, failed
	}
	return text, nil
}

func (s *Stack) substitute(path, name string, own map[string]any) (any, error) {
	if value, mine := own[name]; mine {
		return s.fill(below(path, "1."+name), value)
	}
	if resource, attribute, ok := strings.Cut(name, "."); ok {
		return at(path)(s.attribute(resource, attribute))
	}
	return at(path)(s.ref(name))
}

func (s *Stack) ref(name string) (any, error) {
	if p, ok := s.parameters[name]; ok {
		return s.parameter(name, p), nil
	}
	place := s.options.Place
	switch name {
	case "AWS::NoValue":
		return nothing{}, nil
	case "AWS::AccountId":
		return place.Account, nil
	case "AWS::Region":
		return place.Region, nil
	case "AWS::Partition":
		return partition, nil
	case "AWS::URLSuffix":
		return "amazonaws.com", nil
	case "AWS::StackName":
		return place.Stack, nil
	case "AWS::StackId":
		return place.StackARN(), nil
	case "AWS::NotificationARNs":
		return []any{}, nil
	}
	made, err := s.make(name)
	if err != nil {
		return nil, err
	}
	return made.physical.ID, nil
}

func (s *Stack) parameter(name string, p parameter) any {
	if !p.list() {
		return s.values[name]
	}
	var list []any
	for _, part := range p.split(s.values[name]) {
		list = append(list, part)
	}
	return list
}

func (s *Stack) attribute(resource, attribute string) (any, error) {
	made, err := s.make(resource)
	if err != nil {
		return nil, err
	}
	value, ok := made.physical.Attributes[attribute]
	if !ok {
		return nil, fmt.Errorf("%s, a %s, has no known attribute %s", resource, made.resource.Type, attribute)
	}
	return value, nil
}
