package albevent

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// hopByHop are the headers of one connection (RFC 9110, 7.6.1): the handler's to nobody, the ALB's to the client.
var hopByHop = []string{
	"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer",
	"Transfer-Encoding", "Upgrade",
}

// endToEnd copies what may be sent: no hop-by-hop header, nothing named by Connection, no trailer, and nothing that
// would make the answer malformed, for which the ALB answers 502.
func endToEnd(header http.Header) http.Header {
	out := make(http.Header, len(header))
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if !isToken(name) { // a trailer's "Trailer:" prefix is no token
			continue
		}
		for _, v := range header[name] {
			out.Add(name, oneLine(v))
		}
	}
	for _, names := range out["Connection"] {
		for name := range strings.SplitSeq(names, ",") {
			out.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range hopByHop {
		out.Del(name)
	}
	return out
}

func isToken(name string) bool {
	odd := func(c rune) bool {
		return c <= ' ' || c >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
	}
	return name != "" && !strings.ContainsFunc(name, odd)
}

// oneLine puts a space for every control byte but tab, as net/http does for line ends.
func oneLine(value string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' && c != '\t' || c == 0x7f {
			return ' '
		}
		return c
	}, value)
}

// singleValue is the header for a target group without the multi-value attribute, where a key holds one string.
// Repeated headers are joined as RFC 9110, 5.3 allows, except cookies, which must not be: each gets a spelling of its
// own, which are different keys for JSON and the same header for the client. (A practice of Mangum and serverless-wsgi
// that AWS does not document.)
func singleValue(header http.Header) map[string]string {
	out := make(map[string]string, len(header))
	for name, values := range header {
		if name != "Set-Cookie" {
			out[name] = strings.Join(values, ", ")
			continue
		}
		for i, v := range values {
			out[spelling(name, i)] = v
		}
	}
	return out
}

// spelling flips the case of the letters of name at which i, read as bits, is 1. Set-Cookie has nine letters, so 512
// spellings: a 513th cookie replaces the first. Browsers keep fewer for a site.
func spelling(name string, i int) string {
	b := []byte(name)
	for at := range b {
		if b[at] == '-' {
			continue
		}
		b[at] ^= byte(i&1) * ('a' - 'A')
		i >>= 1
	}
	return string(b)
}
