package wire

import (
	"crypto/rand"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// question is a request with what its protocol makes of it.
type question struct {
	*http.Request
	id   string
	body []byte
	form url.Values // the parameters, for the query protocol
	bad  error      // why form is not all there

	service   string // as the protocol names it; "" if only the signature tells
	operation string
	version   string // of the API, for the query protocol only
	forms     form   // how the request is written
	route     route  // what method and path name, for REST only
}

// form is one of the ways in which a request is written.
type form int

const (
	asQuery form = iota
	asJSON
	asCBOR
	asREST    // by method and path
	asNothing // nothing that AWS knows; answered in JSON
)

// newQuestion tells the protocol. All share one port here; at AWS each service has a host of its own.
func newQuestion(r *http.Request, body []byte) *question {
	q := &question{Request: r, id: newID(), body: body}
	target := r.Header.Get("X-Amz-Target")
	switch {
	case strings.HasPrefix(r.URL.Path, "/service/"):
		q.askCBOR()
	case target != "":
		q.forms = asJSON
		q.service, q.operation, _ = strings.Cut(target, ".")
		if !isJSON(r.Header.Get("Content-Type")) {
			q.operation = "" // [WIRE-03] A target without AWS's content type is an unknown operation.
		}
	case r.URL.Path == "/" || r.URL.Path == "":
		q.askQuery()
	default:
		q.forms = asREST
	}
	return q
}

func (q *question) askCBOR() {
	q.forms = asCBOR
	parts := strings.Split(q.URL.Path, "/") // "", "service", its name, "operation", its name
	if len(parts) == 5 && parts[3] == "operation" && q.Header.Get("Smithy-Protocol") == "rpc-v2-cbor" {
		q.service, q.operation = parts[2], parts[4]
	}
}

// askQuery takes the parameters of a query from the address or from the body.
func (q *question) askQuery() {
	raw := q.URL.RawQuery
	if q.Method == http.MethodPost && len(q.body) > 0 {
		raw = string(q.body)
	}
	q.form, q.bad = url.ParseQuery(raw)
	q.operation, q.version = q.form.Get("Action"), q.form.Get("Version")
}

func isJSON(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (media == "application/x-amz-json-1.0" || media == "application/x-amz-json-1.1")
}

// greeted tells whether nothing is asked of AWS.
func (q *question) greeted() bool {
	reads := q.Method == http.MethodGet || q.Method == http.MethodHead
	return reads && q.forms == asQuery && q.operation == "" && !q.signed()
}

// signed tells whether there is a signature, in the header or, as in links that were signed before, in the address.
func (q *question) signed() bool {
	return q.Header.Get("Authorization") != "" || q.URL.Query().Has("X-Amz-Signature")
}

// allowed knows the method: the query protocol may be read by GET, the others are posted.
func (q *question) allowed() bool {
	switch q.forms {
	case asQuery:
		return q.Method == http.MethodPost || q.Method == http.MethodGet
	case asREST, asNothing: // the method is a part of the operation's name
		return true
	default:
		return q.Method == http.MethodPost
	}
}

// scope is the service that the signature is for.
func (q *question) scope() string { return q.credential()[3] }

// accessKey is whose signature it is.
func (q *question) accessKey() string { return q.credential()[0] }

// region is the Region that the signature is for.
func (q *question) region() string { return q.credential()[2] }

// credential are the parts of the signature's "Credential=key/date/Region/service/aws4_request", empty without one.
func (q *question) credential() []string {
	credential := q.URL.Query().Get("X-Amz-Credential")
	if _, rest, ok := strings.Cut(q.Header.Get("Authorization"), "Credential="); ok {
		credential, _, _ = strings.Cut(rest, ",")
	}
	parts := strings.Split(credential, "/")
	if len(parts) != 5 {
		return make([]string, 5)
	}
	return parts
}

func newID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80 // a random UUID by RFC 9562
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
