package settings

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzParse reads each text as a document and as members added to the minimal example: chance alone seldom writes the
// required ones. Minimising stalls the fuzzer on the long seeds: run it with -fuzzminimizetime=1x.
func FuzzParse(f *testing.F) {
	f.Add(read(f, "minimal.json"))
	f.Add(read(f, "service.json"))
	f.Add([]byte(`"signals": [], "hold": "0.5s", "pin": "0001-01-01T01:00:00+01:00"`))
	f.Add([]byte(`"signals": [{"namespace": "A", "metric": "b", "dimensions": {"c": "d"}, "above": 1e3}], ` +
		`"managed": null`))
	f.Add([]byte(`"schedule": {"time_zone": "UTC", "windows": [{"days": ["mon"], "from": "01:00", "to": "24:00"}]}`))
	f.Add([]byte(`"patterns": ["/a*", "/*"], "idle_after": "3m0.5s", "wake_count": 2, "probe_path": "/?"`))
	f.Add([]byte(`"ignore_paths": ["/a.*", "(?i)/b"], "wake": "javascript", "wakes_per_hour": 0, "monitor_status": 503`))
	f.Add([]byte(`"page": {"name": "x", "accent": "#012345", "links": [{"text": "a", "url": "/b"}]}, "bypass": "off"`))
	start, _ := bytes.CutSuffix(bytes.TrimSpace(read(f, "minimal.json")), []byte("}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		parsesAgain(t, text)
		parsesAgain(t, slices.Concat(start, []byte(","), text, []byte("}")))
	})
}

func parsesAgain(t *testing.T, text []byte) {
	t.Helper()
	s, err := Parse("web", text)
	if err != nil {
		return
	}
	if err := s.Validate(); err != nil {
		t.Errorf("parsed but not valid: %v", err)
	}
	roundTrip(t, s)
}

func roundTrip(t *testing.T, want Service) {
	t.Helper()
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Parse(want.Name, text)
	if err != nil {
		t.Fatalf("parse %s: %v", text, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after a round trip (-want +got):\n%s", diff)
	}
}

// FuzzExpression: what is taken for an expression matches the same texts as the expression between anchors does.
func FuzzExpression(f *testing.F) {
	f.Add("/a.*", "/abc")
	f.Add("a|b", "ab")
	f.Add("(?i)X", "x")
	f.Add("a)(b", "a)(b")
	f.Add("(?-s)a.b", "a\nb")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		var e Expression
		if e.UnmarshalText([]byte(pattern)) != nil {
			return
		}
		at := regexp.MustCompile(pattern)
		at.Longest()
		whole := at.FindString(text) == text && at.MatchString(text)
		if whole && !e.MatchString(text) {
			t.Errorf("%q does not match the whole of %q, but alone it does", pattern, text)
		}
		if e.MatchString(text) && !at.MatchString(text) {
			t.Errorf("%q matches %q only between the anchors", pattern, text)
		}
	})
}
