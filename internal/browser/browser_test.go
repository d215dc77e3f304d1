package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// serve has a page at the path of each name, and answers 503 to everything else.
func serve(t *testing.T, pages map[string]string) (url string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, ok := pages[strings.TrimPrefix(r.URL.Path, "/")]
		rw.Header().Set("Content-Security-Policy", "default-src 'self'; script-src 'nonce-a'")
		rw.Header().Set("Content-Type", "text/html")
		if !ok {
			rw.WriteHeader(http.StatusServiceUnavailable)
		}
		fmt.Fprint(rw, "<!doctype html><title>t</title>", body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// TestFaults: what a page does wrong is known at the end, and what is expected of a waiting page is no fault.
func TestFaults(t *testing.T) {
	const end = `<script nonce=a>document.title = 'done'</script>`
	faulty := map[string]string{
		"throws":  `<script nonce=a>setTimeout(() => document.title = 'done'); throw new Error('oops')</script>`,
		"rejects": `<script nonce=a>Promise.reject(new Error('oops')); setTimeout(() => document.title = 'done')</script>`,
		"logs":    `<script nonce=a>console.error('oops')</script>` + end,
		"refused": `<script>document.title = 'never'</script>` + end,
		"style":   `<p style="color: red">` + end,
		"missing": `<script nonce=a>fetch('/lost').then(() => document.title = 'done')</script>`,
	}
	url := serve(t, faulty)
	b := New(t)
	for name := range faulty {
		t.Run(name, func(t *testing.T) {
			tab := b.Tab(t)
			tab.Open(url + "/" + name)
			tab.Until(`document.title === 'done'`)
			tab.UntilDone("a fault", func() bool { return len(tab.faults.all()) == 1 })
			tab.faults.forget() // it was expected, and the test passes
		})
	}
	t.Run("none", func(t *testing.T) {
		tab := b.Tab(t)
		tab.Open(url + "/unavailable")
		tab.Until(`document.title === 't'`)
		if list := tab.faults.all(); len(list) > 0 {
			t.Errorf("a page that is answered 503 counts as a fault: %q", list)
		}
	})
}

func (f *faults) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.entries, f.thrown = nil, nil
}

// TestTab: what the other tests do with a tab has the effect that its name says.
func TestTab(t *testing.T) {
	url := serve(t, map[string]string{
		"one": `<a href="two">on</a> <noscript>without</noscript> <script nonce=a>document.title = navigator.language +
			matchMedia('(prefers-color-scheme: dark)').matches + innerWidth</script>`,
		"two": `<input>`,
	})
	tab := New(t).Tab(t)
	tab.Languages("fr", "en")
	tab.Still("dark")
	tab.Size(444, 333)
	tab.Open(url + "/one")
	tab.Until(`document.title === 'frtrue444'`)
	tab.Click("a")
	tab.Until(`location.pathname === '/two' && document.querySelector('input')`)
	tab.Press("\tx")
	if got := Eval[string](tab, `document.querySelector('input').value`); got != "x" {
		t.Errorf("typed %q, want x", got)
	}
	tab.Go(-1)
	tab.Until(`location.pathname === '/one'`)
	tab.NoScript()
	tab.Open(url + "/one?again")
	tab.Until(`location.search === '?again' && document.title === 't' && document.querySelector('noscript')`)
	if got := tab.Text(); got != "on without" {
		t.Errorf("without JavaScript the page says %q", got)
	}
}
