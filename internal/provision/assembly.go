package provision

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// readStacks reads which stacks were synthesised, from the assembly's manifest.
// https://docs.aws.amazon.com/cdk/v2/guide/deploy.html
func readStacks(assembly string) ([]Stack, error) {
	var manifest struct {
		Artifacts map[string]struct {
			Type        string
			Environment string // "aws://unknown-account/eu-west-3"
			Properties  struct{ StackName string }
		}
	}
	if err := readJSON(filepath.Join(assembly, "manifest.json"), &manifest); err != nil {
		return nil, err
	}
	var stacks []Stack
	for _, id := range slices.Sorted(maps.Keys(manifest.Artifacts)) {
		a := manifest.Artifacts[id]
		if a.Type != "aws:cloudformation:stack" {
			continue
		}
		name := a.Properties.StackName
		if name == "" { // it is only written where it is another one
			name = id
		}
		stacks = append(stacks, Stack{Name: name, Region: path.Base(a.Environment)})
	}
	if len(stacks) == 0 {
		return nil, fmt.Errorf("read %s: it has no stack", filepath.Join(assembly, "manifest.json"))
	}
	return stacks, nil
}

// readOutputs adds the stacks' outputs, which the CDK CLI has written.
func readOutputs(file string, stacks []Stack) error {
	var outputs map[string]map[string]string
	if err := readJSON(file, &outputs); err != nil {
		return err
	}
	for i, s := range stacks {
		stacks[i].Outputs = outputs[s.Name]
	}
	return nil
}

func readJSON(file string, into any) error {
	text, err := os.ReadFile(file) //nolint:gosec // G304: the CDK CLI has just written it where it was told
	if err != nil {
		return fmt.Errorf("read what the CDK CLI wrote: %w", err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("read %s: %w", file, err)
	}
	return nil
}
