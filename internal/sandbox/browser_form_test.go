package sandbox_test

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/browser"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/settings"
)

// inbox is an application that keeps the forms it gets.
type inbox struct {
	mu    sync.Mutex
	forms []posted
}

// posted is a form as it arrived, field by field.
type posted struct {
	URI    string
	Fields []string
}

func (i *inbox) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	if r.Method == http.MethodPost {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.forms = append(i.forms, posted{r.URL.RequestURI(), fieldsOf(r)})
		_, _ = io.WriteString(rw, "<title>Thank you</title>")
		return
	}
	_, _ = io.WriteString(rw, "<title>Inbox</title>")
}

func fieldsOf(r *http.Request) (fields []string) {
	_, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return []string{err.Error()}
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return []string{err.Error()}
	}
	if parameters["boundary"] == "" {
		for pair := range strings.SplitSeq(string(body), "&") {
			text, err := url.QueryUnescape(pair)
			fields = append(fields, fmt.Sprint(text, errorText(err)))
		}
		return fields
	}
	reader := multipart.NewReader(strings.NewReader(string(body)), parameters["boundary"])
	for {
		part, err := reader.NextRawPart()
		if err != nil {
			return append(fields, errorText(err))
		}
		value, err := io.ReadAll(part)
		fields = append(fields, fmt.Sprint(part.Header.Get("Content-Disposition"), " ", part.Header.Get("Content-Type"), ": ",
			string(value), errorText(err)))
	}
}

func errorText(err error) string {
	if err == nil || errors.Is(err, io.EOF) {
		return ""
	}
	return err.Error()
}

func (i *inbox) got() []posted {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]posted(nil), i.forms...)
}

// briefly is a sandbox that holds a form for a moment only, and an inbox behind a gate.
func briefly() (sandbox.Options, *inbox, gate) {
	o := visited(func(s *settings.Service) { s.Hold = settings.Duration(5 * time.Second) })
	app := &inbox{}
	return o, app, behind(&o, app)
}

// fill writes a form into a page of the service's own. It stands for one that was opened while the service was awake.
func (v visitor) fill(w *world, encoding, fields string) {
	v.t.Helper()
	v.Open(w.URL() + policy.StatusPath)
	v.Until(`location.pathname === '` + policy.StatusPath + `' && document.readyState === 'complete'`)
	browser.Eval[any](v.Tab, fmt.Sprintf(`document.body.innerHTML = %q`,
		`<form method="post" action="/messages?from=form" enctype="`+encoding+`">`+fields+`<button>Send</button></form>`))
	if w.phase() != policy.PhaseAsleep {
		v.t.Error("the form was not sent to a sleeping service")
	}
}

// fields are what forms in life have and what is easily lost on the way. HTML drops the first line break of a text.
const fields = `<input name="name" value="Ada Łovelace &amp; &lt;b&gt; 🐈"><input name="tag" value="one">` +
	`<input name="tag" value="two"><input name="a&quot;b" value=""><textarea name="text">` +
	"\n\nfirst\n  second\n</textarea>"

// formIsSentAgain: a form that the start kept waiting for too long is kept by the page, with its files, and sent when
// the visitor says so: the application gets it exactly as it was filled in, and once.
func formIsSentAgain(v visitor) {
	o, app, g := briefly()
	start(v.t, o, func(w *world) {
		file := filepath.Join(v.t.TempDir(), "photo ü.bin")
		var data []byte
		for i := range 256 {
			data = append(data, byte(i))
		}
		if err := os.WriteFile(file, data, 0o600); err != nil {
			v.t.Fatal(err)
		}
		v.fill(w, "multipart/form-data", fields+`<input type="file" name="photo"><input type="file" name="none">`)
		v.Choose("input[name=photo]", file)
		v.Click("button")
		v.Until(inView("resend"))
		v.finds(app, "This file is kept: photo ü.bin")
		close(g.open)
		v.Until(`document.querySelector('#resend h1').textContent === 'service is ready: send it now'`)
		if n := len(app.got()); n != 0 {
			v.t.Errorf("%d forms were sent by nobody", n)
		}
		v.Click("#resend button")
		v.Until(`document.title === 'Thank you'`)
		const field = `form-data; name="`
		want := []posted{{"/messages?from=form", []string{
			field + `name" : Ada Łovelace & <b> 🐈`, field + `tag" : one`, field + `tag" : two`, field + `a%22b" : `,
			field + `text" : ` + "\r\nfirst\r\n  second\r\n",
			field + `photo"; filename="photo ü.bin" application/octet-stream: ` + string(data),
			field + `none"; filename="" application/octet-stream: `, "",
		}}}
		if diff := cmp.Diff(want, app.got()); diff != "" {
			v.t.Errorf("the application got (-want +got):\n%s", diff)
		}
	})
}

func (v visitor) finds(app *inbox, more string) {
	v.t.Helper()
	told := v.Text()
	for _, want := range []string{
		"Your form has not been sent", "What you entered is kept on this page.", "Send it again", more,
	} {
		if !strings.Contains(told, want) {
			v.t.Errorf("the page does not say %q:\n%s", want, told)
		}
	}
	if n := len(app.got()); n != 0 {
		v.t.Errorf("the application has %d forms already", n)
	}
}

// formIsSentAgainWithoutJavaScript: the same for a form without files, by HTML alone. The page does not reload itself:
// what was entered would be lost.
func formIsSentAgainWithoutJavaScript(v visitor) {
	o, app, g := briefly()
	start(v.t, o, func(w *world) {
		v.NoScript()
		v.fill(w, "application/x-www-form-urlencoded", fields)
		v.Click("button")
		v.Until(inView("resend"))
		v.finds(app, "service is still being started.")
		if browser.Eval[bool](v.Tab, `!!document.querySelector('meta[http-equiv=refresh]')`) {
			v.t.Error("the page reloads itself")
		}
		close(g.open)
		v.UntilDone("a healthy target", func() bool { return w.observe().Healthy > 0 })
		v.Click("#resend button")
		v.Until(`document.title === 'Thank you'`)
		want := []posted{{"/messages?from=form", []string{
			"name=Ada Łovelace & <b> 🐈", "tag=one", "tag=two", `a"b=`, "text=\r\nfirst\r\n  second\r\n",
		}}}
		if diff := cmp.Diff(want, app.got()); diff != "" {
			v.t.Errorf("the application got (-want +got):\n%s", diff)
		}
	})
}
