package catnap_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/catnap-dev/catnap/infra/catnap"
)

// refusedDocuments are the refusals that the functions' own readers find.
var refusedDocuments = map[string]refusal{
	"Budget": {
		site: props(func(p *catnap.Props) { p.Budget = map[string]any{"currency": "EUR", "rat": 1.08} }),
		want: []string{`Budget: rat: 1.08 is an unknown key`, `Budget: rate: is missing, must be`},
	},
	"BudgetLimit": {
		site: props(func(p *catnap.Props) { p.Budget = map[string]any{"limit": 25} }),
		want: []string{"Budget: limit is not one of them, use the prop MonthlyLimit"},
	},
	"BudgetNoJSON": {
		site: props(func(p *catnap.Props) { p.Budget = map[string]any{"rate": func() {}} }),
		want: []string{"Budget: cannot be written as JSON"},
	},
	"Settings": {
		site: props(func(p *catnap.Props) { p.Settings = map[string]any{"hold": 20, "holt": "20s"} }),
		want: []string{
			`Settings: hold: 20 must be a duration as text like "2m30s"`, `Settings: holt: "20s" is an unknown key`,
		},
	},
	"SettingsNoJSON": {
		site: props(func(p *catnap.Props) { p.Settings = map[string]any{"hold": func() {}} }),
		want: []string{
			"Settings: cannot be written as JSON",
		},
	},
}

// TestRefusalsAreCounted: the README of catnap says how many mistakes are told.
func TestRefusalsAreCounted(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, table := range []map[string]refusal{refusals, refusedDocuments} {
		for _, tc := range table {
			if tc.want != nil {
				n++
			}
		}
	}
	if want := fmt.Sprintf("; %d mistakes in the app around it", n); !strings.Contains(string(readme), want) {
		t.Errorf("README.md does not say %q", want)
	}
}
