package sam

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// widget is one of a dashboard's:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
type widget struct {
	Type                string
	X, Y, Width, Height int
	Properties          struct {
		Title, Region, Query string
		Metrics              [][]any
		Alarms               []string
	}
}

// shown are the metrics that exist, by namespace, with their dimensions.
var shown = map[string]struct {
	metrics    []string
	dimensions []string
}{
	"AWS/ApplicationELB": {
		[]string{"RequestCount", "HealthyHostCount", "UnHealthyHostCount"}, []string{"LoadBalancer", "TargetGroup"},
	},
	"AWS/Billing": {[]string{"EstimatedCharges"}, []string{"Currency"}},
	"AWS/ECS":     {[]string{"CPUUtilization"}, []string{"ClusterName", "ServiceName"}},
	"AWS/Lambda":  {[]string{"Invocations", "Errors", "Throttles", "Duration"}, []string{"FunctionName"}},
}

// checkDashboard: CloudWatch takes it; it shows metrics that there are, of what the stack has, and every alarm; and
// nobody has to have it.
func checkDashboard(t template) []string {
	var problems []string
	if condition := dictionary(t.Section("Resources")["Dashboard"])["Condition"]; condition != "HasDashboard" {
		problems = append(problems, "Dashboard is made with DashboardMode none, too")
	}
	s := t.deployed()
	var body struct{ Widgets []widget }
	if err := json.Unmarshal([]byte(text(s.resource("Dashboard")["DashboardBody"])), &body); err != nil {
		return append(problems, "Dashboard is no JSON: "+err.Error())
	}
	var alarms []string
	for i, w := range body.Widgets {
		for _, problem := range s.widgetFaults(w) {
			problems = append(problems, w.Properties.Title+": "+problem)
		}
		if slices.ContainsFunc(body.Widgets[:i], w.overlaps) {
			problems = append(problems, w.Properties.Title+": overlaps another widget")
		}
		alarms = append(alarms, w.Properties.Alarms...)
	}
	for _, name := range t.ofType("AWS::CloudWatch::Alarm") {
		if !slices.Contains(alarms, s.arn(name)) {
			problems = append(problems, "Dashboard does not show "+name)
		}
	}
	return problems
}

func (w widget) overlaps(other widget) bool {
	return w.X < other.X+other.Width && other.X < w.X+w.Width && w.Y < other.Y+other.Height && other.Y < w.Y+w.Height
}

// home is the Region that has what a widget shows.
func (w widget) home() string {
	if len(w.Properties.Metrics) > 0 && w.Properties.Metrics[0][0] == "AWS/Billing" {
		return "us-east-1"
	}
	return region
}

func (s stack) widgetFaults(w widget) []string {
	var problems []string
	if w.Type != "alarm" && w.Properties.Region != w.home() {
		problems = append(problems, "is of the Region "+w.Properties.Region)
	}
	if w.X+w.Width > 24 {
		problems = append(problems, "is beyond the edge")
	}
	for _, metric := range w.Properties.Metrics {
		if problem := s.metricFault(metric); problem != "" {
			problems = append(problems, problem)
		}
	}
	return append(problems, s.queryFaults(w.Properties.Query)...)
}

// metricFault reads a metric as ["AWS/Lambda", "Errors", "FunctionName", "catnap-web-waker", {"label": "errors"}].
func (s stack) metricFault(metric []any) string {
	words := texts(metric)
	known, ok := shown[words[0]]
	if !ok || !slices.Contains(known.metrics, words[1]) || len(words) != 3+2*len(known.dimensions) {
		return fmt.Sprintf("%v is no known metric", metric)
	}
	for i, dimension := range known.dimensions {
		name, value := words[2+2*i], words[3+2*i]
		if name != dimension || !slices.Contains(s.dimensionValues(name), value) {
			return fmt.Sprintf("%v is not of this stack: %s %s", metric, name, value)
		}
	}
	return ""
}

