package statement_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/catnap-dev/catnap/internal/browser"
)

// TestBrowser: a real browser finds no fault with the report, and nothing of it is wider than a small phone. With
// -pictures it leaves pictures in a folder, to be looked at.
func TestBrowser(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = rw.Write([]byte(html(t, shop())))
	}))
	defer server.Close()
	tab := browser.New(t).Tab(t)
	for _, view := range []struct {
		name, scheme  string
		width, height int64
	}{{"light", "light", 1200, 1900}, {"dark", "dark", 1200, 1900}, {"narrow", "light", 360, 1100}} {
		tab.Still(view.scheme)
		tab.Size(view.width, view.height)
		tab.Open(server.URL)
		tab.Until("document.readyState === 'complete'")
		if wide := browser.Eval[int64](tab, "document.documentElement.scrollWidth"); wide > view.width {
			t.Errorf("%s: %d pixels wide in a window of %d", view.name, wide, view.width)
		}
		small := "Math.min(...[...document.querySelectorAll('svg text')].map(t => t.getBoundingClientRect().height))"
		if height := browser.Eval[float64](tab, small); height < 9 {
			t.Errorf("%s: a label is %g pixels high", view.name, height)
		}
		if *pictures != "" {
			if err := os.WriteFile(filepath.Join(*pictures, view.name+".png"), tab.Picture(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
