package waker_test

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/waker"
)

// headAnswers is what each kind of caller gets from a service that is asleep, in each wake mode, and from one that is
// frozen. After the kind and the cases: status, content type, whether the service is started, whether there is a
// Retry-After, and the X-Catnap-Phase.
const headAnswers = `
health_check all                   200 text/plain               -      -           -
status       always,nav,javascript 200 application/json         -      -           asleep
status       frozen                200 application/json         -      -           frozen
reserved     all                   404 application/problem+json -      -           -
probe        all                   404 application/problem+json -      -           -
monitor      always,nav,javascript 200 text/plain               -      -           asleep
monitor      frozen                200 text/plain               -      -           frozen
crawler      always,nav,javascript 503 text/plain               -      Retry-After asleep
crawler      frozen                503 text/plain               -      Retry-After frozen
wake         always,nav,javascript 202 application/json         starts -           waking
wake         frozen                200 application/json         -      -           frozen
click        always,nav,javascript 303 -                        starts -           -
click        frozen                303 -                        -      -           -
navigation   always,nav            503 text/html                starts Retry-After waking
navigation   javascript            503 text/html                -      Retry-After asleep
navigation   frozen                503 text/html                -      Retry-After frozen
form         always,nav            200 text/plain               starts -           -
form         javascript            503 text/html                -      Retry-After asleep
form         frozen                503 text/html                -      Retry-After frozen
preflight    always                200 text/plain               starts -           -
preflight    nav,javascript        503 application/problem+json -      -           asleep
preflight    frozen                503 application/problem+json -      Retry-After frozen
stream       always                307 -                        starts -           -
stream       nav,javascript        503 application/problem+json -      -           asleep
stream       frozen                503 application/problem+json -      Retry-After frozen
socket       always                503 application/problem+json starts Retry-After waking
socket       nav,javascript        503 application/problem+json -      -           asleep
socket       frozen                503 application/problem+json -      Retry-After frozen
grpc         always                200 application/grpc         starts -           waking
grpc         nav,javascript        200 application/grpc         -      -           asleep
grpc         frozen                200 application/grpc         -      -           frozen
client       always                200 text/plain               starts -           -
client       nav,javascript        503 application/problem+json -      -           asleep
client       frozen                503 application/problem+json -      Retry-After frozen
`

var headCases = map[string]func(*world){
	"always":     func(*world) {},
	"nav":        func(w *world) { w.store.svc.Wake = policy.WakeNavigation },
	"javascript": func(w *world) { w.store.svc.Wake = policy.WakeJavaScript },
	"frozen":     func(w *world) { w.store.freeze(time.Hour) },
}

// TestHeads sends each head through the load balancer's event to a service that is asleep.
func TestHeads(t *testing.T) {
	wanted, met := wantedAnswers(t), map[string]bool{}
	for _, h := range heads(t) {
		t.Run(h.name, func(t *testing.T) {
			for name, prepare := range headCases {
				row := string(h.caller) + " " + name
				met[row] = true
				bubble(t, func(t *testing.T, w *world) {
					prepare(w)
					w.logEverything()
					if got := w.outcome(h.event); got != wanted[row] {
						t.Errorf("%s: %s, want %s", row, got, wanted[row])
					}
					w.checkCaller(h.caller)
				})
			}
		})
	}
	for row := range wanted {
		if !met[row] {
			t.Errorf("no head is of a %s", row)
		}
	}
}

// wantedAnswers are headAnswers by "kind case".
func wantedAnswers(t *testing.T) map[string]string {
	t.Helper()
	wanted := map[string]string{}
	for line := range strings.Lines(strings.TrimSpace(headAnswers)) {
		cells := strings.Fields(line)
		if len(cells) != 7 {
			t.Fatalf("not a row: %s", line)
		}
		for name := range strings.SplitSeq(strings.Replace(cells[1], "all", "always,nav,javascript,frozen", 1), ",") {
			wanted[cells[0]+" "+name] = strings.Join(cells[2:], " ")
		}
	}
	return wanted
}

