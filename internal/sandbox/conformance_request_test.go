package sandbox_test

import "strings"

// largest is the largest body that the load balancer hands to a function. [ALB-39]
const largest = 1 << 20

// allBytes has each byte once.
var allBytes = func() string {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	return string(all)
}()

// chunkedBytes has the same, in two chunks.
var chunkedBytes = "80\r\n" + allBytes[:0x80] + "\r\n80\r\n" + allBytes[0x80:] + "\r\n0\r\n\r\n"

const (
	chunked    = "Transfer-Encoding: chunked"
	octets     = "Content-Type: application/octet-stream"
	plainText  = "Content-Type: text/plain; charset=utf-8"
	urlEncoded = "Content-Type: application/x-www-form-urlencoded"
)

// speech is text that JSON, HTML and base64 each have their trouble with.
const speech = "caf\u00e9 \u2713 <b>&amp;</b> \"quoted\" \\ \x00\x01\x7f\u2028\u2029\U0001f431\r\n\ttab + %20 = &"

// methodCases are requests of all kinds, with and without a body.
var methodCases = []exchangeCase{
	{name: "GET", send: request{line: "GET /"}, asleep: true},
	{name: "HEAD", send: request{line: "HEAD /"}, asleep: true},
	{name: "OPTIONS", send: request{line: "OPTIONS /", header: []string{"Origin: https://a.example"}}, asleep: true},
	{name: "TRACE", send: request{line: "TRACE /"}},
	{name: "PROPFIND", send: request{line: "PROPFIND /", header: []string{"Depth: 1"}}},
	{name: "GET with a body", send: request{line: "GET /search", header: []string{"Content-Type: application/json"}, body: `{}`}},
	{name: "GET, length 0", send: request{line: "GET /", header: []string{"Content-Length: 0"}}},
	{name: "POST text", send: request{line: "POST /", header: []string{plainText}, body: speech}, asleep: true},
	{name: "POST JSON", send: request{line: "POST /", header: []string{"Content-Type: application/json"}, body: `{"a":"\u0000<"}`}},
	{name: "POST form", send: request{line: "POST /", header: []string{urlEncoded}, body: "a=1&b=%20+%2B&c=\xe9"}},
	{name: "POST binary", send: request{line: "POST /", header: []string{octets}, body: allBytes}, asleep: true},
	{name: "POST of no type", send: request{line: "POST /", body: allBytes}},
	{name: "POST compressed", send: request{line: "POST /", header: []string{plainText, "Content-Encoding: gzip"}, body: "\x1f\x8b\x08\x00\xff"}},
	{name: "POST chunked", send: request{line: "POST /", header: []string{octets, chunked}, body: chunkedBytes}, asleep: true},
	{name: "POST chunked, empty", send: request{line: "POST /", header: []string{chunked}, body: "0\r\n\r\n"}},
	{name: "POST, length 0", send: request{line: "POST /", header: []string{"Content-Length: 0"}}},
	{name: "POST without a length", send: request{line: "POST /"}},
	{name: "POST of the largest size", send: request{line: "POST /", header: []string{octets}, body: strings.Repeat("\xff", largest)}},
	{name: "POST of the largest text", send: request{line: "POST /", header: []string{plainText}, body: strings.Repeat("<", largest)}},
	{name: "PUT", send: request{line: "PUT /a", header: []string{octets, "If-Match: \"1\""}, body: allBytes}, asleep: true},
	{name: "PUT, length 0", send: request{line: "PUT /a", header: []string{"Content-Length: 0"}}},
	{name: "PATCH", send: request{line: "PATCH /a", header: []string{"Content-Type: application/merge-patch+json"}, body: `{"a":null}`}},
	{name: "DELETE", send: request{line: "DELETE /a"}},
	{name: "DELETE with a body", send: request{line: "DELETE /a", header: []string{plainText}, body: "why"}},
	{name: "DELETE, length 0", send: request{line: "DELETE /a", header: []string{"Content-Length: 0"}}},
	// The load balancer answers 100 by itself and leaves the header on the request: straight as on the way to a function.
	{name: "Expect", send: request{line: "POST /", header: []string{plainText, "Expect: 100-continue"}, body: "later"}},
	{name: "Idempotency-Key", send: request{line: "POST /", header: []string{"Idempotency-Key: 1"}, body: "x"}},
}

