package cloudformation

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// parameter is one of a template's.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
type parameter struct {
	Type                  string
	Default               *string
	AllowedPattern        string
	AllowedValues         []string
	ConstraintDescription string
	MinLength             *int
	MaxLength             *int
	MinValue              *float64
	MaxValue              *float64
	NoEcho                Ignored
	Description           Ignored

	whole *regexp.Regexp // AllowedPattern, for the whole value; nil if there is none
}

// types are those of parameters. The AWS-specific ones are names that CloudFormation looks up in the account, which
// nobody does here.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
var types = regexp.MustCompile(`^(String|CommaDelimitedList|Number|List<Number>|(List<)?AWS::[A-Za-z0-9:<>]+)$`)

func (t *Template) readParameters() error {
	t.parameters = map[string]parameter{}
	var problems []error
	for _, name := range sorted(t.Section("Parameters")) {
		p, err := readParameter("Parameters."+name, t.Section("Parameters")[name])
		t.parameters[name] = p
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}

func readParameter(path string, v any) (p parameter, err error) {
	if err := Decode(path, v, &p); err != nil {
		return p, err
	}
	if !types.MatchString(p.Type) {
		return p, problem(path+".Type", "%q is no known type", p.Type)
	}
	if p.AllowedPattern == "" {
		return p, nil
	}
	if p.whole, err = regexp.Compile(`^(?:` + p.AllowedPattern + `)$`); err != nil {
		return p, fmt.Errorf("%s.AllowedPattern: %w", path, err)
	}
	return p, nil
}

// element is the type of a list's elements, and of a single value itself.
func (p parameter) element() string {
	kind := p.Type
	for _, around := range []string{ssmPrefix, "List<"} {
		if inner, ok := strings.CutPrefix(kind, around); ok {
			kind = strings.TrimSuffix(inner, ">")
		}
	}
	return kind
}

const ssmPrefix = "AWS::SSM::Parameter::Value<"

// named tells whether the value is the name of an SSM parameter that has the value.
func (p parameter) named() bool { return strings.HasPrefix(p.Type, ssmPrefix) }

func (p parameter) list() bool {
	return strings.Contains(p.Type, "List<") || strings.Contains(p.Type, "CommaDelimitedList")
}

// split is a list's value as a list.
func (p parameter) split(value string) []string {
	if !p.list() {
		return []string{value}
	}
	parts := strings.Split(value, ",")
	for i, part := range parts {
		parts[i] = strings.TrimSpace(part)
	}
	return parts
}

// CheckParameter says why CloudFormation would not take a value for a parameter, in its words where the template has
// none of its own. A pattern is for the whole value; for a list, it and the allowed values are for each element.
func (t *Template) CheckParameter(name, value string) error {
	p, ok := t.parameters[name]
	if !ok {
		return problem("Parameters."+name, "the template has no such parameter")
	}
	for _, part := range p.split(value) {
		refusal := p.refuses(part)
		if refusal != "" && p.ConstraintDescription != "" {
			refusal = p.ConstraintDescription
		}
		if refusal != "" {
			return problem("Parameters."+name, "%q failed to satisfy constraint: %s", value, refusal)
		}
	}
	return nil
}

func (p parameter) refuses(value string) string {
	length := utf8.RuneCountInString(value)
	switch {
	case p.AllowedValues != nil && !slices.Contains(p.AllowedValues, value):
		return "must be one of " + strings.Join(p.AllowedValues, ", ")
	case p.whole != nil && !p.whole.MatchString(value):
		return "must match pattern " + p.AllowedPattern
	case p.MinLength != nil && length < *p.MinLength:
		return fmt.Sprintf("must have %d characters at the least", *p.MinLength)
	case p.MaxLength != nil && length > *p.MaxLength:
		return fmt.Sprintf("must have %d characters at the most", *p.MaxLength)
	case !p.named() && p.element() == "Number":
		return p.refusesNumber(value)
	}
	return ""
}

// refusesNumber takes fractions: a Number is whole only if its constraints say so, which they cannot. Functions that
// need a whole number must ask for text with a pattern.
func (p parameter) refusesNumber(value string) string {
	number, err := parseNumber(value)
	switch {
	case err != nil:
		return "must be a number"
	case p.MinValue != nil && number < *p.MinValue:
		return fmt.Sprintf("must be at least %v", *p.MinValue)
	case p.MaxValue != nil && number > *p.MaxValue:
		return fmt.Sprintf("must be at most %v", *p.MaxValue)
	}
	return ""
}

// values are those of all parameters: the given ones, and the defaults of the others. Each is checked.
func (t *Template) values(given map[string]string) (map[string]string, error) {
	values := map[string]string{}
	var problems []error
	for _, name := range sorted(given) {
		if _, ok := t.parameters[name]; !ok {
			problems = append(problems, t.CheckParameter(name, given[name]))
		}
	}
	for _, name := range sorted(t.parameters) {
		value, ok := given[name]
		if p := t.parameters[name]; !ok && p.Default != nil {
			value, ok = *p.Default, true
		}
		if !ok {
			problems = append(problems, problem("Parameters."+name, "must have a value"))
			continue
		}
		problems = append(problems, t.CheckParameter(name, value))
		values[name] = value
	}
	return values, errors.Join(problems...)
}
