package albevent

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// request builds what net/http's own server would have handed out for the same bytes. TLS stays nil and URL.Scheme
// empty even for https, which the ALB has taken off: X-Forwarded-Proto is kept for those who ask. A request that came
// in chunks arrives here as a whole, with its length known.
func (e *event) request(ctx context.Context) (*http.Request, error) {
	body, err := e.body()
	if err != nil {
		return nil, err
	}
	header := e.header()
	u, requestURI := target(e.Path, e.query())
	r := &http.Request{
		Method: e.HTTPMethod, URL: u, RequestURI: requestURI,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Host: header.Get("Host"), RemoteAddr: remoteAddr(header),
		Body: http.NoBody, ContentLength: int64(len(body)),
	}
	// As net/http's server does: both are told elsewhere in the request.
	header.Del("Host")
	header.Del("Transfer-Encoding")
	if len(body) > 0 {
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	return r.WithContext(e.context(ctx)), nil
}

func (e *event) header() http.Header {
	header := http.Header{}
	for _, f := range e.headers() {
		for _, v := range f.values {
			header.Add(f.key, v)
		}
	}
	return header
}

// remoteAddr is the last entry of X-Forwarded-For: the peer of the ALB's own connection. Everything before it is
// whatever the caller chose to send. This holds for the load balancer attribute routing.http.xff_header_processing.mode
// = append (the default); with preserve the last entry is the caller's word too, with remove there is none. Without a
// readable entry, as in a health check, it is empty.
func remoteAddr(header http.Header) string {
	values := header.Values("X-Forwarded-For")
	if len(values) == 0 {
		return ""
	}
	last := values[len(values)-1]
	addr, ok := parseAddr(strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:]))
	if !ok {
		return ""
	}
	return net.JoinHostPort(addr.String(), "0")
}

// parseAddr also reads an address with a port, as routing.http.xff_client_port.enabled writes it. The port is dropped
// all the same, so that RemoteAddr looks alike for everybody.
func parseAddr(s string) (netip.Addr, bool) {
	if withPort, err := netip.ParseAddrPort(s); err == nil {
		return withPort.Addr(), true
	}
	addr, err := netip.ParseAddr(strings.Trim(s, "[]"))
	return addr, err == nil
}
