package albevent

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// wire is a request as a client sends it; albEncode makes of it what the ALB hands to a function.
type wire struct {
	method, path string
	query        []field
	header       []field
	body         string
}

func (w wire) rawQuery() string {
	var pairs []string
	for _, f := range w.query {
		for _, v := range f.values {
			pairs = append(pairs, f.key+"="+v)
		}
	}
	return strings.Join(pairs, "&")
}

func (w wire) target() string {
	if q := w.rawQuery(); q != "" {
		return w.path + "?" + q
	}
	return w.path
}

// orderedJSON writes an object in the order of the fields, which a map would lose.
func orderedJSON(fs []field, multi bool) string {
	var members []string
	for _, f := range fs {
		var value any = f.values
		if !multi {
			value = f.values[len(f.values)-1]
		}
		members = append(members, quote(f.key)+":"+quote(value))
	}
	return "{" + strings.Join(members, ",") + "}"
}

func quote(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(out)
}

func albEncode(w wire, multi, inBase64 bool) []byte {
	query, headers, body := "queryStringParameters", "headers", w.body
	if multi {
		query, headers = "multiValueQueryStringParameters", "multiValueHeaders"
	}
	if inBase64 {
		body = base64.StdEncoding.EncodeToString([]byte(body))
	}
	return []byte(`{"requestContext":{"elb":{"targetGroupArn":"arn"}},` +
		`"httpMethod":` + quote(w.method) + `,"path":` + quote(w.path) +
		`,"` + query + `":` + orderedJSON(w.query, multi) + `,"` + headers + `":` + orderedJSON(w.header, multi) +
		`,"body":` + quote(body) + `,"isBase64Encoded":` + quote(inBase64) + `}`)
}

// albBody reads an answer's body as the ALB does.
func albBody(t interface{ Fatal(...any) }, a answer) string {
	if !a.IsBase64Encoded {
		return a.Body
	}
	body, err := base64.StdEncoding.DecodeString(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func drawFields(t *rapid.T, label, keys, values string, multi bool) []field {
	most := 1
	if multi {
		most = 3
	}
	one := rapid.Custom(func(t *rapid.T) field {
		return field{
			key:    rapid.StringMatching(keys).Draw(t, "key"),
			values: rapid.SliceOfN(rapid.StringMatching(values), 1, most).Draw(t, "values"),
		}
	})
	return rapid.SliceOfNDistinct(one, 0, 5, func(f field) string { return strings.ToLower(f.key) }).Draw(t, label)
}

func drawWire(t *rapid.T, multi bool) wire {
	return wire{
		method: rapid.StringMatching(`[A-Z]{1,8}`).Draw(t, "method"),
		path:   "/" + rapid.StringMatching("[!->@-~é世%/]{0,20}").Draw(t, "path"),
		query:  drawFields(t, "query", `[!-%'-<>-~é]{0,6}`, `[!-%'-~é]{0,6}`, multi),
		header: drawFields(t, "header", `x-[a-z0-9!#$%&'*+.^_|~-]{1,10}`, `[ -~\té]{0,20}`, multi),
		body:   string(rapid.SliceOf(rapid.Byte()).Draw(t, "body")),
	}
}

func TestRequestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		multi := rapid.Bool().Draw(t, "multi")
		w := drawWire(t, multi)
		payload := albEncode(w, multi, rapid.Bool().Draw(t, "base64") || !utf8.ValidString(w.body))
		h := NewHandler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { compareRequest(t, w, r) }))
		out, err := h.Invoke(t.Context(), payload)
		if err != nil || !strings.Contains(string(out), `"statusCode":200`) {
			t.Fatalf("Invoke = %s, %v", out, err)
		}
	})
}

func compareRequest(t *rapid.T, w wire, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	header := http.Header{}
	for _, f := range w.header {
		header[http.CanonicalHeaderKey(f.key)] = f.values
	}
	type plain struct {
		Method, Target, RawQuery, Body string
		Length                         int64
		Header                         http.Header
	}
	want := plain{w.method, w.target(), w.rawQuery(), w.body, int64(len(w.body)), header}
	got := plain{r.Method, r.RequestURI, r.URL.RawQuery, string(body), r.ContentLength, r.Header}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("request (-want +got):\n%s", diff)
	}
	r.Body = http.NoBody // read above; only the request line matters below
	resent := sentAgain(t, withoutMethodRules(r))
	if r.URL.Opaque == "" && strings.HasPrefix(w.path, "//") && r.URL.EscapedPath() != w.path {
		return // the one path that is resent in another spelling: see target
	}
	if resent != w.target() {
		t.Fatalf("a proxy resends %q, want %q", resent, w.target())
	}
}

// withoutMethodRules avoids CONNECT, for which net/http's client has a target form of its own.
func withoutMethodRules(r *http.Request) *http.Request {
	out := r.Clone(r.Context())
	out.Method, out.ContentLength = "GET", 0
	return out
}

func TestAnswerRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		multi := rapid.Bool().Draw(t, "multi")
		cookies := rapid.SliceOfN(rapid.StringMatching(`[a-z]{1,3}=[!-~]{0,5}`), 0, 40).Draw(t, "cookies")
		contentType := rapid.SampledFrom([]string{"", "text/plain", "application/json", "image/png"}).Draw(t, "type")
		body := string(rapid.SliceOf(rapid.Byte()).Draw(t, "body"))
		status := rapid.IntRange(200, 599).Filter(hasBody).Draw(t, "status")
		h := NewHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Set-Cookie"] = cookies
			if contentType != "" {
				w.Header().Set("Content-Type", contentType)
			}
			w.WriteHeader(status)
			write(w, body)
		}))
		out, err := h.Invoke(t.Context(), eventFor("GET", multi))
		if err != nil {
			t.Fatal(err)
		}
		got := readAnswer(t, out, multi)
		if got.StatusCode != status || albBody(t, got) != body {
			t.Fatalf("got %+v", got)
		}
		compareCookies(t, got, cookies)
	})
}

// readAnswer decodes strictly: every key must be one that the ALB knows, and the header form the event's.
func readAnswer(t interface{ Fatalf(string, ...any) }, out []byte, multi bool) (a answer) {
	d := json.NewDecoder(strings.NewReader(string(out)))
	d.DisallowUnknownFields()
	if err := d.Decode(&a); err != nil {
		t.Fatalf("decode answer %.200s: %v", out, err)
	}
	if (a.MultiValueHeaders != nil) != multi || (a.Headers != nil) == multi {
		t.Fatalf("answer in the wrong form: %.200s", out)
	}
	if len(out) > MaxResponse || a.StatusCode < 200 || !strings.HasPrefix(a.StatusDescription, quote(a.StatusCode)+" ") {
		t.Fatalf("answer of %d bytes: %.200s", len(out), out)
	}
	return a
}

func compareCookies(t *rapid.T, a answer, want []string) {
	got := map[string]int{}
	for _, c := range a.MultiValueHeaders["Set-Cookie"] {
		got[c]++
	}
	for name, value := range a.Headers {
		if strings.EqualFold(name, "Set-Cookie") {
			got[value]++
		}
	}
	for _, c := range want {
		got[c]--
	}
	for c, n := range got {
		if n != 0 {
			t.Fatalf("cookie %q: %+d", c, n)
		}
	}
}
