package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/golden"
)

var update = flag.Bool("update", false, "write the golden files")

const stackName = "city-guided-staging"

// synthesised is what came of an app.
type synthesised struct {
	templates map[string]string    // by stack
	findings  map[string][]finding // by stack, of cdk-nag
	err       error
}

// cache has each mode's app: a synthesis takes a second or more.
type cache struct {
	mutex sync.Mutex
	apps  map[string]synthesised
}

var synthesis = cache{apps: map[string]synthesised{}}

func (c *cache) of(t *testing.T, mode string) synthesised {
	t.Helper()
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if _, done := c.apps[mode]; !done {
		c.apps[mode] = synthesise(t, inMode(mode), func(awscdk.App) {})
	}
	if err := c.apps[mode].err; err != nil {
		t.Fatal(err)
	}
	return c.apps[mode]
}

func inMode(mode string) map[string]any {
	return map[string]any{"env": "staging", "mode": mode, "IMAGE_TAG": "1.4.2"}
}

// synthesise builds an app as main does, with functions of a few bytes, and lets cdk-nag look at it. In Go that prints
// nothing and fails nothing, whatever it finds, so its report is read.
func synthesise(t *testing.T, context map[string]any, change func(awscdk.App)) (s synthesised) {
	t.Helper()
	if context["dist"] == nil {
		context["dist"] = dist(t)
	}
	defer func() {
		if failure := recover(); failure != nil {
			s.err = fmt.Errorf("%v", failure)
		}
	}()
	out := t.TempDir()
	app := awscdk.NewApp(&awscdk.AppProps{Context: &context, Outdir: &out, AnalyticsReporting: new(false)})
	if _, err := build(t.Context(), app, t.TempDir()); err != nil {
		return synthesised{err: err}
	}
	change(app)
	awscdk.Aspects_Of(app).Add(cdknag.NewAwsSolutionsChecks(&cdknag.NagPackProps{
		Reports: new(true), ReportFormats: &[]cdknag.NagReportFormat{cdknag.NagReportFormat_CSV},
	}), nil)
	app.Synth(nil)
	return synthesised{templates: templates(t, out), findings: findings(t, out)}
}

func dist(t testing.TB) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"waker", "reaper", "costguard"} {
		if err := os.Mkdir(filepath.Join(folder, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name, "bootstrap"), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func templates(t *testing.T, out string) map[string]string {
	t.Helper()
	byStack := map[string]string{}
	files, _ := filepath.Glob(filepath.Join(out, "*.template.json")) // the pattern is well formed
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		byStack[strings.TrimSuffix(filepath.Base(file), ".template.json")] = string(raw)
	}
	return byStack
}

// TestTwice: the same sources give the same templates.
func TestTwice(t *testing.T) {
	first := synthesis.of(t, "both")
	second := synthesise(t, inMode("both"), func(awscdk.App) {})
	if diff := cmp.Diff(first.templates, second.templates); diff != "" || len(first.templates) != 2 {
		t.Errorf("%d templates; two syntheses differ:\n%s", len(first.templates), diff)
	}
}

// TestBilling: alarms are on metrics that are named, because CloudWatch refuses one on a search, which the dashboard
// has.
func TestBilling(t *testing.T) {
	found := false
	for name, r := range read(t, synthesis.of(t, "ecs").templates[stackName+"-billing"]) {
		raw, err := json.Marshal(r.Properties)
		if err != nil {
			t.Fatal(err)
		}
		searches := strings.Contains(string(raw), "SEARCH(")
		if r.Type == "AWS::CloudWatch::Alarm" && (searches || r.Properties["MetricName"] != "EstimatedCharges") {
			t.Errorf("%s is on %s", name, raw)
		}
		found = found || r.Type == "AWS::CloudWatch::Dashboard" && searches
	}
	if !found {
		t.Error("nothing shows the services that no alarm is for")
	}
}

// TestGolden: what the example becomes. Of the mode both it is all that matters; of the others, which resources there
// are.
func TestGolden(t *testing.T) {
	for name, got := range map[string]string{
		"both":    parts(t, synthesis.of(t, "both").templates[stackName], true),
		"ecs":     parts(t, synthesis.of(t, "ecs").templates[stackName], false),
		"ec2":     parts(t, synthesis.of(t, "ec2").templates[stackName], false),
		"billing": parts(t, synthesis.of(t, "ecs").templates[stackName+"-billing"], true),
	} {
		t.Run(name, func(t *testing.T) {
			golden.Hold(t, filepath.Join("testdata", name+".golden"), got, *update)
		})
	}
}

// resource is one of a template's.
type resource struct {
	Type       string
	Properties map[string]any
}

// parts are the resources by name, with their properties, one a line, when they are wanted. Left out are those of a new
// network, which are CDK's; of catnap all but the rules, because the construct is compared with template.yaml; and what
// only tells people something.
func parts(t *testing.T, template string, properties bool) string {
	t.Helper()
	resources := named(t, template)
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(resources)) {
		if strings.HasPrefix(name, "Vpc") || strings.HasPrefix(name, "Catnap") && !strings.HasSuffix(name, "Rule") {
			continue
		}
		fmt.Fprintf(&text, "%s %s\n", name, resources[name].Type)
		if properties {
			flatten(&text, "", resources[name].Properties)
		}
	}
	return text.String()
}

var (
	logicalName = regexp.MustCompile(`\b([A-Za-z0-9]+?)[0-9A-F]{8}\b`)
	assetHash   = regexp.MustCompile(`[0-9a-f]{64}`)
)

// named are the resources under names without what CDK adds to make them unique, where they are unique without.
func named(t *testing.T, template string) map[string]resource {
	t.Helper()
	names := map[string]int{}
	for name := range read(t, template) {
		names[logicalName.ReplaceAllString(name, "$1")]++
	}
	short := logicalName.ReplaceAllStringFunc(template, func(name string) string {
		if shorter := logicalName.ReplaceAllString(name, "$1"); names[shorter] == 1 {
			return shorter
		}
		return name
	})
	return read(t, assetHash.ReplaceAllString(short, "<hash>"))
}

func read(t *testing.T, template string) map[string]resource {
	t.Helper()
	var parsed struct{ Resources map[string]resource }
	if err := json.Unmarshal([]byte(template), &parsed); err != nil {
		t.Fatal(err)
	}
	return parsed.Resources
}

func flatten(text *strings.Builder, path string, value any) {
	switch v := value.(type) {
	case map[string]any:
		if len(v) == 1 && (v["Ref"] != nil || v["Fn::GetAtt"] != nil || v["Fn::Join"] != nil || v["Fn::Sub"] != nil) {
			break
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if key != "Description" && key != "GroupDescription" && key != "TagSpecifications" {
				flatten(text, path+"."+key, v[key])
			}
		}
		return
	case []any:
		for i, element := range v {
			flatten(text, fmt.Sprintf("%s[%d]", path, i), element)
		}
		return
	}
	raw, _ := json.Marshal(value) // it came from JSON
	fmt.Fprintf(text, "  %s %s\n", strings.TrimPrefix(path, "."), raw)
}
