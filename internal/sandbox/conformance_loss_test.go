package sandbox_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/catnap-dev/catnap/internal/policy"
)

// lossCase is a request, or an answer, of which something does not survive being passed on, and why that is so.
type lossCase struct {
	name             string
	why              string
	send             request
	answer           http.HandlerFunc
	see              func(arrived, got message) string
	straight, passed string
}

const (
	splitQuery   = "an event holds a query as keys and values, by key"
	jsonIsUTF8   = "an event and a function's answer are JSON, which holds no other bytes than UTF-8"
	wholeBody    = "an event holds a request's body as a whole, and an answer its own"
	functionsEnd = "the load balancer refuses to ask a function this"
)

// lossCases are what catnap cannot mend, because an event, or the load balancer's way with a function, has lost it.
// Only the last is the waker's own doing.
var lossCases = []lossCase{
	{"no host", "each load balancer puts in one of its own", getWith("Host:"), nil, status, "200 OK", "200 OK"},
	lostInQuery("/?a", "/?a="),
	lostInQuery("/?%zz", "/?%zz="),
	lostInQuery("/?a=1&b", "/?a=1&b="),
	lostInQuery("/?a=1&&b=2", "/?a=1&b=2"),
	lostInQuery("/?a=1&", "/?a=1"),
	lostInQuery("/?&a=1", "/?a=1"),
	lostInQuery("/?a=1&b=2&a=3", "/?a=1&a=3&b=2"),
	lostInQuery("/?", "/"),
	lostInQuery("/?&", "/"),
	{"query of other bytes", jsonIsUTF8, request{line: "GET /?q=\xe9"}, nil, target, "GET /?q=\xe9", "GET /?q=\ufffd"},
	{"header of other bytes", jsonIsUTF8, getWith("X-Latin: \xe9"), nil, arrivedHeader("X-Latin"), "\xe9", "\ufffd"},
	{"text of other bytes", jsonIsUTF8, request{line: "POST /", header: []string{plainText}, body: "\xe9"}, nil, arrivedBody, "\xe9", "\ufffd"},
	{"answer's header of other bytes", jsonIsUTF8, getWith(), answering(200, "", "X-Latin", "\xe9"), gotHeader("X-Latin"), "\xe9", "\ufffd"},
	{"trailer of a request", wholeBody, request{line: "POST /", header: []string{chunked, "Trailer: X-Sum"}, body: "0\r\n\r\n"}, nil, announced, "X-Sum", ""},
	{"trailer of an answer", wholeBody, getWith(), withTrailer, gotTrailer, "1", ""},
	{"early hints", wholeBody, getWith(), withHints, informational, "Early Hints", ""},
	{"body over 1 MB", functionsEnd, request{line: "POST /", body: strings.Repeat("x", largest+1)}, nil, status, "200 OK", "413 Request Entity Too Large"},
	{"upgrade", functionsEnd, getWith("Connection: upgrade", "Upgrade: a"), nil, status, "200 OK", "400 Bad Request"},
	{"status of nobody's", "the load balancer takes it for a malformed answer of a function", getWith(), answering(799, ""), status, "799 status code 799", "502 Bad Gateway"},
	{"a health check's user agent", "the waker takes it for a check of its own", getWith("User-Agent: ELB-HealthChecker/2.0"), nil, target, "GET /a", ""},
}

// TestConformanceLosses documents what does not survive, so that a change of it is noticed.
func TestConformanceLosses(t *testing.T) {
	t.Parallel()
	conforms(t, func(c *conformance) {
		for _, tc := range lossCases {
			for _, side := range []struct {
				phase policy.Phase
				want  string
			}{{policy.PhaseAwake, tc.straight}, {policy.PhaseDrowsy, tc.passed}} {
				if is := tc.see(c.exchange(tc.name, side.phase, tc.send, tc.answer)); is != side.want {
					c.t.Errorf("%s, %s: %q, want %q; %s", tc.name, side.phase, is, side.want, tc.why)
				}
			}
		}
	})
}

func lostInQuery(sent, passed string) lossCase {
	return lossCase{sent, splitQuery, request{line: "GET " + sent}, nil, target, "GET " + sent, "GET " + passed}
}

func getWith(header ...string) request { return request{line: "GET /a", header: header} }

func target(arrived, _ message) string      { return arrived.First }
func arrivedBody(arrived, _ message) string { return arrived.Body }
func status(_, got message) string          { return got.First }
func gotTrailer(_, got message) string      { return got.Trailer.Get("X-Sum") }

func arrivedHeader(name string) func(arrived, got message) string {
	return func(arrived, _ message) string { return arrived.Header.Get(name) }
}

func gotHeader(name string) func(arrived, got message) string {
	return func(_, got message) string { return got.Header.Get(name) }
}

// announced is a trailer's name: the sandbox's load balancer does not pass its value on even to an application.
func announced(arrived, _ message) string {
	for name := range arrived.Trailer {
		return name
	}
	return ""
}

func informational(_, got message) string {
	if len(got.Before) == 0 {
		return ""
	}
	return http.StatusText(got.Before[0])
}

func withTrailer(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Trailer", "X-Sum")
	inPieces("a")(rw, r)
	rw.Header().Set("X-Sum", "1")
}

func withHints(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Link", "</a.css>; rel=preload")
	rw.WriteHeader(http.StatusEarlyHints)
	answerText("ok")(rw, r)
}
