package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/catnap-dev/catnap/infra/environment"
	"github.com/catnap-dev/catnap/internal/provision"
)

// TestProvision: what `catnap provision` passes is what the app reads. The step that synthesises is carried out as the
// CDK CLI does it: the app's command of cdk.json, with the context and the folder in its environment.
func TestProvision(t *testing.T) {
	project, err := provision.Find("", "staging", working(t))
	if err != nil {
		t.Fatal(err)
	}
	variables := []string{"IMAGE_TAG=1.4.2", "SITE_DOMAIN=a=b, c"}
	if err := project.CheckVariables(variables); err != nil {
		t.Fatal(err)
	}
	out, said := synth(t, provision.Order{Project: project, Mode: "both", Variables: variables}, dist(t))
	template, err := os.ReadFile(filepath.Join(out, stackName+".template.json"))
	if err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	for what, in := range map[string]string{
		"the mode both": "AWS::AutoScaling::AutoScalingGroup", "a service": "AWS::ECS::Service",
		"IMAGE_TAG": "city-guided-web:1.4.2", "SITE_DOMAIN": "a=b, c", "the output URL": `"URL"`,
		"the output ServiceName": `"ServiceName"`, "the output SettingsParameter": `"SettingsParameter"`,
	} {
		if !bytes.Contains(template, []byte(in)) {
			t.Errorf("%s is not in the template: no %s", what, in)
		}
	}
}

// TestProvisionBroken: of an environment that is wrong, the operator sees the app's own lines, and no stack of Go's.
func TestProvisionBroken(t *testing.T) {
	file := filepath.Join(t.TempDir(), "live.json")
	if err := os.WriteFile(file, []byte(`{"regoin": "eu-west-3", "compose": "c"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	project, err := provision.Find(working(t), file, "/")
	if err != nil {
		t.Fatal(err)
	}
	_, said := synth(t, provision.Order{Project: project}, dist(t))
	if !strings.Contains(said, "environment live: regoin: \"eu-west-3\" is an unknown key") ||
		!strings.Contains(said, "\nenvironment live: region: is missing") || strings.Contains(said, "goroutine") {
		t.Errorf("said %s", said)
	}
}

// TestProvisionAgrees: what provision takes a file to say is what the app takes it to say.
func TestProvisionAgrees(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"staging": contents(t, "environments/staging.json"),
		"least":   `{"region": "eu-west-3", "compose": "c"}`,
		"both":    `{"region": "eu-west-3", "compose": "c", "mode": "both", "variables": {"B": "1", "A": "2"}}`,
	} {
		file := filepath.Join(folder, name+".json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		want, err := environment.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := provision.Find(working(t), file, "/")
		if err != nil || got.Mode != string(want.Mode) || got.Name != want.Name {
			t.Errorf("%s: %s in the mode %s, want %s (%v)", name, got.Name, got.Mode, want.Mode, err)
		}
		if diff := cmp.Diff(slices.Sorted(maps.Keys(want.Variables)), got.Variables, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: variables (-want +got):\n%s", name, diff)
		}
	}
}

// BenchmarkSynthesis is the app's part of a synthesis, once it is built, without the CDK CLI's start.
func BenchmarkSynthesis(b *testing.B) {
	project, err := provision.Find("", "staging", working(b))
	if err != nil {
		b.Fatal(err)
	}
	app, functions := filepath.Join(b.TempDir(), "app"), dist(b)
	if said, err := exec.CommandContext(b.Context(), "go", "build", "-o", app, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, said)
	}
	var processors time.Duration
	for b.Loop() {
		command, said := launched(b, []string{app}, step(b, provision.Order{Project: project}), functions, b.TempDir())
		if !command.ProcessState.Success() {
			b.Fatalf("%v: %s", command.ProcessState, said)
		}
		processors += command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	}
	// On a machine that does other work besides, this is the number that stays.
	b.ReportMetric(processors.Seconds()/float64(b.N), "cpu-s/op")
}

func working(t testing.TB) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// synth carries out the step that synthesises. It returns the folder, and what the app said.
func synth(t testing.TB, order provision.Order, functions string) (out, said string) {
	t.Helper()
	var cdk struct{ App string }
	if err := json.Unmarshal([]byte(contents(t, "cdk.json")), &cdk); err != nil {
		t.Fatal(err)
	}
	out = t.TempDir()
	_, said = launched(t, strings.Fields(cdk.App), step(t, order), functions, out)
	return out, said
}

// step is the one that synthesises.
func step(t testing.TB, order provision.Order) provision.Step {
	t.Helper()
	steps := provision.Plan(order)
	i := slices.IndexFunc(steps, func(s provision.Step) bool { return slices.Contains(s.Command, "synth") })
	if i < 0 {
		t.Fatalf("nothing synthesises: %v", steps)
	}
	return steps[i]
}

// launched runs the app as the CDK CLI does: each -c of the step is in the context.
func launched(
	t testing.TB, app []string, s provision.Step, functions, out string,
) (ended *exec.Cmd, said string) {
	t.Helper()
	context := map[string]string{distContext: functions}
	for i, word := range s.Command[:len(s.Command)-1] {
		if name, value, _ := strings.Cut(s.Command[i+1], "="); word == "-c" {
			context[name] = value
		}
	}
	text, err := json.Marshal(context)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), app[0], app[1:]...)
	command.Dir = s.Folder
	command.Env = append(command.Environ(), "CDK_CONTEXT_JSON="+string(text), "CDK_OUTDIR="+out)
	output, _ := command.CombinedOutput() // how it ended is in ProcessState
	return command, string(output)
}

func contents(t testing.TB, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
