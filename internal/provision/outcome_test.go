package provision

import (
	"encoding/json"
	"testing"
)

func outcome() Outcome {
	return Outcome{
		Environment: "staging", Mode: "both", Action: "provision",
		Stacks: []Stack{
			{Name: "city-guided-staging", Region: "eu-west-3", Outputs: map[string]string{
				"URL": "https://staging.city-guided.example.com", "SettingsParameter": "/catnap/city/services/city",
			}},
			{Name: "city-guided-staging-billing", Region: "us-east-1"},
		},
		Commands: []Command{
			{Name: "build", Folder: "/src", Command: []string{"go", "run", "./cmd/pack"}, Run: true},
		},
		Next: []string{"open https://staging.city-guided.example.com", "catnap doctor --region eu-west-3"},
	}
}

func TestOutcomeAsText(t *testing.T) {
	o := outcome()
	hold(t, "provisioned.txt", o.Text())
	o.DryRun = true
	hold(t, "provisioned-dry.txt", o.Text())
	hold(t, "destroyed.txt", Outcome{Action: "destroy", Stacks: outcome().Stacks[1:]}.Text())
}

// TestProvisionAsJSON: programs rely on the names.
func TestOutcomeAsJSON(t *testing.T) {
	text, err := json.MarshalIndent(outcome(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	hold(t, "provisioned.json", string(text)+"\n")
}
