package sandbox_test

import (
	"context"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/sandbox/network"
)

// world is a sandbox that runs, in a bubble or on sockets, and a client of its load balancer.
type world struct {
	*sandbox.Sandbox
	t      testing.TB
	client *http.Client
	runs   *runs
}

// inBubble runs test against a sandbox in memory whose clock is the bubble's: minutes pass in milliseconds.
func inBubble(t *testing.T, o sandbox.Options, test func(t *testing.T, w *world)) {
	t.Helper()
	inBubbleWith(t, o, nil, test)
}

// inBubbleWith is inBubble with an application of the test's own; nil means the demo.
func inBubbleWith(t *testing.T, o sandbox.Options, app http.Handler, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		o.Network = &network.Memory{}
		o.Listen = "alb:80"
		if app != nil {
			o.App = sandbox.Handler{Network: o.Network, Serve: app}
		}
		if testing.Verbose() && o.Log == nil {
			o.Log = slog.New(slog.NewTextHandler(testWriter{t}, nil))
		}
		start(t, o, func(w *world) { test(t, w) })
	})
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

func start(t testing.TB, o sandbox.Options, test func(w *world)) {
	t.Helper()
	box, err := sandbox.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if box.Backplane.Guard == nil {
		box.Backplane.Guard = within{t}
	}
	runs := &runs{next: box.Lambda.Ran}
	box.Lambda.Ran = runs.add
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- box.Run(ctx) }()
	transport := &http.Transport{DialContext: box.Network.DialContext, DisableCompression: true}
	w := &world{Sandbox: box, t: t, runs: runs, client: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	defer func() {
		transport.CloseIdleConnections()
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	test(w)
}

// answer is a response read to its end.
type answer struct {
	status int
	header http.Header
	body   string
	took   time.Duration
}

func (a answer) isPage() bool {
	return a.status == http.StatusServiceUnavailable && strings.Contains(a.body, "<!doctype html>")
}

func (w *world) get(path string, headers ...string) answer {
	w.t.Helper()
	return w.send(http.MethodGet, path, "", headers...)
}

func (w *world) browse(path string) answer {
	w.t.Helper()
	return w.get(path, "Accept", "text/html", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document")
}

func (w *world) send(method, path, body string, headers ...string) answer {
	w.t.Helper()
	a, err := w.try(method, path, body, headers...)
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

func (w *world) try(method, path, body string, headers ...string) (answer, error) {
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.URL()+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	began := w.Clock.Now()
	response, err := w.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(text), w.Clock.Now().Sub(began)}, err
}

func (w *world) observe() policy.Snapshot {
	w.t.Helper()
	seen, err := w.Observe(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return seen
}

func (w *world) phase() policy.Phase {
	w.t.Helper()
	return w.observe().Phase(w.Clock.Now())
}

func (w *world) pass(d time.Duration) {
	w.t.Helper()
	if err := w.Clock.Wait(w.t.Context(), d); err != nil {
		w.t.Fatal(err)
	}
}

// until waits, looking every second, for at most d.
func (w *world) until(what string, d time.Duration, done func() bool) {
	w.t.Helper()
	for end := w.Clock.Now().Add(d); !done(); w.pass(time.Second) {
		if w.Clock.Now().After(end) {
			w.t.Fatalf("not within %s: %s (phase %s)", d, what, w.phase())
		}
	}
}

// TestMain lets all tests of the package run at a time: the one over sockets mostly waits, and not for its turn.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "20"); err != nil {
		panic(err)
	}
	m.Run()
}
