package waker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/ecsctl"
	"github.com/catnap-dev/catnap/internal/settings"
)

// DialContext opens a connection; net.Dialer's method is the one for real networks.
type DialContext func(ctx context.Context, network, addr string) (net.Conn, error)

// loopHeader marks the answer to a request of catnap's own that the bypass rule did not catch.
const loopHeader = "X-Catnap-Loop"

// bypass sends requests through the load balancer past the waker rule: by the bypass rule's secret header.
type bypass struct {
	control controller
	dial    DialContext
	clock   clock.Clock

	mu         sync.Mutex
	transports map[string]*http.Transport // by the load balancer's address
	secrets    map[string]secret          // by the bypass rule's ARN
}

type secret struct {
	value string
	read  time.Time
}

// errNotSent is an error of send that came before the first byte: the request may be sent again, whatever it is.
var errNotSent = errors.New("not sent")

// secretTTL is how long a read secret is used: as long as settings are.
const secretTTL = 30 * time.Second

func newBypass(c controller, dial DialContext, clk clock.Clock) *bypass {
	return &bypass{
		control: c, dial: dial, clock: clk,
		transports: map[string]*http.Transport{}, secrets: map[string]secret{},
	}
}

// send sends r with the secret header to the load balancer. r's URL names the host that the visitor asked for, so that
// TLS is verified for it; only the connection goes to the bypass URL's address.
func (b *bypass) send(ctx context.Context, svc settings.Service, r *http.Request) (*http.Response, error) {
	key, err := b.secret(ctx, svc)
	if err != nil {
		return nil, errors.Join(errNotSent, err)
	}
	target, err := url.Parse(svc.BypassURL)
	if err != nil {
		return nil, errors.Join(errNotSent, err)
	}
	r.URL.Scheme, r.URL.Host = target.Scheme, cmp.Or(r.Host, target.Host)
	r.Header.Set(ecsctl.BypassHeader, key)
	var wrote atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }})
	response, err := b.transport(target, !idempotent(r.Method)).RoundTrip(r.WithContext(ctx))
	if err != nil && !wrote.Load() {
		return nil, errors.Join(errNotSent, err)
	}
	return response, err
}

// probe tells whether the application answers a request of its probe path, whatever the answer.
func (b *bypass) probe(ctx context.Context, svc settings.Service, host string) bool {
	ctx, cancel := b.clock.WithTimeout(ctx, probeTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, svc.ProbePath, http.NoBody)
	if err != nil {
		return false
	}
	r.Host = host
	r.Header.Set("User-Agent", "catnap")
	response, err := b.send(ctx, svc, r)
	if err != nil {
		return false
	}
	response.Body.Close()
	return !unanswered(response)
}

const probeTimeout = 5 * time.Second

// unanswered tells whether a response is not the application's: the load balancer's own, which it signs, for a group
// without a target or a target without an answer; or a waker's, which the request reached because the bypass rule has
// just changed.
func unanswered(response *http.Response) bool {
	if response.Header.Get(loopHeader) != "" {
		return true
	}
	switch response.StatusCode {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return strings.HasPrefix(response.Header.Get("Server"), "awselb/")
	default:
		return false
	}
}

// looped tells whether r is a request of catnap's own that came back: it carries the secret. A caller's own header of
// that name does not, and is dropped.
func (b *bypass) looped(ctx context.Context, svc settings.Service, r *http.Request) bool {
	key := r.Header.Get(ecsctl.BypassHeader)
	if key == "" {
		return false
	}
	known, err := b.secret(ctx, svc)
	return err == nil && key == known
}

// refuseLoop tells the waker that sent the request that it has reached no application. Passing it on again would go
// round until no instance is left.
func refuseLoop(rw http.ResponseWriter) {
	rw.Header().Set(loopHeader, "1")
	writeProblem(rw, problem{
		Status: http.StatusServiceUnavailable, Title: "The bypass rule did not match", RetryAfter: retryAfter,
	})
}

func (b *bypass) secret(ctx context.Context, svc settings.Service) (string, error) {
	b.mu.Lock()
	known, ok := b.secrets[svc.BypassRule]
	b.mu.Unlock()
	now := b.clock.Now()
	if ok && now.Sub(known.read) < secretTTL {
		return known.value, nil
	}
	value, err := b.control.BypassSecret(ctx, svc)
	if err != nil {
		return "", err
	}
	b.mu.Lock()
	b.secrets[svc.BypassRule] = secret{value: value, read: now}
	b.mu.Unlock()
	return value, nil
}

// transport keeps connections for each load balancer apart: they are pooled by host name, and two load balancers may
// serve the same one. What must be sent once only gets a fresh connection: on a pooled one that has died, net/http may
// send a request again by itself, or fail it without having sent anything.
func (b *bypass) transport(target *url.URL, fresh bool) *http.Transport {
	key := fmt.Sprintf("%s://%s fresh=%t", target.Scheme, target.Host, fresh)
	b.mu.Lock()
	defer b.mu.Unlock()
	if t := b.transports[key]; t != nil {
		return t
	}
	t := &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return b.dial(ctx, network, address(target))
		},
		DisableKeepAlives:   fresh,
		DisableCompression:  true, // what the application sends is passed on as it is
		MaxIdleConnsPerHost: 2,
		IdleConnTimeout:     30 * time.Second,
	}
	b.transports[key] = t
	return t
}

func address(target *url.URL) string {
	if target.Port() != "" {
		return target.Host
	}
	ports := map[string]string{"http": "80", "https": "443"}
	return net.JoinHostPort(target.Hostname(), ports[target.Scheme])
}

func (b *bypass) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range b.transports {
		t.CloseIdleConnections()
	}
}
