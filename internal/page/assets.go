package page

import (
	_ "embed"
	"html/template"
	"strings"
	"sync"
)

var (
	//go:embed page.tmpl.html
	documentSource string
	//go:embed page.css
	styleSource string
	//go:embed page.js
	scriptSource string
)

// The page's parts are made at the first use: a Lambda instance that only passes requests on never pays for them.
var (
	document = sync.OnceValue(func() *template.Template {
		return template.Must(template.New("page").Parse(lean(documentSource)))
	})
	style = sync.OnceValue(func() template.CSS {
		return template.CSS(tightCSS.Replace(lean(styleSource))) //nolint:gosec // G203: our own file, embedded
	})
	script = sync.OnceValue(func() template.JS {
		return template.JS(tightJS.Replace(lean(scriptSource))) //nolint:gosec // G203: our own file, embedded
	})
)

// Blanks around these marks mean nothing, unless in a string: none of page.js has one of them between blanks.
var (
	tightCSS = strings.NewReplacer(
		": ", ":", ", ", ",", " {\n", "{", " { ", "{", "; }\n", "}", "; ", ";", ";\n", ";", "}\n", "}")
	tightJS = strings.NewReplacer(
		" = ", "=", " => ", "=>", " === ", "===", " !== ", "!==", " && ", "&&", " || ", "||",
		" + ", "+", " - ", "-", " * ", "*", " < ", "<", " > ", ">", " ? ", "?", " : ", ":", ": ", ":", ", ", ",",
		") {", "){", "{ ", "{", " }", "}", "; ", ";", ";\n}", "\n}")
)

// lean drops indentation, empty lines and the lines that are wholly a comment, so that the sources can be written for
// people and the page still fits into a browser's first round trip. It knows no syntax: in the three sources a
// comment stands on a line of its own, and no text spans lines in which leading blanks matter.
func lean(source string) string {
	var b strings.Builder
	for line := range strings.Lines(source) {
		line = strings.TrimSpace(line)
		if line == "" || isComment(line) {
			continue
		}
		b.WriteString(line)
		b.WriteByte('\n')
	}
	return b.String()
}

func isComment(line string) bool {
	return strings.HasPrefix(line, "//") || strings.HasPrefix(line, "/*") && strings.HasSuffix(line, "*/")
}