// targetCases are targets that must arrive byte for byte.
func targetCases() []exchangeCase {
	targets := []string{
		"/.catnap%2Fx", "/%2Ecatnap/status",
		"/?a=1&b=%20+%2B", "/?q=%E2%9C%93", "/?x=a%26b", "/?a=1&a=2", "/?q=caf\u00e9", "/?a=%zz&b=%", "/?a=",
		"/?=", "/?=b", "/?a==b", "/?a=b=c", "/?a=1;b=2", "/?a=/?b", "/?a[]=1&a[]=2", "/?a=\"<>|\\^`{}'", "/?%61=1&A=2&a=3",
		"/?a=%00%0d%0a", "/?q=" + strings.Repeat("0123456789abcdef", 256),
		"/caf%C3%A9", "/a%2Fb", "/a%2fb", "/a//b", "/%7Euser", "/~user", "/a;b=c", "/..;/", "//double", "///", "//a%2Fb?c=d",
		"/sp%20ace", "/a/../b", "/./", "/a+b", "/a:b@c,d!$&'()*", "/[a]", "/a%3Fb?c=d", "/%2F%2e%2E/", "/%E9",
		"/api/.catnap/status", "/.CATNAP/status", "/.catnap", "/favicon.icon",
	}
	var cases []exchangeCase
	for _, target := range targets {
		cases = append(cases, exchangeCase{name: target[:min(len(target), 40)], send: request{line: "GET " + target}})
	}
	odd := request{line: "POST /a%2Fb;c?d=%zz&d=", body: "x"}
	return append(cases, exchangeCase{name: "POST to an odd target", send: odd})
}

// headerCases are headers that must arrive as they were sent, or differ as arrivalDifferences say.
var headerCases = []exchangeCase{
	sent("repeated", "X-Twice: a", "X-Twice: b", "X-Twice: a", "Accept: application/json", "Accept: */*;q=0.1"),
	sent("a list in one line", "X-Twice: a, b", "X-Twice: c"),
	sent("cookies", "Cookie: a=1; b=2", "Cookie: c=\"3\"", "Cookie: d=%20"),
	sent("an empty value", "X-Empty:", "X-Twice:", "X-Twice: b"),
	sent("spaces and tabs", "X-Space:   a \t b  "),
	sent("UTF-8", "X-Utf: caf\u00e9 \u2713"),
	sent("quotes", `X-Quotes: "a\"b" <c> & 'd' \e`),
	sent("odd names", "X_Under: 1", "x-lower: 2", "X.Dot: 3", "X!#$%&'*+-^`|~: 4", "1: 5"),
	sent("a long value", "X-Long: "+strings.Repeat("abcdefgh", 1000)),
	sent("a user agent", "User-Agent: curl/8.5.0"),
	sent("an empty user agent", "User-Agent:"),
	sent("encodings", "Accept-Encoding: gzip, br;q=0.5", "Accept-Language: fr"),
	sent("no encoding", "Accept-Encoding: identity"),
	sent("one name in two spellings", "x-TWICE: a", "X-Twice: b"),
	sent("a proxy's", "Proxy-Status: a", "Proxy-Authenticate: Basic"),
	sent("credentials", "Authorization: Basic YTpi", "Authorization: Bearer x"),
	sent("conditions", "Range: bytes=0-3,5-", "If-Range: \"a\"", "If-None-Match: \"a\", W/\"b\"",
		"If-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT"),
	sent("forwarded", "X-Forwarded-For: 203.0.113.1, 198.51.100.2", "X-Forwarded-For: 192.0.2.3",
		"X-Forwarded-Proto: gopher", "X-Forwarded-Port: 99", "X-Forwarded-Host: a.example",
		"Forwarded: for=192.0.2.4;proto=https", "Via: 1.1 a"),
	sent("a trace", "X-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678;App=a"),
	sent("a trace with a self",
		"X-Amzn-Trace-Id: Self=1-67891234-12456789abcdef012345678;Root=1-67891233-abcdef012345678912345678"),
	sent("catnap's own", "X-Catnap-Foo: 1", "X-Catnap-Bypass: wrong", "X-Catnap-Loop: 1", "X-Catnapped: 2", "Catnap: 3"),
	sent("hop by hop", "Connection: X-Hop, keep-alive", "X-Hop: 1", "Keep-Alive: timeout=5", "Te: trailers, deflate",
		"Proxy-Authorization: Basic YTpi", "Proxy-Connection: keep-alive", "X-End: 2"),
	sent("a connection that is to be closed", "Connection: close"),
	sent("a host with a port", "Host: APP.example.com:8080"),
	sent("an address for a host", "Host: [2001:db8::1]:80"),
	sent("a browser's", "Accept: text/html", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Origin: null",
		"Referer: https://a.example/?b", "Upgrade-Insecure-Requests: 1", "Priority: u=0, i", "DNT: 1"),
	sent("others", "Max-Forwards: 10", "Pragma: no-cache", "Cache-Control: no-cache",
		"Date: "+recorderDate, "Warning: 1"),
	{name: "held", asleep: true, send: request{line: "POST /a%2Fb?c=%zz&c=", body: "x", header: []string{
		"X-Twice: a", "X-Twice: b", "X-Forwarded-For: 203.0.113.1", "X-Catnap-Bypass: wrong", "Cookie: a=1", "Cookie: b=2",
	}}},
}

func sent(name string, header ...string) exchangeCase {
	return exchangeCase{name: name, send: request{line: "GET /a", header: header}}
}
