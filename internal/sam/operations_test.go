package sam

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func operationsPart(t *testing.T, heading string) string {
	t.Helper()
	return partOf(t, "operations.md", heading)
}

// TestOperationsAlarms: there is a line for every alarm of the template.
func TestOperationsAlarms(t *testing.T) {
	s := load(t).deployed()
	told := rows(operationsPart(t, "## Alarms"))
	for _, name := range load(t).ofType("AWS::CloudWatch::Alarm") {
		alarm := text(s.resource(name)["AlarmName"])
		if len(told[alarm]) != 2 {
			t.Errorf("operations.md does not say what %s means and what to do", alarm)
		}
		delete(told, alarm)
	}
	for name := range told {
		if !strings.HasPrefix(name, "web-billing-") { // of the CDK app; see infra's own test
			t.Errorf("operations.md has the alarm %s, the template has not", name)
		}
	}
}

// TestOperationsDashboard: there is a line for every widget, in their order.
func TestOperationsDashboard(t *testing.T) {
	var body struct{ Widgets []widget }
	if err := json.Unmarshal([]byte(text(load(t).deployed().resource("Dashboard")["DashboardBody"])), &body); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, w := range body.Widgets {
		want = append(want, w.Properties.Title)
	}
	got := firstCells(operationsPart(t, "## The dashboard"))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("widgets of the dashboard (-) and of operations.md (+):\n%s", diff)
	}
}

// firstCells are those of a table's lines below its head.
func firstCells(text string) []string {
	var cells []string
	_, table, _ := strings.Cut(text, "| --- |")
	for line := range strings.Lines(table) {
		if cell, ok := strings.CutPrefix(line, "| "); ok && !strings.HasPrefix(cell, "---") {
			cell, _, _ = strings.Cut(cell, " |")
			cells = append(cells, cell)
		}
	}
	return cells
}

// TestOperationsLogGroups: there is a line for each.
func TestOperationsLogGroups(t *testing.T) {
	s := load(t).deployed()
	for _, name := range load(t).ofType("AWS::Logs::LogGroup") {
		if group := text(s.resource(name)["LogGroupName"]); !strings.Contains(operationsPart(t, "## Logs"), "`"+group+"`") {
			t.Errorf("operations.md does not name the log group %s", group)
		}
	}
}
