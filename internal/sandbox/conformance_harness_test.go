package sandbox_test

import (
	"bufio"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox"
)

// message is a request as it reached the application, or an answer as it reached the client.
type message struct {
	First   string // method and target as sent, or the status
	Host    string
	Header  http.Header // with Transfer-Encoding, which net/http keeps elsewhere
	Length  int64       // -1 if not known beforehand
	Body    string
	Trailer http.Header
	Before  []int // informational statuses that came before an answer
}

// request is what a client sends. It is written as it stands, where net/http would tidy it up.
type request struct {
	line   string   // method and target
	header []string // lines; a Host and a Content-Length are added where they are needed
	body   string   // in chunks, if the header says so
}

func (r request) has(name string) bool {
	return slices.ContainsFunc(r.header, func(line string) bool { return strings.HasPrefix(line, name+":") })
}

func (r request) method() string {
	method, _, _ := strings.Cut(r.line, " ")
	return method
}

func (r request) text() string {
	lines := []string{r.line + " HTTP/1.1"}
	if !r.has("Host") {
		lines = append(lines, "Host: app.example.com")
	}
	lines = append(lines, r.header...)
	if r.body != "" && !r.has("Transfer-Encoding") && !r.has("Content-Length") {
		lines = append(lines, "Content-Length: "+strconv.Itoa(len(r.body)))
	}
	return strings.Join(lines, "\r\n") + "\r\n\r\n" + r.body
}

// recorder is an application that keeps what reaches it and answers as it is told.
type recorder struct {
	mu      sync.Mutex
	arrived []message
	answer  http.HandlerFunc
}

const (
	recorderHealth = "/recorder/health"
	// recorderDate is what the application answers with, whatever the time: the same request comes at different times.
	recorderDate = "Thu, 01 Jan 2026 00:00:00 GMT"
)

func (a *recorder) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if r.URL.Path == recorderHealth {
		return
	}
	body, _ := io.ReadAll(r.Body)
	a.mu.Lock()
	a.arrived = append(a.arrived, message{
		First: r.Method + " " + r.RequestURI, Host: r.Host, Header: withTransfer(r.Header, r.TransferEncoding),
		Length: r.ContentLength, Body: string(body), Trailer: r.Trailer.Clone(),
	})
	answer := a.answer
	a.mu.Unlock()
	rw.Header().Set("Date", recorderDate)
	if answer == nil {
		answer = answerText("ok")
	}
	answer(rw, r)
}

// expect forgets what arrived and sets the next answer; nil is a plain 200.
func (a *recorder) expect(answer http.HandlerFunc) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.arrived, a.answer = nil, answer
}

func (a *recorder) seen() []message {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.arrived)
}

func withTransfer(h http.Header, encoding []string) http.Header {
	h = h.Clone()
	if len(encoding) > 0 {
		h["Transfer-Encoding"] = encoding
	}
	return h
}

// conformance is a sandbox with a recorder behind it that can be put into a phase at will.
type conformance struct {
	*world
	app    *recorder
	drowsy []string // the waker rule's patterns as the reaper leaves them
}

// conforms runs test with a service that is awake. Nothing but the test's own orders puts it to sleep.
func conforms(t *testing.T, test func(c *conformance)) {
	t.Helper()
	app := &recorder{}
	o := sandbox.Options{NoScheduler: true, HealthPath: recorderHealth, TaskStart: 6 * time.Second, Seed: 1}
	inBubbleWith(t, o, app, func(_ *testing.T, w *world) {
		c := &conformance{world: w, app: app}
		c.get("/")
		c.until("drowsy", 10*time.Minute, func() bool {
			c.pass(time.Minute)
			if err := c.Reap(c.t.Context()); err != nil {
				c.t.Fatal(err)
			}
			return c.phase() == policy.PhaseDrowsy
		})
		c.drowsy = c.patterns()
		c.get("/")
		test(c)
	})
}

func (c *conformance) patterns() []string {
	c.t.Helper()
	in := &elb.DescribeRulesInput{RuleArns: []string{c.Stored.WakerRule}}
	out, err := c.Onlooker().ELB.DescribeRules(c.t.Context(), in)
	if err != nil {
		c.t.Fatal(err)
	}
	return out.Rules[0].Conditions[0].PathPatternConfig.Values
}

// exchange sends r in a phase. It returns what reached the application, which may be nothing, and the answer. No
// request reaches the application twice, whatever its method.
func (c *conformance) exchange(name string, in policy.Phase, r request, app http.HandlerFunc) (arrived, got message) {
	c.t.Helper()
	c.enter(in)
	c.app.expect(app)
	got = c.sendRaw(name, r)
	seen := c.app.seen()
	if len(seen) > 1 {
		c.t.Errorf("%s: reached the application %d times", name, len(seen))
	}
	if len(seen) > 0 {
		arrived = seen[0]
	}
	return arrived, got
}

// enter makes the service awake, drowsy or asleep. One that is awake was left so by the waker.
func (c *conformance) enter(in policy.Phase) {
	c.t.Helper()
	switch in {
	case policy.PhaseAsleep:
		c.setPatterns(c.drowsy)
		c.setDesired(0)
		c.pass(time.Minute) // its task drains and stops
	case policy.PhaseDrowsy:
		c.setPatterns(c.drowsy)
	default:
		c.setPatterns([]string{"/.catnap/*"})
	}
	if is := c.phase(); is != in {
		c.t.Fatalf("the service is %s, not %s", is, in)
	}
}

// sendRaw writes the request on a connection of its own.
func (c *conformance) sendRaw(name string, r request) message {
	c.t.Helper()
	conn, err := c.Network.DialContext(c.t.Context(), "tcp", "alb:80")
	if err != nil {
		c.t.Fatal(err)
	}
	defer conn.Close()
	go func() { _, _ = io.WriteString(conn, r.text()) }() // an answer may come before the body is taken
	in := bufio.NewReader(conn)
	var before []int
	for {
		response, err := http.ReadResponse(in, &http.Request{Method: r.method()})
		if err != nil {
			c.t.Fatalf("%s: %v", name, err)
		}
		if response.StatusCode < http.StatusOK {
			before = append(before, response.StatusCode)
			before = slices.Compact(before) // to Expect, the load balancer and the application may both answer 100
			continue
		}
		body, err := io.ReadAll(response.Body)
		if err != nil {
			c.t.Errorf("%s: read the answer: %v", name, err)
		}
		return message{
			First: response.Status, Header: withTransfer(response.Header, response.TransferEncoding),
			Length: response.ContentLength, Body: string(body), Trailer: response.Trailer, Before: before,
		}
	}
}
