package compose

import (
	"fmt"
	"math"

	"github.com/goccy/go-yaml/ast"
)

// builder makes nodes of goccy/go-yaml's syntax tree.
type builder struct {
	anchors map[string]ast.Node
	visited int
	depth   int
}

// mostNodes ends a file whose aliases multiply, and mostDepth one whose aliases contain themselves. Real files have
// hundreds of values, ten deep.
const (
	mostNodes = 50_000
	mostDepth = 100
)

// buildError is a place that YAML allows and a compose file does not.
type buildError struct {
	line int
	text string
}

func (e *buildError) Error() string { return e.text }

func (b *builder) build(n ast.Node, line int) (*node, error) {
	b.visited++
	b.depth++
	defer func() { b.depth-- }()
	if b.visited > mostNodes || b.depth > mostDepth {
		return nil, &buildError{line, "has too many or too deep values, must be a compose file of ordinary size"}
	}
	switch n := n.(type) {
	case *ast.AnchorNode:
		b.anchors[n.Name.String()] = n.Value
		return b.build(n.Value, line)
	case *ast.AliasNode:
		return b.alias(n, line)
	case *ast.TagNode:
		return b.build(n.Value, line)
	case *ast.MappingNode:
		return b.mapping(n.Values, line)
	case *ast.MappingValueNode:
		return b.mapping([]*ast.MappingValueNode{n}, line)
	case *ast.SequenceNode:
		return b.sequence(n, line)
	case *ast.InfinityNode, *ast.NanNode:
		return nil, &buildError{line, quote(n.String()) + " must be a number"}
	case ast.ScalarNode:
		return &node{line: line, value: goValue(n.GetValue())}, nil
	default: // nothing, or a comment
		return &node{line: line}, nil
	}
}

// goValue makes whole numbers int, as compose-go's own parser does: it knows no others.
func goValue(value any) any {
	switch value := value.(type) {
	case uint64:
		if value <= math.MaxInt {
			return int(value)
		}
	case int64:
		return int(value)
	}
	return value
}

func (b *builder) alias(n *ast.AliasNode, line int) (*node, error) {
	target, ok := b.anchors[n.Value.String()]
	if !ok {
		return nil, &buildError{line, fmt.Sprintf("alias %s must follow its anchor", quote(n.Value.String()))}
	}
	return b.build(target, line)
}

func (b *builder) sequence(n *ast.SequenceNode, line int) (*node, error) {
	result := &node{line: line, kind: list}
	for _, value := range n.Values {
		item, err := b.build(value, lineOf(value, line))
		if err != nil {
			return nil, err
		}
		result.list = append(result.list, item)
	}
	return result, nil
}

func (b *builder) mapping(values []*ast.MappingValueNode, line int) (*node, error) {
	result := &node{line: line, kind: mapping, fields: map[string]*node{}}
	var merged []*node
	for _, value := range values {
		at := lineOf(value.Key, line)
		field, err := b.build(value.Value, at)
		if err != nil {
			return nil, err
		}
		if value.Key.IsMergeKey() {
			merged = append(merged, field)
			continue
		}
		key, err := b.key(value.Key, at)
		if err != nil {
			return nil, err
		}
		result.fields[key] = field
	}
	for _, m := range merged {
		result.merge(m)
	}
	return result, nil
}

// merge adds the fields of another mapping, or of a list of them, that are not there yet.
func (n *node) merge(other *node) {
	for _, item := range other.list {
		n.merge(item)
	}
	for key, field := range other.fields {
		if _, ok := n.fields[key]; !ok {
			n.fields[key] = field
		}
	}
}

func (b *builder) key(n ast.MapKeyNode, line int) (string, error) {
	key, err := b.build(n, line)
	if err != nil {
		return "", err
	}
	text, ok := key.value.(string)
	if !ok {
		return "", &buildError{line, quote(n.String()) + " must be a text: write it in quotes"}
	}
	return text, nil
}

func lineOf(n ast.Node, otherwise int) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return otherwise
	}
	return n.GetToken().Position.Line
}
