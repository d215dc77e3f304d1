package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
)

// TestContext: what the CDK CLI is told decides what is built, and a mistake there is named.
func TestContext(t *testing.T) {
	wrong := filepath.Join(t.TempDir(), "wrong.json")
	if err := os.WriteFile(wrong, []byte(`{"regoin": "eu-west-3"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		context map[string]any
		want    string
	}{
		"nothing": {map[string]any{}, "context env: is missing, must be an environment: -c env=staging reads " +
			"environments/staging.json"},
		"unknown":      {map[string]any{"env": "nowhere"}, "read environment: open environments/nowhere.json: no such file"},
		"wrong file":   {map[string]any{"env": wrong}, `environment wrong: regoin: "eu-west-3" is an unknown key`},
		"wrong mode":   {map[string]any{"env": "staging", "mode": "lambda"}, `context mode: "lambda" must be ecs, ec2 or both`},
		"no functions": {map[string]any{"env": "staging", "dist": "nowhere"}, "run `make build` at catnap's root"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := synthesise(t, tc.context, func(awscdk.App) {}).err; got == nil || !strings.Contains(got.Error(), tc.want) {
				t.Errorf("got %v, want %s", got, tc.want)
			}
		})
	}
}
