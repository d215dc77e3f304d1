package albevent

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// eventFor is a small event in the given form.
func eventFor(method string, multi bool) []byte {
	headers := `"headers":{"host":"app.example.com"}`
	if multi {
		headers = `"multiValueHeaders":{"host":["app.example.com"]}`
	}
	return []byte(`{"requestContext":{"elb":{"targetGroupArn":"arn"}},"httpMethod":"` + method + `","path":"/",` +
		headers + `}`)
}

func invoke(t testing.TB, payload []byte, f http.HandlerFunc) (got answer, log string) {
	t.Helper()
	var logged bytes.Buffer
	h := NewHandler(f)
	h.Log = slog.New(slog.NewTextHandler(&logged, nil))
	out, err := h.Invoke(t.Context(), payload)
	if err != nil {
		t.Fatalf("Invoke: %v", err)
	}
	if err := json.Unmarshal(out, &got); err != nil || len(out) > MaxResponse {
		t.Fatalf("answer of %d bytes: %v", len(out), err)
	}
	return got, logged.String()
}

func TestAnswer(t *testing.T) {
	type header = map[string]string
	const text = "text/plain; charset=utf-8"
	for _, tc := range []struct {
		name   string
		method string
		serve  func(http.ResponseWriter)
		want   answer
	}{
		{"nothing written", "GET", func(http.ResponseWriter) {}, answer{200, "200 OK", header{}, nil, false, ""}},
		{"status", "GET", func(w http.ResponseWriter) { w.WriteHeader(503) },
			answer{503, "503 Service Unavailable", header{}, nil, false, ""}},
		{"status without a text", "GET", func(w http.ResponseWriter) { w.WriteHeader(599) },
			answer{599, "599 Unknown", header{}, nil, false, ""}},
		{"first WriteHeader wins", "GET", func(w http.ResponseWriter) { w.WriteHeader(404); w.WriteHeader(200) },
			answer{404, "404 Not Found", header{}, nil, false, ""}},
		{"informational ignored", "GET", func(w http.ResponseWriter) { w.WriteHeader(103); w.WriteHeader(101); w.WriteHeader(201) },
			answer{201, "201 Created", header{}, nil, false, ""}},
		{"sniffed text", "GET", func(w http.ResponseWriter) { write(w, "<html>é") },
			answer{200, "200 OK", header{"Content-Type": "text/html; charset=utf-8"}, nil, false, "<html>é"}},
		{"sniffed binary", "GET", func(w http.ResponseWriter) { write(w, "\x89PNG\r\n\x1a\n") },
			answer{200, "200 OK", header{"Content-Type": "image/png"}, nil, true, "iVBORw0KGgo="}},
		{"sniffing turned off", "GET", func(w http.ResponseWriter) { w.Header()["Content-Type"] = nil; write(w, "a") },
			answer{200, "200 OK", header{}, nil, true, "YQ=="}},
		{"header frozen, trailers dropped", "GET", func(w http.ResponseWriter) {
			w.Header().Set("A", "1")
			w.Header().Set("Trailer", "B")
			write(w, "x")
			w.Header().Set("A", "2")
			w.Header().Set("B", "3")
			w.Header().Set(http.TrailerPrefix+"C", "4")
		}, answer{200, "200 OK", header{"A": "1", "Content-Type": text}, nil, false, "x"}},
		{"hop-by-hop", "GET", func(w http.ResponseWriter) {
			for _, name := range append(hopByHop, "Proxy-Connection", "Proxy-Authenticate", "X-Hop", http.TrailerPrefix+"D") {
				w.Header().Set(name, "x")
			}
			w.Header().Set("Connection", "close, x-hop")
			w.Header().Set("X-End", "e")
		}, answer{200, "200 OK", header{"X-End": "e"}, nil, false, ""}},
		{"malformed header", "GET", func(w http.ResponseWriter) {
			w.Header()["bad name"] = []string{"x"}
			w.Header()["x-lower"] = []string{"a\r\nSet-Cookie: b"}
		}, answer{200, "200 OK", header{"X-Lower": "a  Set-Cookie: b"}, nil, false, ""}},
		{"repeated headers", "GET", func(w http.ResponseWriter) {
			w.Header()["Vary"] = []string{"Accept", "Cookie"}
			w.Header()["Set-Cookie"] = []string{"a=1", "b=2", "c=3", "d=4"}
		}, answer{200, "200 OK", header{
			"Vary": "Accept, Cookie", "Set-Cookie": "a=1", "set-Cookie": "b=2", "SEt-Cookie": "c=3", "sEt-Cookie": "d=4",
		}, nil, false, ""}},
		{"true length kept", "GET", func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "2")
			write(w, "ok")
		}, answer{200, "200 OK", header{"Content-Length": "2", "Content-Type": text}, nil, false, "ok"}},
		{"false length removed", "GET", func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "3")
			write(w, "ok")
		}, answer{200, "200 OK", header{"Content-Type": text}, nil, false, "ok"}},
		{"HEAD", "HEAD", func(w http.ResponseWriter) { write(w, "ok") },
			answer{200, "200 OK", header{"Content-Length": "2", "Content-Type": text}, nil, false, ""}},
		{"HEAD with a length", "HEAD", func(w http.ResponseWriter) { w.Header().Set("Content-Length", "9999999") },
			answer{200, "200 OK", header{"Content-Length": "9999999"}, nil, false, ""}},
		{"HEAD of something large", "HEAD", func(w http.ResponseWriter) {
			write(w, strings.Repeat("x", MaxResponse))
			write(w, "x")
		}, answer{200, "200 OK", header{"Content-Length": "1048577", "Content-Type": text}, nil, false, ""}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, _ := invoke(t, eventFor(tc.method, false), func(w http.ResponseWriter, _ *http.Request) { tc.serve(w) })
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
		})
	}
}

