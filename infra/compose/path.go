package compose

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// path leads to a place in a compose file: keys, and positions in lists as "[0]".
type path []string

func at(steps ...string) path { return steps }

// to returns the path to something below.
func (p path) to(steps ...string) path {
	return append(slices.Clip(p), steps...)
}

func index(i int) string { return "[" + strconv.Itoa(i) + "]" }

// position returns the number of a step into a list.
func position(step string) (int, bool) {
	inner, ok := strings.CutPrefix(step, "[")
	if !ok {
		return 0, false
	}
	i, err := strconv.Atoi(strings.TrimSuffix(inner, "]"))
	return i, err == nil
}

var plainKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// String is like services.web.ports[0].
func (p path) String() string {
	var b strings.Builder
	for _, step := range p {
		_, list := position(step)
		switch {
		case list:
			b.WriteString(step)
		case !plainKey.MatchString(step):
			b.WriteString("[" + strconv.Quote(shorten(step)) + "]")
		case b.Len() > 0:
			b.WriteString("." + step)
		default:
			b.WriteString(step)
		}
	}
	return b.String()
}

// within tells whether p is other or lies below it.
func (p path) within(other path) bool {
	if len(p) < len(other) {
		return false
	}
	for i, step := range other {
		if p[i] != step {
			return false
		}
	}
	return true
}

// longest keeps a text in the wrong place from filling the screen.
const longest = 120

func shorten(text string) string {
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + "..."
}

func quote(text string) string { return strconv.Quote(shorten(text)) }
