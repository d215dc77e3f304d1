package settings

import (
	"fmt"
	"regexp"
)

// Expression is a regular expression that must match a whole text. The syntax is RE2's, which takes no longer for one
// text than for another: https://golang.org/s/re2syntax. The zero value matches nothing.
type Expression struct {
	text string
	re   *regexp.Regexp
}

// UnmarshalText reads an expression as people write it, without anchors.
func (e *Expression) UnmarshalText(text []byte) error {
	if _, err := regexp.Compile(string(text)); err != nil { // alone: "a)(b" is one only between the anchors
		return fmt.Errorf("read expression: %w", err)
	}
	re, err := regexp.Compile("^(?:" + string(text) + ")$")
	if err != nil {
		return fmt.Errorf("read expression: %w", err)
	}
	*e = Expression{text: string(text), re: re}
	return nil
}

// MarshalText writes what UnmarshalText read.
func (e Expression) MarshalText() ([]byte, error) { return []byte(e.text), nil }

// String is the expression as it was written.
func (e Expression) String() string { return e.text }

// Equal tells whether two expressions were written alike.
func (e Expression) Equal(other Expression) bool { return e.text == other.text }

// MatchString tells whether the expression matches the whole of s.
func (e Expression) MatchString(s string) bool { return e.re != nil && e.re.MatchString(s) }
