package albevent

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/google/go-cmp/cmp"
)

var _ lambda.Handler = (*Handler)(nil)

const sampleGroup = "arn:aws:elasticloadbalancing:eu-west-3:123456789012:targetgroup/catnap-waker-app/73e2d6bc24d8a067"

// dump is a request in plain values, so that cmp needs no options.
type dump struct {
	Method, RequestURI, Path, EscapedPath, RawQuery, Host, RemoteAddr string

	Header        http.Header
	Body          string
	ContentLength int64
	TargetGroup   string
}

func dumpRequest(t testing.TB, r *http.Request) dump {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return dump{
		Method: r.Method, RequestURI: r.RequestURI,
		Path: r.URL.Path, EscapedPath: r.URL.EscapedPath(), RawQuery: r.URL.RawQuery,
		Host: r.Host, RemoteAddr: r.RemoteAddr,
		Header: r.Header, Body: string(body), ContentLength: r.ContentLength, TargetGroup: TargetGroup(r.Context()),
	}
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	payload, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// receive gives what the handler gets for payload.
func receive(t testing.TB, payload []byte) (got dump) {
	t.Helper()
	h := NewHandler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.TLS != nil || r.URL.Scheme != "" || r.URL.Host != "" {
			t.Errorf("TLS, scheme or host set: %v %v", r.TLS, r.URL)
		}
		got = dumpRequest(t, r)
	}))
	if _, err := h.Invoke(t.Context(), payload); err != nil {
		t.Fatalf("Invoke: %v", err)
	}
	return got
}

func TestSampleEvents(t *testing.T) {
	for name, want := range map[string]dump{
		"alb-navigation.json": {
			Method:     "GET",
			RequestURI: "/rapports/ann%C3%A9e%2F2026?tri=nom%20complet&page=2&aper%C3%A7u=a+b%26c&imprimer=",
			Path:       "/rapports/année/2026", EscapedPath: "/rapports/ann%C3%A9e%2F2026",
			RawQuery: "tri=nom%20complet&page=2&aper%C3%A7u=a+b%26c&imprimer=",
			Host:     "app.example.com", RemoteAddr: "203.0.113.7:0",
			Header: http.Header{
				"Accept":                    {"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"},
				"Accept-Encoding":           {"gzip, deflate, br, zstd"},
				"Accept-Language":           {"fr-FR,fr;q=0.9,en;q=0.8"},
				"Cookie":                    {"session=8d1f0c; theme=dark"},
				"Sec-Fetch-Dest":            {"document"},
				"Sec-Fetch-Mode":            {"navigate"},
				"Sec-Fetch-Site":            {"none"},
				"Sec-Fetch-User":            {"?1"},
				"Upgrade-Insecure-Requests": {"1"},
				"User-Agent":                {"Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"},
				"X-Amzn-Trace-Id":           {"Root=1-6922a1b4-4dea0086f9763ac0667b115a"},
				"X-Forwarded-For":           {"203.0.113.7"},
				"X-Forwarded-Port":          {"443"},
				"X-Forwarded-Proto":         {"https"},
			},
			TargetGroup: sampleGroup,
		},
		"alb-post-binary.json": {
			Method: "POST", RequestURI: "/api/avatars", Path: "/api/avatars", EscapedPath: "/api/avatars",
			Host: "app.example.com", RemoteAddr: "198.51.100.23:0",
			Header: http.Header{
				"Accept":            {"application/json"},
				"Authorization":     {"Bearer sample"},
				"Content-Length":    {"12"},
				"Content-Type":      {"image/png"},
				"User-Agent":        {"okhttp/5.3.0"},
				"X-Amzn-Trace-Id":   {"Root=1-6922a1c0-00ca239424b68028d4c56d68"},
				"X-Forwarded-For":   {"10.9.8.7, 198.51.100.23"},
				"X-Forwarded-Port":  {"443"},
				"X-Forwarded-Proto": {"https"},
			},
			Body: "\x89PNG\r\n\x1a\n\x00\xff\xfe\x00", ContentLength: 12, TargetGroup: sampleGroup,
		},
		"alb-multi-value.json": {
			Method: "GET", RequestURI: "/search?tag=b&tag=a%2Cc&tag=b&q=sleeping%20cats&after=",
			Path: "/search", EscapedPath: "/search", RawQuery: "tag=b&tag=a%2Cc&tag=b&q=sleeping%20cats&after=",
			Host: "app.example.com", RemoteAddr: "[2001:db8::17]:0",
			Header: http.Header{
				"Accept":            {"application/json", "text/plain;q=0.5"},
				"Cookie":            {"session=8d1f0c", "theme=dark"},
				"User-Agent":        {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"},
				"X-Amzn-Trace-Id":   {"Root=1-6922a1d2-4dea0086f9763ac0667b115b"},
				"X-Forwarded-For":   {"spoofed", "192.0.2.1, 2001:db8::17"},
				"X-Forwarded-Port":  {"80"},
				"X-Forwarded-Proto": {"http"},
			},
			TargetGroup: sampleGroup,
		},
		"alb-health-check.json": {
			Method: "GET", RequestURI: "/", Path: "/", EscapedPath: "/",
			Header:      http.Header{"User-Agent": {"ELB-HealthChecker/2.0"}},
			TargetGroup: sampleGroup,
		},
		"alb-curl.json": {
			Method: "PUT", RequestURI: "/api/notes/1?draft=true",
			Path: "/api/notes/1", EscapedPath: "/api/notes/1", RawQuery: "draft=true",
			Host: "app.example.com:8080", RemoteAddr: "203.0.113.9:0",
			Header: http.Header{
				"Accept":            {"*/*"},
				"Content-Length":    {"18"},
				"Content-Type":      {"application/json"},
				"User-Agent":        {"curl/8.14.1"},
				"X-Amzn-Trace-Id":   {"Root=1-6922a1e9-6b1f0c2d5a4e3f2a1b0c9d8e"},
				"X-Forwarded-For":   {"203.0.113.9"},
				"X-Forwarded-Port":  {"8080"},
				"X-Forwarded-Proto": {"http"},
			},
			Body: "{\"text\": \"très\"}\n", ContentLength: 18, TargetGroup: sampleGroup,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := receive(t, readFile(t, filepath.Join("..", "..", "events", name)))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("request (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMalformedEvents(t *testing.T) {
	for file, want := range map[string]string{
		"truncated.json":     "decode JSON",
		"array.json":         "decode JSON",
		"headers-array.json": "want an object",
		"header-number.json": `read value of "host"`,
		"no-method.json":     "httpMethod",
		"api-gateway.json":   "requestContext.elb",
		"bad-base64.json":    "decode base64 body",
	} {
		t.Run(file, func(t *testing.T) {
			h := NewHandler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("handler was called") }))
			out, err := h.Invoke(t.Context(), readFile(t, filepath.Join("testdata", file)))
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("Invoke = %q, %v; want an error with %q", out, err, want)
			}
		})
	}
}

func TestTargetGroupWithoutEvent(t *testing.T) {
	if got := TargetGroup(context.Background()); got != "" {
		t.Errorf("TargetGroup = %q, want none", got)
	}
}

func TestHandlerGetsInvokesContext(t *testing.T) {
	type key struct{}
	ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "invoke"))
	h := NewHandler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		if r.Context().Value(key{}) != "invoke" || r.Context().Err() == nil {
			t.Error("the request's context does not come from Invoke's")
		}
	}))
	if _, err := h.Invoke(ctx, readFile(t, "../../events/alb-curl.json")); err != nil {
		t.Fatal(err)
	}
}
