package alb

import (
	"fmt"
	"net"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"time"
)

const traceHeader = "X-Amzn-Trace-Id"

// stamp sets the headers that the load balancer adds to every request. [ALB-33]
func (lb *LoadBalancer) stamp(h http.Header, r *http.Request, now time.Time) {
	proto, port := "http", "80"
	if r.TLS != nil {
		proto, port = "https", "443"
	}
	if _, local, err := net.SplitHostPort(localAddr(r)); err == nil {
		port = local
	}
	chain := slices.Concat(r.Header.Values("X-Forwarded-For"), []string{hostname(r.RemoteAddr)})
	h.Set("X-Forwarded-For", strings.Join(chain, ", "))
	h.Set("X-Forwarded-Proto", proto)
	h.Set("X-Forwarded-Port", port)
	h.Set(traceHeader, trace(r.Header.Get(traceHeader), lb.traceID(now)))
}

func localAddr(r *http.Request) string {
	if addr, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		return addr.String()
	}
	return ""
}

func (lb *LoadBalancer) traceID(now time.Time) string {
	lb.mu.Lock()
	defer lb.unlock()
	return fmt.Sprintf("1-%08x-%016x%08x", now.Unix(), lb.random.Uint64(), lb.random.Uint32())
}

// trace updates the tracing header. [ALB-34] Without a Root there will be one; with one a Self is put in front, in the
// place of any other. Fields of the application's own are kept.
func trace(old, id string) string {
	var fields []string
	added := "Root="
	for field := range strings.SplitSeq(old, ";") {
		field = strings.TrimSpace(field)
		if strings.HasPrefix(field, "Root=") {
			added = "Self="
		}
		if field != "" && !strings.HasPrefix(field, "Self=") {
			fields = append(fields, field)
		}
	}
	return strings.Join(append([]string{added + id}, fields...), ";")
}

var hopByHop = []string{
	"Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Te", "Trailer",
	"Transfer-Encoding", "Upgrade",
}

// withoutHops is h without the headers that concern one connection only. [ALB-30]
func withoutHops(h http.Header) http.Header {
	h = h.Clone()
	for _, list := range h.Values("Connection") {
		for name := range strings.SplitSeq(list, ",") {
			h.Del(textproto.TrimString(name))
		}
	}
	for _, name := range hopByHop {
		h.Del(name)
	}
	return h
}
