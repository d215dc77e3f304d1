package page

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

var (
	now   = time.Date(2026, time.November, 23, 14, 30, 0, 0, time.UTC)
	nonce = "TESTNONCETESTNONCETESTNONC"
)

// states are the pages that a visitor can meet, by the name of their golden file.
func states() map[string]State {
	return map[string]State{
		"waking-first": {Service: "Atelier", Nonce: nonce, Now: now, Since: now},
		"waking": {Service: "Atelier", Nonce: nonce, Now: now, Since: now.Add(-12 * time.Second), Steps: []Step{
			{"asked", StepDone}, {"network", StepDone}, {"image", StepActive},
			{"starting", StepTodo}, {"health check", StepTodo}, {"ready", StepTodo},
		}},
		"waking-slow": {Service: "Atelier", Nonce: nonce, Now: now, Since: now.Add(-97 * time.Second), Refresh: 10 * time.Second,
			Steps: []Step{
				{"asked", StepDone}, {"network", StepDone}, {"image", StepDone},
				{"starting", StepDone}, {"health check", StepActive}, {"ready", StepTodo},
			}},
		"failed": {Kind: KindFailed, Service: "Atelier", Nonce: nonce, Now: now, Since: now.Add(-20 * time.Second),
			RetryAt: now.Add(40 * time.Second)},
		"failed-now": {Kind: KindFailed, Service: "Atelier", Nonce: nonce, Now: now, RetryAt: now.Add(-time.Second)},
		"frozen": {Kind: KindFrozen, Service: "Atelier", Nonce: nonce, Now: now,
			RetryAt: time.Date(2026, time.December, 1, 0, 0, 0, 0, time.UTC)},
		"frozen-unknown": {Kind: KindFrozen, Service: "Atelier", Nonce: nonce, Now: now},
	}
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
var alike = regexp.MustCompile(`(?s)(<style[^>]*>).*?(</style>)|(<script[^>]*>).*?(</script>)`)

// TestGolden: after a wanted change run `go test ./internal/page -update` and look at the page in a browser.
func TestGolden(t *testing.T) {
	for name, s := range states() {
		t.Run(name, func(t *testing.T) {
			got := alike.ReplaceAllString(render(t, s), "$1$2$3$4")
			file := filepath.Join("testdata", name+".html")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s differs (-want +got):\n%s", file, diff)
			}
		})
	}
}

// TestSize: 14 KB is what a server may send before it must wait for the browser's first acknowledgement.
func TestSize(t *testing.T) {
	const limit = 14 * 1024
	for name, s := range states() {
		for _, service := range []string{s.Service, strings.Repeat("m", 200)} {
			s.Service = service
			if n := len(render(t, s)); n >= limit {
				t.Errorf("%s with a name of %d bytes: page of %d bytes, want fewer than %d", name, len(service), n, limit)
			}
		}
	}
}

func TestNoExternalURL(t *testing.T) {
	for name, s := range states() {
		got := strings.ReplaceAll(render(t, s), "http://www.w3.org/2000/svg", "")
		for _, scheme := range []string{"http://", "https://", "url(", "@import", `src="`, `="//`} {
			if strings.Contains(got, scheme) {
				t.Errorf("%s contains %q: the page must load nothing from elsewhere", name, scheme)
			}
		}
	}
}

// Without JavaScript only a wake looks again by itself: a failed or frozen page left open keeps nothing awake.
func TestRefreshWithoutJavaScript(t *testing.T) {
	want := map[string]string{
		"waking-first": `content="5"`, "waking": `content="5"`, "waking-slow": `content="10"`,
		"failed": "", "failed-now": "", "frozen": "", "frozen-unknown": "",
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

func TestOnlyOneViewIsShown(t *testing.T) {
	for name, s := range states() {
		got := render(t, s)
		shown := strings.Count(got, "<section ") - strings.Count(got, `<section id="waking" hidden`) -
			strings.Count(got, `<section id="failed" hidden`) - strings.Count(got, `<section id="frozen" hidden`) -
			strings.Count(got, `<section id="asleep" hidden`) - strings.Count(got, `<section id="again" hidden`)
		if shown != 1 || !strings.Contains(got, `<section id="`+s.Kind.String()+`">`) {
			t.Errorf("%s: %d views are shown, want only %q", name, shown, s.Kind)
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
	s := states()["waking"]
	var out bytes.Buffer
	b.ReportAllocs()
	for b.Loop() {
		out.Reset()
		if err := Render(&out, s); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(out.Len()))
}
