package albevent

import (
	"io"
	"log/slog"
	"maps"
	"net/http"
	"path/filepath"
	"testing"
)

// echo answers with what came in, so that the fuzzer reaches both directions.
func echo(w http.ResponseWriter, r *http.Request) {
	maps.Copy(w.Header(), r.Header)
	w.Header().Set("X-Target", r.URL.RequestURI())
	_ = r.ParseForm()
	_, _ = io.Copy(w, r.Body)
	_, _ = io.WriteString(w, r.RequestURI+r.URL.EscapedPath()+r.RemoteAddr+TargetGroup(r.Context()))
}

func FuzzInvoke(f *testing.F) {
	for _, pattern := range []string{"../../events/*.json", "testdata/*.json"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("find %s: %d files, %v", pattern, len(files), err)
		}
		for _, file := range files {
			f.Add(readFile(f, file))
		}
	}
	h := NewHandler(http.HandlerFunc(echo))
	h.Log = slog.New(slog.DiscardHandler)
	f.Fuzz(func(t *testing.T, payload []byte) {
		out, err := h.Invoke(t.Context(), payload)
		if err != nil {
			return
		}
		e, err := parseEvent(payload)
		if err != nil {
			t.Fatalf("Invoke took what parseEvent refuses: %v", err)
		}
		if a := readAnswer(t, out, e.multiValue()); a.StatusCode != 200 && len(payload) < MaxResponse/100 {
			t.Fatalf("status %d for a small event", a.StatusCode)
		}
	})
}

func BenchmarkInvoke(b *testing.B) {
	h := NewHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }))
	payload := readFile(b, "../../events/alb-navigation.json")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.Invoke(b.Context(), payload); err != nil {
			b.Fatal(err)
		}
	}
}
