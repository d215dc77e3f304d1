package main

import (
	"bytes"
	"crypto/rand"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/page"
)

//go:embed gallery.tmpl.html
var gallerySource string

var galleryPage = template.Must(template.New("gallery").Parse(gallerySource))

// server serves the gallery, the scenes in it, and the status that they poll.
type server struct {
	files files
	clock clock.Clock
	mux   *http.ServeMux

	mu      sync.Mutex
	visited map[string]time.Time // when a scene was last loaded: its times are counted from then
	woken   map[string]time.Time // when a scene was asked to wake since
}

func newServer(f files) *server {
	s := &server{files: f, mux: http.NewServeMux(), visited: map[string]time.Time{}, woken: map[string]time.Time{}}
	s.mux.HandleFunc("GET /{$}", s.gallery)
	s.mux.HandleFunc("GET /scene/{name}", s.scene)
	s.mux.HandleFunc("POST /scene/{name}", s.posted)
	s.mux.HandleFunc("GET /changes", s.changes)
	s.mux.HandleFunc("GET /.catnap/status", s.status)
	s.mux.HandleFunc("POST /.catnap/wake", s.wake)
	return s
}

func (s *server) ServeHTTP(rw http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(rw, r) }

// gallery shows what is wrong with the files above the scenes.
func (s *server) gallery(rw http.ResponseWriter, r *http.Request) {
	data := struct {
		Scenes                []scene
		Error, Version, Query string
		Languages             []string
	}{Scenes: s.files.scenes(s.clock.Now()), Version: s.files.version(), Languages: page.Languages()}
	if _, err := s.files.read(); err != nil {
		data.Error = err.Error()
	}
	if lang := r.URL.Query().Get("lang"); lang != "" {
		data.Query = "?lang=" + url.QueryEscape(lang)
	}
	var b bytes.Buffer
	if err := galleryPage.Execute(&b, data); err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = b.WriteTo(rw) // nobody is left to be told
}

// scene answers 200, unlike the waker, so that the browser's console stays clean.
func (s *server) scene(rw http.ResponseWriter, r *http.Request) {
	now := s.clock.Now()
	found, ok := s.find(r.PathValue("name"), now)
	if !ok {
		http.NotFound(rw, r)
		return
	}
	s.visit(found.Name, now)
	c, broken := s.files.read()
	if c.pages == nil {
		http.Error(rw, broken.Error(), http.StatusInternalServerError)
		return
	}
	nonce := rand.Text()
	var b bytes.Buffer
	state := dressed(found.State, c, r)
	state.Nonce = nonce
	if err := c.pages.Render(&b, state); err != nil && b.Len() == 0 {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	header := rw.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Security-Policy", page.CSP(nonce))
	_, _ = b.WriteTo(rw) // nobody is left to be told
	fmt.Fprintf(rw, watcher, nonce, s.files.version())
}

// watcher is put behind the page. In the gallery, the gallery watches for all.
const watcher = `<script nonce="%s">
if (top === self) (async () => {
	for (;;) {
		const r = await fetch('/changes?since=%s');
		if (r.status === 200) return location.reload();
	}
})();
</script>
`

// dressed puts the files' brand and template, and the visitor's language, on a scene that has none of its own.
func dressed(state page.State, c contents, r *http.Request) page.State {
	state.AcceptLanguage = r.Header.Get("Accept-Language")
	if lang := r.URL.Query().Get("lang"); lang != "" {
		state.AcceptLanguage = lang
	}
	if c.template != "" {
		state.Template = c.template
	}
	if lang := state.Brand.Language; c.brand.Name != "" || c.brand.Accent != "" || c.brand.Logo != "" ||
		c.brand.Message != "" || c.brand.Language != "" || len(c.brand.Links) > 0 {
		state.Brand = c.brand
		if lang != "" {
			state.Brand.Language = lang
		}
	}
	return state
}

// posted shows what the browser sent again.
func (s *server) posted(rw http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(rw, r.Body, 1<<20)
	sent, err := httputil.DumpRequest(r, true)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
	rw.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = rw.Write(sent) //nolint:gosec // G705: sent back as plain text, to whoever sent it
}

func (s *server) find(name string, now time.Time) (scene, bool) {
	for _, found := range s.files.scenes(now) {
		if found.Name == name {
			return found, true
		}
	}
	return scene{}, false
}

func (s *server) visit(name string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.visited[name] = now
	delete(s.woken, name)
}

// asking is the scene that a request comes from.
func asking(r *http.Request) string {
	from, err := url.Parse(r.Referer())
	if err != nil || !strings.HasPrefix(from.Path, "/scene/") {
		return ""
	}
	return path.Base(from.Path)
}
