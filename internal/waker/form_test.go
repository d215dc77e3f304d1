package waker_test

import (
	"strings"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/settings"
)

// sender are the headers of a browser that sends a form of the site's own.
func sender(contentType string) []string {
	return []string{
		"Accept", "text/html", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document", "Sec-Fetch-Site", "same-origin",
		"Origin", "http://" + site, "Content-Type", contentType,
	}
}

const urlencodedType = "application/x-www-form-urlencoded"

// TestFormIsSent: a form that is sent in time reaches the application, once and as it was.
func TestFormIsSent(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		a := w.post("name=J%C3%BCrgen+M&a=1&a=2", sender(urlencodedType)...)
		same(t, "status", 200, a.status)
		same(t, "requests", 1, len(w.lb.seen()))
		same(t, "body", "name=J%C3%BCrgen+M&a=1&a=2", w.lb.seen()[0].body)
	})
}

// late is a service that does not start in time.
func late(t *testing.T, w *world) {
	t.Helper()
	w.control.boot = 0
	w.store.svc.Hold = settings.Duration(10 * time.Second)
}

// TestFormIsKept: what was entered stands on the page that offers to send it again.
func TestFormIsKept(t *testing.T) {
	const multi = "--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\ntwo\r\nlines\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"cat.png\"\r\n" +
		"Content-Type: image/png\r\n\r\n\x89PNG\r\n" +
		"--b--\r\n"
	for _, tc := range []struct {
		name, body, contentType string
		parts                   []string
	}{
		{"urlencoded", "name=J%C3%BCrgen+%3Cb%3E&a=1&a=2&empty=", urlencodedType,
			[]string{`name="name"`, `value="Jürgen &lt;b&gt;"`, `name="a"`, `value="2"`, `name="empty"`}},
		{"multipart", multi, "multipart/form-data; boundary=b",
			[]string{`multipart/form-data`, "two\r\nlines", `name="photo"`, "cat.png", "iVBORw"[:4]}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				late(t, w)
				a := w.post(tc.body, sender(tc.contentType)...)
				a.contains(t, append(tc.parts, `<body data-kind="resend"`, `<form method="post" action=""`)...)
				between(t, a.took, 9*time.Second, 10*time.Second)
				same(t, "status", 503, a.status)
				same(t, "requests", 0, len(w.lb.seen()))
			})
		})
	}
}

// TestFormIsNotKept: what would not be sent again as it was, and what another site's page made the browser send: sent
// again from here, it would come with the visitor's own cookies.
func TestFormIsNotKept(t *testing.T) {
	secret := "name=SECRET"
	replaced := func(name, value string) []string {
		headers := sender(urlencodedType)
		for i := 0; i < len(headers); i += 2 {
			if headers[i] == name {
				headers[i+1] = value
			}
		}
		return headers
	}
	for name, tc := range map[string]struct {
		body    string
		headers []string
	}{
		"cross-site":       {secret, replaced("Sec-Fetch-Site", "cross-site")},
		"same site only":   {secret, replaced("Sec-Fetch-Site", "same-site")},
		"of no known page": {secret, []string{"Accept", "text/html", "Content-Type", urlencodedType}},
		"not UTF-8":        {secret + "%FF", sender(urlencodedType)},
		"not urlencoded":   {secret + "%zz", sender(urlencodedType)},
		"plain text":       {secret, sender("text/plain")},
		"no boundary":      {secret, sender("multipart/form-data")},
		"cut off":          {"--b\r\nContent-Disposition: form-data; name=x\r\n\r\nSECRET", sender("multipart/form-data; boundary=b")},
		"too large":        {secret + strings.Repeat("x", 256<<10), sender(urlencodedType)},
		"too many fields":  {strings.Repeat("name=SECRET&", 1001), sender(urlencodedType)},
		"empty":            {"", sender(urlencodedType)},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				late(t, w)
				a := w.post(tc.body, tc.headers...)
				if !a.isPage() || strings.Contains(a.body, "SECRET") || strings.Contains(a.body, `<form method="post" action=""`) {
					t.Errorf("got %d %.100q", a.status, a.body)
				}
				a.contains(t, `<body data-kind="resend"`)
			})
		})
	}
}

// TestFormOfAServiceThatCannotBeHad is kept, too, and at once.
func TestFormOfAServiceThatCannotBeHad(t *testing.T) {
	for name, change := range map[string]func(*world){
		"frozen": func(w *world) { w.store.freeze(time.Hour) },
		"failed": func(w *world) { w.control.set(failed()) },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				change(w)
				a := w.post("name=Ada", sender(urlencodedType)...)
				a.contains(t, `<body data-kind="resend"`, `value="Ada"`)
				same(t, "took", time.Duration(0), a.took)
				same(t, "changes", []string(nil), w.changes())
			})
		})
	}
}
