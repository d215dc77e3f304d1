package sam

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/catnap-dev/catnap/internal/cloudformation"
)

// checkNames: whatever is declared is used, and attributes exist. That names lead somewhere is seen to when the
// template is read.
func checkNames(t template) []string {
	var problems []string
	used := map[string]bool{}
	for _, section := range []string{"Globals", "Rules", "Conditions", "Resources", "Outputs"} {
		for _, r := range cloudformation.References(section, t.Section(section)) {
			used[r.Name] = true
			kind := text(dictionary(t.Section("Resources")[r.Name])["Type"])
			if r.Attribute != "" && !slices.Contains(schema()[kind].Attributes, r.Attribute) {
				problems = append(problems, fmt.Sprintf("%s: unknown attribute %s.%s", r.Path, r.Name, r.Attribute))
			}
		}
	}
	for _, resource := range t.Section("Resources") {
		used[text(dictionary(resource)["Condition"])] = true
	}
	for _, section := range []string{"Parameters", "Conditions"} {
		for _, name := range sorted(t.Section(section)) {
			if !used[name] {
				problems = append(problems, fmt.Sprintf("%s.%s is not used", section, name))
			}
		}
	}
	return problems
}

// checkCycles: no resource waits for itself, by what it names or by DependsOn.
func checkCycles(t template) []string {
	var problems []string
	for _, name := range sorted(t.Section("Resources")) {
		if path := t.Way(name, name); path != nil {
			problems = append(problems, "cycle: "+name+" needs "+strings.Join(path, ", which needs "))
		}
	}
	return problems
}

// checkOrder: what must be there before something else is, for reasons that CloudFormation does not know.
func checkOrder(t template) []string {
	order := map[string][]string{
		"WakerTargetGroup": {"WakerPermission"},                       // AWS refuses the target without it
		"WakerRule":        {"BypassRule"},                            // an armed rule takes traffic that must be passed on
		"WakerPolicy":      {"Settings", "Wakes"},                     // a waker without settings refuses requests
		"ReaperPolicy":     {"Settings", "Wakes"},                     // the stack must be the first to write the wakes
		"ReaperSchedule":   {"Settings", "ReaperPolicy", "WakerRule"}, // the first pass finds all it needs
		// The stack must be the first to write what the guard writes, and the guard finds all it needs.
		"CostGuardPolicy":   {"Settings", "Budget", "Warned", "Freeze", "ServiceFreeze", "Thaw"},
		"CostGuardSchedule": {"CostGuardPolicy"},
	}
	var problems []string
	for _, later := range slices.Sorted(maps.Keys(order)) {
		for _, earlier := range order[later] {
			if t.Way(later, earlier) == nil {
				problems = append(problems, later+" must come after "+earlier)
			}
		}
	}
	return problems
}
