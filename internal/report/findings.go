package report

import (
	"fmt"

	"github.com/catnap-dev/catnap/internal/doctor"
)

// Findings are the doctor's, for people: a row a check, what is wrong marked, and under it what to do.
func Findings(service string, findings []doctor.Finding) string {
	p := &page{}
	p.head("%s", service)
	for _, f := range findings {
		p.finding(f)
	}
	return p.String()
}

// mark stands before what needs a hand, so that it is found at a glance and without colours.
func mark(l doctor.Level) string {
	switch l {
	case doctor.Problem:
		return "!!"
	case doctor.Unknown:
		return "??"
	case doctor.Advice:
		return " *"
	default:
		return "  "
	}
}

const checkName = 22 // columns of a check's name

func (p *page) finding(f doctor.Finding) {
	start := mark(f.Level) + " " + padded(f.Check, checkName)
	p.WriteString(wrap(start+f.Says, len(start)) + "\n")
	if f.Fix != "" {
		start = padded("", len(start))
		p.WriteString(wrap(start+"-> "+f.Fix, len(start)+len("-> ")) + "\n")
	}
}

func padded(text string, width int) string { return fmt.Sprintf("%-*s", width, text) }
