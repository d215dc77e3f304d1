package alb

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// [ALB-30]
func TestHopByHopHeadersAreStripped(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		var got http.Header
		w.healthy(func(rw http.ResponseWriter, r *http.Request) {
			got = r.Header
			rw.Header().Set("Keep-Alive", "timeout=5")
		})
		request := w.request("/")
		request.Header.Set("Connection", "X-Secret")
		request.Header.Set("X-Secret", "1")
		request.Header.Set("Te", "gzip")
		request.Header.Set("X-Kept", "1")
		answer := w.do(request)
		if got.Get("X-Secret") != "" || got.Get("Te") != "" || got.Get("X-Kept") != "1" {
			t.Errorf("request: %v", got)
		}
		if answer.header.Get("Keep-Alive") != "" {
			t.Errorf("response: %v", answer.header)
		}
	})
}

// [ALB-33]
func TestForwardedHeaders(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		var got *http.Request
		w.healthy(func(_ http.ResponseWriter, r *http.Request) { got = r })
		request := w.request("/a%2Fb//c?x=%20&x=2;3")
		request.Host = "App.example.com:80"
		request.Header.Set("X-Forwarded-For", "203.0.113.7")
		request.Header.Set("X-Forwarded-Proto", "https")
		request.Header.Set("X-Forwarded-Host", "kept.example.com")
		w.do(request)
		h := got.Header
		want := []string{
			"App.example.com:80", "/a%2Fb//c?x=%20&x=2;3",
			"203.0.113.7, 127.0.0.1", "http", "80", "kept.example.com",
		}
		have := []string{
			got.Host, got.RequestURI,
			h.Get("X-Forwarded-For"), h.Get("X-Forwarded-Proto"), h.Get("X-Forwarded-Port"), h.Get("X-Forwarded-Host"),
		}
		if diff := cmp.Diff(want, have); diff != "" {
			t.Error(diff)
		}
	})
}

// [ALB-34]
func TestTraceHeader(t *testing.T) {
	for _, c := range []struct{ name, old, want string }{
		{"none", "", "Root=ID"},
		{"root", "Root=1-a-b", "Self=ID;Root=1-a-b"},
		{"field of its own", "Root=1-a-b;CalledFrom=app", "Self=ID;Root=1-a-b;CalledFrom=app"},
		{"self", "Self=1-c-d;Root=1-a-b", "Self=ID;Root=1-a-b"},
		{"no root", "CalledFrom=app", "Root=ID;CalledFrom=app"},
	} {
		if got := trace(c.old, "ID"); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if got := New(Options{}).traceID(time.Unix(0x67891233, 0)); len(got) != 35 || !strings.HasPrefix(got, "1-67891233-") {
		t.Errorf("id = %q", got)
	}
}
