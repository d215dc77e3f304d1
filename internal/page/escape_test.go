package page

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

// mark stands for whatever somebody would like to put into the page.
const mark = "x-catnap-mark"

var hostile = []string{
	`<` + mark + `>`, `</title><` + mark + `>`, `</h1></section><` + mark + ` src=x>`, `"` + mark + `="1`,
	`" ` + mark + `="1`, `' ` + mark + `='1`, "` " + mark + "=`1", `" onload="alert(1)`, `' autofocus onfocus='alert(1)`,
	`</textarea><` + mark + `>`, `</script><` + mark + `>`, `</style><` + mark + `>`, `<!--` + mark, `--><` + mark + `>`,
	`javascript:alert(1)`, `//evil.example`, `/\evil.example`, `data:text/html,<` + mark + `>`,
	`data:image/svg+xml,<svg onload="alert(1)">`, `data:image/png;base64,AA" onerror="alert(1)`,
	"<![CDATA[", "&lt;script&gt;", `{{.Nonce}}`, "#123456;}</style><" + mark + ">",
	"\u202egnp.exe", "a\x00b", "\xff\xfe<" + mark, "\u202e<" + mark, "＜script＞", "a\r\nb", "\n\n" + mark,
}

// with puts a text wherever one of somebody else can stand.
func with(kind Kind, text, address string) State {
	return State{
		Kind: kind, Service: text, Nonce: nonce, Now: now, Steps: []Step{{Name: text, State: StepState(text)}},
		AcceptLanguage: text,
		Brand: Brand{
			Name: text, Message: text, Logo: address, Accent: text, Language: text, Links: []Link{{text, address}, {text, "/"}},
		},
		Form: &Form{Multipart: true, Fields: []Field{
			{Name: text, Value: text}, {Name: text, Value: "\n" + text},
			{Name: text, File: true, Filename: text, Type: text, Data: []byte(text)}, {Name: text, File: true},
		}},
	}
}

func TestEscapesHostileTexts(t *testing.T) {
	for kind := KindWaking; kind <= KindResend; kind++ {
		for _, text := range hostile {
			checkMarkup(t, render(t, with(kind, text, text)))
		}
	}
}

func TestOwnTemplateEscapesHostileTexts(t *testing.T) {
	for _, text := range hostile {
		s := with(KindResend, text, text)
		s.Template = ownTemplate()
		checkMarkup(t, render(t, s))
	}
}

func TestNamesAreShownPrintable(t *testing.T) {
	s := with(KindWaking, "a\x00b\u202ec", "/")
	s.Form = nil // a form is given back as it came
	if got := render(t, s); strings.ContainsAny(got, "\x00\u202e") || !strings.Contains(got, "<h1>abc is waking up") {
		t.Error("the name is shown raw")
	}
}

// FuzzRender: whatever the settings and the form hold, the page is made of our own elements and attributes only.
func FuzzRender(f *testing.F) {
	for i, text := range hostile {
		f.Add(i%5, text, hostile[(i+7)%len(hostile)])
	}
	f.Fuzz(func(t *testing.T, kind int, text, address string) {
		s := with(Kind(kind), text, address)
		checkMarkup(t, render(t, s))
		s.Brand.Name, s.Brand.Language = "", ""
		checkMarkup(t, render(t, s))
	})
}

var (
	dataBlock = regexp.MustCompile(`(?s)<script type="application/json" id="catnap">(.*?)</script>`)
	// token is one tag as we write them: attributes in double quotes or without a value.
	token     = regexp.MustCompile(`^<(/?[a-z][a-z0-9]*)((?:\s+[a-z][A-Za-z-]*(?:="[^"<>]*")?)*)\s*/?>`)
	attribute = regexp.MustCompile(`\s+([a-z][A-Za-z-]*)(?:="([^"]*)")?`)
	safeURL   = regexp.MustCompile(`^(|https?://.*|mailto:.*|tel:.*|/|/[^/\\].*|data:image/.*)$`)
)

// known are the elements and attributes of our own pages.
var known = set("html lang head meta charset name content http-equiv noscript title link rel href data-ready style " +
	"nonce body data-kind header div class p img src alt svg viewBox width height aria-hidden fill stroke-linecap " +
	"stroke-linejoin path d g main section id hidden h1 progress max value aria-label span ol li data-name data-state " +
	"data-done data-doing aria-current i data-later data-text data-now data-why data-eta a form method action button " +
	"data-wake enctype input type label textarea aria-live footer ul script")

func set(words string) map[string]bool {
	all := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		all[word] = true
	}
	return all
}

// checkMarkup reads a page as a browser would, but strictly.
func checkMarkup(t *testing.T, html string) {
	t.Helper()
	blocks := dataBlock.FindAllStringSubmatch(html, -1)
	if len(blocks) != 1 || !json.Valid([]byte(blocks[0][1])) || strings.Contains(blocks[0][1], "<") {
		t.Fatalf("%d blocks of data, or one that is not well-formed", len(blocks))
	}
	if n := strings.Count(html, "<script"); n != 2 {
		t.Fatalf("%d script elements, want 2", n)
	}
	html = alike.ReplaceAllString(dataBlock.ReplaceAllString(html, ""), "")
	html = strings.TrimPrefix(html, "<!doctype html>")
	for {
		i := strings.IndexByte(html, '<')
		if i < 0 {
			return
		}
		html = html[i:]
		m := token.FindStringSubmatch(html)
		if m == nil || !known[strings.TrimPrefix(m[1], "/")] {
			t.Fatalf("foreign markup: %.80q", html)
		}
		checkAttributes(t, m[2])
		html = html[len(m[0]):]
	}
}

func checkAttributes(t *testing.T, attributes string) {
	t.Helper()
	for _, a := range attribute.FindAllStringSubmatch(attributes, -1) {
		name, value := a[1], a[2]
		if !known[name] {
			t.Fatalf("foreign attribute %q in %q", name, attributes)
		}
		if (name == "href" || name == "src" || name == "action") && !safeURL.MatchString(value) {
			t.Fatalf("address %q in %q", value, attributes)
		}
	}
}
