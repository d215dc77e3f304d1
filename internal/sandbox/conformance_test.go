package sandbox_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/policy"
)

// difference is a header by which a message that was passed on may differ from one that went straight, and how.
type difference struct {
	header string // a * at the end stands for any rest
	why    string
	holds  func(straight, passed message, name string) bool
}

// arrivalDifferences are all that the application can tell a request that was passed on by.
var arrivalDifferences = []difference{
	{"X-Catnap-Bypass", "the bypass rule matches by the secret, and a load balancer strips nothing",
		func(_, passed message, name string) bool {
			return slices.Equal(passed.Header[name], []string{"sandbox-secret"})
		}},
	{"X-Catnap-*", "headers of catnap's own are nobody else's; straight through, a client's arrive",
		func(_, passed message, name string) bool { return passed.Header[name] == nil }},
	{"X-Forwarded-For", "the load balancer appends the waker's address to the client's",
		func(straight, passed message, name string) bool {
			chain := straight.Header.Get(name) + ", 127.0.0.1"
			return slices.Equal(passed.Header[name], []string{chain})
		}},
	{"X-Amzn-Trace-Id", "each passage through a load balancer adds its own, behind which the first one's stays",
		func(straight, passed message, name string) bool {
			before, after := straight.Header.Get(name), passed.Header.Get(name)
			_, given, _ := strings.Cut(before, ";") // the client's own, if it sent one
			return before != after && strings.HasPrefix(after, "Self=") && strings.Contains(after, ";Root=") &&
				strings.HasSuffix(after, given)
		}},
	{"Te", "a function answers as a whole, so there are no trailers to be asked for",
		func(straight, passed message, name string) bool {
			asked := straight.Header[name]
			return passed.Header[name] == nil && (asked == nil || slices.Equal(asked, []string{"trailers"}))
		}},
	{"Transfer-Encoding", "an event holds the body as a whole", isUnchunked},
	{"Content-Length", "and so its length is known", isLengthKnown},
}

// answerDifferences are all that the client can tell an answer that was passed on by.
var answerDifferences = []difference{
	{"X-Catnap-*", "an application that echoes its request's headers would give the secret away",
		func(_, passed message, name string) bool { return passed.Header[name] == nil }},
	{"Content-Type", "a function's answer without one is given one by the load balancer; the waker guesses before that",
		func(straight, passed message, name string) bool {
			if straight.Header[name] != nil || passed.Header[name] == nil {
				return slices.Equal(straight.Header[name], passed.Header[name])
			}
			guess := "application/octet-stream"
			if straight.Body != "" && straight.Header.Get("Content-Encoding") == "" {
				guess = http.DetectContentType([]byte(straight.Body))
			}
			return passed.Header.Get(name) == guess
		}},
	{"Transfer-Encoding", "a function's answer holds the body as a whole", isUnchunked},
	{"Content-Length", "and so its length is known; of a HEAD the load balancer counts the body that there is not",
		func(straight, passed message, name string) bool {
			counted := straight.Body == "" && slices.Equal(passed.Header[name], []string{"0"})
			return counted || isLengthKnown(straight, passed, name)
		}},
}

func isUnchunked(straight, passed message, name string) bool {
	sent := straight.Header[name]
	return passed.Header[name] == nil && (sent == nil || slices.Equal(sent, []string{"chunked"}))
}

func isLengthKnown(straight, passed message, name string) bool {
	same := straight.Length == passed.Length && slices.Equal(straight.Header[name], passed.Header[name])
	return same || straight.Length < 0 && passed.Length == int64(len(straight.Body))
}

// exchangeCase is a request, and what the application answers.
type exchangeCase struct {
	name   string
	send   request
	answer http.HandlerFunc // nil means 200 and a few bytes
	asleep bool             // it is also sent while the service is asleep, and held
}

// TestConformance sends the same request straight through the load balancer and through the waker and the bypass. Both
// the application and the client see the same but for the headers named above.
func TestConformance(t *testing.T) {
	t.Parallel()
	for name, cases := range map[string][]exchangeCase{
		"methods": methodCases, "targets": targetCases(), "headers": headerCases, "answers": answerCases,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conforms(t, func(c *conformance) {
				for _, tc := range cases {
					c.compare(tc)
				}
			})
		})
	}
}

func (c *conformance) compare(tc exchangeCase) {
	c.t.Helper()
	straight, wanted := c.exchange(tc.name, policy.PhaseAwake, tc.send, tc.answer)
	if straight.First != tc.send.line {
		c.t.Errorf("%s: straight, %q arrived", tc.name, straight.First)
	}
	phases := []policy.Phase{policy.PhaseDrowsy}
	if tc.asleep {
		phases = append(phases, policy.PhaseAsleep)
	}
	for _, phase := range phases {
		name := tc.name + ", " + string(phase)
		passed, got := c.exchange(name, phase, tc.send, tc.answer)
		c.same(name+": the request", arrivalDifferences, straight, passed)
		c.same(name+": the answer", answerDifferences, wanted, got)
		if is := c.phase(); is != policy.PhaseAwake {
			c.t.Errorf("%s: left the service %s", name, is)
		}
	}
}

// same checks each named header, and that nothing else differs.
func (c *conformance) same(what string, named []difference, straight, passed message) {
	c.t.Helper()
	bare := [2]message{straight, passed}
	for i := range bare {
		bare[i].Header, bare[i].Length = bare[i].Header.Clone(), 0 // the length is looked at with its header
	}
	for _, d := range named {
		for _, name := range d.names(bare[0].Header, bare[1].Header) {
			if !d.holds(straight, passed, name) {
				c.t.Errorf("%s: %s was %q and is %q; it may only differ because %s",
					what, name, straight.Header[name], passed.Header[name], d.why)
			}
			bare[0].Header.Del(name)
			bare[1].Header.Del(name)
		}
	}
	if diff := cmp.Diff(bare[0], bare[1]); diff != "" {
		c.t.Errorf("%s (-straight +passed on):\n%s", what, diff)
	}
}

// names are those of the headers that d is about and that no difference before it was.
func (d difference) names(headers ...http.Header) []string {
	prefix, isPrefix := strings.CutSuffix(d.header, "*")
	if !isPrefix {
		return []string{d.header}
	}
	var names []string
	for _, header := range headers {
		for name := range header {
			if strings.HasPrefix(name, prefix) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}
