package compose

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// document is a compose file as it was written.
type document struct {
	file string // as messages name it
	text []byte
	// root is an empty mapping where the file could not be read.
	root *node
}

// mostBytes is far above any compose file, and below what keeps a parser busy for minutes.
const mostBytes = 256 << 10

// readDocument returns a note of what is wrong with a file as YAML. The document is there in any case.
func readDocument(file string) (*document, *Note) {
	d := &document{file: file, root: &node{kind: mapping}}
	text, err := os.ReadFile(file) //nolint:gosec // whoever runs this names it
	if err != nil {
		return d, &Note{File: file, Text: "cannot be read: " + reason(err)}
	}
	if len(text) > mostBytes {
		return d, &Note{File: file, Text: fmt.Sprintf("has %d bytes, must have at most %d", len(text), mostBytes)}
	}
	d.text = text
	return d, d.parse()
}

func (d *document) parse() *Note {
	tree, err := parser.ParseBytes(d.text, 0)
	if err != nil {
		return d.syntax(err)
	}
	bodies := bodiesOf(tree)
	if len(bodies) != 1 {
		return &Note{File: d.file, Text: fmt.Sprintf("has %d YAML documents, must be one", len(bodies))}
	}
	b := &builder{anchors: map[string]ast.Node{}}
	root, err := b.build(bodies[0], lineOf(bodies[0], 1))
	if place, ok := errors.AsType[*buildError](err); ok {
		return &Note{File: d.file, Line: place.line, Text: place.text}
	}
	if root.kind != mapping {
		return &Note{File: d.file, Line: 1, Text: "must be a mapping, with services in it"}
	}
	d.root = root
	return nil
}

func (d *document) syntax(err error) *Note {
	at, ok := errors.AsType[yaml.Error](err)
	if !ok {
		return &Note{File: d.file, Text: "is not YAML: " + err.Error()}
	}
	note := &Note{File: d.file, Text: "is not YAML: " + at.GetMessage()}
	if token := at.GetToken(); token != nil && token.Position != nil {
		note.Line = token.Position.Line
	}
	return note
}

// note is about a place in this file alone.
func (d *document) note(p path, text string) Note {
	n, _ := d.root.find(p)
	return Note{File: d.file, Line: n.line, Path: p.String(), Text: text}
}

// bodiesOf leaves out documents without content: a marker at the end makes one.
func bodiesOf(tree *ast.File) []ast.Node {
	var bodies []ast.Node
	for _, doc := range tree.Docs {
		if doc.Body != nil && doc.Body.Type() != ast.CommentType && doc.Body.Type() != ast.DirectiveType {
			bodies = append(bodies, doc.Body)
		}
	}
	return bodies
}

// reason leaves out the file's name, which the message has already.
func reason(err error) string {
	if cause, ok := errors.AsType[*os.PathError](err); ok {
		return cause.Err.Error()
	}
	return err.Error()
}

// beside is a file that another one names, relative to that one.
func beside(file, other string) string {
	if filepath.IsAbs(other) {
		return other
	}
	return filepath.Join(filepath.Dir(file), other)
}
