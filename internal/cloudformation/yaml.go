package cloudformation

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

func readYAML(source []byte) (map[string]any, error) {
	file, err := parser.ParseBytes(source, 0)
	if err != nil {
		return nil, err
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		return nil, fmt.Errorf("there are %d documents, there must be one, and it must be a mapping", len(file.Docs))
	}
	var r yamlReader
	root, ok := r.read(file.Docs[0].Body).(map[string]any)
	if !ok {
		return nil, errors.New("it must be a mapping")
	}
	return root, errors.Join(r.problems...)
}

// yamlReader turns the syntax tree into maps, lists and scalars.
type yamlReader struct{ problems []error }

func (r *yamlReader) refuse(node ast.Node, format string, args ...any) {
	line := node.GetToken().Position.Line
	r.problems = append(r.problems, fmt.Errorf("line %d: %s", line, fmt.Sprintf(format, args...)))
}

// read knows no aliases and merge keys: neither does CloudFormation.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
func (r *yamlReader) read(node ast.Node) any {
	switch n := node.(type) {
	case *ast.MappingNode:
		return r.mapping(n.Values)
	case *ast.MappingValueNode:
		return r.mapping([]*ast.MappingValueNode{n})
	case *ast.SequenceNode:
		values := make([]any, 0, len(n.Values))
		for _, v := range n.Values {
			values = append(values, r.read(v))
		}
		return values
	case *ast.TagNode:
		return r.tagged(n)
	case *ast.LiteralNode:
		return n.Value.Value
	case *ast.StringNode:
		return r.text(n)
	case *ast.IntegerNode, *ast.FloatNode:
		return r.number(n)
	case *ast.BoolNode:
		return n.Value
	case *ast.NullNode:
		r.refuse(n, "is empty")
	default:
		r.refuse(n, "%s is nothing that CloudFormation reads", n.Type())
	}
	return nil
}

func (r *yamlReader) mapping(values []*ast.MappingValueNode) map[string]any {
	m := make(map[string]any, len(values))
	for _, v := range values {
		name := r.key(v.Key)
		value := r.read(v.Value)
		if name == "Fn::GetAtt" {
			value = attributeOf(value)
		}
		m[name] = value
	}
	return m
}

// key refuses what the parser makes of !Ref AWS::Region within braces: it takes the colons for the end of a key.
func (r *yamlReader) key(key ast.MapKeyNode) string {
	name := key.GetToken().Value
	switch {
	case key.IsMergeKey():
		r.refuse(key, "merge keys are nothing that CloudFormation reads")
	case strings.HasPrefix(name, "!"):
		r.refuse(key, "%s within braces must have its argument in quotes", name)
	}
	return name
}

// short are the functions that have a tag, without their "Fn::". Ref and Condition have none in the long form either.
var short = []string{
	"And", "Base64", "Equals", "FindInMap", "GetAZs", "GetAtt", "If", "ImportValue", "Join", "Not", "Or", "Select",
	"Split", "Sub",
}

// tagged writes a short tag out.
func (r *yamlReader) tagged(n *ast.TagNode) any {
	name := strings.TrimPrefix(n.Start.Value, "!")
	value := r.read(n.Value)
	switch {
	case name == "Ref" || name == "Condition":
		return map[string]any{name: value}
	case name == "GetAtt":
		return map[string]any{"Fn::GetAtt": attributeOf(value)}
	case slices.Contains(short, name):
		return map[string]any{"Fn::" + name: value}
	default:
		r.refuse(n, "!%s is no known tag", name)
		return nil
	}
}

// attributeOf makes a list of "Resource.Attribute". What follows the first dot is the attribute.
func attributeOf(v any) any {
	text, ok := v.(string)
	if !ok {
		return v
	}
	resource, attribute, _ := strings.Cut(text, ".")
	return []any{resource, attribute}
}

// What is text in YAML 1.2, which is read here, and something else in YAML 1.1, which CloudFormation reads: a date, a
// time as a number to the base of 60, an octal number, digits with _ between them, a truth value.
var (
	ambiguous = regexp.MustCompile(`^(\d{4}-\d\d?-\d\d?.*|[-+]?\d[\d_]*(:[0-5]?\d)+|[-+]?\d[\d_]*)$`)
	truth     = []string{"yes", "no", "on", "off", "y", "n"}
)

func (r *yamlReader) text(n *ast.StringNode) string {
	plain := n.Token.Type != token.DoubleQuoteType && n.Token.Type != token.SingleQuoteType
	if plain && (ambiguous.MatchString(n.Value) || slices.Contains(truth, strings.ToLower(n.Value))) {
		r.refuse(n, "%s must be in quotes", n.Value)
	}
	return n.Value
}

// plainNumber is a number that everybody reads the same way, and JSON too.
var plainNumber = regexp.MustCompile(`^-?(0|[1-9]\d*)(\.\d+)?$`)

// number keeps the digits as they are written: CloudFormation hands on text.
func (r *yamlReader) number(n ast.Node) json.Number {
	digits := n.GetToken().Value
	if !plainNumber.MatchString(digits) {
		r.refuse(n, "%s must be in quotes", digits)
	}
	return json.Number(digits)
}
