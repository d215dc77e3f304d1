package main

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/browser"
	"github.com/catnap-dev/catnap/internal/clock"
)

var update = flag.Bool("update", false, "write the pictures that the page is compared with")

// images are the pictures, which the README shows, too.
const images = "../../../docs/images"

// shot is a picture to take in both schemes.
type shot struct {
	name, scene      string
	width, height    int64 // zero: 1000 and 720
	noScript, asleep bool
}

var shots = []shot{
	{name: "waking", scene: "waking-4"},
	{name: "waking-narrow", scene: "waking-4", width: 390, height: 844},
	{name: "late", scene: "waking-late", height: 760},
	{name: "failed", scene: "failed"},
	{name: "frozen", scene: "frozen"},
	{name: "limited", scene: "limited"},
	{name: "resend", scene: "resend"},
	{name: "resend-narrow", scene: "resend", width: 390, height: 844},
	{name: "asleep", scene: "frozen", asleep: true},
	{name: "nojs", scene: "nojs-by-script", noScript: true},
	{name: "brand", scene: "brand", height: 880},
	{name: "german", scene: "lang-de", height: 760},
}

// moment is when all pictures are taken: the server's clock hardly moves, and the browser's not at all.
var moment = time.Date(2026, time.November, 23, 14, 30, 0, 0, time.UTC)

// fallAsleep makes the page ask how the service is, and hear that it sleeps: no page begins with that view.
const fallAsleep = `window.fetch = async () => Response.json({ phase: 'asleep' }),
	dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))`

const still = `Date.now = () => Date.UTC(2026, 10, 23, 14, 30);`

// TestScreenshots: every state looks as it did when somebody last looked at it, in both schemes. The comparison is a
// loose one, for fonts differ; `make screenshots` takes the pictures anew.
func TestScreenshots(t *testing.T) {
	b, url := browser.New(t), gallery(t)
	for _, s := range shots {
		t.Run(s.name, func(t *testing.T) {
			tab := s.open(t, b, url)
			for _, scheme := range []string{"light", "dark"} {
				tab.Still(scheme)
				file := filepath.Join(images, s.name+"-"+scheme+".png")
				compare(t, file, taken(t, tab))
			}
		})
	}
}

// TestDifference: another font passes for the same page. A part that is missing, the wrong scheme, or a page without
// its style does not.
func TestDifference(t *testing.T) {
	tab := shots[0].open(t, browser.New(t), gallery(t))
	tab.Still("light")
	usual := taken(t, tab)
	for _, change := range []struct {
		style string
		alike bool
	}{
		{``, true},
		{`* { font-family: serif !important }`, true},
		{`* { font-family: monospace !important }`, true},
		{`* { -webkit-font-smoothing: none; text-rendering: geometricPrecision; color: #202820 !important }`, true},
		{`ol { display: none }`, false},
		{`section { visibility: hidden }`, false},
		{`.cat { display: none }`, false},
		{`header { display: none }`, false},
		{`.wrap { margin-left: 0 }`, false},
	} {
		browser.Eval[any](tab, fmt.Sprintf(`(() => {
			const style = new CSSStyleSheet();
			style.replaceSync(%q);
			document.adoptedStyleSheets = [style];
		})()`, change.style))
		expectAlike(t, change.style, usual, taken(t, tab), change.alike)
	}
	browser.Eval[any](tab, `document.adoptedStyleSheets = []`)
	tab.Still("dark")
	expectAlike(t, "dark", usual, taken(t, tab), false)
	tab.Still("light")
	browser.Eval[any](tab, `document.querySelector('style').remove()`)
	expectAlike(t, "no style", usual, taken(t, tab), false)
}

func expectAlike(t *testing.T, change string, a, b image.Image, want bool) {
	t.Helper()
	d := difference(a, b)
	t.Logf("%5.2f %s", d, change)
	if d <= tolerance != want {
		t.Errorf("%s: differs by %.2f, with a tolerance of %.2f", change, d, tolerance)
	}
}

// gallery serves the scenes at the moment.
func gallery(t *testing.T) (url string) {
	t.Helper()
	s := newServer(files{source: ".."})
	s.clock = clock.New(moment, 1e-9)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	return server.URL
}

func (s shot) open(t *testing.T, b *browser.Browser, url string) *browser.Tab {
	t.Helper()
	tab := b.Tab(t)
	tab.Before(still)
	tab.TimeZone("UTC")
	tab.Languages("en-GB")
	tab.Size(cmp.Or(s.width, 1000), cmp.Or(s.height, 720))
	if s.noScript {
		tab.NoScript()
	}
	tab.Open(url + "/scene/" + s.scene)
	tab.Until(`location.pathname.startsWith('/scene/') && document.readyState === 'complete'`)
	if s.asleep {
		browser.Eval[any](tab, fallAsleep)
		tab.Until(`document.querySelector('#asleep h1').checkVisibility()`)
	}
	return tab
}

func taken(t *testing.T, tab *browser.Tab) image.Image {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(tab.Picture()))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// compare fails if a picture is not as the file shows it, or writes the file.
func compare(t *testing.T, file string, got image.Image) {
	t.Helper()
	if *update {
		store(t, file, got)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if d := difference(want, got); d > tolerance {
		t.Errorf("%s: differs by %.2f, and %.2f may be fonts; if that is on purpose, `make screenshots` takes it anew",
			file, d, tolerance)
	}
}

// store writes a picture with a palette, at a third of the size: the page has few colors but for the edges of letters.
func store(t *testing.T, file string, picture image.Image) {
	t.Helper()
	few := image.NewPaletted(picture.Bounds(), frequent(picture))
	draw.Draw(few, few.Bounds(), picture, few.Bounds().Min, draw.Src)
	var packed bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&packed, few); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, packed.Bytes(), 0o644); err != nil { // as git will have it
		t.Fatal(err)
	}
}

// frequent are the 256 colors that most of the picture has.
func frequent(picture image.Image) (palette color.Palette) {
	count := map[color.Color]int{}
	for y := picture.Bounds().Min.Y; y < picture.Bounds().Max.Y; y++ {
		for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x++ {
			count[picture.At(x, y)]++
		}
	}
	palette = slices.SortedFunc(maps.Keys(count), func(a, b color.Color) int { return count[b] - count[a] })
	return palette[:min(256, len(palette))]
}
