package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func get(t *testing.T, h http.Handler, method, path, from string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody)
	if from != "" {
		r.Header.Set("Referer", "http://127.0.0.1:8090/scene/"+from)
	}
	rw := httptest.NewRecorder()
	h.ServeHTTP(rw, r)
	return rw
}

func TestEverySceneIsServed(t *testing.T) {
	s := newServer(files{source: ".."})
	gallery := get(t, s, http.MethodGet, "/", "").Body.String()
	for _, scene := range s.files.scenes(time.Now()) {
		t.Run(scene.Name, func(t *testing.T) {
			rw := get(t, s, http.MethodGet, "/scene/"+scene.Name, "")
			_, after, _ := strings.Cut(rw.Header().Get("Content-Security-Policy"), "script-src 'nonce-")
			nonce, _, _ := strings.Cut(after, "'")
			body := rw.Body.String()
			if rw.Code != http.StatusOK || nonce == "" || strings.Count(body, `<script nonce="`+nonce+`">`) != 2 ||
				!strings.Contains(body, `<style nonce="`+nonce+`">`) {
				t.Errorf("status %d, nonce %q: the page does not keep its policy", rw.Code, nonce)
			}
			if strings.Count(gallery, `src="/scene/`+scene.Name+`"`) != 2 {
				t.Error("the gallery does not show it wide and narrow")
			}
		})
	}
}

func TestNoSuchScene(t *testing.T) {
	s := newServer(files{source: ".."})
	for _, path := range []string{"/scene/bogus", "/bogus", "/.catnap/status"} {
		if rw := get(t, s, http.MethodGet, path, "bogus"); rw.Code != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", path, rw.Code)
		}
	}
}

func status(t *testing.T, s *server, scene string) document {
	t.Helper()
	var doc document
	if err := json.Unmarshal(get(t, s, http.MethodGet, "/.catnap/status", scene).Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestStatusFitsTheScene(t *testing.T) {
	s := newServer(files{source: ".."})
	for scene, phase := range map[string]string{
		"waking-3": "waking", "failed": "failed", "frozen": "frozen", "limited": "asleep", "by-script": "asleep",
		"resend": "waking", "resend-ready": "awake", "resend-frozen": "frozen",
	} {
		get(t, s, http.MethodGet, "/scene/"+scene, "")
		if doc := status(t, s, scene); doc.Phase != phase || doc.Limited != (scene == "limited") {
			t.Errorf("%s: phase %q, limited %t", scene, doc.Phase, doc.Limited)
		}
	}
}

func TestClickWakes(t *testing.T) {
	s := newServer(files{source: ".."})
	get(t, s, http.MethodGet, "/scene/limited", "")
	get(t, s, http.MethodPost, "/.catnap/wake?click", "limited")
	if doc := status(t, s, "limited"); doc.Phase != "waking" {
		t.Errorf("phase %q after a click, want waking", doc.Phase)
	}
	get(t, s, http.MethodGet, "/scene/limited", "")
	if doc := status(t, s, "limited"); doc.Phase != "asleep" {
		t.Errorf("phase %q after a reload, want asleep", doc.Phase)
	}
}

// A source, the template and the brand are read anew, and whoever waits for a change hears of it.
func TestSavedChangeIsSeen(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("..")); err != nil {
		t.Fatal(err)
	}
	brand := write(t, "brand.json", `{"name": "Before"}`)
	s := newServer(files{source: dir, brand: brand})
	for file, text := range map[string]string{
		filepath.Join(dir, "page.css"): "/* saved style */",
		brand:                          `{"name": "Saved name", "links": [{"text": "a", "url": "/"}]}`,
	} {
		since := s.files.version()
		answered := make(chan int)
		go func() { answered <- get(t, s, http.MethodGet, "/changes?since="+since, "").Code }()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if code := <-answered; code != http.StatusOK {
			t.Errorf("%s saved: status %d, want 200", file, code)
		}
	}
	got := get(t, s, http.MethodGet, "/scene/waking-1", "").Body.String()
	for _, want := range []string{"saved style", "Saved name"} {
		if !strings.Contains(got, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// What breaks while it is worked on is told above the gallery.
func TestBrokenFileIsTold(t *testing.T) {
	s := newServer(files{source: "..", brand: write(t, "brand.json", `{"accent": "red"}`)})
	if got := get(t, s, http.MethodGet, "/", "").Body.String(); !strings.Contains(got, "accent") {
		t.Error("the gallery does not tell what is wrong")
	}
	if rw := get(t, s, http.MethodGet, "/scene/failed", ""); rw.Code != http.StatusOK {
		t.Errorf("status %d, want 200", rw.Code)
	}
}

func TestPostedFormIsShown(t *testing.T) {
	s := newServer(files{source: ".."})
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/scene/resend", strings.NewReader("a=b"))
	rw := httptest.NewRecorder()
	s.ServeHTTP(rw, r)
	if !strings.HasSuffix(rw.Body.String(), "\r\n\r\na=b") || rw.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("got %q", rw.Body.String())
	}
}
