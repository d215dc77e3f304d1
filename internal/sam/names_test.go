package sam

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

var pseudo = []string{
	"AWS::AccountId", "AWS::NoValue", "AWS::Partition", "AWS::Region", "AWS::StackId", "AWS::StackName",
}

// checkNames: whatever is named exists, and whatever is declared is used.
func checkNames(t template) []string {
	var problems []string
	used := map[string]bool{}
	for _, section := range []string{"Globals", "Rules", "Conditions", "Resources", "Outputs"} {
		for _, r := range references(section, t.section(section)) {
			used[r.name] = true
			if problem := t.unknown(r); problem != "" {
				problems = append(problems, r.path+": "+problem)
			}
		}
	}
	for _, section := range []string{"Parameters", "Conditions"} {
		for _, name := range sorted(t.section(section)) {
			if !used[name] {
				problems = append(problems, fmt.Sprintf("%s.%s is not used", section, name))
			}
		}
	}
	return append(problems, unknownDependencies(t)...)
}

func (t template) unknown(r reference) string {
	_, parameter := t.section("Parameters")[r.name]
	resource, isResource := t.section("Resources")[r.name]
	switch {
	case r.condition:
		if _, ok := t.section("Conditions")[r.name]; !ok {
			return "unknown condition " + r.name
		}
	case r.attribute != "":
		kind := text(dictionary(resource)["Type"])
		if !slices.Contains(schema()[kind].Attributes, r.attribute) {
			return fmt.Sprintf("unknown attribute %s.%s", r.name, r.attribute)
		}
	case !parameter && !isResource && !slices.Contains(pseudo, r.name):
		return "unknown name " + r.name
	}
	return ""
}

func unknownDependencies(t template) []string {
	var problems []string
	for _, name := range sorted(t.section("Resources")) {
		for _, other := range texts(dictionary(t.section("Resources")[name])["DependsOn"]) {
			if _, ok := t.section("Resources")[other]; !ok {
				problems = append(problems, fmt.Sprintf("Resources.%s: depends on unknown %s", name, other))
			}
		}
	}
	return problems
}

// checkCycles: no resource waits for itself, by what it names or by DependsOn.
func checkCycles(t template) []string {
	var problems []string
	for _, name := range sorted(t.section("Resources")) {
		if path := t.wayTo(name, name, map[string]bool{}); path != nil {
			problems = append(problems, "cycle: "+name+" needs "+strings.Join(path, ", which needs "))
		}
	}
	return problems
}

// wayTo returns the dependencies that lead from one resource to another, and nil when none do.
func (t template) wayTo(from, to string, seen map[string]bool) []string {
	for _, next := range t.dependencies(from) {
		if next == to {
			return []string{to}
		}
		if seen[next] {
			continue
		}
		seen[next] = true
		if rest := t.wayTo(next, to, seen); rest != nil {
			return append([]string{next}, rest...)
		}
	}
	return nil
}

// checkOrder: what must be there before something else is, for reasons that CloudFormation does not know.
func checkOrder(t template) []string {
	order := map[string][]string{
		"WakerTargetGroup": {"WakerPermission"},                       // AWS refuses the target without it
		"WakerRule":        {"BypassRule"},                            // an armed rule takes traffic that must be passed on
		"WakerPolicy":      {"Settings", "Wakes"},                     // a waker without settings refuses requests
		"ReaperPolicy":     {"Settings", "Wakes"},                     // the stack must be the first to write the wakes
		"ReaperSchedule":   {"Settings", "ReaperPolicy", "WakerRule"}, // the first pass finds all it needs
	}
	var problems []string
	for _, later := range slices.Sorted(maps.Keys(order)) {
		for _, earlier := range order[later] {
			if t.wayTo(later, earlier, map[string]bool{}) == nil {
				problems = append(problems, later+" must come after "+earlier)
			}
		}
	}
	return problems
}
