package cloudformation

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Holds tells whether a condition of the template holds.
func (s *Stack) Holds(condition string) (bool, error) {
	if holds, known := s.conditions[condition]; known {
		return holds, nil
	}
	path := "Conditions." + condition
	if err := s.enter(path); err != nil {
		return false, err
	}
	defer s.leave()
	holds, err := s.decide(path, s.Section("Conditions")[condition])
	if err == nil {
		s.conditions[condition] = holds
	}
	return holds, err
}

// decide evaluates a condition, or an assertion of a rule.
func (s *Stack) decide(path string, v any) (bool, error) {
	name, argument := Call(v)
	path = below(path, name)
	each, _ := argument.([]any)
	switch name {
	case "Condition":
		return s.Holds(argument.(string))
	case "Fn::Not":
		holds, err := s.decide(path, each[0])
		return !holds, err
	case "Fn::And":
		return s.decideAll(path, each, true)
	case "Fn::Or":
		return s.decideAll(path, each, false)
	case "Fn::Equals", "Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn":
		return s.compare(path, name, each)
	default:
		return false, problem(path, "%v decides nothing", v)
	}
}

// decideAll is true for "and" if all are, and for "or" if one is.
func (s *Stack) decideAll(path string, each []any, and bool) (bool, error) {
	for i, part := range each {
		holds, err := s.decide(below(path, strconv.Itoa(i)), part)
		if err != nil {
			return false, err
		}
		if holds != and {
			return !and, nil
		}
	}
	return and, nil
}

// compare compares as text, as CloudFormation does.
func (s *Stack) compare(path, name string, arguments []any) (bool, error) {
	filled, err := s.fillList(path, arguments)
	if err != nil {
		return false, err
	}
	if len(filled) != len(arguments) {
		return false, problem(path, "there is nothing to compare")
	}
	left, right := words(filled[0]), words(filled[1])
	only := strings.Join(right, ",") // the second is one text
	switch name {
	case "Fn::Contains":
		return slices.Contains(left, only), nil
	case "Fn::EachMemberEquals":
		return !slices.ContainsFunc(left, func(word string) bool { return word != only }), nil
	case "Fn::EachMemberIn":
		return !slices.ContainsFunc(left, func(word string) bool { return !slices.Contains(right, word) }), nil
	default:
		return slices.Equal(left, right), nil
	}
}

// words are the elements of a list, or a single value.
func words(v any) []string {
	list, ok := v.([]any)
	if !ok {
		return []string{fmt.Sprint(v)}
	}
	all := make([]string, 0, len(list))
	for _, element := range list {
		all = append(all, fmt.Sprint(element))
	}
	return all
}

// rule is one of a template's.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
type rule struct {
	RuleCondition any
	Assertions    []struct {
		Assert            any
		AssertDescription string
	}
}

// BrokenRuleError says which rule of the template the values of its parameters break, in the rule's words.
type BrokenRuleError struct{ Rule, Assertion string }

func (e *BrokenRuleError) Error() string { return fmt.Sprintf("Rules.%s: %s", e.Rule, e.Assertion) }

// checkRules names every rule that is broken.
func (s *Stack) checkRules() error {
	var problems []error
	for _, name := range sorted(s.Section("Rules")) {
		path := "Rules." + name
		var r rule
		if err := Decode(path, s.Section("Rules")[name], &r); err != nil {
			return err
		}
		problems = append(problems, s.checkRule(path, name, r))
	}
	return errors.Join(problems...)
}

func (s *Stack) checkRule(path, name string, r rule) error {
	if r.RuleCondition != nil {
		if holds, err := s.decide(below(path, "RuleCondition"), r.RuleCondition); err != nil || !holds {
			return err
		}
	}
	var problems []error
	for i, assertion := range r.Assertions {
		holds, err := s.decide(fmt.Sprintf("%s.Assertions.%d.Assert", path, i), assertion.Assert)
		if err == nil && !holds {
			err = &BrokenRuleError{name, assertion.AssertDescription}
		}
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}
