package page

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

var hostileNames = []string{
	`<script>alert(1)</script>`,
	`</title><script>alert(1)</script>`,
	`</h1></section><img src=x onerror=alert(1)>`,
	`" onload="alert(1)`,
	`' autofocus onfocus='alert(1)`,
	`{{.Nonce}}`,
	`javascript:alert(1)`,
	"<!--", "-->", "<![CDATA[", "&lt;script&gt;",
	"</style><style>*{display:none}</style>",
	"\u202egnp.exe", "a\x00b", "\xff\xfe<b>", "\u202e<script", "＜script＞",
}

// tag matches what a browser could take for the start or the end of an element, a comment or a declaration.
var tag = regexp.MustCompile(`<[/!?a-zA-Z]`)

// tags counts the markup of a page; only its number can tell injected markup from our own.
func tags(html string) int { return len(tag.FindAllString(html, -1)) }

func TestEscapesHostileNames(t *testing.T) {
	for kind := KindWaking; kind <= KindFrozen; kind++ {
		benign := tags(render(t, State{Kind: kind, Service: "Atelier", Steps: []Step{{"asked", StepActive}}}))
		for _, name := range hostileNames {
			s := State{Kind: kind, Service: name, Steps: []Step{{name, StepState(name)}}}
			got := render(t, s)
			if n := tags(got); n != benign {
				t.Errorf("%s page of a service called %q has %d tags, want %d", kind, name, n, benign)
			}
			if strings.ContainsAny(got, "\x00\u202e") || strings.Contains(got, `" onload="`) {
				t.Errorf("%s page of a service called %q shows it raw", kind, name)
			}
		}
	}
}

func TestPrintable(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "Atelier", "Atelier"},
		{"letters of any script", "アトリエ é", "アトリエ é"},
		{"control characters", "a\x00\r\nb\u202ec", "abc"},
		{"blank", " \t ", ""},
		{"as long as may be", strings.Repeat("é", maxName), strings.Repeat("é", maxName)},
		{"too long", strings.Repeat("é", maxName+1), strings.Repeat("é", maxName-1) + "…"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := printable(tt.in); got != tt.want {
				t.Errorf("printable(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

// FuzzRender: whatever the settings hold, the page has as many tags, and as many quotes, as a benign one.
func FuzzRender(f *testing.F) {
	for i, name := range hostileNames {
		f.Add(i%3, name, name, "active", int64(i)*1e9, int64(-i)*1e9)
	}
	f.Fuzz(func(t *testing.T, kind int, service, step, state string, since, retry int64) {
		s := State{
			Kind: Kind(kind), Service: service, Nonce: nonce, Now: now, Since: now.Add(time.Duration(since)),
			RetryAt: now.Add(time.Duration(retry)), Steps: []Step{{step, StepState(state)}},
		}
		got := render(t, s)
		s.Service, s.Steps[0].Name = "Atelier", "x"
		want := render(t, s)
		if tags(got) != tags(want) || strings.Count(got, `"`) != strings.Count(want, `"`) {
			t.Errorf("service %q, step %q: unescaped markup", service, step)
		}
		for _, element := range []string{"<script", "</script", "<style", "</style", "<!"} {
			if strings.Count(got, element) != strings.Count(want, element) {
				t.Errorf("service %q, step %q: the number of %s changed", service, step, element)
			}
		}
	})
}
