package sam

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/catnap-dev/catnap/internal/ecsctl"
)

// checkListener: the two rules lie side by side, forward where they should, and go with the stack.
func checkListener(t template) []string {
	var problems []string
	for _, base := range append([]string{"0"}, values["PriorityBase"].taken...) {
		s := t.deployed("PriorityBase", base)
		bypass, waker := s.priority("BypassRule"), s.priority("WakerRule")
		if waker != bypass+1 || bypass < 1 || waker > 50000 || bypass%10 != 1 {
			problems = append(problems, fmt.Sprintf("PriorityBase %s makes priorities %d and %d", base, bypass, waker))
		}
	}
	s := t.deployed()
	forwards := map[string]any{"BypassRule": s.value("ServiceTargetGroupArn"), "WakerRule": s.ref("WakerTargetGroup")}
	for _, name := range t.ofType("AWS::ElasticLoadBalancingV2::ListenerRule") {
		rule := s.resource(name)
		if actions := list(rule["Actions"]); len(actions) != 1 || at(actions[0], "TargetGroupArn") != forwards[name] {
			problems = append(problems, fmt.Sprintf("%s forwards to %v", name, actions))
		}
		if rule["ListenerArn"] != s.value("ListenerArn") {
			problems = append(problems, name+" is on another listener")
		}
	}
	for _, name := range sorted(t.Section("Resources")) {
		if policy := at(t.Section("Resources")[name], "DeletionPolicy"); policy != nil && policy != "Delete" {
			problems = append(problems, name+" stays when the stack goes")
		}
	}
	return append(problems, checkConditions(t)...)
}

func (s stack) priority(name string) int {
	number, err := strconv.Atoi(fmt.Sprint(s.resource(name)["Priority"]))
	if err != nil {
		return -1
	}
	return number
}

// conditions are the values of a rule's conditions, by field.
func (s stack) conditions(name string) map[string][]string {
	byField := map[string][]string{}
	for _, condition := range list(s.resource(name)["Conditions"]) {
		for _, config := range []string{"PathPatternConfig", "HostHeaderConfig", "HttpHeaderConfig"} {
			if values := at(condition, config, "Values"); values != nil {
				byField[text(at(condition, "Field"))] = texts(values)
			}
		}
	}
	return byField
}

func checkConditions(t template) []string {
	var problems []string
	for _, tc := range []struct {
		patterns, host string
		paths          []string
	}{
		{"/*", "", []string{"/*"}},
		{"/a,/b/*", "*.example.com", []string{"/a", "/b/*"}},
	} {
		s := t.deployed("PathPatterns", tc.patterns, "HostHeader", tc.host)
		got := s.conditions("WakerRule")
		paths := append(tc.paths, "/.catnap/*", "/.catnap/since/0/active/0")
		if !slices.Equal(got["path-pattern"], paths) {
			problems = append(problems, fmt.Sprintf("WakerRule has the paths %v", got["path-pattern"]))
		}
		if host := strings.Join(got["host-header"], ","); host != tc.host {
			problems = append(problems, fmt.Sprintf("WakerRule has the host %q, not %q", host, tc.host))
		}
	}
	s := t.deployed()
	if got := s.conditions("BypassRule")["http-header"]; !slices.Equal(got, []string{stackUUID}) {
		problems = append(problems, fmt.Sprintf("BypassRule has the secret %v", got))
	}
	header := at(list(s.resource("BypassRule")["Conditions"])[0], "HttpHeaderConfig", "HttpHeaderName")
	if header != ecsctl.BypassHeader {
		problems = append(problems, fmt.Sprintf("BypassRule has the header %v", header))
	}
	return problems
}

// checkTargetGroup: its name fits, only it may invoke the waker, and the waker gets requests in full.
func checkTargetGroup(t template) []string {
	var problems []string
	longest := strings.Repeat("a", 25)
	if name := text(t.deployed("ServiceName", longest).resource("WakerTargetGroup")["Name"]); len(name) > 32 {
		problems = append(problems, fmt.Sprintf("WakerTargetGroup has a name of %d characters", len(name)))
	}
	s := t.deployed()
	permission := s.resource("WakerPermission")
	if ok, _ := path.Match(text(permission["SourceArn"]), fmt.Sprint(s.ref("WakerTargetGroup"))); !ok {
		problems = append(problems, fmt.Sprintf("WakerPermission is for %v", permission["SourceArn"]))
	}
	if strings.Count(text(permission["SourceArn"]), "*") != 1 || permission["SourceAccount"] != account {
		problems = append(problems, "WakerPermission is for others too")
	}
	if permission["FunctionName"] != s.arn("WakerFunction") {
		problems = append(problems, "WakerPermission is for another function")
	}
	attributes := fmt.Sprint(s.resource("WakerTargetGroup")["TargetGroupAttributes"])
	if attributes != "[map[Key:lambda.multi_value_headers.enabled Value:true]]" {
		problems = append(problems, "WakerTargetGroup has the attributes "+attributes)
	}
	return problems
}

// checkTrust: a role is for one AWS service; the scheduler's is for this stack's schedules only.
func checkTrust(t template) []string {
	s := t.deployed()
	var problems []string
	for _, name := range t.ofType("AWS::IAM::Role") {
		statements := list(at(s.resource(name), "AssumeRolePolicyDocument", "Statement"))
		if len(statements) != 1 {
			problems = append(problems, name+" trusts more than one")
			continue
		}
		want := "lambda.amazonaws.com"
		if name == "SchedulerRole" {
			want = "scheduler.amazonaws.com"
			source := at(statements[0], "Condition", "StringEquals")
			if at(source, "aws:SourceAccount") != account || at(source, "aws:SourceArn") != s.arn("ScheduleGroup") {
				problems = append(problems, name+" trusts other schedules")
			}
		}
		if at(statements[0], "Principal", "Service") != want {
			problems = append(problems, fmt.Sprintf("%s trusts %v", name, at(statements[0], "Principal")))
		}
	}
	return problems
}

// TestTwoStacks: what has to be unique in an account or on a listener differs between two stacks.
func TestTwoStacks(t *testing.T) {
	read := load(t)
	one := read.deployed()
	two := read.deployed("ServiceName", "api", "PriorityBase", "1")
	for _, name := range sorted(read.Section("Resources")) {
		for _, property := range []string{
			"Name", "FunctionName", "LogGroupName", "QueueName", "AlarmName", "DashboardName", "Priority",
		} {
			mine, other := one.resource(name)[property], two.resource(name)[property]
			if mine != nil && mine == other {
				t.Errorf("%s: both have the %s %v", name, property, mine)
			}
		}
	}
	prefix := text(at(one.resource("ReaperFunction"), "Environment", "Variables", "CATNAP_PREFIX"))
	if strings.HasPrefix(text(two.resource("Settings")["Name"]), prefix+"/") {
		t.Error("the reaper of one stack sees the settings of the other")
	}
}
