package compose

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/catnap-dev/catnap/internal/golden"
)

const guide = "../../docs/compose.md"

// TestGuideKeys holds the last part of the guide to the tables of keys.go.
func TestGuideKeys(t *testing.T) {
	const heading = "## Keys that are left out or refused\n"
	text, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	before, _, ok := strings.Cut(string(text), heading)
	if !ok {
		t.Fatalf("the guide has no %q", heading)
	}
	golden.Hold(t, guide, before+heading+keyTable(), *update)
}

func keyTable() string {
	var b strings.Builder
	b.WriteString("\nThis part is written by a test.\n\n| key | |\n| --- | --- |\n")
	for _, part := range []struct {
		prefix string
		rules  map[string]rule
	}{{"", fileKeys}, {"services.*.", serviceKeys}, {"services.*.deploy.", deployKeys}} {
		for _, key := range slices.Sorted(maps.Keys(part.rules)) {
			r := part.rules[key]
			unless := ""
			if len(r.unless) > 0 {
				unless = "; `" + strings.Join(r.unless, "`, `") + "` is fine"
			}
			if !r.taken {
				fmt.Fprintf(&b, "| `%s%s` | %s%s |\n", part.prefix, key, r.note+r.refuse, unless)
			}
		}
	}
	return b.String()
}

// TestGuideExtensions: the guide has every extension.
func TestGuideExtensions(t *testing.T) {
	text, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{
		wholeCPU, wholeMemory, balanced, hidden, fromSSM, fromSecretsManager, inEFS, ephemeral,
	} {
		if !strings.Contains(string(text), "\n| `"+key+"` | ") {
			t.Errorf("the guide has no row for %s", key)
		}
	}
}
