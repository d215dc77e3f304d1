package page

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// TestOwnTemplate: an own template is kept in a parameter of 4 KB, and the example is to leave room in it.
func TestOwnTemplate(t *testing.T) {
	text := ownTemplate()
	if n := len(text); n >= 4096 {
		t.Errorf("the example has %d bytes, want fewer than 4096", n)
	}
	if err := CheckTemplate(text); err != nil {
		t.Error(err)
	}
	got := render(t, states()["own"])
	for _, want := range []string{"<p>Atelier Nord</p>", `id="bar"`, `<script nonce="` + nonce + `">`, `id="catnap"`} {
		if !strings.Contains(got, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func TestBrokenTemplate(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"syntax", "<p>{{.Name", "unclosed action"},
		{"no such field", "<p>before</p>{{.Bogus}}", "can't evaluate field Bogus"},
		{"no such text", "{{.Texts.bogus}}", `map has no entry for key "bogus"`},
		{"no such template", `{{template "bogus"}}`, `"bogus"`},
		{"only in another view", `{{if eq .Kind "limited"}}{{.Bogus}}{{end}}`, "on the limited page"},
		{"ends in a tag", "<a href=", "non-text context"},
		{"calls itself", `{{define "x"}}{{template "x"}}{{end}}{{template "x"}}`, "exceeded maximum template depth"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := CheckTemplate(tt.text)
			if _, ok := errors.AsType[*TemplateError](err); !ok || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("CheckTemplate() = %v, want a TemplateError with %q", err, tt.want)
			}
			s := State{Kind: KindLimited, Nonce: nonce, Template: tt.text}
			var b bytes.Buffer
			err = Render(&b, s)
			if _, ok := errors.AsType[*TemplateError](err); !ok {
				t.Errorf("Render() = %v, want a TemplateError", err)
			}
			s.Template = ""
			if b.String() != render(t, s) {
				t.Error("the page is not the built-in one, whole")
			}
		})
	}
}

// A visitor who has gone matters less than a template that is broken for all, but it is the writer that failed.
func TestBrokenTemplateAndWriter(t *testing.T) {
	full := errors.New("disk full")
	if err := Render(brokenWriter{full}, State{Template: "{{"}); !errors.Is(err, full) {
		t.Errorf("Render() = %v, want %v", err, full)
	}
}

// What an own template defines anew is its own business and reaches no other page.
func TestOwnTemplateStaysItsOwn(t *testing.T) {
	before := render(t, State{})
	got := render(t, State{Template: `{{define "script"}}mine{{end}}{{template "script" .}}`})
	if got != "mine" {
		t.Errorf("the page is %q, want %q", got, "mine")
	}
	if render(t, State{}) != before {
		t.Error("the built-in page has changed")
	}
}
