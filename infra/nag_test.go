package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/google/go-cmp/cmp"
)

// finding is a row of cdk-nag's report.
type finding struct{ rule, resource, compliance, exception string }

func findings(t *testing.T, out string) map[string][]finding {
	t.Helper()
	byStack := map[string][]finding{}
	files, _ := filepath.Glob(filepath.Join(out, "AwsSolutions-*-NagReport.csv")) // the pattern is well formed
	for _, file := range files {
		stack := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "AwsSolutions-"), "-NagReport.csv")
		opened, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(opened).ReadAll()
		if err := opened.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil || len(rows) < 2 {
			t.Fatalf("%s: %d rows, %v", file, len(rows), err)
		}
		for _, row := range rows[1:] {
			byStack[stack] = append(byStack[stack], finding{row[0], row[1], row[2], row[3]})
		}
	}
	return byStack
}

// TestNag: cdk-nag's AwsSolutions find nothing in any stack of any mode, but for what is excused with a reason; and
// no excuse is for nothing.
func TestNag(t *testing.T) {
	for _, mode := range []string{"ecs", "ec2", "both"} {
		for _, stack := range []string{stackName, stackName + "-billing"} {
			t.Run(mode+" "+stack, func(t *testing.T) {
				s := synthesis.of(t, mode)
				if len(s.findings[stack]) == 0 {
					t.Error("cdk-nag has not looked")
				}
				for _, problem := range offences(s.findings[stack]) {
					t.Error(problem)
				}
				if diff := cmp.Diff(excuses(t, s.templates[stack]), used(s.findings[stack])); diff != "" {
					t.Errorf("excuses that are given (-) and that are needed (+):\n%s", diff)
				}
			})
		}
	}
}

func offences(found []finding) []string {
	var problems []string
	for _, f := range found {
		switch {
		case f.compliance == "Non-Compliant":
			problems = append(problems, f.rule+" "+f.resource)
		case f.compliance == "Suppressed" && len(f.exception) < 30:
			problems = append(problems, f.rule+" "+f.resource+" is excused by "+f.exception)
		case f.compliance != "Compliant" && f.compliance != "Suppressed" && f.compliance != "N/A":
			problems = append(problems, f.rule+" "+f.resource+" is "+f.compliance)
		}
	}
	return problems
}

func used(found []finding) []string {
	var rules []string
	for _, f := range found {
		if f.compliance == "Suppressed" {
			rules = append(rules, f.rule)
		}
	}
	slices.Sort(rules)
	return slices.Compact(rules)
}

func excuses(t *testing.T, template string) []string {
	t.Helper()
	var parsed struct {
		Resources map[string]struct {
			Metadata struct {
				Nag struct {
					Rules []struct{ ID string } `json:"rules_to_suppress"`
				} `json:"cdk_nag"`
			}
		}
	}
	if err := json.Unmarshal([]byte(template), &parsed); err != nil {
		t.Fatal(err)
	}
	var rules []string
	for _, resource := range parsed.Resources {
		for _, rule := range resource.Metadata.Nag.Rules {
			rules = append(rules, rule.ID)
		}
	}
	slices.Sort(rules)
	return slices.Compact(rules)
}

// TestNagSees: the same look at an app with a mistake finds it. Without this, TestNag might pass because nobody looks.
func TestNagSees(t *testing.T) {
	s := synthesise(t, map[string]any{"env": "staging"}, func(app awscdk.App) {
		stack := awscdk.NewStack(app, new("Careless"), nil)
		awssqs.NewCfnQueue(stack, new("Queue"), &awssqs.CfnQueueProps{SqsManagedSseEnabled: false})
	})
	if s.err != nil {
		t.Fatal(s.err)
	}
	want := []string{"AwsSolutions-SQS2 Careless/Queue", "AwsSolutions-SQS3 Careless/Queue", "AwsSolutions-SQS4 " +
		"Careless/Queue"}
	if diff := cmp.Diff(want, offences(s.findings["Careless"])); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}
