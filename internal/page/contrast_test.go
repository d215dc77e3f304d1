package page

import (
	"maps"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var property = regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`)

// palettes reads the custom properties of both schemes; the dark one overrides some of the light one's.
func palettes(t *testing.T) map[string]map[string]string {
	t.Helper()
	before, after, found := strings.Cut(styleSource, "@media (prefers-color-scheme: dark)")
	if !found {
		t.Fatal("page.css has no dark scheme")
	}
	light := map[string]string{}
	for _, m := range property.FindAllStringSubmatch(before, -1) {
		light[m[1]] = m[2]
	}
	dark := maps.Clone(light)
	for _, m := range property.FindAllStringSubmatch(after, -1) {
		dark[m[1]] = m[2]
	}
	return map[string]map[string]string{"light": light, "dark": dark}
}

// TestContrast asks for WCAG 2.2 AA: 4.5 for text, 3 for what must be seen but is not text.
func TestContrast(t *testing.T) {
	pairs := []struct {
		use, front, back string
		min              float64
	}{
		{"heading, step done or active", "ink", "ground", 4.5},
		{"text, step to do, disabled button", "muted", "ground", 4.5},
		{"clock on the wall", "muted", "wall", 4.5},
		{"button's text", "ground", "ink", 4.5},
		{"focus ring, dot of a step done or active", "ink", "ground", 3},
		{"dot of a step to do", "muted", "ground", 3},
		{"eyes and mouth", "face", "fur", 3},
	}
	for scheme, colors := range palettes(t) {
		for _, p := range pairs {
			got := contrast(t, colors[p.front], colors[p.back])
			if got < p.min {
				t.Errorf("%s: %s: --%s on --%s is %.2f, want at least %.1f", scheme, p.use, p.front, p.back, got, p.min)
			}
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// luminance is WCAG's relative luminance of a color written as six hexadecimal digits.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	rgb, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		t.Fatalf("color %q: %v", hex, err)
	}
	return 0.2126*linear(rgb>>16) + 0.7152*linear(rgb>>8&0xff) + 0.0722*linear(rgb&0xff)
}

func linear(channel uint64) float64 {
	c := float64(channel) / 255
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}
