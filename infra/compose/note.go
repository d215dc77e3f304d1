package compose

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Note is something to know of a place in a compose file: what was changed or left out on the way to Fargate, or, in
// a RefusedError, what is wrong.
type Note struct {
	File string
	// Line counts from 1; it is 0 where only the file is known.
	Line int
	// Path is like services.web.ports[0], and empty for the file as a whole.
	Path string
	Text string
}

// String is like `docker-compose.yml:7: services.web.restart: "always" ...`.
func (n Note) String() string {
	text := n.File + ": "
	if n.Line > 0 {
		text = n.File + ":" + strconv.Itoa(n.Line) + ": "
	}
	if n.Path != "" {
		text += n.Path + ": "
	}
	return text + n.Text
}

// RefusedError is everything that keeps a compose file from becoming a task, in the order of the lines.
type RefusedError struct{ Problems []Note }

func (e *RefusedError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, problem := range e.Problems {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// sorted orders notes by file and line. The first file is the one that was asked for.
func sorted(notes []Note, first string) []Note {
	slices.SortStableFunc(notes, func(a, b Note) int {
		return cmp.Or(
			compareBool(a.File != first, b.File != first), cmp.Compare(a.File, b.File),
			cmp.Compare(a.Line, b.Line), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Text, b.Text),
		)
	})
	return slices.Compact(notes)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}
