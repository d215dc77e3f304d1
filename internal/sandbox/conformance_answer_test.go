package sandbox_test

import (
	"net/http"
	"strings"
)

// answerText answers 200 with a body whose type is said.
func answerText(body string) http.HandlerFunc {
	return answering(http.StatusOK, body, "Content-Type", "text/plain")
}

// answering gives an answer of the application's own. Headers are names and values in turn, and may be repeated.
func answering(status int, body string, header ...string) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header()["Content-Type"] = nil // or net/http guesses
		for i := 0; i < len(header); i += 2 {
			rw.Header().Add(header[i], header[i+1])
		}
		rw.WriteHeader(status)
		if body != "" {
			_, _ = rw.Write([]byte(body))
		}
	}
}

// inPieces has no length that is known beforehand.
func inPieces(pieces ...string) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/plain")
		for _, piece := range pieces {
			_, _ = rw.Write([]byte(piece))
			_ = http.NewResponseController(rw).Flush()
		}
	}
}

const (
	jsonType = "application/json"
	// gzipped is "hello".
	gzipped = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\x07\x00\x86\xa6\x10\x36\x05\x00\x00\x00"
)

// answerCases are answers that must reach the client as they are.
var answerCases = []exchangeCase{
	answered("200", answering(200, "ok", "Content-Type", jsonType, "ETag", `W/"a"`, "Cache-Control",
		"max-age=60, private",
		"Server", "app/1", "Vary", "Accept", "Vary", "Cookie", "Date", "Fri, 02 Jan 2026 00:00:00 GMT")),
	answered("a proxy's", answering(200, "ok", "Proxy-Status", "a; error=dns_error", "Proxy-Authentication-Info", "a=b")),
	answered("201", answering(201, "", "Location", "/a/1")),
	answered("204", answering(204, "", "X-Empty", "")),
	answered("206", answering(206, "abc", "Content-Range", "bytes 0-2/9", "Content-Type", "video/mp4", "Accept-Ranges",
		"bytes")),
	answered("206 in parts", answering(206, "--x\r\n\r\na\r\n--x--", "Content-Type",
		"multipart/byteranges; boundary=x")),
	answered("301", answering(301, "", "Location", "https://a.example/caf%C3%A9?a=%zz&b#c")),
	answered("302", answering(302, "<a>", "Location", "//b.example/../c", "Content-Type", "text/html")),
	answered("307", answering(307, "", "Location", "?a=1")),
	answered("304", answering(304, "", "ETag", `"a"`, "Cache-Control", "no-cache", "Expires", "0")),
	answered("401", answering(401, "no", "WWW-Authenticate", "Basic", "WWW-Authenticate", `Bearer realm="a, b"`)),
	answered("404", answering(404, "<h1>", "Content-Type", "text/html; charset=utf-8")),
	answered("418", answering(418, "{}", "Content-Type", "application/problem+json")),
	answered("429", answering(429, "", "Retry-After", "Fri, 02 Jan 2026 00:00:00 GMT")),
	answered("500", answering(500, "broken", "Content-Type", "text/plain")),
	answered("502", answering(502, "its own", "Server", "nginx", "Content-Type", "text/html")),
	answered("503", answering(503, `{"title":"maintenance"}`, "Retry-After", "120", "Content-Type",
		"application/problem+json")),
	answered("503 without a word", answering(503, "")),
	answered("504", answering(504, "its own")),
	answered("599", answering(599, "a status without a text")),
	answered("cookies", answering(200, "ok", "Set-Cookie", "a=1; Path=/; HttpOnly", "Set-Cookie",
		"b=2; Expires=Thu, 01 Jan 2026 00:00:00 GMT",
		"Set-Cookie", "a=1; Path=/; HttpOnly", "Set-Cookie", "c=\"3, 4\"; SameSite=None; Secure")),
	answered("repeated", answering(200, "ok", "X-Twice", "b", "X-Twice", "a", "X-Twice", "b", "Link",
		"</a>; rel=preload", "Link", "</b>")),
	answered("odd values", answering(200, "ok", "X-Empty", "", "X-Utf", "caf\u00e9 \u2713", "X-Quotes", `"a\"" <b>&'`,
		"X_Under", "1")),
	answered("binary", answering(200, allBytes, "Content-Type", "application/octet-stream")),
	answered("binary that calls itself text", answering(200, allBytes, "Content-Type",
		"text/plain; charset=iso-8859-1")),
	answered("text", answering(200, speech, "Content-Type", "text/html; charset=utf-8")),
	answered("gzip", answering(200, gzipped, "Content-Type", "text/html", "Content-Encoding", "gzip")),
	answered("gzip of no type", answering(200, gzipped, "Content-Encoding", "gzip")),
	answered("gzip that nobody asked for", answering(200, gzipped, "Content-Type", "application/gzip")),
	answered("empty", answering(200, "")),
	answered("empty of a type", answering(200, "", "Content-Type", jsonType)),
	answered("no type, text", answering(200, "<!doctype html>")),
	answered("no type, binary", answering(200, "\x89PNG\r\n\x1a\n")),
	answered("large", answering(200, strings.Repeat("\xff", 700_000), "Content-Type", "image/png")),
	answered("large text", answering(200, strings.Repeat("\"<\x01", 250_000), "Content-Type", "text/plain")),
	answered("in pieces", inPieces("one ", "", "two ", "three")),
	answered("for the connection only", answering(200, "ok", "Connection", "X-Hop", "X-Hop", "1", "Keep-Alive",
		"timeout=5",
		"Proxy-Authenticate", "Basic", "Proxy-Connection", "close", "Upgrade", "h2c", "X-End", "2")),
	answered("closing", answering(200, "ok", "Connection", "close", "Content-Type", "text/plain")),
	answered("catnap's own", answering(200, "ok", "X-Catnap-Bypass", "sandbox-secret", "X-Catnap-Phase", "awake",
		"X-Catnapped", "1")),
	answered("policies", answering(200, "ok", "Content-Security-Policy", "default-src 'self'; img-src *",
		"Strict-Transport-Security", "max-age=1",
		"Access-Control-Allow-Origin", "*", "Alt-Svc", `h3=":443"`, "Via", "1.1 app", "Age", "3", "Warning", "1",
		"Refresh", "1;url=/")),
	head("HEAD with a length", answering(200, "", "Content-Length", "12345", "Content-Type", "image/png")),
	head("HEAD without a length", answering(200, "", "Content-Type", "image/png")),
	head("HEAD that writes", answerText("ok")),
	head("HEAD of what is not there", answering(404, "", "Content-Length", "9")),
	head("HEAD of 304", answering(304, "", "ETag", `"a"`)),
	{name: "POST answered 503", send: request{line: "POST /", body: "x"}, answer: answering(503, "its own", "Retry-After", "1"), asleep: true},
	{name: "POST answered 500", send: request{line: "POST /", body: "x"}, answer: answering(500, "its own")},
	{name: "POST answered 502", send: request{line: "POST /", body: "x"}, answer: answering(502, "its own")},
	{name: "POST broken off", send: request{line: "POST /", body: "x"}, answer: breaksOff},
	{name: "POST answered 303", send: request{line: "POST /", body: "x"}, answer: answering(303, "", "Location", "/a?b"), asleep: true},
	{name: "OPTIONS answered 204", send: request{line: "OPTIONS /"}, answer: answering(204, "", "Allow", "GET, POST", "Content-Type", jsonType)},
}

func breaksOff(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func answered(name string, app http.HandlerFunc) exchangeCase {
	return exchangeCase{name: name, send: request{line: "GET /a"}, answer: app}
}

func head(name string, app http.HandlerFunc) exchangeCase {
	return exchangeCase{name: name, send: request{line: "HEAD /a"}, answer: app}
}
