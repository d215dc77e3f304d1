package sam

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// checkParameters: each says what it is, is bounded, says what it wants when it refuses, and takes its own default.
func checkParameters(t template) []string {
	var problems []string
	for _, name := range sorted(t.Section("Parameters")) {
		p := dictionary(t.Section("Parameters")[name])
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
		case p["Default"] != nil && t.CheckParameter(name, fmt.Sprint(p["Default"])) != nil:
			problems = append(problems, name+" refuses its own default")
		}
	}
	return append(problems, checkInterface(t)...)
}

// checkInterface: the console's groups have every parameter once.
func checkInterface(t template) []string {
	var problems []string
	var shown []string
	groups := dictionary(t.Section("Metadata")["AWS::CloudFormation::Interface"])["ParameterGroups"]
	for _, group := range list(groups) {
		shown = append(shown, texts(dictionary(group)["Parameters"])...)
	}
	slices.Sort(shown)
	if !slices.Equal(shown, sorted(t.Section("Parameters"))) {
		problems = append(problems, fmt.Sprintf("the interface shows %v", shown))
	}
	return problems
}

// checkValues: the parameters take and refuse what the table says, and each is in the table.
func checkValues(t template) []string {
	var problems []string
	for _, name := range sorted(t.Section("Parameters")) {
		want, ok := values[name]
		if !ok {
			problems = append(problems, name+" has no values to try")
		}
		for _, value := range want.taken {
			if t.CheckParameter(name, value) != nil {
				problems = append(problems, fmt.Sprintf("%s refuses %q", name, value))
			}
		}
		for _, value := range want.refused {
			if t.CheckParameter(name, value) == nil {
				problems = append(problems, fmt.Sprintf("%s takes %q", name, value))
			}
		}
	}
	return problems
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
			_, err := read.deploy(tc.values...)
			if got := brokenRules(err); !slices.Equal(got, tc.want) {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}
