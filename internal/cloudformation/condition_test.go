package cloudformation

import (
	"fmt"
	"testing"
)

func TestConditions(t *testing.T) {
	for _, test := range []struct {
		source string
		want   bool
	}{
		{`!Equals [a, a]`, true},
		{`!Equals [1, "1"]`, true},
		{`!Equals [true, "true"]`, true},
		{`!Equals [a, A]`, false},
		{`!Not [!Equals [a, b]]`, true},
		{`!And [!Equals [a, a], !Equals [a, b]]`, false},
		{`!And [!Equals [a, a], !Equals [b, b]]`, true},
		{`!Or [!Equals [a, b], !Equals [a, a]]`, true},
		{`!Or [!Equals [a, b], !Equals [b, a]]`, false},
		{`!Or [!Equals [a, b], !Not [!Condition Other]]`, true},
	} {
		t.Run(test.source, func(t *testing.T) {
			read := parsed(t, fmt.Sprintf(`
Conditions: { C: %s, Other: !Equals [a, b] }
Resources: { A: { Type: T } }
`, test.source))
			got, err := stackOf(t, read, &maker{}).Holds("C")
			if got != test.want || err != nil {
				t.Errorf("got %t, %v", got, err)
			}
		})
	}
}
