package webapp_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/infra/compose"
)

var actionName = regexp.MustCompile(`[a-z0-9]+:[A-Z][A-Za-z]+`)

// TestSecurity: the document has every action that the application's roles may have, and no other. Those of catnap's
// own are compared with template.yaml's.
func TestSecurity(t *testing.T) {
	p := props(t, `, "mode": "both", "x_ray": true`)
	p.Task.Volumes = []compose.Volume{{Name: "data", EFS: &compose.EFS{}}}
	web := &p.Task.Containers[0]
	web.Image = "123456789012.dkr.ecr.eu-west-3.amazonaws.com/shop:1"
	web.Mounts = []compose.Mount{{Volume: "data", Path: "/data"}}
	web.Secrets = []compose.Secret{
		{Variable: "ONE", Store: compose.StoreSSM, ID: "/shop/one"},
		{Variable: "TWO", Store: compose.StoreSecretsManager, ID: "shop"},
	}
	document, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	_, roles, _ := strings.Cut(string(document), "## The roles\n")
	roles, _, _ = strings.Cut(roles, "\n#")
	if diff := cmp.Diff(applicationActions(t, newStack(t, p)), unique(actionName.FindAllString(roles, -1))); diff != "" {
		t.Errorf("actions of the application's roles (-) and of security.md (+):\n%s", diff)
	}
}

// applicationActions are those that policies allow, except catnap's.
func applicationActions(t *testing.T, s stack) []string {
	t.Helper()
	var list []string
	for _, kind := range []string{"AWS::IAM::Policy", "AWS::IAM::Role"} {
		for name, resource := range *s.FindResources(&kind, nil) {
			if strings.HasPrefix(name, "Catnap") {
				continue
			}
			properties, _ := (*resource)["Properties"].(object)
			delete(properties, "AssumeRolePolicyDocument") // that is who may have it
			text, err := json.Marshal(properties)
			if err != nil {
				t.Fatal(err)
			}
			for _, actions := range actionMembers.FindAllString(string(text), -1) {
				list = append(list, actionName.FindAllString(actions, -1)...)
			}
		}
	}
	return unique(list)
}

var actionMembers = regexp.MustCompile(`"Action":(?:"[^"]*"|\[[^\]]*\])`)

func unique(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
