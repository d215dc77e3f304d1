package sam

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// template is the parsed template. Short tags are written out: !Ref X is the map {"Ref": "X"}.
type template struct {
	root map[string]any
	// traps are the places that CloudFormation, which reads YAML 1.1, takes for something else.
	traps []string
}

func (t template) section(name string) map[string]any { return dictionary(t.root[name]) }

func dictionary(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func source(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func load(t *testing.T) template {
	t.Helper()
	read, err := parse(source(t))
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func parse(source string) (template, error) {
	file, err := parser.ParseBytes([]byte(source), 0)
	if err != nil {
		return template{}, err
	}
	if len(file.Docs) != 1 {
		return template{}, fmt.Errorf("parse template: %d documents", len(file.Docs))
	}
	var r reader
	root := dictionary(r.read(file.Docs[0].Body))
	if root == nil {
		return template{}, fmt.Errorf("parse template: %T is no mapping", file.Docs[0].Body)
	}
	return template{root: root, traps: r.traps}, nil
}

// reader turns the syntax tree into maps, lists and scalars.
type reader struct{ traps []string }

func (r *reader) trap(node ast.Node, what string) {
	r.traps = append(r.traps, fmt.Sprintf("line %d: %s", node.GetToken().Position.Line, what))
}

func (r *reader) read(node ast.Node) any {
	switch n := node.(type) {
	case *ast.MappingNode:
		return r.mapping(n.Values)
	case *ast.MappingValueNode:
		return r.mapping([]*ast.MappingValueNode{n})
	case *ast.SequenceNode:
		values := []any{}
		for _, v := range n.Values {
			values = append(values, r.read(v))
		}
		return values
	case *ast.TagNode:
		return r.tagged(n)
	case *ast.LiteralNode:
		return n.Value.Value
	case *ast.StringNode:
		return r.scalar(n)
	case *ast.IntegerNode:
		return n.Value
	case *ast.FloatNode:
		return n.Value
	case *ast.BoolNode:
		return n.Value
	case *ast.NullNode:
		r.trap(n, "is empty")
		return nil
	default:
		r.trap(n, n.Type().String()+" is nothing that CloudFormation reads")
		return nil
	}
}

func (r *reader) mapping(values []*ast.MappingValueNode) map[string]any {
	m := map[string]any{}
	for _, v := range values {
		m[v.Key.GetToken().Value] = r.read(v.Value)
	}
	return m
}

// tagged writes a short tag out. !GetAtt A.B becomes a list, as the long form has it.
func (r *reader) tagged(n *ast.TagNode) any {
	name := strings.TrimPrefix(n.Start.Value, "!")
	value := r.read(n.Value)
	switch name {
	case "Ref", "Condition":
		return map[string]any{name: value}
	case "GetAtt":
		resource, attribute, _ := strings.Cut(text(value), ".")
		return map[string]any{"Fn::GetAtt": []any{resource, attribute}}
	default:
		return map[string]any{"Fn::" + name: value}
	}
}

var (
	date  = regexp.MustCompile(`^\d{4}-\d\d?-\d\d?$`)
	truth = []string{"yes", "no", "on", "off", "y", "n"}
)

// scalar looks for what is text in YAML 1.2, which is read here, and a date or a truth value in YAML 1.1.
func (r *reader) scalar(n *ast.StringNode) string {
	plain := n.Token.Type != token.DoubleQuoteType && n.Token.Type != token.SingleQuoteType
	if plain && (date.MatchString(n.Value) || slices.Contains(truth, strings.ToLower(n.Value))) {
		r.trap(n, n.Value+" must be in quotes")
	}
	return n.Value
}

func checkYAML(t template) []string { return t.traps }
