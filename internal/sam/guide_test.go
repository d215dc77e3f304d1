package sam

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// part is what stands below a heading of the guide, up to the next one.
func part(t *testing.T, heading string) string {
	t.Helper()
	return partOf(t, "deploy-sam.md", heading)
}

func document(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile("../../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func partOf(t *testing.T, name, heading string) string {
	t.Helper()
	_, rest, ok := strings.Cut(document(t, name), heading+"\n")
	if !ok {
		t.Fatalf("%s has no %q", name, heading)
	}
	rest, _, _ = strings.Cut(rest, "\n#")
	return rest
}

// rows are a table's first cells that are code, each with the other cells.
func rows(text string) map[string][]string {
	found := map[string][]string{}
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		if name, ok := strings.CutPrefix(cells[0], "`"); ok && strings.HasPrefix(line, "|") {
			found[strings.TrimSuffix(name, "`")] = cells[1:]
		}
	}
	return found
}

// TestGuideParameters: the guide has every parameter with its default.
func TestGuideParameters(t *testing.T) {
	want := map[string]string{}
	for name, p := range load(t).Section("Parameters") {
		want[name] = "required"
		if value, ok := dictionary(p)["Default"]; ok {
			want[name] = "`" + fmt.Sprint(value) + "`"
		}
		if want[name] == "``" {
			want[name] = "empty"
		}
	}
	got := map[string]string{}
	for name, cells := range rows(part(t, "## Parameters")) {
		got[name] = cells[0]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("parameters of the template (-) and of the guide (+):\n%s", diff)
	}
}

// TestGuidePermissions: the guide tells of every action who has it.
func TestGuidePermissions(t *testing.T) {
	who := map[string]string{
		"WakerRole": "waker", "ReaperRole": "reaper", "CostGuardRole": "cost guard", "SchedulerRole": "scheduler",
	}
	has := map[string][]string{}
	topic := values["AlarmTopicArn"].taken[1]
	for _, s := range load(t).deployed("AlarmTopicArn", topic).statements() {
		for _, name := range s.actions {
			if !slices.Contains(has[name], who[s.role]) {
				has[name] = append(has[name], who[s.role])
			}
		}
	}
	got := map[string][]string{}
	for name, cells := range rows(part(t, "### What the functions may do")) {
		got[name] = slices.Sorted(strings.SplitSeq(cells[len(cells)-1], ", "))
	}
	for _, roles := range has {
		slices.Sort(roles)
	}
	if diff := cmp.Diff(has, got); diff != "" {
		t.Errorf("permissions of the template (-) and of the guide (+):\n%s", diff)
	}
}

var actionName = regexp.MustCompile("`([a-z0-9]+:[A-Z][A-Za-z]+)`")

// TestGuideDeployer: what the guide asks of whoever deploys are known actions, and all that only they need.
func TestGuideDeployer(t *testing.T) {
	known := knownActions()
	named := map[string]bool{}
	for _, match := range actionName.FindAllStringSubmatch(part(t, "### What whoever deploys may need"), -1) {
		named[match[1]] = true
		if known[match[1]].rule == "" {
			t.Errorf("%s is not in testdata/actions.txt", match[1])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(known)) {
		if known[name].rule == "deploy" && !named[name] {
			t.Errorf("%s is in testdata/actions.txt and not in the guide", name)
		}
	}
}

// TestGuideNames: what the guide says is made is what the template makes for the service called web.
func TestGuideNames(t *testing.T) {
	s := load(t).deployed()
	made := part(t, "## What is made")
	for _, name := range sorted(s.Section("Resources")) {
		for _, property := range []string{"Name", "FunctionName", "QueueName", "AlarmName", "DashboardName"} {
			value := text(s.resource(name)[property])
			_, longer, _ := strings.Cut(value, ":") // an ARN, of what is named elsewhere
			if value != "" && longer == "" && !strings.Contains(made, "`"+value+"`") {
				t.Errorf("the guide does not name %s", value)
			}
		}
	}
}
