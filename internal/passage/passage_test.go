package passage_test

import (
	"strings"
	"testing"

	"github.com/catnap-dev/catnap/internal/passage"
)

func TestReplace(t *testing.T) {
	const document = "a\n\n<!-- x -->\n\n| 1 |\n\n<!-- /x -->\nb\n<!-- y -->\n\n| 2 |\n\n<!-- /y -->\n"
	got, err := passage.Replace(document, "x", "| 3 |\n")
	if want := strings.Replace(document, "1", "3", 1); err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if again, err := passage.Replace(got, "x", "| 3 |\n"); err != nil || again != got {
		t.Errorf("written twice: %q, %v", again, err)
	}
	for name, text := range map[string]string{"no part z": document, "no part x": "<!-- x -->\n\n| 1 |"} {
		_, err := passage.Replace(text, name[len("no part "):], "")
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
