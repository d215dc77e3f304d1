package page

import (
	"strings"
	"testing"
)

func TestCheckBrand(t *testing.T) {
	long := strings.Repeat("é", 301)
	tests := []struct {
		name string
		in   Brand
		want string // the beginning of the error; empty: none
	}{
		{"nothing", Brand{}, ""},
		{"everything", testBrand, ""},
		{"name", Brand{Name: long}, `name "` + strings.Repeat("é", 40) + `…" has 301 characters, at most 60`},
		{"message", Brand{Message: long}, `message "`},
		{"longest message", Brand{Message: long[2:]}, ""},
		{"accent in words", Brand{Accent: "red"}, `accent "red" must be`},
		{"short accent", Brand{Accent: "#abc"}, `accent "#abc" must be`},
		{"language", Brand{Language: "tlh"}, `language "tlh" must be one of en, de, es, fr`},
		{"base64 logo", Brand{Logo: "data:image/png;base64,iVBORw0KGgo="}, ""},
		{"percent logo", Brand{Logo: "data:image/svg+xml;charset=utf-8,%3Csvg/%3E"}, ""},
		{"logo elsewhere", Brand{Logo: "https://example.com/a.png"}, `logo "https://example.com/a.png" must be`},
		{"logo of text", Brand{Logo: "data:text/html,x"}, `logo "data:text/html,x" must be`},
		{"logo with raw markup", Brand{Logo: "data:image/svg+xml,<svg/>"}, `logo "data:image/svg+xml,<svg/>" must be`},
		{"large logo", Brand{Logo: "data:image/png;base64," + strings.Repeat("A", maxLogo)}, `logo "data:image/png`},
		{"many links", Brand{Links: make([]Link, 7)}, "links has 7 entries, at most 6"},
		{"link without text", Brand{Links: []Link{{" ", "/"}}}, `links[0].text " " must not be empty`},
		{"link with a long text", Brand{Links: []Link{{"a", "/"}, {long, "/"}}}, `links[1].text "`},
		{"script", Brand{Links: []Link{{"a", "/"}, {"b", "javascript:alert(1)"}}}, `links[1].url "javascript:alert(1)" must`},
		{"another host", Brand{Links: []Link{{"a", "//evil.example"}}}, `links[0].url "//evil.example" must begin`},
		{"another host, to browsers", Brand{Links: []Link{{"a", `/\evil.example`}}}, `links[0].url "/\\evil.example"`},
		{"no address", Brand{Links: []Link{{"a", "http://[::1"}}}, `links[0].url "http://[::1" is no address`},
		{"no host", Brand{Links: []Link{{"a", "https:x"}}}, `links[0].url "https:x" must begin`},
		{"long address", Brand{Links: []Link{{"a", "/" + long}}}, `links[0].url "/`},
		{"mail, phone, root", Brand{Links: []Link{{"a", "mailto:a@b.c"}, {"b", "tel:+1"}, {"c", "/"}}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := CheckBrand(tt.in)
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("CheckBrand() = %v, want nil", err)
			case tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.want)):
				t.Errorf("CheckBrand() = %v, want %s...", err, tt.want)
			}
		})
	}
}

// What CheckBrand refuses is not shown either.
func TestRenderShowsNoBadBrand(t *testing.T) {
	got := render(t, State{Brand: Brand{
		Logo: "https://example.com/a.png", Accent: "red", Language: "tlh",
		Links: []Link{{"Bad", "javascript:alert(1)"}, {"Good", "/ok"}},
	}})
	for _, bad := range []string{"<img", "example.com", "javascript:", "tlh", ">Bad<"} {
		if strings.Contains(got, bad) {
			t.Errorf("the page contains %q", bad)
		}
	}
	if !strings.Contains(got, `<a href="/ok">Good</a>`) {
		t.Error("the page lacks the link that is right")
	}
}