func write(w io.Writer, s string) { _, _ = io.WriteString(w, s) }

func TestAnswerInMultiValueForm(t *testing.T) {
	got, _ := invoke(t, eventFor("GET", true), func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Set-Cookie"] = []string{"a=1", "b=2"}
		w.Header().Set("Content-Type", "text/plain")
		write(w, "ok")
	})
	header := http.Header{"Set-Cookie": {"a=1", "b=2"}, "Content-Type": {"text/plain"}}
	want := answer{200, "200 OK", nil, header, false, "ok"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

func TestEmptyHeadersAreThere(t *testing.T) {
	for multi, want := range map[bool]string{
		false: `{"statusCode":200,"statusDescription":"200 OK","headers":{},"isBase64Encoded":false,"body":""}`,
		true:  `{"statusCode":200,"statusDescription":"200 OK","multiValueHeaders":{},"isBase64Encoded":false,"body":""}`,
	} {
		h := NewHandler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		out, err := h.Invoke(t.Context(), eventFor("GET", multi))
		if err != nil || string(out) != want {
			t.Errorf("multi %v: %s, %v; want %s", multi, out, err, want)
		}
	}
}

func TestNoBodyForStatus(t *testing.T) {
	for _, status := range []int{204, 304} {
		got, _ := invoke(t, eventFor("GET", false), func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5")
			w.WriteHeader(status)
			if _, err := w.Write([]byte("hello")); !errors.Is(err, http.ErrBodyNotAllowed) {
				t.Errorf("Write = %v", err)
			}
		})
		if got.StatusCode != status || got.Body != "" || len(got.Headers) != 0 {
			t.Errorf("%d: got %+v", status, got)
		}
	}
}

func TestTextOrBase64(t *testing.T) {
	for _, tc := range []struct {
		contentType, encoding, body string
		wantBase64                  bool
	}{
		{"text/html; charset=utf-8", "", "é", false},
		{"TEXT/CSV", "", "a", false},
		{"text/plain; broken=\"", "", "a", false},
		{"application/json", "", "{}", false},
		{"application/problem+json", "", "{}", false},
		{"application/javascript", "", "a", false},
		{"application/xml ; a=b", "", "a", false},
		{"application/atom+xml", "", "a", false},
		{"image/svg+xml", "", "a", false},
		{"application/x-www-form-urlencoded", "", "a=b", false},
		{"text/html", "gzip", "a", true},
		{"text/html; charset=iso-8859-1", "", "\xe9", true},
		{"application/octet-stream", "", "a", true},
		{"application/jsonx", "", "a", true},
		{"image/png", "", "a", true},
		{"image/png", "", "", false},
	} {
		got, _ := invoke(t, eventFor("GET", false), func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", tc.contentType)
			if tc.encoding != "" {
				w.Header().Set("Content-Encoding", tc.encoding)
			}
			write(w, tc.body)
		})
		if got.IsBase64Encoded != tc.wantBase64 {
			t.Errorf("%+v: base64 = %v", tc, got.IsBase64Encoded)
		}
	}
}

func TestHTMLIsNotEscaped(t *testing.T) {
	h := NewHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { write(w, "<html>&") }))
	out, err := h.Invoke(t.Context(), eventFor("GET", false))
	if err != nil || !strings.Contains(string(out), `"body":"<html>&"`) {
		t.Errorf("Invoke = %s, %v", out, err)
	}
}
