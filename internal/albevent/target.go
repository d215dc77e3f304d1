package albevent

import (
	"net/url"
	"strings"
)

// target rebuilds the request target. The second result is Request.RequestURI: the client's bytes, but for those that
// no request line can hold (space, control bytes, a "?" inside the path), which are percent-encoded. No legal client
// sends them.
//
// The URL is made so that a proxy which sets only Scheme and Host resends the same target:
//
//   - a path that net/url can hold goes to Path and RawPath, and EscapedPath gives it back;
//   - one that it cannot hold (%zz, raw |, ", ^ or non-ASCII bytes) goes to Opaque as well, which net/http's client
//     writes as it stands. Path is then the lenient decoding (bad escapes stay as they are) and EscapedPath a valid
//     escaping of it. Such a URL must not be turned into a string and parsed again: URL.String leaves the host out when
//     Opaque is set;
//   - one that begins with "//" besides goes without Opaque, because net/url would take it for a host. It alone is
//     resent in the valid escaping.
//
// That the ALB passes the path undecoded is inferred from what it does to the query, not documented.
func target(path string, query fields) (*url.URL, string) {
	path = escape(path, func(i int) bool { return isUnsendable(path[i]) || path[i] == '?' })
	if !strings.HasPrefix(path, "/") && path != "*" {
		path = "/" + path
	}
	u := &url.URL{RawQuery: rawQuery(query)}
	setPath(u, path)
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	return u, path
}

func setPath(u *url.URL, raw string) {
	valid := escape(raw, func(i int) bool { return !isPathByte(raw, i) })
	u.Path, _ = url.PathUnescape(valid) // every % in it begins an escape
	if u.EscapedPath() != valid {
		u.RawPath = valid
	}
	if valid != raw && !strings.HasPrefix(raw, "//") {
		u.Opaque = raw
	}
}

// rawQuery joins keys and values as they came: the ALB does not decode them, so encoding them would do it twice.
func rawQuery(query fields) string {
	var b strings.Builder
	for _, f := range query {
		for _, v := range f.values {
			if b.Len() > 0 {
				b.WriteByte('&')
			}
			b.WriteString(f.key + "=" + v)
		}
	}
	raw := b.String()
	return escape(raw, func(i int) bool { return isUnsendable(raw[i]) })
}

// isUnsendable names the bytes that would end or break a request line.
func isUnsendable(c byte) bool { return c <= ' ' || c == 0x7f }

// isPathByte tells whether net/url accepts the byte at i in a RawPath: RFC 3986's pchar, "/" and, as browsers send
// them, brackets.
func isPathByte(s string, i int) bool {
	switch c := s[i]; {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	case c == '%':
		return i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2])
	default:
		return strings.IndexByte("-._~!$&'()*+,;=:@[]/", c) >= 0
	}
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// escape percent-encodes the bytes of s at which odd holds.
func escape(s string, odd func(i int) bool) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		if odd(i) {
			b.Write([]byte{'%', digits[s[i]>>4], digits[s[i]&15]})
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