// outcome sends a request and describes the answer as headAnswers does.
func (w *world) outcome(e event) string {
	w.t.Helper()
	got := w.invoke(e)
	header := got.MultiValueHeaders
	retry, starts := "-", "-"
	if header.Get("Retry-After") != "" {
		retry = "Retry-After"
	}
	if len(w.control.made("start")) > 0 {
		starts = "starts"
	}
	return fmt.Sprintf("%d %s %s %s %s", got.StatusCode, kindOf(header.Get("Content-Type")), starts, retry,
		orDash(header.Get("X-Catnap-Phase")))
}

// kindOf leaves out the parameters of a content type, and which encoding of gRPC it is: that is the request's.
func kindOf(contentType string) string {
	kind, _, _ := strings.Cut(contentType, ";")
	if strings.HasPrefix(kind, "application/grpc") {
		return "application/grpc"
	}
	return orDash(kind)
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// logEverything has the waker log answers that change nothing, too: they tell the kind of the caller.
func (w *world) logEverything() {
	handler := slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelDebug})
	w.waker = waker.New(w.store, w.control, w.dial, clock.Clock{}, slog.New(handler))
	w.lb.waker = w.waker
	w.t.Cleanup(w.waker.Close)
}

func (w *world) checkCaller(want policy.Caller) {
	w.t.Helper()
	if !want.NeedsSettings() {
		if asked := w.store.asked; len(asked) > 0 {
			w.t.Errorf("a %s, and yet it asked for %q", want, asked)
		}
		return
	}
	if !w.log.has("caller=" + string(want) + " ") {
		w.t.Errorf("not taken for a %s", want)
	}
}

// head is one request of testdata/heads.txtar.
type head struct {
	name, agent string
	caller      policy.Caller
	event       event
}

func heads(t *testing.T) []head {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/heads.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var list []head
	for _, file := range archive.Files {
		h, err := parseHead(string(file.Data))
		if err != nil {
			t.Fatalf("%s: %v", file.Name, err)
		}
		h.name = file.Name
		if slices.ContainsFunc(list, func(other head) bool { return other.name == h.name }) {
			t.Fatalf("%s: twice", h.name)
		}
		list = append(list, h)
	}
	if len(list) < 90 {
		t.Fatalf("only %d heads", len(list))
	}
	return list
}

func parseHead(text string) (head, error) {
	expect, text, _ := strings.Cut(text, "\n")
	caller, found := strings.CutPrefix(expect, "expect: ")
	if !found {
		return head{}, fmt.Errorf("begins with %q", expect)
	}
	reader := bufio.NewReader(strings.NewReader(text))
	r, err := http.ReadRequest(reader)
	if err != nil {
		return head{}, fmt.Errorf("read head: %w", err)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return head{}, fmt.Errorf("read body: %w", err)
	}
	if rest, err := io.ReadAll(reader); err != nil || strings.Trim(string(rest), "\n") != "" {
		return head{}, fmt.Errorf("%q after the body", rest)
	}
	return head{caller: policy.Caller(caller), agent: r.UserAgent(), event: albEvent(r, string(body))}, nil
}

// albEvent is what a load balancer makes of a request: names in lower case, and headers of its own.
func albEvent(r *http.Request, body string) event {
	path, query, _ := strings.Cut(r.RequestURI, "?")
	e := event{HTTPMethod: r.Method, Path: path, Body: body, Headers: map[string][]string{
		"host": {r.Host}, "x-forwarded-for": {"198.51.100.7"}, "x-forwarded-proto": {"https"}, "x-forwarded-port": {"443"},
		"x-amzn-trace-id": {"Root=1-67891233-abcdef012345678912345678"},
	}}
	for name, values := range r.Header {
		e.Headers[strings.ToLower(name)] = values
	}
	if query != "" {
		e.Query = map[string][]string{}
	}
	for pair := range strings.SplitSeq(query, "&") {
		if key, value, _ := strings.Cut(pair, "="); key != "" {
			e.Query[key] = append(e.Query[key], value)
		}
	}
	return e
}
