package compose

import (
	"fmt"
	"slices"
)

// report collects what there is to say of a compose file.
type report struct {
	src      *sources
	problems []Note
	notes    []Note
	// broken are the places that could not be read. What follows from that is not said again.
	broken []path
}

// refuse adds a problem with the value as it is written in the file.
func (r *report) refuse(p path, want string) {
	r.add(p, shown(p, r.src.find(p).node)+want)
}

// shown is a value before the text about it. What may have a secret in it is not shown.
func shown(p path, n *node) string {
	secretive := len(p) > 2 && slices.Contains([]string{"command", "entrypoint", "environment"}, p[2])
	if n == nil || n.kind != scalar || n.value == nil || secretive {
		return ""
	}
	return written(n.value) + " "
}

func written(value any) string {
	if text, ok := value.(string); ok {
		return quote(text)
	}
	return fmt.Sprint(value)
}

// add adds a problem without the value.
func (r *report) add(p path, text string) {
	if !r.isBroken(p) {
		r.problems = append(r.problems, r.noteOf(p, text))
	}
}

// check refuses unless ok, and returns ok.
func (r *report) check(ok bool, p path, want string) bool {
	if !ok {
		r.refuse(p, want)
	}
	return ok
}

// item is the place of the i-th of n things of a list. compose-go drops what is there twice and makes several of a
// range; then it is the first that has a text, or the list.
func (r *report) item(p path, i, n int, text string) path {
	found := r.src.find(p).node
	if found == nil || found.kind != list || len(found.list) == n {
		return p.to(index(i))
	}
	for i, item := range found.list {
		if item.has(text) {
			return p.to(index(i))
		}
	}
	return p
}

func (r *report) note(p path, text string) {
	r.notes = append(r.notes, r.noteOf(p, text))
}

func (r *report) noteOf(p path, text string) Note {
	found := r.src.find(p)
	return Note{File: found.file, Line: found.line, Path: p.String(), Text: text}
}

// breaks takes a place out of the main file, so that the rest can be looked at.
func (r *report) breaks(p path) {
	if len(p) > 0 {
		r.broken = append(r.broken, r.src.main().root.remove(p))
	}
}

func (r *report) isBroken(p path) bool { return slices.ContainsFunc(r.broken, p.within) }

// touched tells whether a place that could not be read has one of the keys on its path. What depends on all services
// is not judged then.
func (r *report) touched(keys ...string) bool {
	return slices.ContainsFunc(r.broken, func(b path) bool {
		return slices.ContainsFunc(keys, func(key string) bool { return slices.Contains(b, key) })
	})
}

// err is nil if there is no problem.
func (r *report) err() error {
	if len(r.problems) == 0 {
		return nil
	}
	return &RefusedError{sorted(r.problems, r.src.main().file)}
}
