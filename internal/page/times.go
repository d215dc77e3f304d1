package page

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

const (
	defaultRefresh = 5 * time.Second
	// defaultSlow is when a start is called slow that was never measured.
	defaultSlow = 90 * time.Second
	// guess is what only the bar counts with while the usual time is not learned; no number is told.
	guess = 45 * time.Second
)

// Fraction is how full the bar is after a time: straight to 80 % at the usual time, then ever slower,
//
//	0.8 + 0.2 * x / (1 + x)    with x = (elapsed - usual) / (usual / 4)
//
// so that a late start slows it down instead of making it lie. It is never full: only being ready fills it. A usual
// time of zero counts as 45 s. The script has the same formula.
func Fraction(elapsed, usual time.Duration) float64 {
	if usual <= 0 {
		usual = guess
	}
	t, u := max(0, elapsed.Seconds()), usual.Seconds()
	if t <= u {
		return 0.8 * t / u
	}
	x := (t - u) / (u / 4)
	return 0.8 + 0.2*x/(1+x)
}

// sinceStart is never negative: two machines' clocks may disagree.
func sinceStart(s State) time.Duration {
	if s.Since.IsZero() || s.Now.IsZero() {
		return 0
	}
	return max(0, s.Now.Sub(s.Since))
}

// span writes a duration as the script does, so that the first tick does not change the notation.
func span(d time.Duration, texts map[string]string) string {
	seconds := int(d / time.Second)
	if seconds < 60 {
		return fill(texts["seconds"], "seconds", strconv.Itoa(seconds))
	}
	return fill(texts["minutes"], "minutes", strconv.Itoa(seconds/60), "seconds", fmt.Sprintf("%02d", seconds%60))
}

// estimate says how long it will take, as far as that is known. "About" is rounded: a number that changes each second
// claims to know more than it does.
func estimate(elapsed, usual, slow time.Duration, texts map[string]string) string {
	switch left := usual - elapsed; {
	case left > 0:
		return fill(texts["eta_about"], "time", span(rough(left), texts))
	case elapsed >= slow:
		return texts["eta_slow"]
	case usual > 0:
		return fill(texts["eta_usual"], "time", span(ceil(usual, time.Second), texts))
	default:
		return ""
	}
}

// rough is d in steps of 5 s, and of one second at the end.
func rough(d time.Duration) time.Duration {
	if d > 10*time.Second {
		return ceil(d, 5*time.Second)
	}
	return ceil(d, time.Second)
}

func ceil(d, unit time.Duration) time.Duration { return (d + unit - 1) / unit * unit }

// clockTime is a time for browsers without JavaScript, whose time zone nobody knows.
func clockTime(at time.Time, texts map[string]string) string {
	return fill(texts["utc"], "time", at.UTC().Format("15:04"))
}

func dateTime(at time.Time, texts map[string]string) string {
	months := strings.Split(texts["months"], ",")
	month := ""
	if i := int(at.UTC().Month()) - 1; i < len(months) {
		month = months[i]
	}
	return fill(texts["date"], "day", strconv.Itoa(at.UTC().Day()), "month", month,
		"year", strconv.Itoa(at.UTC().Year()), "time", clockTime(at, texts))
}

// fill puts values into a text's placeholders: name and value in turn.
func fill(text string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		pairs[i] = "{" + pairs[i] + "}"
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// refresh is the content of a meta element. It names the address, without a fragment: by the HTML standard a refresh of
// an address that has one goes to that fragment of the page that is shown, and asks nobody.
// https://github.com/whatwg/html/issues/6451
func refresh(s State) string {
	if s.Kind != KindWaking || s.ByScript {
		return ""
	}
	content := strconv.Itoa(max(1, int(cmp.Or(s.Refresh, defaultRefresh)/time.Second)))
	if pathForm.MatchString(s.Address) {
		content += "; url=" + s.Address
	}
	return content
}

// rounded keeps the bar's value short in the page.
func rounded(fraction float64) float64 { return math.Round(fraction*1000) / 1000 }
