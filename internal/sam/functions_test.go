package sam

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/catnap-dev/catnap/internal/cloudformation"
)

// ofType are the names of the resources of one type.
func (t template) ofType(kind string) []string {
	var names []string
	for _, name := range sorted(t.Section("Resources")) {
		if dictionary(t.Section("Resources")[name])["Type"] == kind {
			names = append(names, name)
		}
	}
	return names
}

func at(v any, path ...string) any {
	for _, key := range path {
		v = dictionary(v)[key]
	}
	return v
}

// checkFunctions: each has a role, a log group and an alarm of its own, code that `make build` makes, and knows where
// its settings are.
func checkFunctions(t template) []string {
	s := t.deployed()
	var problems []string
	owners := map[any]string{}
	for _, name := range t.ofType("AWS::Serverless::Function") {
		for _, problem := range s.functionFaults(name, owners) {
			problems = append(problems, name+" "+problem)
		}
	}
	if len(t.ofType("AWS::Serverless::Function")) != 3 {
		problems = append(problems, "there must be three functions")
	}
	return problems
}

func (s stack) functionFaults(name string, owners map[any]string) []string {
	var problems []string
	function := s.resource(name)
	for _, own := range []any{function["Role"], at(function, "LoggingConfig", "LogGroup")} {
		if own == nil || owners[own] != "" {
			problems = append(problems, fmt.Sprintf("shares %v or has none", own))
		}
		owners[own] = name
	}
	if !s.writesLogs(name) {
		problems = append(problems, "may not write its log")
	}
	if want := "/aws/lambda/" + text(function["FunctionName"]); at(function, "LoggingConfig", "LogGroup") != want {
		problems = append(problems, "has its log not where the console looks: "+want)
	}
	if !s.watched(text(function["FunctionName"])) {
		problems = append(problems, "has no alarm")
	}
	main := filepath.Join("../../functions", filepath.Base(text(function["CodeUri"])), "main.go")
	if _, err := os.Stat(main); err != nil || filepath.Dir(text(function["CodeUri"])) != "dist" {
		problems = append(problems, fmt.Sprintf("has unknown code %v", function["CodeUri"]))
	}
	prefix := text(at(function, "Environment", "Variables", "CATNAP_PREFIX"))
	if want := prefix + "/services/" + s.value("ServiceName"); s.resource("Settings")["Name"] != want {
		problems = append(problems, "looks for settings below "+prefix)
	}
	for property, want := range map[string]any{"Runtime": "provided.al2023", "Handler": "bootstrap"} {
		if function[property] != want {
			problems = append(problems, fmt.Sprintf("has the %s %v", property, function[property]))
		}
	}
	return problems
}

// writesLogs tells whether a function's role may write to the function's log group, and to no other.
func (s stack) writesLogs(name string) bool {
	_, role := cloudformation.Call(s.Properties(name)["Role"])
	_, group := cloudformation.Call(at(s.Properties(name), "LoggingConfig", "LogGroup"))
	want := statement{
		role: texts(role)[0], sid: "WriteLogs", conditions: map[string]any{},
		actions:   []string{"logs:CreateLogStream", "logs:PutLogEvents"},
		resources: []string{s.arn(text(group))},
	}
	return slices.ContainsFunc(s.statements(), func(got statement) bool { return reflect.DeepEqual(got, want) })
}

// watched tells whether somebody hears of a function's errors.
func (s stack) watched(function string) bool {
	return slices.ContainsFunc(s.ofType("AWS::CloudWatch::Alarm"), func(name string) bool {
		alarm := s.resource(name)
		return alarm["MetricName"] == "Errors" && at(list(alarm["Dimensions"])[0], "Value") == function
	})
}

// checkLogs: no log is kept for longer than a week, and none without a limit.
func checkLogs(t template) []string {
	var problems []string
	for _, name := range t.ofType("AWS::Logs::LogGroup") {
		if t.deployed().resource(name)["RetentionInDays"] != json.Number("7") {
			problems = append(problems, name+" must keep 7 days")
		}
	}
	return problems
}

// checkSchedules: a schedule is for one function, on time, and tries once; so does Lambda with the reaper.
func checkSchedules(t template) []string {
	s := t.deployed()
	var problems []string
	want := map[any]string{
		s.arn("ReaperFunction"):    "rate(1 minute)",
		s.arn("CostGuardFunction"): "rate(1 hour)",
	}
	for _, name := range t.ofType("AWS::Scheduler::Schedule") {
		schedule := s.resource(name)
		target := at(schedule, "Target", "Arn")
		switch {
		case schedule["ScheduleExpression"] != want[target]:
			problems = append(problems, fmt.Sprintf("%s is %v", name, schedule["ScheduleExpression"]))
		case at(schedule, "Target", "RetryPolicy", "MaximumRetryAttempts") != json.Number("0"):
			problems = append(problems, name+" must not retry")
		case at(schedule, "FlexibleTimeWindow", "Mode") != "OFF":
			problems = append(problems, name+" must be on time")
		case schedule["GroupName"] != s.ref("ScheduleGroup"):
			problems = append(problems, name+" is not in the group that its role is for")
		}
		delete(want, target)
	}
	for target := range want {
		problems = append(problems, fmt.Sprintf("nothing invokes %v", target))
	}
	if at(s.resource("ReaperFunction"), "EventInvokeConfig", "MaximumRetryAttempts") != json.Number("0") {
		problems = append(problems, "ReaperFunction must not be retried by Lambda")
	}
	if at(s.resource("CostGuardSchedule"), "Target", "DeadLetterConfig", "Arn") != s.arn("DeadLetters") {
		problems = append(problems, "CostGuardSchedule loses what it cannot deliver")
	}
	return problems
}

// checkAlarms: each tells the topic when there is one; a reaper that nobody calls is one.
func checkAlarms(t template) []string {
	var problems []string
	topic := values["AlarmTopicArn"].taken[1]
	for _, name := range t.ofType("AWS::CloudWatch::Alarm") {
		for value, want := range map[string][]string{topic: {topic}, "": nil} {
			alarm := t.deployed("AlarmTopicArn", value).resource(name)
			if !slices.Equal(texts(alarm["AlarmActions"]), want) || !slices.Equal(texts(alarm["OKActions"]), want) {
				problems = append(problems, fmt.Sprintf("%s tells %v", name, alarm["AlarmActions"]))
			}
		}
		alarm := t.deployed().resource(name)
		if alarm["MetricName"] != "Invocations" && alarm["TreatMissingData"] != "notBreaching" {
			problems = append(problems, name+" takes quiet for a fault")
		}
	}
	silence := t.deployed().resource("ReaperSilenceAlarm")
	got := fmt.Sprintf("%v %v, %v s x %v", silence["ComparisonOperator"], silence["Threshold"],
		silence["Period"], silence["EvaluationPeriods"])
	if silence["TreatMissingData"] != "breaching" || got != "LessThanThreshold 1, 300 s x 2" {
		problems = append(problems, "ReaperSilenceAlarm does not hear ten minutes of silence")
	}
	throttles := t.deployed().resource("WakerThrottlesAlarm")
	if throttles["MetricName"] != "Throttles" || !strings.Contains(fmt.Sprint(throttles["Dimensions"]), "waker") {
		problems = append(problems, "nobody hears of a throttled waker")
	}
	return problems
}
