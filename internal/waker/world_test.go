package waker_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox/network"
	"github.com/catnap-dev/catnap/internal/settings"
	"github.com/catnap-dev/catnap/internal/waker"
)

const site = "shop.example.com"

// world is one managed service, asleep since an hour, behind a load balancer in memory. It belongs inside a bubble.
type world struct {
	t       *testing.T
	memory  network.Memory
	store   *fakeStore
	control *fakeControl
	lb      *balancer
	log     logs
	waker   *waker.Waker

	mu      sync.Mutex
	dialled []string
}

// bubble runs a test in a world that begins at noon of the bubble's first day.
func bubble(t *testing.T, test func(*testing.T, *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(12 * time.Hour)
		test(t, newWorld(t))
	})
}

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Cleanup(func() { time.Sleep(time.Second) }) // net/http servers linger after they close a connection
	w := &world{t: t, control: newFakeControl(), store: &fakeStore{svc: shop()}}
	w.lb = &balancer{control: w.control, app: greet}
	w.waker = waker.New(w.store, w.control, w.dial, clock.Clock{}, slog.New(slog.NewTextHandler(&w.log, nil)))
	w.lb.waker = w.waker
	t.Cleanup(w.waker.Close)
	w.listen("alb.internal:80", &http.Server{Handler: w.lb})
	return w
}

// shop has the settings' defaults.
func shop() settings.Service {
	minutes := func(n float64) settings.Duration { return settings.Duration(n * float64(time.Minute)) }
	return settings.Service{
		Name: "shop", Cluster: "main", Service: "shop-web", TargetGroup: "service-group", WakerTargetGroup: "waker-group",
		WakerRule: "waker-rule", BypassRule: "bypass-rule", BypassURL: "http://alb.internal", ProbePath: "/healthz",
		Patterns: []string{"/*"}, Managed: true, WakeCount: 2,
		IdleAfter: minutes(5), DrowsyAfter: minutes(2.5), MetricLag: minutes(1), Settle: minutes(0.5),
		HealAfter: minutes(1), WakeTimeout: minutes(5), Hold: settings.Duration(55 * time.Second),
		Bypass: settings.BypassLoadBalancer, Wake: policy.WakeAlways, WakesPerHour: 10,
		MonitorStatus: 200, CrawlerStatus: 503,
	}
}

func (w *world) dial(ctx context.Context, kind, addr string) (net.Conn, error) {
	w.mu.Lock()
	w.dialled = append(w.dialled, addr)
	w.mu.Unlock()
	return w.memory.DialContext(ctx, kind, addr)
}

func (w *world) listen(addr string, server *http.Server) {
	w.t.Helper()
	listener, err := w.memory.Listen(w.t.Context(), addr)
	if err != nil {
		w.t.Fatal(err)
	}
	server.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	go func() {
		if server.TLSConfig != nil {
			_ = server.ServeTLS(listener, "", "")
			return
		}
		_ = server.Serve(listener)
	}()
	w.t.Cleanup(func() { server.Close() })
}

// answer is what a caller got, and how long it took.
type answer struct {
	status int
	header http.Header
	body   string
	took   time.Duration
}

// person are the headers of a browser that opens a page.
var person = []string{"Accept", "text/html,*/*", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}

func (w *world) get(target string, headers ...string) answer {
	w.t.Helper()
	return w.send(http.MethodGet, target, "", headers...)
}

func (w *world) browse(target string) answer {
	w.t.Helper()
	return w.get(target, person...)
}

func (w *world) post(body string, headers ...string) answer {
	w.t.Helper()
	return w.send(http.MethodPost, "/orders", body, headers...)
}

func (w *world) send(method, target, body string, headers ...string) answer {
	w.t.Helper()
	return w.sendIn(w.t.Context(), method, target, body, headers...)
}

// within sends a request to a function that may run for d.
func (w *world) within(d time.Duration, method, target, body string, headers ...string) answer {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), d)
	defer cancel()
	return w.sendIn(ctx, method, target, body, headers...)
}

func (w *world) sendIn(ctx context.Context, method, target, body string, headers ...string) answer {
	w.t.Helper()
	r := httptest.NewRequestWithContext(ctx, method, target, strings.NewReader(body))
	r.Host = site
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return w.serve(r)
}

func (w *world) serve(r *http.Request) answer {
	began, recorder := time.Now(), httptest.NewRecorder()
	w.waker.ServeHTTP(recorder, r)
	got := recorder.Result()
	return answer{got.StatusCode, got.Header, recorder.Body.String(), time.Since(began)}
}

func (a answer) isPage() bool {
	return a.status == http.StatusServiceUnavailable && strings.HasPrefix(a.body, "<!doctype html>")
}

// logs keeps what was logged.
type logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logs) has(part string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.text.String(), part)
}

// balancer is the load balancer with its two rules of catnap's and the service's own. It is a server of net/http.
type balancer struct {
	control *fakeControl
	waker   http.Handler
	app     http.HandlerFunc
	probe   http.HandlerFunc // nil: the application answers its probe
	broken  func(n int) int  // a status that the load balancer answers the n-th request with by itself

	mu      sync.Mutex
	arrived int
	probes  int
	sent    []sent
}

// sent is a request as the application got it.
type sent struct {
	method, uri, host, body string
	header                  http.Header
	serverName              string
}

func greet(rw http.ResponseWriter, _ *http.Request) {
	_, _ = io.WriteString(rw, "hello")
}

func (b *balancer) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if got := r.Header.Values("X-Catnap-Bypass"); !slices.Equal(got, []string{b.control.ruleSecret()}) {
		b.waker.ServeHTTP(rw, r) // the bypass rule does not match, the armed waker rule does
		return
	}
	if b.control.targets() == 0 {
		own(rw, http.StatusServiceUnavailable)
		return
	}
	if r.URL.Path == "/healthz" {
		b.answerProbe(rw, r)
		return
	}
	b.answer(rw, r)
}

func (b *balancer) answerProbe(rw http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	b.probes++
	probe := b.probe
	b.mu.Unlock()
	if probe != nil {
		probe(rw, r)
	}
}

func (b *balancer) setProbe(probe http.HandlerFunc) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probe = probe
}

func (b *balancer) answer(rw http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	b.arrived++
	n := b.arrived
	b.mu.Unlock()
	if b.broken != nil && b.broken(n) != 0 {
		own(rw, b.broken(n))
		return
	}
	body, _ := io.ReadAll(r.Body)
	s := sent{method: r.Method, uri: r.RequestURI, host: r.Host, body: string(body), header: r.Header}
	if r.TLS != nil {
		s.serverName = r.TLS.ServerName
	}
	b.mu.Lock()
	b.sent = append(b.sent, s)
	b.mu.Unlock()
	b.app(rw, r)
}

// own is an answer of the load balancer's own.
func own(rw http.ResponseWriter, status int) {
	rw.Header().Set("Server", "awselb/2.0")
	http.Error(rw, "<h1>"+http.StatusText(status)+"</h1>", status)
}

// seen are the requests that reached the application, probes apart.
func (b *balancer) seen() []sent {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.sent)
}

// lose ends the connection in place of an answer.
func lose(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// firstLost loses the first n answers.
func firstLost(n int, then http.HandlerFunc) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		if n--; n >= 0 {
			lose(rw, r)
		}
		then(rw, r)
	}
}

// hang answers when the caller has given up.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
