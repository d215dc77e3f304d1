package sandbox_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/catnap-dev/catnap/internal/browser"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/settings"
)

func scriptWakes(s *settings.Service) { s.Wake = policy.WakeJavaScript }

// byTheScriptOnly: whoever fetches the page as a browser does, and runs no script, wakes nothing; a browser does.
func byTheScriptOnly(v visitor) {
	start(v.t, visited(scriptWakes), func(w *world) {
		for range 3 {
			if a := w.browse("/docs"); !a.isPage() {
				v.t.Fatalf("a fetch of the page got %d %q", a.status, a.body)
			}
			w.pass(10 * time.Second)
		}
		if seen := w.observe(); seen.Desired != 0 {
			v.t.Fatal("it was woken without a script")
		}
		v.Open(w.URL() + "/docs#part")
		v.Until(inDemo)
		v.isAt(w.URL() + "/docs#part")
	})
}

// byTheScriptAndThereIsNone: a browser without JavaScript is told what is missing, wakes nothing, and does not wait for
// what will not come.
func byTheScriptAndThereIsNone(v visitor) {
	start(v.t, visited(scriptWakes), func(w *world) {
		v.NoScript()
		v.Open(w.URL() + "/docs")
		v.Until(inView("waking"))
		told := v.Text()
		if !strings.Contains(told, "service is asleep") || !strings.Contains(told, "Starting it needs JavaScript.") ||
			strings.Contains(told, "waking up") {
			v.t.Errorf("the page says:\n%s", told)
		}
		if browser.Eval[bool](v.Tab, `!!document.querySelector('meta[http-equiv=refresh]')`) {
			v.t.Error("the page reloads itself, for nothing")
		}
		w.pass(30 * time.Second)
		if seen := w.observe(); seen.Desired != 0 {
			v.t.Error("it was woken without a script")
		}
	})
}

// languages: the page is in the visitor's language, as the browser tells it.
func languages(v visitor) {
	o := visited()
	behind(&o, nil)
	start(v.t, o, func(w *world) {
		for _, visitor := range []struct {
			prefers       []string
			lang, heading string
		}{
			{[]string{"de-CH", "de", "en"}, "de", "service wacht auf"},
			{[]string{"fr", "en"}, "fr", "service se réveille"},
			{[]string{"es-MX"}, "es", "service se está despertando"},
			{[]string{"pt-BR", "pt"}, "en", "service is waking up"},
		} {
			v.Languages(visitor.prefers...)
			v.Open(w.URL() + "/?" + visitor.lang)
			v.Until(`location.search === '?` + visitor.lang + `' && ` + inView("waking"))
			got := browser.Eval[[]string](v.Tab,
				`[document.documentElement.lang, document.querySelector('#waking h1').textContent, document.title]`)
			if got[0] != visitor.lang || got[1] != visitor.heading || got[2] != visitor.heading {
				v.t.Errorf("%s: the page is in %q", visitor.prefers, got)
			}
		}
	})
}

// applicationsOwn503: a 503 of the application's own, once it is awake, is shown as it is and not taken for the page.
func applicationsOwn503(v visitor) {
	o := visited()
	o.App = sandbox.Handler{Network: o.Network, Clock: o.Clock, Serve: http.HandlerFunc(
		func(rw http.ResponseWriter, r *http.Request) {
			rw.Header().Set("Content-Type", "text/html")
			if !strings.Contains(r.URL.Path, "health") {
				rw.WriteHeader(http.StatusServiceUnavailable)
			}
			_, _ = rw.Write([]byte("<title>Closed on Mondays</title>"))
		})}
	start(v.t, o, func(w *world) {
		v.Open(w.URL() + "/docs")
		v.Until(`document.title === 'Closed on Mondays'`)
		v.isAt(w.URL() + "/docs")
	})
}

// ownTemplate: an operator's own page, kept as the README says, follows the start to the application as the built-in
// one does.
func ownTemplate(v visitor) {
	text, err := os.ReadFile("../page/testdata/own.tmpl.html")
	if err != nil {
		v.t.Fatal(err)
	}
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	if _, err := zip.Write(text); err != nil {
		v.t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		v.t.Fatal(err)
	}
	o := visited()
	g := behind(&o, nil)
	start(v.t, o, func(w *world) {
		w.SSM.Set("/catnap/services/"+sandbox.Service+"/page", base64.StdEncoding.EncodeToString(packed.Bytes()))
		v.Open(w.URL() + "/docs?chapter=2")
		v.Until(inView("waking") + ` && getComputedStyle(document.body).fontFamily.startsWith('Georgia')`)
		v.Until(`document.querySelector('li[data-name=image]').dataset.state === 'done'`)
		close(g.open)
		v.Until(inDemo)
		v.isAt(w.URL() + "/docs?chapter=2")
	})
}
