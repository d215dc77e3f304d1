package page

import (
	"bytes"
	"fmt"
	"html/template"
	"time"
)

// TemplateError is what is wrong with an operator's own template.
type TemplateError struct{ Err error }

func (e *TemplateError) Error() string { return "own template: " + e.Err.Error() }

// Unwrap returns the error of html/template.
func (e *TemplateError) Unwrap() error { return e.Err }

// CheckTemplate parses an own template and executes it with a sample of each kind, since a mistake may stand in a
// branch that is rarely taken. The error is a [*TemplateError].
func CheckTemplate(text string) error {
	t, err := embedded().parseOwn(text)
	if err != nil {
		return err
	}
	for kind := KindWaking; kind <= KindResend; kind++ {
		if err := execute(&bytes.Buffer{}, t, embedded().view(sample(kind))); err != nil {
			return fmt.Errorf("%w (on the %s page)", err, kind)
		}
	}
	return nil
}

func sample(kind Kind) State {
	now := time.Date(2026, time.November, 23, 14, 30, 0, 0, time.UTC)
	return State{
		Kind: kind, Service: "Sample", Nonce: "sample", Now: now, Since: now.Add(-12 * time.Second),
		RetryAt: now.Add(time.Minute), Usual: 35 * time.Second,
		Brand: Brand{
			Name: "Sample", Logo: "data:image/gif;base64,R0lGODlhAQABAAAAACw=", Accent: "#2f6b5c", Message: "Sample",
			Links: []Link{{"Sample", "/"}},
		},
		Form: &Form{Fields: []Field{{Name: "a", Value: "b"}, {Name: "c", File: true, Filename: "d", Data: []byte("e")}}},
	}
}

// executeOwn writes nothing if there is no own template, and maybe half a page if it is broken.
func (p *Sources) executeOwn(b *bytes.Buffer, text string, v View) error {
	if text == "" {
		return nil
	}
	t, err := p.parseOwn(text)
	if err != nil {
		return err
	}
	return execute(b, t, v)
}

// parseOwn puts the text among the built-in templates, for it to use. A text that is not in .Texts is an error and not
// a gap in the page.
func (p *Sources) parseOwn(text string) (*template.Template, error) {
	set, err := p.own.Clone()
	if err != nil {
		return nil, &TemplateError{err}
	}
	t, err := set.New("template").Option("missingkey=error").Parse(text)
	if err != nil {
		return nil, &TemplateError{err}
	}
	return t, nil
}

func execute(b *bytes.Buffer, t *template.Template, v View) error {
	if err := t.Execute(b, v); err != nil {
		return &TemplateError{err}
	}
	return nil
}
