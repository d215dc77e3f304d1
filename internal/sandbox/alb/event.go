package alb

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// event is what a function gets for a request. [ALB-35] The order of fields, and of query keys, is that of AWS's
// example: no function should mind, but a person who compares does.
type event struct {
	RequestContext requestContext `json:"requestContext"`
	Method         string         `json:"httpMethod"`
	Path           string         `json:"path"`
	Query          single         `json:"queryStringParameters,omitzero"`
	MultiQuery     multi          `json:"multiValueQueryStringParameters,omitzero"`
	Headers        single         `json:"headers,omitzero"`
	MultiHeaders   multi          `json:"multiValueHeaders,omitzero"`
	Body           string         `json:"body"`
	Base64         bool           `json:"isBase64Encoded"`
}

type requestContext struct {
	ELB struct {
		TargetGroupARN string `json:"targetGroupArn"`
	} `json:"elb"`
}

// newEvent builds the event's JSON from a request whose headers have been stamped.
func newEvent(g *group, r *http.Request, h http.Header, body []byte) ([]byte, error) {
	e := event{Method: r.Method, Path: r.URL.EscapedPath()}
	e.RequestContext.ELB.TargetGroupARN = g.arn
	query, headers := parseQuery(r.URL.RawQuery), lowerCased(h)
	if g.MultiValueHeaders { // [ALB-37]
		e.MultiQuery, e.MultiHeaders = multi(query), multi(headers)
	} else {
		e.Query, e.Headers = single(query), single(headers)
	}
	e.Body, e.Base64 = encodeBody(h, body)
	return marshal(e)
}

// parseQuery splits a query and decodes nothing. [ALB-36] The keys stay in the order they were sent in.
func parseQuery(raw string) []entry {
	entries := []entry{}
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		key, v, _ := strings.Cut(part, "=")
		i := slices.IndexFunc(entries, func(e entry) bool { return e.key == key })
		if i < 0 {
			i = len(entries)
			entries = append(entries, entry{key: key})
		}
		entries[i].values = append(entries[i].values, v)
	}
	return entries
}

func lowerCased(h http.Header) []entry {
	entries := make([]entry, 0, len(h))
	for name, values := range h {
		entries = append(entries, entry{strings.ToLower(name), values})
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	return entries
}

// encodeBody is a request's body as an event carries it. [ALB-38] Text is left alone, unless it is compressed.
func encodeBody(h http.Header, body []byte) (string, bool) {
	if len(body) == 0 || isText(h.Get("Content-Type")) && h.Get("Content-Encoding") == "" {
		return string(body), false
	}
	return base64.StdEncoding.EncodeToString(body), true
}

func isText(contentType string) bool {
	mediaType, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	known := []string{"application/json", "application/javascript", "application/xml"}
	return strings.HasPrefix(mediaType, "text/") || slices.Contains(known, mediaType)
}

// functionHeaders are the headers that a function sees.
func functionHeaders(r *http.Request, size int) http.Header {
	h := withoutHops(r.Header)
	h.Set("Host", r.Host)
	if size > 0 {
		h.Set("Content-Length", strconv.Itoa(size))
	}
	return h
}

type entry struct {
	key    string
	values []string
}

// single is a JSON object with the last of each key's values; multi has them all. Both keep the order, which a map
// would not.
type (
	single []entry
	multi  []entry
)

func (s single) MarshalJSON() ([]byte, error) {
	return marshalObject(s, func(values []string) any { return values[len(values)-1] })
}

func (m multi) MarshalJSON() ([]byte, error) {
	return marshalObject(m, func(values []string) any { return values })
}

func marshalObject(entries []entry, pick func([]string) any) ([]byte, error) {
	out := []byte{'{'}
	for i, e := range entries {
		key, errKey := marshal(e.key)
		v, errValue := marshal(pick(e.values))
		if errKey != nil || errValue != nil {
			return nil, errors.Join(errKey, errValue)
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = slices.Concat(out, key, []byte{':'}, v)
	}
	return append(out, '}'), nil
}

// marshal is json.Marshal without its care for HTML: AWS leaves & as it is.
func marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimRight(out.Bytes(), "\n"), err
}
