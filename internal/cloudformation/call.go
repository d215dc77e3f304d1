package cloudformation

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Call returns the name and argument of an intrinsic function, and "" for what is none: a map whose only member is Ref,
// Condition with the name of one, or begins with "Fn::".
func Call(v any) (name string, argument any) {
	m, ok := v.(map[string]any)
	if !ok || len(m) != 1 {
		return "", nil
	}
	for key, argument := range m {
		_, isName := argument.(string) // a statement of IAM has a Condition, too, which is a mapping
		if key == "Ref" || key == "Condition" && isName || strings.HasPrefix(key, "Fn::") {
			return key, argument
		}
	}
	return "", nil
}

func isCall(v any) bool {
	name, _ := Call(v)
	return name != ""
}

// form is what a function's argument looks like.
type form struct {
	least, most int  // elements; 0, 0 is an argument that is no list
	names       int  // of the first elements that must be text
	rules       bool // it may be used in rules only
}

// forms are those of the functions that are known.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
var forms = map[string]form{
	"Ref": {}, "Condition": {}, "Fn::Base64": {}, "Fn::GetAZs": {}, "Fn::ImportValue": {}, "Fn::Sub": {},
	"Fn::GetAtt":           {least: 2, most: 2, names: 2},
	"Fn::If":               {least: 3, most: 3, names: 1},
	"Fn::Join":             {least: 2, most: 2, names: 1},
	"Fn::Split":            {least: 2, most: 2, names: 1},
	"Fn::Select":           {least: 2, most: 2},
	"Fn::FindInMap":        {least: 3, most: 3},
	"Fn::Equals":           {least: 2, most: 2},
	"Fn::Not":              {least: 1, most: 1},
	"Fn::And":              {least: 2, most: 10},
	"Fn::Or":               {least: 2, most: 10},
	"Fn::Contains":         {least: 2, most: 2, rules: true},
	"Fn::EachMemberEquals": {least: 2, most: 2, rules: true},
	"Fn::EachMemberIn":     {least: 2, most: 2, rules: true},
}

// malformed says what is wrong with a function's name or the form of its argument.
func malformed(name string, argument any, inRules bool) error {
	f, known := forms[name]
	if !known || f.rules && !inRules {
		return fmt.Errorf("%s is no function that is known here", name)
	}
	list, isList := argument.([]any)
	_, isText := argument.(string)
	switch {
	case name == "Ref" && !isText:
		return fmt.Errorf("%s must have a name", name)
	case name == "Fn::Sub":
		return malformedSub(argument)
	case f.most == 0:
		return nil
	case !isList || len(list) < f.least || len(list) > f.most:
		return fmt.Errorf("%s must have a list of %s", name, f.count())
	}
	for _, element := range list[:f.names] {
		if _, ok := element.(string); !ok {
			return fmt.Errorf("%s: %v must be text", name, element)
		}
	}
	return nil
}

func (f form) count() string {
	if f.least == f.most {
		return strconv.Itoa(f.least)
	}
	return fmt.Sprintf("%d to %d", f.least, f.most)
}

func malformedSub(argument any) error {
	if _, ok := argument.(string); ok {
		return nil
	}
	list, _ := argument.([]any)
	if len(list) == 2 {
		_, isText := list[0].(string)
		_, isMapping := list[1].(map[string]any)
		if isText && isMapping {
			return nil
		}
	}
	return fmt.Errorf("Fn::Sub must have a text, or a list of a text and a mapping")
}

// placeholder of a Fn::Sub. One that begins with ! is left as it is, without the !.
var placeholder = regexp.MustCompile(`\$\{(!?)([^}]*)\}`)

// sub is the argument of a Fn::Sub.
type sub struct {
	text string
	own  map[string]any // values that it brings along
}

func subOf(argument any) sub {
	if list, ok := argument.([]any); ok {
		return sub{list[0].(string), list[1].(map[string]any)} // malformedSub has looked
	}
	return sub{argument.(string), nil}
}

// names are those in the text that are not its own.
func (s sub) names() []string {
	var names []string
	for _, match := range placeholder.FindAllStringSubmatch(s.text, -1) {
		if _, mine := s.own[match[2]]; !mine && match[1] == "" {
			names = append(names, match[2])
		}
	}
	return names
}

// unused are the values that it brings along for nothing.
func (s sub) unused() []string {
	var unused []string
	for _, name := range sorted(s.own) {
		if !strings.Contains(s.text, "${"+name+"}") {
			unused = append(unused, name)
		}
	}
	return unused
}
