package albevent

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sentAgain is the request line's target that net/http's client writes for a request passed on with only Scheme and
// Host set.
func sentAgain(t interface{ Fatal(...any) }, r *http.Request) string {
	out := r.Clone(r.Context())
	out.URL.Scheme, out.URL.Host, out.RequestURI = "http", "alb.example.com", ""
	var wire bytes.Buffer
	if err := out.Write(&wire); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(&wire).ReadString('\n')
	return strings.TrimSuffix(strings.TrimPrefix(line, r.Method+" "), " HTTP/1.1\r\n")
}

func TestTarget(t *testing.T) {
	query := fields{{"a", []string{"1"}}}
	for _, tc := range []struct {
		name, path                      string
		wantPath, wantEscaped, wantWire string
	}{
		{"plain", "/a/b", "/a/b", "/a/b", "/a/b?a=1"},
		{"encoded slash", "/a%2fb", "/a/b", "/a%2fb", "/a%2fb?a=1"},
		{"needless escape", "/%61", "/a", "/%61", "/%61?a=1"},
		{"sub-delims", "/a!$&'()*+,;=:@[]", "/a!$&'()*+,;=:@[]", "/a!$&'()*+,;=:@[]", "/a!$&'()*+,;=:@[]?a=1"},
		{"bad escape", "/%zz/%41", "/%zz/A", "/%25zz/%41", "/%zz/%41?a=1"},
		{"cut escape", "/%4", "/%4", "/%254", "/%4?a=1"},
		{"raw bar", "/a|b", "/a|b", "/a%7Cb", "/a|b?a=1"},
		{"non-ASCII", "/café", "/café", "/caf%C3%A9", "/café?a=1"},
		{"hash", "/a#b", "/a#b", "/a%23b", "/a#b?a=1"},
		{"two slashes", "//evil.example/a", "//evil.example/a", "//evil.example/a", "//evil.example/a?a=1"},
		{"dots stay", "/a/../b/./c", "/a/../b/./c", "/a/../b/./c", "/a/../b/./c?a=1"},
		{"asterisk", "*", "*", "*", "*?a=1"},
		{"space and line end", "/a b\r\nX: y", "/a b\r\nX: y", "/a%20b%0D%0AX:%20y", "/a%20b%0D%0AX:%20y?a=1"},
		{"question mark", "/a?b", "/a?b", "/a%3Fb", "/a%3Fb?a=1"},
		{"empty", "", "/", "/", "/?a=1"},
		{"no slash", "a:b", "/a:b", "/a:b", "/a:b?a=1"},
		{"odd two slashes", "//%zz", "//%zz", "//%25zz", "//%25zz?a=1"}, // RequestURI alone keeps the bytes
	} {
		t.Run(tc.name, func(t *testing.T) {
			u, requestURI := target(tc.path, query)
			r := &http.Request{
				Method: http.MethodGet, URL: u, RequestURI: requestURI, Host: "app.example.com", Header: http.Header{},
			}
			got := []string{u.Path, u.EscapedPath(), sentAgain(t, r)}
			if diff := cmp.Diff([]string{tc.wantPath, tc.wantEscaped, tc.wantWire}, got); diff != "" {
				t.Errorf("path, escaped path, wire (-want +got):\n%s", diff)
			}
			if requestURI != tc.wantWire && tc.name != "odd two slashes" {
				t.Errorf("RequestURI = %q, want %q", requestURI, tc.wantWire)
			}
		})
	}
}

func TestRawQuery(t *testing.T) {
	for _, tc := range []struct{ name, object, want string }{
		{"order of the text", `{"z":"1","a":"2","m":"3"}`, "z=1&a=2&m=3"},
		{"not decoded, not encoded", `{"a%20b":"%C3%A9+é%zz"}`, "a%20b=%C3%A9+é%zz"},
		{"repeated", `{"b":["2","1"],"a":["%2C"]}`, "b=2&b=1&a=%2C"},
		{"without value", `{"wsdl":""}`, "wsdl="},
		{"equals in value", `{"a":"b=c=="}`, "a=b=c=="},
		{"empty key", `{"":"x"}`, "=x"},
		{"space and line end", `{"a b":"c\r\n"}`, "a%20b=c%0D%0A"},
		{"empty", `{}`, ""},
		{"null", `null`, ""},
		{"no values", `{"a":[]}`, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var f fields
			if err := json.Unmarshal([]byte(tc.object), &f); err != nil {
				t.Fatal(err)
			}
			if got := rawQuery(f); got != tc.want {
				t.Errorf("rawQuery = %q, want %q", got, tc.want)
			}
		})
	}
}

func TestRemoteAddr(t *testing.T) {
	for _, tc := range []struct {
		name   string
		values []string
		want   string
	}{
		{"none", nil, ""},
		{"one", []string{"203.0.113.7"}, "203.0.113.7:0"},
		{"last of a list", []string{"1.1.1.1, 203.0.113.7"}, "203.0.113.7:0"},
		{"last of several headers", []string{"1.1.1.1", "2.2.2.2,203.0.113.7 "}, "203.0.113.7:0"},
		{"IPv6", []string{"2001:db8::1"}, "[2001:db8::1]:0"},
		{"port preserved", []string{"203.0.113.7:4711"}, "203.0.113.7:0"},
		{"IPv6 with port", []string{"[2001:db8::1]:4711"}, "[2001:db8::1]:0"},
		{"garbage is not skipped", []string{"203.0.113.7, unknown"}, ""},
		{"trailing comma", []string{"203.0.113.7,"}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := remoteAddr(http.Header{"X-Forwarded-For": tc.values}); got != tc.want {
				t.Errorf("remoteAddr = %q, want %q", got, tc.want)
			}
		})
	}
}

func TestChunkedArrivesWhole(t *testing.T) {
	got := receive(t, []byte(`{"requestContext":{"elb":{}},"httpMethod":"POST","path":"/",
		"headers":{"transfer-encoding":"chunked","content-type":"text/plain"},"body":"whole"}`))
	if got.Body != "whole" || got.ContentLength != 5 || got.Header.Get("Transfer-Encoding") != "" {
		t.Errorf("got %+v", got)
	}
}
