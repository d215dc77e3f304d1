package compose

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// node is a value of a YAML file with its line. Aliases and merge keys are followed, so that whatever somebody wrote
// once and uses twice is found at both paths, each time with the line where it is written.
type node struct {
	line   int // of the key, where there is one
	value  any // a scalar: string, bool, number or nil
	list   []*node
	fields map[string]*node
	kind   shape
}

type shape int

const (
	scalar shape = iota
	list
	mapping
)

// step goes one step down a path. A list of texts like `A=b` stands for the mapping that it means, and a lone value
// for the list of it.
func (n *node) step(step string) *node {
	i, isIndex := position(step)
	switch {
	case isIndex && n.kind == list && i < len(n.list):
		return n.list[i]
	case isIndex && n.kind == scalar && i == 0:
		return n
	case n.kind == mapping:
		return n.fields[step]
	case n.kind == list:
		return n.entry(step)
	default:
		return nil
	}
}

// entry finds `key`, `key=value` or `key:value` in a list of texts.
func (n *node) entry(key string) *node {
	for _, item := range n.list {
		text, ok := item.value.(string)
		if !ok || len(text) < len(key) || text[:len(key)] != key {
			continue
		}
		if rest := text[len(key):]; rest == "" || rest[0] == '=' || rest[0] == ':' {
			return item
		}
	}
	return nil
}

// has tells whether a text is in a scalar, or is the value of a field.
func (n *node) has(text string) bool {
	if n.kind == scalar {
		return strings.Contains(fmt.Sprint(n.value), text)
	}
	for _, field := range n.fields {
		if field.kind == scalar && fmt.Sprint(field.value) == text {
			return true
		}
	}
	return false
}

// find returns the node at a path, or the nearest above it, and how many steps there were.
func (n *node) find(p path) (*node, int) {
	for depth, step := range p {
		next := n.step(step)
		if next == nil {
			return n, depth
		}
		n = next
	}
	return n, len(p)
}

// plain is the value without lines, as encoding/json would read it.
func (n *node) plain() any {
	switch n.kind {
	case list:
		items := make([]any, len(n.list))
		for i, item := range n.list {
			items[i] = item.plain()
		}
		return items
	case mapping:
		fields := make(map[string]any, len(n.fields))
		for key, field := range n.fields {
			fields[key] = field.plain()
		}
		return fields
	case scalar:
		return n.value
	}
	return nil
}

// walk visits every scalar below, in the order of the keys.
func (n *node) walk(p path, visit func(path, *node)) {
	switch n.kind {
	case list:
		for i, item := range n.list {
			item.walk(p.to(index(i)), visit)
		}
	case mapping:
		for _, key := range slices.Sorted(maps.Keys(n.fields)) {
			n.fields[key].walk(p.to(key), visit)
		}
	case scalar:
		visit(p, n)
	}
}

// remove takes away what is at a path below a mapping. Of a list it takes all, since the others would move up.
func (n *node) remove(p path) path {
	p = p[:fieldOf(p)]
	if above, depth := n.find(p[:len(p)-1]); depth == len(p)-1 {
		delete(above.fields, p[len(p)-1])
	}
	return p
}

// fieldOf returns how much of a path leads to a mapping's field.
func fieldOf(p path) int {
	for i, step := range p {
		if _, ok := position(step); ok {
			return i
		}
	}
	return len(p)
}
