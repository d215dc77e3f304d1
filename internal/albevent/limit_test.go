package albevent

import (
	"bytes"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func wantProblem(t *testing.T, got answer, detail string) {
	t.Helper()
	want := `{"title":"Internal Server Error","status":500,"detail":"` + detail + `"}`
	if got.StatusCode != 500 || got.Headers["Content-Type"] != "application/problem+json" || got.Body != want {
		t.Errorf("got %+v, want status 500 and %s", got, want)
	}
}

func TestTooLarge(t *testing.T) {
	const detail = "the answer is too large for a Lambda target"
	for name, serve := range map[string]http.HandlerFunc{
		"text": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			_, _ = w.Write(bytes.Repeat([]byte("x"), MaxResponse))
		},
		"base64": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, MaxResponse/4*3)) },
		"header": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", MaxResponse)) },
		"endless": func(w http.ResponseWriter, _ *http.Request) {
			for { // ends because Write fails
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					if !errors.Is(err, errTooLarge) {
						t.Errorf("Write: %v", err)
					}
					return
				}
			}
		},
		"small after a refusal": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(make([]byte, MaxResponse+1))
			if _, err := w.Write([]byte("tail")); err == nil {
				t.Error("Write goes on after a gap")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, log := invoke(t, eventFor("GET", false), serve)
			wantProblem(t, got, detail)
			if !strings.Contains(log, "answer too large") {
				t.Errorf("log: %s", log)
			}
		})
	}
}

// Text that only fits as base64 is not given up.
func TestTextFallsBackToBase64(t *testing.T) {
	body := strings.Repeat("\x01", MaxResponse/2)
	got, _ := invoke(t, eventFor("GET", false), func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		write(w, body)
	})
	if got.StatusCode != 200 || !got.IsBase64Encoded || albBody(t, got) != body {
		t.Errorf("status %d, base64 %v, %d bytes", got.StatusCode, got.IsBase64Encoded, len(got.Body))
	}
}

func TestPanic(t *testing.T) {
	for name, cause := range map[string]any{
		"text": "boom", "error": errors.New("boom"), "nil": nil, "abort": http.ErrAbortHandler,
	} {
		t.Run(name, func(t *testing.T) {
			got, log := invoke(t, eventFor("GET", false), func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Half", "done")
				write(w, "half")
				panic(cause)
			})
			wantProblem(t, got, "the request could not be handled")
			if got.Headers["X-Half"] != "" {
				t.Errorf("headers %v", got.Headers)
			}
			if !strings.Contains(log, "handler panicked") || !strings.Contains(log, "limit_test.go") {
				t.Errorf("log: %s", log)
			}
		})
	}
}

func TestInvalidStatusPanicsLikeNetHTTP(t *testing.T) {
	got, log := invoke(t, eventFor("GET", false), func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(42) })
	wantProblem(t, got, "the request could not be handled")
	if !strings.Contains(log, "invalid WriteHeader code 42") {
		t.Errorf("log: %s", log)
	}
}

func TestFits(t *testing.T) {
	for _, tc := range []struct {
		name   string
		header http.Header
		body   int
		want   bool
	}{
		{"nothing", nil, 0, true},
		{"unknown length", nil, -1, false},
		{"beyond int arithmetic", nil, 1 << 62, false},
		{"largest body", nil, 786_048, true},
		{"one base64 group more", nil, 786_049, false},
		{"header takes room", http.Header{"X": {"y"}}, 786_048, false},
	} {
		if got := Fits(tc.header, tc.body); got != tc.want {
			t.Errorf("%s: Fits = %v", tc.name, got)
		}
	}
}

// What Fits says yes to is never replaced by the problem.
func TestFitsNeverPromisesTooMuch(t *testing.T) {
	fill := rapid.SampledFrom([]string{"x", "\x00", `"`, "\u2028", "\xff", "é"})
	types := rapid.SampledFrom([]string{"", "text/plain", "image/png"})
	rapid.Check(t, func(t *rapid.T) {
		header := http.Header{"X-Fill": {strings.Repeat(fill.Draw(t, "header"), rapid.IntRange(0, 60_000).Draw(t, "length"))}}
		if contentType := types.Draw(t, "type"); contentType != "" {
			header.Set("Content-Type", contentType)
		}
		room := (MaxResponse - 600 - 6*len(header.Get("X-Fill"))) / 4 * 3
		n := max(0, room+rapid.IntRange(-1000, 1000).Draw(t, "around the limit"))
		if !Fits(header, n) {
			return
		}
		body := strings.Repeat(fill.Draw(t, "body"), n)[:n]
		h := NewHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			maps.Copy(w.Header(), header)
			write(w, body)
		}))
		h.Log = slog.New(slog.DiscardHandler)
		multi := rapid.Bool().Draw(t, "multi")
		out, err := h.Invoke(t.Context(), eventFor("GET", multi))
		if err != nil {
			t.Fatal(err)
		}
		if a := readAnswer(t, out, multi); a.StatusCode != 200 || albBody(t, a) != body {
			t.Fatalf("Fits said yes to %d bytes, the answer is %d", n, a.StatusCode)
		}
	})
}
