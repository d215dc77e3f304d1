package albevent

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxResponse is the most bytes an answer's JSON may have, headers, escapes and base64 included. The ALB answers 502
// above it. The documentation says 1 MB; that this means 2^20 and not 10^6 is not verified.
const MaxResponse = 1 << 20

// answer is what the ALB reads. aws-lambda-go's events.ALBTargetGroupResponse is not used because it always writes both
// header forms, the other one as null.
type answer struct {
	StatusCode        int               `json:"statusCode"`
	StatusDescription string            `json:"statusDescription"`
	Headers           map[string]string `json:"headers,omitzero"` // the chosen form is there even when empty
	MultiValueHeaders http.Header       `json:"multiValueHeaders,omitzero"`
	IsBase64Encoded   bool              `json:"isBase64Encoded"`
	Body              string            `json:"body"`
}

// encodeAnswer writes the body as text where it is text, which is smaller and can be read in a log, and as base64
// otherwise. Text full of quotes or control bytes can be longer in JSON than in base64: if only base64 keeps the limit,
// it is used.
func encodeAnswer(r reply, multi bool) ([]byte, error) {
	a := answer{StatusCode: r.status, StatusDescription: description(r.status)}
	if multi {
		a.MultiValueHeaders = r.header
	} else {
		a.Headers = singleValue(r.header)
	}
	if len(r.body) == 0 || isText(r.header, r.body) {
		a.Body = string(r.body)
		if out, err := marshal(a); err != nil || len(out) <= MaxResponse {
			return out, err
		}
	}
	a.Body, a.IsBase64Encoded = base64.StdEncoding.EncodeToString(r.body), len(r.body) > 0
	return marshal(a)
}

// marshal does without the HTML escapes of json.Marshal, which cost five bytes for every < of a page.
func marshal(a answer) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(a)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

func description(status int) string {
	text := http.StatusText(status)
	if text == "" {
		text = "Unknown"
	}
	return strconv.Itoa(status) + " " + text
}

func isText(header http.Header, body []byte) bool {
	return header.Get("Content-Encoding") == "" && isTextType(header.Get("Content-Type")) && utf8.Valid(body)
}

func isTextType(contentType string) bool {
	t, _, _ := strings.Cut(contentType, ";")
	switch t = strings.ToLower(strings.TrimSpace(t)); t {
	case "application/json", "application/javascript", "application/x-javascript", "application/ecmascript",
		"application/xml", "application/x-www-form-urlencoded":
		return true
	}
	return strings.HasPrefix(t, "text/") || strings.HasSuffix(t, "+json") || strings.HasSuffix(t, "+xml") // svg is +xml
}

// Fits tells beforehand whether an answer with this header and a body of bodyLen bytes keeps MaxResponse. It counts the
// body as base64 and the header with every byte escaped, so it may say no to what would just fit (or to text that is no
// longer in JSON), and never yes to what does not. A bodyLen below 0, a length that is not known, does not fit.
func Fits(header http.Header, bodyLen int) bool {
	// Around header and body: 130 bytes of JSON, the status text, a Content-Type and Content-Length of our own.
	const envelope, escaped, punctuation = 512, 6, 8
	if bodyLen < 0 || bodyLen > MaxResponse {
		return false
	}
	size := envelope + base64.StdEncoding.EncodedLen(bodyLen)
	for name, values := range header {
		for _, v := range values {
			size += escaped*(len(name)+len(v)) + punctuation
		}
	}
	return size <= MaxResponse
}
