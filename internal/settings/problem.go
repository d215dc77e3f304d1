package settings

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// problem is one thing that is wrong with a document: where, what stands there, and what would be right.
type problem struct {
	path  string // like schedule.windows[0].from; empty for the document as a whole
	value string // as the message shows it
	want  string
}

func (p problem) String() string {
	text := strings.TrimLeft(p.value+" "+p.want, " ")
	if p.path == "" {
		return text
	}
	return p.path + ": " + text
}

type problems []problem

func (ps *problems) add(path, value, want string) {
	*ps = append(*ps, problem{path: path, value: value, want: want})
}

// check adds a problem unless ok, and returns ok.
func (ps *problems) check(ok bool, path, value, want string) bool {
	if !ok {
		ps.add(path, value, want)
	}
	return ok
}

// without leaves out problems at and below the places of others: a field that could not be read is reported once and
// not a second time as missing.
func (ps problems) without(others problems) problems {
	var rest problems
	for _, p := range ps {
		if !p.within(others) {
			rest = append(rest, p)
		}
	}
	return rest
}

func (p problem) within(others problems) bool {
	for _, other := range others {
		below, ok := strings.CutPrefix(p.path, other.path)
		if ok && (other.path == "" || below == "" || below[0] == '.' || below[0] == '[') {
			return true
		}
	}
	return false
}

// err joins the problems, each with the name of the document, so that every line of a log makes sense alone.
func (ps problems) err(document string) error {
	var errs []error
	for _, p := range ps {
		errs = append(errs, fmt.Errorf("%s: %s", document, p))
	}
	return errors.Join(errs...)
}

var plainKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func member(path, key string) string {
	switch {
	case !plainKey.MatchString(key):
		return path + "[" + quote(key) + "]"
	case path == "":
		return key
	default:
		return path + "." + key
	}
}

func element(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// longest keeps a document in the wrong place from filling the log; a parameter may hold 4 KB.
const longest = 200

func shorten(text string) string {
	if len(text) <= longest {
		return text
	}
	return text[:longest] + "..."
}

func quote(text string) string { return strconv.Quote(shorten(text)) }

// given shows the value of a required field.
func given(text string) string {
	if text == "" {
		return "is missing,"
	}
	return quote(text)
}
