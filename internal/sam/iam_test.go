package sam

import (
	_ "embed"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

//go:embed testdata/actions.txt
var actionsText string

// action is a line of testdata/actions.txt, which explains the columns.
type action struct{ resource, rule string }

func knownActions() map[string]action {
	known := map[string]action{}
	for line := range strings.Lines(actionsText) {
		if fields := strings.Fields(line); len(fields) == 3 && !strings.HasPrefix(line, "#") {
			known[fields[0]] = action{fields[1], fields[2]}
		}
	}
	return known
}

// statement is one of a role's, filled in.
type statement struct {
	role, sid          string
	actions, resources []string
	conditions         map[string]any // by key
}

// statements are those of all roles: their own, and those of the policies beside them.
func (s stack) statements() []statement {
	var all []statement
	for _, name := range sorted(s.Section("Resources")) {
		properties := s.resource(name)
		switch dictionary(s.Section("Resources")[name])["Type"] {
		case "AWS::IAM::Role":
			for _, policy := range list(properties["Policies"]) {
				all = append(all, read(name, dictionary(policy)["PolicyDocument"])...)
			}
		case "AWS::IAM::RolePolicy":
			all = append(all, read(text(properties["RoleName"]), properties["PolicyDocument"])...)
		}
	}
	return all
}

func read(role string, document any) []statement {
	var all []statement
	for _, v := range list(dictionary(document)["Statement"]) {
		m := dictionary(v)
		conditions := map[string]any{}
		for _, operator := range dictionary(m["Condition"]) {
			maps.Copy(conditions, dictionary(operator))
		}
		all = append(all, statement{role, text(m["Sid"]), texts(m["Action"]), texts(m["Resource"]), conditions})
	}
	return all
}

// checkPermissions: every action exists, and is allowed on as little as AWS lets one say.
func checkPermissions(t template) []string {
	known := knownActions()
	var problems []string
	topic := values["AlarmTopicArn"].taken[1]
	for _, s := range t.deployed("AlarmTopicArn", topic).statements() {
		for _, name := range s.actions {
			for _, resource := range s.resources {
				if problem := s.exceeds(known[name], name, resource); problem != "" {
					problems = append(problems, fmt.Sprintf("%s %s: %s on %s: %s", s.role, s.sid, name, resource, problem))
				}
			}
		}
	}
	return problems
}

func (s statement) exceeds(known action, name, resource string) string {
	service, _, _ := strings.Cut(name, ":")
	prefix := "arn:aws:" + service + ":" + region + ":" + account + ":" + strings.TrimPrefix(known.resource, "-")
	switch {
	case known.rule == "" || known.rule == "deploy":
		return "is no action that a function needs"
	case known.resource == "*":
		if _, bound := s.conditions[known.rule]; known.rule != "any" && !bound {
			return "needs a condition on " + known.rule
		}
		if resource != "*" {
			return "is restricted by AWS to no resource"
		}
	case !strings.HasPrefix(resource, prefix):
		return "must be on " + prefix
	case known.rule == "one" && strings.Contains(resource, "*"):
		return "must be on one resource"
	case known.rule == "below" && strings.Contains(strings.TrimSuffix(resource, "*"), "*"):
		return "may have a wildcard at the end only"
	case known.rule == "below" && strings.Count(resource, "*") == 1 && strings.TrimSuffix(resource, "*") == prefix:
		return "must name more than the kind of resource"
	}
	return ""
}

// call of an AWS API, as the interface that a package declares has it.
var apiCall = regexp.MustCompile(`context\.Context, \*(ecs|elb|ssm|cloudwatch)\.(\w+)Input`)

// calls are the IAM actions behind the calls that the functions' packages declare.
func calls(t *testing.T) []string {
	t.Helper()
	services := map[string]string{"elb": "elasticloadbalancing"}
	found := map[string]bool{}
	for _, file := range []string{"ecsctl/ecsctl.go", "settings/store.go", "traffic/traffic.go"} {
		raw, err := os.ReadFile("../" + file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range apiCall.FindAllStringSubmatch(string(raw), -1) {
			service := match[1]
			if long, ok := services[service]; ok {
				service = long
			}
			found[service+":"+match[2]] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// TestCallsAreAllowed: the reaper, which makes every call, is allowed each and nothing besides; the waker is allowed
// all but what only a stop needs.
func TestCallsAreAllowed(t *testing.T) {
	allowed := map[string][]string{}
	for _, s := range load(t).deployed().statements() {
		for _, name := range s.actions {
			if !strings.HasPrefix(name, "logs:") && !slices.Contains(allowed[s.role], name) {
				allowed[s.role] = append(allowed[s.role], name)
			}
		}
	}
	want := calls(t)
	if diff := cmp.Diff(want, slices.Sorted(slices.Values(allowed["ReaperRole"]))); diff != "" {
		t.Errorf("the reaper's calls (-) and permissions (+):\n%s", diff)
	}
	stops := []string{"cloudwatch:GetMetricStatistics", "ecs:GetTaskProtection"}
	want = slices.DeleteFunc(want, func(name string) bool { return slices.Contains(stops, name) })
	if diff := cmp.Diff(want, slices.Sorted(slices.Values(allowed["WakerRole"]))); diff != "" {
		t.Errorf("the waker's calls (-) and permissions (+):\n%s", diff)
	}
}
