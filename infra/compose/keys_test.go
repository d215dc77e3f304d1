package compose

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/compose-spec/compose-go/v2/schema"
	"github.com/google/go-cmp/cmp"
)

// properties are the keys of a definition in the compose specification's schema.
func properties(t *testing.T, definitions ...string) []string {
	t.Helper()
	type object struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	var document struct {
		object
		Defs map[string]object `json:"$defs"`
	}
	if err := json.Unmarshal([]byte(schema.Schema), &document); err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	if len(definitions) == 0 {
		for key := range document.Properties {
			keys[key] = true
		}
	}
	for _, name := range definitions {
		for key := range document.Defs[name].Properties {
			keys[key] = true
		}
	}
	return slices.Sorted(maps.Keys(keys))
}

// TestEveryKeyIsDecided: when it fails after an update of compose-go, the specification has a new key. Decide what
// becomes of it in keys.go.
func TestEveryKeyIsDecided(t *testing.T) {
	for _, c := range []struct {
		name  string
		rules map[string]rule
		want  []string
	}{
		{"a file", fileKeys, properties(t)},
		{"a service", serviceKeys, properties(t, "service", "container_spec", "workload_spec")},
		{"deploy", deployKeys, properties(t, "deployment")},
	} {
		if diff := cmp.Diff(c.want, slices.Sorted(maps.Keys(c.rules))); diff != "" {
			t.Errorf("keys of %s (-specification +ours):\n%s", c.name, diff)
		}
		for key, rule := range c.rules {
			decisions := 0
			for _, made := range []bool{rule.taken, rule.note != "", rule.refuse != ""} {
				if made {
					decisions++
				}
			}
			if decisions != 1 {
				t.Errorf("%s of %s has %d decisions, want one", key, c.name, decisions)
			}
		}
	}
}
