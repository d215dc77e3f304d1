package alb

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"time"
)

const (
	idleTimeout    = 60 * time.Second // AWS's default
	connectTimeout = 10 * time.Second // fixed, on AWS too

	statusClientClosed = 460
)

// transports are the ways to the targets, for requests and for checks. Checks close their connections, as on AWS.
//
// net/http sends a request without a body again if a kept connection turns out to be closed before it has answered; it
// is not known whether AWS does (U).
func (lb *LoadBalancer) transports() (targets, checks *http.Transport) {
	idle := lb.options.Clock.Real(idleTimeout)
	targets = &http.Transport{
		DialContext: lb.dial, DisableCompression: true, MaxIdleConnsPerHost: 100,
		IdleConnTimeout: idle, ResponseHeaderTimeout: idle,
	}
	checks = &http.Transport{DialContext: lb.dial, DisableCompression: true, DisableKeepAlives: true}
	return targets, checks
}

func (lb *LoadBalancer) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	ctx, cancel := lb.options.Clock.WithTimeout(ctx, connectTimeout)
	defer cancel()
	return lb.options.Dial(ctx, network, addr)
}

// serveTarget passes a request on to a target of an IP group. [ALB-24] Without one that may get it, the answer is 503.
func (lb *LoadBalancer) serveTarget(w http.ResponseWriter, r *http.Request, g *group, now time.Time) {
	t := lb.choose(g)
	if t == nil {
		lb.refuse(w, http.StatusServiceUnavailable)
		return
	}
	defer lb.release(g, t.id)
	lb.recordBoth("RequestCount", g, now)
	lb.proxy(t.addr, g, now).ServeHTTP(w, r)
}

// proxy is the way of one request to a target. [ALB-31] Every piece of a response is flushed as it comes, and an
// upgraded connection is passed through; httputil strips hop-by-hop headers. [ALB-30]
func (lb *LoadBalancer) proxy(addr string, g *group, now time.Time) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Transport:     lb.targets,
		FlushInterval: -1,
		ErrorLog:      slog.NewLogLogger(slog.DiscardHandler, 0), // the client's leaving is no news
		ErrorHandler:  lb.badGateway,
		Rewrite: func(p *httputil.ProxyRequest) {
			p.Out.URL.Scheme, p.Out.URL.Host = "http", addr
			keepAsSent(p)
			lb.stamp(p.Out.Header, p.In, now)
		},
		ModifyResponse: func(response *http.Response) error {
			lb.recordTarget(response.StatusCode, g)
			lb.limitIdle(response)
			return nil
		},
	}
}

// keepAsSent restores what httputil drops and AWS passes on unchanged.
func keepAsSent(p *httputil.ProxyRequest) {
	p.Out.URL.RawQuery = p.In.URL.RawQuery // with what Go can't parse, a semicolon for one
	for _, name := range []string{"Forwarded", "X-Forwarded-Host"} {
		if values := p.In.Header.Values(name); len(values) > 0 {
			p.Out.Header[name] = values
		}
	}
}

// badGateway answers for a target that didn't. [ALB-28] Refused or broken off: 502. [ALB-29] Not connected after 10 s,
// or silent for the idle timeout: 504. A client that has left sees nothing; AWS logs 460 then and counts no 5xx.
func (lb *LoadBalancer) badGateway(w http.ResponseWriter, r *http.Request, err error) {
	timeout, ok := errors.AsType[net.Error](err)
	switch {
	case r.Context().Err() != nil:
		w.WriteHeader(statusClientClosed)
	case ok && timeout.Timeout():
		lb.refuse(w, http.StatusGatewayTimeout)
	default:
		lb.refuse(w, http.StatusBadGateway)
	}
}
