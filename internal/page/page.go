// Package page renders what a visitor sees while a sleeping service is being started: one self-contained HTML
// document that follows /.catnap/status and gives way to the application by itself.
//
// It does not serve HTTP, choose a status code, set headers, know ECS or decide anything: the waker does. Of the
// request it is given the Accept-Language header, which only chooses between our own texts, and a form that could not
// be handed over, which goes back into that visitor's page as the values of fields and nowhere else.
//
// The parts are files: *.tmpl.html is the document, page.css and page.js its style and behaviour, and lang/ its texts.
// A new language is one new file there, named by its tag, with the keys of lang/en.json; the tests say what is missing.
// An operator's own template may use everything that [View] has and every template that is defined in *.tmpl.html.
package page

import (
	"bytes"
	"fmt"
	"io"
)

// Render writes the page. If the operator's own template is broken, the built-in page is written instead, whole, and
// the error is a [*TemplateError]; any other error is that of w.
func Render(w io.Writer, s State) error {
	return embedded().Render(w, s)
}

// Render is [Render] with these sources.
func (p *Sources) Render(w io.Writer, s State) error {
	v := p.view(s)
	var b bytes.Buffer
	broken := p.executeOwn(&b, s.Template, v)
	if broken != nil || s.Template == "" {
		b.Reset()
		if err := p.pages.ExecuteTemplate(&b, "page", v); err != nil {
			return fmt.Errorf("render the %s page: %w", s.Kind, err)
		}
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write the %s page: %w", s.Kind, err)
	}
	return broken
}

// CSP is the Content-Security-Policy for a page with this nonce: a fresh one a response, of letters, digits, "+", "/",
// "-", "_" and "=" only (crypto/rand.Text makes one). Framing is left to the service's own origin, so that an
// application which embeds its own pages can wake too.
func CSP(nonce string) string {
	return "default-src 'none'; style-src 'nonce-" + nonce + "'; script-src 'nonce-" + nonce + "'; " +
		"connect-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
}
