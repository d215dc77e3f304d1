package page

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/golden"
)

var update = flag.Bool("update", false, "write the golden files")

var (
	now   = time.Date(2026, time.November, 23, 14, 30, 0, 0, time.UTC)
	nonce = "TESTNONCETESTNONCETESTNONC"
)

var (
	testBrand = Brand{
		Name: "Atelier Nord", Accent: "#175fc1", Message: "Next week's version.",
		Logo:  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/%3E",
		Links: []Link{{"Status", "/status"}, {"Help", "tel:+49-30-1234"}, {"Home", "https://example.com/?a=1&b=2"}},
	}
	testForm = Form{Multipart: true, Fields: []Field{
		{Name: "title", Value: `Ink & "quill"`},
		{Name: "text", Value: "\nsecond line"},
		{Name: "photo", File: true, Filename: "cat.png", Type: "image/png", Data: []byte("\x89PNG")},
		{Name: "none", File: true},
	}}
)

// testSteps are the steps of a wake with this one active.
func testSteps(active int) []Step {
	steps := DefaultSteps()
	for i := range active {
		steps[i] = Step{steps[i].Name, StepDone, time.Duration(i) * 40 * time.Second}
	}
	steps[active].State = StepActive
	return steps
}

// states are the pages that a visitor can meet, by the name of their golden file.
func states() map[string]State {
	retry, day := now.Add(40*time.Second), time.Date(2026, time.December, 1, 0, 0, 0, 0, time.UTC)
	all := map[string]State{
		"waking-first":   {Since: now},
		"waking":         {Since: now.Add(-12 * time.Second), Steps: testSteps(2), Usual: 35 * time.Second},
		"waking-slow":    {Since: now.Add(-97 * time.Second), Steps: testSteps(4), Refresh: 10 * time.Second},
		"waking-de":      {Since: now.Add(-40 * time.Second), Usual: 35 * time.Second, AcceptLanguage: "de-AT,en;q=0.5"},
		"by-script":      {ByScript: true},
		"failed":         {Kind: KindFailed, Since: now.Add(-20 * time.Second), RetryAt: retry},
		"failed-now":     {Kind: KindFailed, RetryAt: now.Add(-time.Second)},
		"frozen":         {Kind: KindFrozen, RetryAt: day},
		"frozen-fr":      {Kind: KindFrozen, RetryAt: day, Brand: Brand{Language: "fr"}},
		"frozen-unknown": {Kind: KindFrozen},
		"limited":        {Kind: KindLimited, RetryAt: retry},
		"resend":         {Kind: KindResend, Form: &testForm},
		"resend-es":      {Kind: KindResend, Form: &testForm, RetryAt: day, AcceptLanguage: "es-MX"},
		"resend-lost":    {Kind: KindResend},
		"brand":          {Brand: testBrand},
		"own":            {Brand: testBrand, Template: ownTemplate()},
	}
	for name, s := range all {
		s.Service, s.Nonce, s.Now = "atelier", nonce, now
		all[name] = s
	}
	return all
}

// ownTemplate is the example that operators are shown.
func ownTemplate() string {
	text, err := os.ReadFile(filepath.Join("testdata", "own.tmpl.html"))
	if err != nil {
		panic(err)
	}
	return string(text)
}

