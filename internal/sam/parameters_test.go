package sam

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// refused says why CloudFormation would not take a value for a parameter.
func (t template) refused(name, value string) string {
	p := dictionary(t.section("Parameters")[name])
	if pattern := text(p["AllowedPattern"]); pattern != "" && !regexp.MustCompile(pattern).MatchString(value) {
		return "pattern"
	}
	if allowed := texts(p["AllowedValues"]); allowed != nil && !slices.Contains(allowed, value) {
		return "values"
	}
	if most, ok := p["MaxLength"].(uint64); ok && uint64(len(value)) > most {
		return "length"
	}
	if p["Type"] != "Number" {
		return ""
	}
	number, err := strconv.ParseUint(value, 10, 64)
	least, _ := p["MinValue"].(uint64)
	most, _ := p["MaxValue"].(uint64)
	if err != nil || number < least || number > most {
		return "number"
	}
	return ""
}

// checkParameters: each says what it is, is bounded, says what it wants when it refuses, and takes its own default.
func checkParameters(t template) []string {
	var problems []string
	for _, name := range sorted(t.section("Parameters")) {
		p := dictionary(t.section("Parameters")[name])
		pattern := text(p["AllowedPattern"])
		whole := strings.HasPrefix(pattern, "^") && strings.HasSuffix(pattern, "$")
		switch {
		case p["Description"] == nil:
			problems = append(problems, name+" has no Description")
		case pattern == "" && p["AllowedValues"] == nil && p["MaxValue"] == nil:
			problems = append(problems, name+" takes everything")
		case pattern != "" && !whole:
			problems = append(problems, name+" has an AllowedPattern that is not for the whole value")
		case p["AllowedValues"] == nil && p["ConstraintDescription"] == nil:
			problems = append(problems, name+" has no ConstraintDescription")
		case p["Default"] != nil && t.refused(name, fmt.Sprint(p["Default"])) != "":
			problems = append(problems, name+" refuses its own default")
		}
	}
	return append(problems, checkInterface(t)...)
}

// checkInterface: the console's groups have every parameter once.
func checkInterface(t template) []string {
	var problems []string
	var shown []string
	groups := dictionary(t.section("Metadata")["AWS::CloudFormation::Interface"])["ParameterGroups"]
	for _, group := range list(groups) {
		shown = append(shown, texts(dictionary(group)["Parameters"])...)
	}
	slices.Sort(shown)
	if !slices.Equal(shown, sorted(t.section("Parameters"))) {
		problems = append(problems, fmt.Sprintf("the interface shows %v", shown))
	}
	return problems
}

// checkValues: the parameters take and refuse what the table says, and each is in the table.
func checkValues(t template) []string {
	var problems []string
	for _, name := range sorted(t.section("Parameters")) {
		want, ok := values[name]
		if !ok {
			problems = append(problems, name+" has no values to try")
		}
		for _, value := range want.taken {
			if t.refused(name, value) != "" {
				problems = append(problems, fmt.Sprintf("%s refuses %q", name, value))
			}
		}
		for _, value := range want.refused {
			if t.refused(name, value) == "" {
				problems = append(problems, fmt.Sprintf("%s takes %q", name, value))
			}
		}
	}
	return problems
}

// broken are the rules that a stack's values break.
func (s stack) broken() []string {
	var broken []string
	for _, name := range sorted(s.section("Rules")) {
		rule := dictionary(s.section("Rules")[name])
		if condition, ok := rule["RuleCondition"]; ok && !s.holds(condition) {
			continue
		}
		for _, v := range list(rule["Assertions"]) {
			if assertion := dictionary(v); !s.holds(assertion["Assert"]) {
				broken = append(broken, name)
			}
		}
	}
	return broken
}

// TestRules: combinations of values that make no sense are refused before anything is made.
func TestRules(t *testing.T) {
	read := load(t)
	for name, tc := range map[string]struct {
		values []string
		want   []string
	}{
		"plausible":           {},
		"off without address": {values: []string{"BypassMode", "off", "LoadBalancerDnsName", ""}},
		"no address":          {values: []string{"LoadBalancerDnsName", ""}, want: []string{"BypassNeedsAddress"}},
		"other port":          {values: []string{"BypassScheme", "http", "BypassPort", "8080"}},
		"http on 443":         {values: []string{"BypassScheme", "http", "BypassPort", "443"}, want: []string{"PortFitsScheme"}},
		"https on 80":         {values: []string{"BypassPort", "80"}, want: []string{"PortFitsScheme"}},
		"http on 80":          {values: []string{"BypassScheme", "http", "BypassPort", "80"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := read.deployed(tc.values...).broken(); !slices.Equal(got, tc.want) {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}
