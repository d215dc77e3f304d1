package page

import (
	"maps"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var property = regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`)

// palettes reads the custom properties of both schemes; the dark one overrides some of the light one's.
func palettes(t *testing.T, style string) map[string]map[string]rgb {
	t.Helper()
	light, dark := map[string]rgb{}, map[string]rgb{}
	// The rules of an accent come after the palettes and have both schemes again.
	for part := range strings.SplitSeq(style, "\n:root {") {
		before, after, _ := strings.Cut(part, "@media (prefers-color-scheme: dark)")
		maps.Copy(light, properties(t, before))
		maps.Copy(dark, properties(t, before))
		maps.Copy(dark, properties(t, after))
	}
	if len(light) < 10 {
		t.Fatalf("page.css has only %d colors", len(light))
	}
	return map[string]map[string]rgb{"light": light, "dark": dark}
}

func properties(t *testing.T, rules string) map[string]rgb {
	t.Helper()
	colors := map[string]rgb{}
	for _, m := range property.FindAllStringSubmatch(rules, -1) {
		value, err := strconv.ParseUint(m[2], 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		colors[m[1]] = rgb(value)
	}
	return colors
}

// pairs are what WCAG 2.2 AA asks for: 4.5 for text, 3 for what must be seen but is not text.
var pairs = []struct {
	use, front, back string
	min              float64
}{
	{"heading, step done or active, link", "ink", "ground", 4.5},
	{"text, step to do, disabled button", "muted", "ground", 4.5},
	{"button's text", "on-accent", "accent", 4.5},
	{"button's edge, dot of the active step", "line", "ground", 3},
	{"bar", "line", "track", 3},
	{"focus ring, dot of a step done", "ink", "ground", 3},
	{"dot of a step to do", "muted", "ground", 3},
	{"ledge", "ledge", "ground", 1.5}, // decoration
	{"sleep on the wall", "muted", "wall", 3},
	{"eyes and mouth", "face", "fur", 3},
}

func TestContrast(t *testing.T) {
	for _, accent := range accents() {
		for scheme, colors := range palettes(t, string(embedded().css(accent))) {
			for _, p := range pairs {
				if got := contrast(colors[p.front], colors[p.back]); got < p.min {
					t.Errorf("accent %q, %s: %s: --%s %s on --%s %s is %.2f, want at least %.1f", accent, scheme, p.use,
						p.front, colors[p.front], p.back, colors[p.back], got, p.min)
				}
			}
		}
	}
}

// accents are none, the corners of all colors, those in between that are hard to read on, and a hundred others.
func accents() []string {
	all := []string{"", "#000000", "#ffffff", "#ff0000", "#00ff00", "#0000ff", "#ffff00", "#00ffff", "#ff00ff",
		"#757575", "#767676", "#777777", "#f5f8f5", "#0e201c", "#E08B3E"}
	random := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		all = append(all, rgb(random.Uint32N(1<<24)).String())
	}
	return all
}

// The accent is fitted to these grounds, so they must be those of the style.
func TestGroundsAreThoseOfTheStyle(t *testing.T) {
	got := palettes(t, embedded().style)
	for _, want := range []struct {
		scheme, name string
		color        rgb
	}{
		{"light", "ground", lightGround},
		{"light", "track", lightTrack},
		{"dark", "ground", darkGround},
		{"dark", "track", darkTrack},
	} {
		if c := got[want.scheme][want.name]; c != want.color {
			t.Errorf("%s --%s is %s in page.css and %s in accent.go", want.scheme, want.name, c, want.color)
		}
	}
}

func TestAccentThatIsNoneIsIgnored(t *testing.T) {
	for _, accent := range []string{"red", "#123", "#12345g", "#123456;}", "#123456\n", "</style>"} {
		if embedded().css(accent) != embedded().css("") {
			t.Errorf("accent %q got into the style", accent)
		}
	}
}
