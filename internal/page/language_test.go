package page

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLanguage(t *testing.T) {
	tests := []struct{ name, header, fixed, want string }{
		{"nothing", "", "", "en"},
		{"as Chrome sends it", "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", "", "de"},
		{"the best comes first by weight", "en;q=0.3,fr;q=0.9", "", "fr"},
		{"one that we have, after one that we lack", "ja,es;q=0.5", "", "es"},
		{"only such as we lack", "ja,ko", "", "en"},
		{"region", "es-MX", "", "es"},
		{"close to one", "gsw", "", "de"},
		{"any", "*", "", "en"},
		{"malformed", "%%%;;q=,", "", "en"},
		{"fixed", "de", "fr", "fr"},
		{"fixed to one that we lack", "de", "tlh", "de"},
		{"long: what is behind the limit does not count", strings.Repeat("ja,", 90) + "de", "", "en"},
		{"long: no entry is cut in half", "fr," + strings.Repeat("ja-JP-x-abcdefg,", 20), "", "fr"},
		{"one endless entry", strings.Repeat("a", 1000), "", "en"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Language(tt.header, tt.fixed); got != tt.want {
				t.Errorf("Language(%q, %q) = %q, want %q", tt.header, tt.fixed, got, tt.want)
			}
		})
	}
}

func TestLanguages(t *testing.T) {
	if diff := cmp.Diff([]string{"en", "de", "es", "fr"}, Languages()); diff != "" {
		t.Errorf("Languages() (-want +got):\n%s", diff)
	}
	for _, tag := range Languages() {
		if got := render(t, State{Brand: Brand{Language: tag}}); !strings.Contains(got, `<html lang="`+tag+`">`) {
			t.Errorf("the page in %q does not say so", tag)
		}
	}
}

// same are texts that are right in another language although they are the English ones.
var same = map[string][]string{
	"seconds": {"de", "es", "fr"}, "minutes": {"de", "es", "fr"}, "utc": {"de", "es", "fr"},
}

func TestTextsOfAllLanguages(t *testing.T) {
	en := embedded().langs.texts[fallback]
	for tag, texts := range embedded().langs.texts {
		if diff := cmp.Diff(slices.Sorted(maps.Keys(en)), slices.Sorted(maps.Keys(texts))); diff != "" {
			t.Errorf("keys of en (-) and %s (+):\n%s", tag, diff)
		}
		for key, text := range texts {
			checkText(t, tag, key, text)
		}
		if n := len(strings.Split(texts["months"], ",")); n != 12 {
			t.Errorf("%s: %d months", tag, n)
		}
	}
}

func checkText(t *testing.T, tag, key, text string) {
	t.Helper()
	en := embedded().langs.texts[fallback][key]
	if strings.TrimSpace(text) == "" {
		t.Errorf("%s: %s is empty", tag, key)
	}
	if tag != fallback && text == en && !slices.Contains(same[key], tag) {
		t.Errorf("%s: %s is as in English: %q", tag, key, text)
	}
	if diff := cmp.Diff(placeholders(en), placeholders(text)); diff != "" {
		t.Errorf("placeholders of %s in en (-) and %s (+):\n%s", key, tag, diff)
	}
}

func placeholders(text string) []string {
	found := placeholder.FindAllString(text, -1)
	slices.Sort(found)
	return found
}

// A service may be called {time}, so its name must not stand where a time is filled in later.
func TestNameStandsAlone(t *testing.T) {
	for key, text := range embedded().langs.texts[fallback] {
		if strings.Contains(text, "{name}") && len(placeholders(text)) > 1 {
			t.Errorf("%s has a name and something else: %q", key, text)
		}
	}
}

func TestNoTextIsLeftOpen(t *testing.T) {
	for _, tag := range Languages() {
		for name, s := range states() {
			s.Brand.Language = tag
			got := dataBlock.ReplaceAllString(alike.ReplaceAllString(render(t, s), ""), "")
			if m := placeholder.FindString(got); m != "" {
				t.Errorf("%s in %s: %s is not filled in", name, tag, m)
			}
		}
	}
}

func TestLoadTellsWhatIsWrong(t *testing.T) {
	good := func() fstest.MapFS {
		return fstest.MapFS{
			"page.css": {}, "page.js": {}, "a.tmpl.html": {Data: []byte(`{{define "page"}}x{{end}}`)},
			"lang/en.json": {Data: []byte(`{}`)},
		}
	}
	tests := []struct{ name, file, text, want string }{
		{"no style", "page.css", "-", "read the style"},
		{"no script", "page.js", "-", "read the script"},
		{"no template", "a.tmpl.html", "-", "parse the templates"},
		{"broken template", "a.tmpl.html", "{{", "parse the templates"},
		{"no English", "lang/en.json", "-", "read lang/en.json"},
		{"broken texts", "lang/en.json", "[", "parse lang/en.json"},
		{"no such language", "lang/_.json", "{}", "language file lang/_.json"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := good()
			files[tt.file] = &fstest.MapFile{Data: []byte(tt.text)}
			if tt.text == "-" {
				delete(files, tt.file)
			}
			if _, err := Load(files); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Load() = %v, want an error with %q", err, tt.want)
			}
		})
	}
	if _, err := Load(good()); err != nil {
		t.Errorf("Load() = %v, want nil", err)
	}
}

// FuzzLanguage: any header gives a language that we have, and at once.
func FuzzLanguage(f *testing.F) {
	for _, header := range []string{"", "de-AT,en;q=0.5", "*", "x-a;q=", strings.Repeat("-a", 5000), "\xff,\x00;q=1"} {
		f.Add(header, "")
		f.Add("de", header)
	}
	f.Fuzz(func(t *testing.T, header, fixed string) {
		began := time.Now()
		if got := Language(header, fixed); !slices.Contains(Languages(), got) {
			t.Errorf("Language(%q, %q) = %q", header, fixed, got)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("Language(%q, %q) took %s", header, fixed, took)
		}
	})
}