func (s stack) dimensionValues(name string) []string {
	fullName := func(arn any) string { return strings.TrimPrefix(text(arn), elbARN) }
	switch name {
	case "LoadBalancer":
		return []string{"app/shop/0123456789abcdef"}
	case "TargetGroup":
		return []string{fullName(s.ref("ServiceTargetGroupArn")), fullName(s.ref("WakerTargetGroup"))}
	case "ClusterName":
		return []string{s.value("Cluster")}
	case "Currency":
		return []string{"USD"}
	case "ServiceName":
		return []string{s.value("Service")}
	default:
		return []string{text(s.ref("WakerFunction")), text(s.ref("ReaperFunction"))}
	}
}

var (
	queryList  = regexp.MustCompile(`message in \[([^]]*)\]`)
	queryWords = regexp.MustCompile(`'(\w+)'`)
)

// logSources are the logs that queries read: the two that have decisions, or the cost guard's.
var logSources = []string{
	"SOURCE '/aws/lambda/catnap-web-waker' | SOURCE '/aws/lambda/catnap-web-reaper' | filter ",
	"SOURCE '/aws/lambda/catnap-web-costguard' | filter ",
}

// queryFaults: the query reads logs that have what it is about, and looks for messages that somebody writes there.
func (s stack) queryFaults(query string) []string {
	if query == "" {
		return nil
	}
	var problems []string
	of := slices.IndexFunc(logSources, func(logs string) bool { return strings.HasPrefix(query, logs) })
	if of < 0 {
		return []string{"does not read the logs that have decisions: " + query}
	}
	words := queryWords.FindAllStringSubmatch(queryList.FindString(query), -1)
	if len(words) == 0 {
		return append(problems, "asks for no message: "+query)
	}
	for _, word := range words {
		if !logged(logPackages[of], word[1]) {
			problems = append(problems, fmt.Sprintf("nobody logs %q", word[1]))
		}
	}
	return problems
}

// logPackages are the files that write the logSources.
var logPackages = []string{"../*er/*.go", "../costguard/*.go"}

// logged tells whether one of the files has a log line with this message.
func logged(pattern, message string) bool {
	files, _ := filepath.Glob(pattern) // the pattern is well formed
	return slices.ContainsFunc(files, func(file string) bool {
		source, err := os.ReadFile(file)
		return err == nil && regexp.MustCompile(`log\.\w+\([^"\n]*"`+message+`"`).Match(source)
	})
}

// checkParts: the parameters beside the settings are parts that catnap knows, each once, and are empty at first.
func checkParts(t template) []string {
	s := t.deployed()
	var problems []string
	seen := map[string]bool{}
	for _, name := range t.ofType("AWS::SSM::Parameter") {
		part, ok := strings.CutPrefix(text(s.resource(name)["Name"]), text(s.resource("Settings")["Name"])+"/")
		if !ok {
			continue
		}
		if part != "wakes" && part != "pin" && part != "freeze" {
			problems = append(problems, fmt.Sprintf("%s is the unknown part %s", name, part))
		}
		if seen[part] {
			problems = append(problems, name+" is there twice")
		}
		seen[part] = true
	}
	for name, want := range map[string]string{
		"Pin": "{}", "Wakes": `{"wakes": []}`, "Freeze": "{}", "ServiceFreeze": "{}", "Thaw": "{}", "Warned": "{}",
	} {
		if got := s.resource(name)["Value"]; got != want {
			problems = append(problems, fmt.Sprintf("%s begins as %v", name, got))
		}
	}
	return problems
}

// TestDashboardIsOptional: with DashboardMode none it is not made, and the rest is.
func TestDashboardIsOptional(t *testing.T) {
	s := load(t).deployed("DashboardMode", "none")
	if s.resource("Dashboard") != nil {
		t.Error("there is a dashboard")
	}
	if err := s.filled.Make(); err != nil {
		t.Error(err)
	}
	if got := s.resource("Pin")["Name"]; got != "/catnap/web/services/web/pin" {
		t.Errorf("the pin is %v", got)
	}
}
