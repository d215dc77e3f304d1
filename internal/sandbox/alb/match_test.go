package alb

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

type matchCase struct {
	name      string
	condition types.RuleCondition
	target    string // of the request
	headers   []string
	want      bool
}

func testMatches(t *testing.T, cases []matchCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			conditions, err := parseConditions([]types.RuleCondition{c.condition})
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest(http.MethodGet, c.target, nil)
			for _, h := range c.headers {
				name, v, _ := strings.Cut(h, "=")
				r.Header.Add(name, v)
			}
			if got := matches(conditions, r); got != c.want {
				t.Errorf("matches = %v, want %v", got, c.want)
			}
		})
	}
}

// [ALB-02]
func TestPathPatternMatchesThePathAsSent(t *testing.T) {
	testMatches(t, []matchCase{
		{name: "star matches everything", condition: path("/*"), target: "/a/b/c", want: true},
		{name: "star matches nothing", condition: path("/*"), target: "/", want: true},
		{name: "whole path", condition: path("/img"), target: "/img/1", want: false},
		{name: "case counts", condition: path("/Img/*"), target: "/img/1", want: false},
		{name: "query does not count", condition: path("/img"), target: "/img?x=1", want: true},
		{name: "query is not matched", condition: path("*x"), target: "/img?x", want: false},
		{name: "one character", condition: path("/a?c"), target: "/abc", want: true},
		{name: "not none", condition: path("/a?c"), target: "/ac", want: false},
		{name: "not decoded", condition: path("/a/b"), target: "/a%2Fb", want: false},
		{name: "another value", condition: path("/x", "/.catnap/*"), target: "/.catnap/status", want: true},
	})
}

// [ALB-03]
func TestHostHeaderIgnoresCaseAndPort(t *testing.T) {
	testMatches(t, []matchCase{
		{name: "case", condition: host("APP.example.com"), target: "http://app.Example.com/", want: true},
		{name: "port", condition: host("app.example.com"), target: "http://app.example.com:8080/", want: true},
		{name: "wildcard", condition: host("*.example.com"), target: "http://app.example.com/", want: true},
		{name: "wildcard needs the dot", condition: host("*.example.com"), target: "http://example.com/", want: false},
	})
}

// [ALB-04]
func TestHTTPHeaderMatchesAnyValueWithoutCase(t *testing.T) {
	secret := header("x-catnap-bypass", "open?sesame", "other")
	testMatches(t, []matchCase{
		{name: "absent", condition: secret, target: "/", want: false},
		{name: "absent, star", condition: header("x-catnap-bypass", "*"), target: "/", want: false},
		{name: "case", condition: secret, target: "/", headers: []string{"X-Catnap-Bypass=OPEN-sesame"}, want: true},
		{name: "or", condition: secret, target: "/", headers: []string{"X-Catnap-Bypass=other"}, want: true},
		{name: "whole value", condition: secret, target: "/", headers: []string{"X-Catnap-Bypass=others"}, want: false},
		{name: "second value", condition: secret, target: "/", headers: []string{"X-Catnap-Bypass=a", "X-Catnap-Bypass=other"}, want: true},
	})
}

// [ALB-05]
func TestAllConditionsMustMatch(t *testing.T) {
	conditions, err := parseConditions([]types.RuleCondition{path("/a*", "/b*"), host("app.example.com")})
	if err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string]bool{
		"http://app.example.com/b1": true, "http://app.example.com/c": false, "http://www.example.com/b1": false,
	} {
		if got := matches(conditions, httptest.NewRequest(http.MethodGet, target, nil)); got != want {
			t.Errorf("%s: matches = %v, want %v", target, got, want)
		}
	}
}

func FuzzWildcard(f *testing.F) {
	for _, seed := range [][2]string{
		{"/*", "/a"}, {"a*b*c", "aXbXbc"}, {"??", "a"}, {"*?*", ""}, {"**", ""}, {"a*a", "a"}, {"\xff*", "\xff\n"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if len(pattern) > maxValueLength || len(s) > 1000 {
			t.Skip()
		}
		if got, want := wildcard(pattern, s), reference(pattern, s); got != want {
			t.Errorf("wildcard(%q, %q) = %v, want %v", pattern, s, got, want)
		}
	})
}

// reference is the same match by way of a regular expression. Every byte is a character of its own.
func reference(pattern, s string) bool {
	quoted := regexp.QuoteMeta(latin1(pattern))
	quoted = strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(strings.ReplaceAll(quoted, `\\`, "\x00\x00"))
	quoted = strings.ReplaceAll(quoted, "\x00\x00", `\\`)
	return regexp.MustCompile(`(?s)\A` + quoted + `\z`).MatchString(latin1(s))
}

func latin1(s string) string {
	var out strings.Builder
	for i := range len(s) {
		out.WriteRune(rune(s[i]))
	}
	return out.String()
}
