package page

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
)

// The grounds that an accent must stand out from; page.css has the same, and a test compares them.
const (
	lightGround = rgb(0xf5f8f5)
	lightTrack  = rgb(0xd9e3dd)
	darkGround  = rgb(0x0e201c)
	darkTrack   = rgb(0x24403a)
	black       = rgb(0x000000)
	white       = rgb(0xffffff)
)

// minLine is WCAG's contrast for what must be seen and is not text.
const minLine = 3

// rgb is a color as six hexadecimal digits write it.
type rgb uint32

func (c rgb) String() string { return fmt.Sprintf("#%06x", uint32(c)) }

// css is the style with the brand's accent. Anything but #rrggbb is ignored: it must not end the rule it stands in.
func (p *Sources) css(accent string) template.CSS {
	if !accentForm.MatchString(accent) {
		return template.CSS(p.style) //nolint:gosec // G203: our own file
	}
	value, _ := strconv.ParseUint(accent[1:], 16, 32)      // six hexadecimal digits, as was just seen
	return template.CSS(p.style + accentRules(rgb(value))) //nolint:gosec // G203: our own file and numbers
}

// accentRules come after both palettes of page.css. The accent itself fills buttons, in both schemes; as a line it is
// moved toward black or white until it can be seen on the bar's track, which lies between it and the ground.
func accentRules(accent rgb) string {
	return fmt.Sprintf(":root { --accent: %s; --on-accent: %s; --line: %s; --wall: %s; }\n"+
		"@media (prefers-color-scheme: dark) { :root { --line: %s; --wall: %s; } }\n",
		accent, textOn(accent), visible(accent, lightTrack, black), mix(lightGround, accent, 0.16),
		visible(accent, darkTrack, white), mix(darkGround, accent, 0.16))
}

// textOn is black or white, whichever reads better; the worst of all colors still gives 4.58.
func textOn(ground rgb) rgb {
	if contrast(ground, black) >= contrast(ground, white) {
		return black
	}
	return white
}

func visible(accent, ground, toward rgb) rgb {
	const steps = 20
	for i := range steps {
		if c := mix(accent, toward, float64(i)/steps); contrast(c, ground) >= minLine {
			return c
		}
	}
	return toward
}

// mix is a with a share of b in it.
func mix(a, b rgb, share float64) rgb {
	var mixed rgb
	for shift := 0; shift <= 16; shift += 8 {
		x, y := float64(a>>shift&0xff), float64(b>>shift&0xff)
		mixed |= rgb(math.Round(x+(y-x)*share)) << shift
	}
	return mixed
}

// contrast is that of WCAG 2.2, from 1 to 21.
func contrast(a, b rgb) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(c rgb) float64 {
	return 0.2126*linear(c>>16) + 0.7152*linear(c>>8&0xff) + 0.0722*linear(c&0xff)
}

func linear(channel rgb) float64 {
	c := float64(channel) / 255
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}
