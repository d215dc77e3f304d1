package alb

import (
	"fmt"
	"net/http"
	"strconv"
)

// ServeHTTP answers a client's request. A listener on AWS always has a default action; one that has none yet answers
// 503 here.
func (lb *LoadBalancer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := lb.now()
	g := lb.route(r, now)
	switch {
	case g == nil:
		lb.refuse(w, http.StatusServiceUnavailable)
	case g.Kind == Lambda:
		lb.serveFunction(w, r, g, now)
	default:
		lb.serveTarget(w, r, g, now)
	}
}

// The words that AWS uses where net/http has others.
var phrases = map[int]string{
	http.StatusServiceUnavailable:    "Service Temporarily Unavailable",
	http.StatusGatewayTimeout:        "Gateway Time-out",
	http.StatusRequestEntityTooLarge: "Request Entity Too Large",
}

// refuse is an answer of the load balancer's own. [ALB-23] Only these carry its Server header.
func (lb *LoadBalancer) refuse(w http.ResponseWriter, status int) {
	phrase := phrases[status]
	if phrase == "" {
		phrase = http.StatusText(status)
	}
	title := fmt.Sprintf("%d %s", status, phrase)
	page := "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title +
		"</h1></center>\r\n</body>\r\n</html>\r\n"
	w.Header().Set("Server", "awselb/2.0")
	w.Header().Set("Content-Type", "text/html")
	w.Header().Set("Content-Length", strconv.Itoa(len(page)))
	w.WriteHeader(status)
	_, _ = w.Write([]byte(page)) // a client that is gone needs no answer
	if status >= http.StatusInternalServerError {
		lb.record("HTTPCode_ELB_5XX_Count", lb.now(), 1, "") // [ALB-41]
	}
}
