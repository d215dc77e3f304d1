package ecsctl

import (
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/catnap-dev/catnap/internal/policy"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) // 1772366400

func TestFormatMark(t *testing.T) {
	paris := time.FixedZone("CET", 3600)
	for name, test := range map[string]struct {
		mark policy.Mark
		want string
	}{
		"zero":              {policy.Mark{}, "/.catnap/since/0/active/0"},
		"a wake":            {policy.Mark{Since: noon, Active: noon}, "/.catnap/since/1772366400/active/1772366400"},
		"never active":      {policy.Mark{Since: noon}, "/.catnap/since/1772366400/active/0"},
		"fractions are cut": {policy.Mark{Since: noon.Add(999 * time.Millisecond)}, "/.catnap/since/1772366400/active/0"},
		"another zone":      {policy.Mark{Since: noon.In(paris)}, "/.catnap/since/1772366400/active/0"},
		"before 1970":       {policy.Mark{Since: noon, Active: time.Unix(-5, 0)}, "/.catnap/since/1772366400/active/0"},
		"failures": {
			policy.Mark{Since: noon, Active: noon.Add(-time.Minute), Failures: 3},
			"/.catnap/since/1772366400/active/1772366340/failed/3",
		},
		"more failures than fit": {
			policy.Mark{Since: noon, Failures: 12345}, "/.catnap/since/1772366400/active/0/failed/9999",
		},
		"negative failures": {policy.Mark{Since: noon, Failures: -1}, "/.catnap/since/1772366400/active/0"},
	} {
		if got := formatMark(test.mark); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

func TestParseMark(t *testing.T) {
	at := func(n int64) time.Time { return time.Unix(n, 0).UTC() }
	for pattern, want := range map[string]policy.Mark{
		"/.catnap/since/1772366400/active/1772366400":       {Since: noon, Active: noon},
		"/.catnap/since/1772366400/active/0":                {Since: noon},
		"/.catnap/since/7/active/9/failed/0":                {Since: at(7), Active: at(9)},
		"/.catnap/since/007/active/09/failed/0012":          {Since: at(7), Active: at(9), Failures: 12},
		"/.catnap/since/999999999999/active/1/failed/9999":  {Since: at(999999999999), Active: at(1), Failures: 9999},
		"/.catnap/since/1772366400/active/1772366401":       {Since: noon, Active: noon.Add(time.Second)},
		"/.catnap/since/0/active/5":                         {}, // unmarked, whatever else it says
		"/.catnap/since/0/active/0":                         {},
		"/.catnap/*":                                        {},
		"/*":                                                {},
		"":                                                  {},
		"/.catnap/since//active/5":                          {},
		"/.catnap/since/5/active/":                          {},
		"/.catnap/since/5":                                  {},
		"/.catnap/since/-5/active/5":                        {},
		"/.catnap/since/5/active/+5":                        {},
		"/.catnap/since/5/active/5/":                        {},
		"/.catnap/since/5/active/5\n":                       {},
		"x/.catnap/since/5/active/5":                        {},
		"/xcatnap/since/5/active/5":                         {},
		"/.catnap/since/5/active/5/failed/":                 {},
		"/.catnap/since/5/active/5/failed/12345":            {},
		"/.catnap/since/1234567890123/active/5":             {},
		"/.catnap/since/5/active/1234567890123":             {},
		"/.catnap/since/٥/active/5":                         {}, // digits are ASCII
		"/.CATNAP/since/5/active/5":                         {}, // patterns are case-sensitive
		"/.catnap/since/1772366400/active/1772366400/extra": {},
	} {
		got, ok := parseMark(pattern)
		if wantOK := want != (policy.Mark{}); ok != wantOK {
			t.Errorf("%q: ok = %t", pattern, ok)
		}
		if ok && got != want {
			t.Errorf("%q: got %+v, want %+v", pattern, got, want)
		}
	}
}

// legalPattern is what AWS allows in a path pattern. A mark has no wildcard besides: it would use up the rule's six.
var legalPattern = regexp.MustCompile(`^[a-zA-Z0-9_\-.$/~"'@:+&]{1,128}$`)

func FuzzMark(f *testing.F) {
	f.Add("/.catnap/since/1772366400/active/1772366340/failed/3")
	f.Add("/.catnap/since/0/active/0")
	f.Add("/.catnap/since/000000000001/active/999999999999")
	f.Add("/.catnap/*")
	f.Fuzz(func(t *testing.T, pattern string) {
		mark, ok := parseMark(pattern)
		if !ok {
			return
		}
		text := formatMark(mark)
		if !legalPattern.MatchString(text) || len(text) > len(pattern) {
			t.Errorf("%q is written back as %q", pattern, text)
		}
		again, ok := parseMark(text)
		if !ok || again != mark {
			t.Errorf("%q is %+v, written back as %q, which is %+v, %t", pattern, mark, text, again, ok)
		}
	})
}

func TestMarksOfThisMillenniumSurvive(t *testing.T) {
	moments := rapid.Custom(func(r *rapid.T) time.Time {
		second := rapid.Int64Range(1, 999_999_999_999).Draw(r, "second")
		fraction := rapid.Int64Range(0, int64(time.Second)-1).Draw(r, "fraction")
		return time.Unix(second, fraction).In(time.FixedZone("", rapid.IntRange(-43200, 43200).Draw(r, "zone")))
	})
	cut := func(at time.Time) time.Time { return time.Unix(at.Unix(), 0).UTC() }
	rapid.Check(t, func(r *rapid.T) {
		mark := policy.Mark{
			Since: moments.Draw(r, "since"), Active: moments.Draw(r, "active"),
			Failures: rapid.IntRange(0, 100_000).Draw(r, "failures"),
		}
		text := formatMark(mark)
		if !legalPattern.MatchString(text) {
			r.Fatalf("%q is no pattern", text)
		}
		got, ok := parseMark(text)
		want := policy.Mark{Since: cut(mark.Since), Active: cut(mark.Active), Failures: min(mark.Failures, maxFailures)}
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			r.Fatalf("%q (-want +got):\n%s", text, diff)
		}
	})
}

// Whatever a mark holds, it is a pattern that ModifyRule accepts: a mark that is refused would block every switch.
func TestAnyMarkIsALegalPattern(t *testing.T) {
	moments := rapid.Custom(func(r *rapid.T) time.Time { return time.Unix(rapid.Int64().Draw(r, "second"), 0) })
	rapid.Check(t, func(r *rapid.T) {
		mark := policy.Mark{
			Since: moments.Draw(r, "since"), Active: moments.Draw(r, "active"), Failures: rapid.Int().Draw(r, "failures"),
		}
		if text := formatMark(mark); !legalPattern.MatchString(text) {
			r.Fatalf("%q is no pattern", text)
		}
	})
}
