package page

import (
	"regexp"
	"strings"
	"testing"
)

func TestCSP(t *testing.T) {
	const want = "default-src 'none'; style-src 'nonce-abc'; script-src 'nonce-abc'; connect-src 'self'; img-src data:; " +
		"base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
	if got := CSP("abc"); got != want {
		t.Errorf("CSP() = %q, want %q", got, want)
	}
}

// What the policy would refuse without a word must not be in the page: it would work in tests and fail in browsers.
func TestPageKeepsItsPolicy(t *testing.T) {
	inline := regexp.MustCompile(`<[^>]*\s(?:on[a-z]+|style)=`)
	for name, s := range states() {
		got := render(t, s)
		if m := inline.FindString(got); m != "" {
			t.Errorf("%s: inline handler or style: %s", name, m)
		}
		got = strings.Replace(got, `<script type="application/json" id="catnap">`, "", 1) // data, which no policy is about
		for _, element := range []string{"script", "style"} {
			with, all := strings.Count(got, "<"+element+` nonce="`+nonce+`">`), strings.Count(got, "<"+element)
			if with != 1 || all != 1 {
				t.Errorf("%s: %d of %d %s elements have the nonce, want 1 of 1", name, with, all, element)
			}
		}
	}
}