func render(t testing.TB, s State) string {
	t.Helper()
	var b bytes.Buffer
	if err := Render(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// alike is what all pages have in common, and the goldens leave out: it stands in page.css and page.js.
var alike = regexp.MustCompile(`(?s)(<style[^>]*>).*?(</style>)|(<script nonce[^>]*>).*?(</script>)`)

// TestGolden: after a wanted change run `go test ./internal/page -update` and look at the page in the preview.
func TestGolden(t *testing.T) {
	for name, s := range states() {
		t.Run(name, func(t *testing.T) {
			got := alike.ReplaceAllString(render(t, s), "$1$2$3$4")
			golden.Hold(t, filepath.Join("testdata", name+".html"), got, *update)
		})
	}
}

// TestSize: 14 KB is what a server may send before it must wait for the browser's first acknowledgement. The waker
// compresses; a logo comes on top.
func TestSize(t *testing.T) {
	const limit = 14 * 1024
	sizes := map[string]int{}
	for name, s := range states() {
		s.Service = strings.Repeat("m", 200)
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		if err := errors.Join(Render(w, s), w.Close()); err != nil {
			t.Fatal(err)
		}
		if sizes[name] = b.Len(); b.Len() >= limit {
			t.Errorf("%s: page of %d bytes, compressed; want fewer than %d", name, b.Len(), limit)
		}
	}
	t.Log(sizes)
}

func TestNoExternalURL(t *testing.T) {
	for name, s := range states() {
		s.Brand.Links = nil // a link loads nothing
		got := strings.ReplaceAll(render(t, s), "http://www.w3.org/2000/svg", "")
		got = strings.ReplaceAll(got, `src="data:image/`, "")
		for _, scheme := range []string{"http://", "https://", "url(", "@import", `src="`, `="//`} {
			if strings.Contains(got, scheme) {
				t.Errorf("%s contains %q: the page must load nothing from elsewhere", name, scheme)
			}
		}
	}
}

// Without JavaScript only a wake looks again by itself: any other page left open keeps nothing awake, and the page of
// a form would lose it.
func TestRefreshWithoutJavaScript(t *testing.T) {
	want := map[string]string{"waking-slow": `content="10"`}
	for _, name := range []string{"waking-first", "waking", "waking-de", "brand", "own"} {
		want[name] = `content="5"`
	}
	for name, s := range states() {
		got := render(t, s)
		if has := strings.Contains(got, `http-equiv="refresh"`); has != (want[name] != "") {
			t.Errorf("%s: has a refresh: %t", name, has)
		}
		if !strings.Contains(got, want[name]) {
			t.Errorf("%s: want a refresh with %s", name, want[name])
		}
	}
}

// The address is named because one that was opened with a fragment is not asked for again otherwise.
func TestRefreshNamesTheAddress(t *testing.T) {
	for address, want := range map[string]string{
		"/docs?a=1&b=%22": `content="5; url=/docs?a=1&amp;b=%22"`,
		"/.//other.host/": `content="5; url=/.//other.host/"`,
		"//other.host/":   `content="5"`,
		`/"><b>`:          `content="5; url=/&#34;&gt;&lt;b&gt;"`,
	} {
		if got := render(t, State{Address: address}); !strings.Contains(got, `"refresh" `+want) {
			t.Errorf("%s: want a refresh with %s, got %s", address, want, regexp.MustCompile(`<noscript>.*`).FindString(got))
		}
	}
}

func TestByScriptNeedsJavaScript(t *testing.T) {
	got := render(t, states()["by-script"])
	for _, want := range []string{
		"<noscript><h1>atelier is asleep</h1><p>Starting it needs JavaScript.</p></noscript>",
		`<div id="progress" hidden>`, "<title>atelier is asleep</title>", `"byScript":true`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func TestOnlyOneViewIsShown(t *testing.T) {
	section := regexp.MustCompile(`<section id="([a-z]+)"( hidden)?>`)
	for name, s := range states() {
		var shown []string
		for _, m := range section.FindAllStringSubmatch(render(t, s), -1) {
			if m[2] == "" {
				shown = append(shown, m[1])
			}
		}
		if diff := cmp.Diff([]string{s.Kind.String()}, shown); diff != "" {
			t.Errorf("%s: views shown (-want +got):\n%s", name, diff)
		}
	}
}

// What the script looks up must be there, or it is left out without a word.
func TestScriptFindsItsTexts(t *testing.T) {
	used := map[string]bool{}
	script := string(embedded().script)
	for _, m := range regexp.MustCompile(`fill\(([^,()]*'[^()]*?)[,)]`).FindAllStringSubmatch(script, -1) {
		for _, key := range regexp.MustCompile(`'([a-z_]+)'`).FindAllStringSubmatch(m[1], -1) {
			used[key[1]] = true
		}
	}
	for _, m := range regexp.MustCompile(`data-text="([a-z_]+)"`).FindAllStringSubmatch(render(t, State{}), -1) {
		used[m[1]] = true
	}
	given := map[string]bool{}
	for _, key := range scriptTexts {
		given[key] = true
	}
	if diff := cmp.Diff(given, used); diff != "" {
		t.Errorf("texts that the script is given (-) and uses (+):\n%s", diff)
	}
	for key := range given {
		if embedded().langs.texts[fallback][key] == "" {
			t.Errorf("the script's text %q is in no language", key)
		}
	}
}

func TestRenderReportsTheWriter(t *testing.T) {
	full := errors.New("disk full")
	if err := Render(brokenWriter{full}, State{}); !errors.Is(err, full) {
		t.Errorf("Render() = %v, want %v", err, full)
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

func BenchmarkRender(b *testing.B) {
	for _, name := range []string{"waking", "own"} {
		b.Run(name, func(b *testing.B) {
			s := states()[name]
			var out bytes.Buffer
			b.ReportAllocs()
			for b.Loop() {
				out.Reset()
				if err := Render(&out, s); err != nil {
					b.Fatal(err)
				}
			}
			b.SetBytes(int64(out.Len()))
		})
	}
}
