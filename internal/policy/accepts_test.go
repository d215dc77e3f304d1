package policy_test

import (
	"strings"
	"testing"

	"github.com/catnap-dev/catnap/internal/policy"
)

func TestAccepts(t *testing.T) {
	for header, want := range map[string]bool{
		"":                                false,
		"text/html":                       true,
		"Text/HTML":                       true,
		"text/html;q=1":                   true,
		"text/html;q=0.001":               true,
		"text/html;q=0":                   false,
		"text/html;q=0.0":                 false,
		"text/html;q=0.000":               false,
		"text/html; Q=0":                  false,
		"text/html ; q = 0":               false,
		"text/html;q=":                    true,
		"text/html;q":                     true,
		"text/html;level=1;q=0":           false,
		"text/html;level=0":               true,
		"text/html;charset=utf-8;q=0.7":   true,
		"  text/html  , */*":              true,
		"application/json,text/html":      true,
		"application/json,\ttext/html":    true,
		"text/html;q=0, text/html":        false,
		"application/json;q=0, text/html": true,
		"*/*":                             false,
		"text/*":                          false,
		"text/html5":                      false,
		"atext/html":                      false,
		"text/xhtml":                      false,
		"text / html":                     false,
		",,;,text/html":                   true,
		";text/html":                      false,
	} {
		if got := policy.Accepts(header, "text/html"); got != want {
			t.Errorf("%q: %t, want %t", header, got, want)
		}
	}
}

// Whatever the header, what it does not name it does not accept.
func FuzzAccepts(f *testing.F) {
	f.Add("")
	f.Add("*/*")
	f.Add("text/event-stream;q=0")
	f.Add("TEXT/HTML;q=0.5, text/event-stream")
	f.Add(";,=;q=,")
	f.Fuzz(func(t *testing.T, header string) {
		for _, mediaRange := range []string{"text/html", "text/event-stream"} {
			// In upper case, as some letters beyond ASCII are others' equals only there.
			named := strings.Contains(strings.ToUpper(header), strings.ToUpper(mediaRange))
			if policy.Accepts(header, mediaRange) && !named {
				t.Errorf("%q accepts %s", header, mediaRange)
			}
		}
	})
}
