package page

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"sync"
)

//go:embed *.tmpl.html page.css page.js lang/*.json
var embeddedFiles embed.FS

// embedded is made at the first use: a Lambda instance that only passes requests on never pays for it.
var embedded = sync.OnceValue(func() *Sources {
	p, err := Load(embeddedFiles)
	if err != nil {
		panic(err) // the tests load the same files
	}
	return p
})

// Sources are the parts that pages are made of, ready for use. They are safe for concurrent use.
type Sources struct {
	pages  *template.Template
	own    *template.Template // never executed, since html/template clones only such
	style  string
	script template.JS
	langs  languages
}

// Load reads the parts from a folder like the one of this package; the preview reads them anew for each request.
func Load(files fs.FS) (*Sources, error) {
	style, err := fs.ReadFile(files, "page.css")
	if err != nil {
		return nil, fmt.Errorf("read the style: %w", err)
	}
	script, err := fs.ReadFile(files, "page.js")
	if err != nil {
		return nil, fmt.Errorf("read the script: %w", err)
	}
	own, err := template.New("built-in").ParseFS(files, "*.tmpl.html")
	if err != nil {
		return nil, fmt.Errorf("parse the templates: %w", err)
	}
	pages, err := own.Clone()
	if err != nil {
		return nil, fmt.Errorf("clone the templates: %w", err)
	}
	langs, err := loadLanguages(files)
	if err != nil {
		return nil, err
	}
	return &Sources{
		pages: pages, own: own, style: string(style), langs: langs,
		script: template.JS(script), //nolint:gosec // G203: our own file
	}, nil
}
