package sam

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// checks are all that hold for the template as a whole. Each returns what is wrong.
var checks = map[string]func(template) []string{
	"stack":        checkStack,
	"names":        checkNames,
	"cycles":       checkCycles,
	"order":        checkOrder,
	"schema":       checkSchema,
	"permissions":  checkPermissions,
	"trust":        checkTrust,
	"parameters":   checkParameters,
	"values":       checkValues,
	"settings":     checkSettings,
	"refusals":     checkRefusals,
	"functions":    checkFunctions,
	"logs":         checkLogs,
	"schedules":    checkSchedules,
	"alarms":       checkAlarms,
	"dashboard":    checkDashboard,
	"parts":        checkParts,
	"listener":     checkListener,
	"target group": checkTargetGroup,
}

func TestTemplate(t *testing.T) {
	read := load(t)
	for name, check := range checks {
		t.Run(name, func(t *testing.T) {
			for _, problem := range check(read) {
				t.Error(problem)
			}
		})
	}
}

// mutant is the template with one slip, the first place that is like old; the check must say what is wanted.
type mutant struct{ old, new, check, want string }

// problems are what the check says of the mutant, or the parser before it.
func (m mutant) problems(original string) []string {
	read, err := parse(strings.Replace(original, m.old, m.new, 1))
	if err != nil {
		return []string{err.Error()}
	}
	return checks[m.check](read)
}

// TestMutants: each check sees what it is for. Every mutant is a slip that a change of the template could make.
func TestMutants(t *testing.T) {
	original := source(t)
	for name, m := range mutants {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(original, m.old) {
				t.Fatalf("the template has no %q", m.old)
			}
			wanted := func(problem string) bool { return strings.Contains(problem, m.want) }
			if problems := m.problems(original); !slices.ContainsFunc(problems, wanted) {
				t.Errorf("%s: nothing of %q says %q", m.check, problems, m.want)
			}
		})
	}
}

// TestMutantsAreCounted: the README says how many there are.
func TestMutantsAreCounted(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("the SAM template: %d ways to break it", len(mutants))
	if !strings.Contains(string(readme), want) {
		t.Errorf("README.md does not say %q", want)
	}
}
