package page

import (
	"encoding/json"
	"html"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestFormIsWrittenBack(t *testing.T) {
	got := render(t, states()["resend"])
	for _, want := range []string{
		`<form method="post" action="" enctype="multipart/form-data">`,
		`<input type="hidden" name="title" value="Ink &amp; &#34;quill&#34;">`,
		"<textarea name=\"text\" hidden>\n\nsecond line</textarea>",
		`<label><span>Please choose this file again: cat.png</span> <input type="file" name="photo"></label>`,
		`<input type="file" name="none" hidden>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func TestUrlencodedForm(t *testing.T) {
	got := render(t, State{Kind: KindResend, Form: &Form{Fields: []Field{{Name: "a", Value: "b"}}}})
	if !strings.Contains(got, `<form method="post" action="">`) || strings.Contains(got, "enctype") {
		t.Error("the form is not sent as it came")
	}
}

func TestFormThatCouldNotBeKept(t *testing.T) {
	got := render(t, State{Kind: KindResend})
	if !strings.Contains(got, "reload this page") || strings.Contains(got, `action=""`) {
		t.Error("the page does not send to the browser's own copy")
	}
}

// The script finds the files by their place among the inputs, so the empty one counts too.
func TestFilesTravelAsData(t *testing.T) {
	m := dataBlock.FindStringSubmatch(render(t, states()["resend"]))
	var data Data
	if err := json.Unmarshal([]byte(m[1]), &data); err != nil {
		t.Fatal(err)
	}
	want := []FileData{{"cat.png", "image/png", []byte("\x89PNG")}, {"", "application/octet-stream", nil}}
	if diff := cmp.Diff(want, data.Files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// TestFormValues: read as HTML is, each value is what was posted, apart from line breaks, which are LF in a page and
// CR LF when sent.
func TestFormValues(t *testing.T) {
	written := regexp.MustCompile(
		`(?s)<input type="hidden" name="v" value="([^"]*)">|<textarea name="v" hidden>(.*?)</textarea>`)
	lf := strings.NewReplacer("\r\n", "\n", "\r", "\n")
	for _, value := range append(hostile, "", " ", "\n", "\r\n\r\n", "a\rb", "ünï", "+&=%20", "\tx\t") {
		if !utf8.ValidString(value) || strings.Contains(value, "\x00") {
			continue // U+FFFD, as Form says
		}
		got := render(t, State{Kind: KindResend, Form: &Form{Fields: []Field{{Name: "v", Value: value}}}})
		m := written.FindStringSubmatch(got)
		if m == nil {
			t.Errorf("%q is not in the form", value)
			continue
		}
		read := html.UnescapeString(lf.Replace(m[1] + m[2]))
		if strings.Contains(m[0], "<textarea") {
			read = strings.TrimPrefix(read, "\n")
		}
		if read != lf.Replace(value) {
			t.Errorf("%q comes back as %q", value, read)
		}
	}
}
