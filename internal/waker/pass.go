package waker

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/catnap-dev/catnap/internal/albevent"
)

// pass sends the request through the bypass and returns the application's own answer. It returns false when the
// request reached no application and may be tried again.
func (v *visit) pass(ctx context.Context) (answered bool) {
	if !v.caller.Carried() {
		v.redirect(ctx, endless)
		return true
	}
	ctx, cancel := v.clock.WithTimeout(ctx, v.clock.Left(ctx, maxPass)-lastCalls/3)
	defer cancel()
	request, err := v.outbound(ctx)
	if err != nil {
		v.warn("body lost", err)
		v.problem(problem{Status: http.StatusBadRequest, Title: "The request's body could not be read"})
		return true
	}
	response, err := v.bypass.send(ctx, v.svc, request)
	if err != nil {
		return v.passFailed(err)
	}
	defer response.Body.Close()
	if unanswered(response) && v.mayRepeat(response) {
		return false
	}
	v.carry(ctx, response)
	return true
}

// maxPass is the longest that Lambda lets a function run.
const maxPass = 15 * time.Minute

// mayRepeat tells whether a request that got no answer of the application's may be sent again. The load balancer's
// 503 and a waker's own refusal say that it reached no target; after a 502 or 504 it may have been carried out.
func (v *visit) mayRepeat(response *http.Response) bool {
	return response.StatusCode == http.StatusServiceUnavailable || v.idempotent()
}

func (v *visit) idempotent() bool { return idempotent(v.r.Method) }

func idempotent(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, http.MethodPut, http.MethodDelete:
		return true // RFC 9110, section 9.2.2
	default:
		return false
	}
}

func (v *visit) passFailed(err error) (answered bool) {
	v.warn("pass on failed", err)
	if errors.Is(err, errNotSent) || v.idempotent() && v.clock.Now().Before(v.until) {
		return false
	}
	v.problem(problem{
		Status: http.StatusBadGateway, Title: "No answer from the application",
		Detail: "The request was sent to the application once, and its answer was lost. " +
			"Whether it was carried out is not known.",
	})
	return true
}

// outbound copies the request. The body was in memory when it came, so that it can be sent again.
func (v *visit) outbound(ctx context.Context) (*http.Request, error) {
	if err := v.readBody(); err != nil {
		return nil, err
	}
	out := v.r.Clone(ctx)
	out.RequestURI = ""
	out.Body, out.ContentLength = http.NoBody, 0
	if len(v.body) > 0 {
		out.Body, out.ContentLength = io.NopCloser(strings.NewReader(string(v.body))), int64(len(v.body))
	}
	dropOwn(out.Header)
	if _, ok := out.Header["User-Agent"]; !ok {
		out.Header.Set("User-Agent", "") // or net/http adds its own
	}
	return out, nil
}

func (v *visit) readBody() (err error) {
	if v.body == nil {
		v.body, err = io.ReadAll(v.r.Body)
	}
	return err
}

// carry returns the application's answer, or sends the caller to the application when a function can't carry it: a
// stream, or more than a Lambda target may answer.
func (v *visit) carry(ctx context.Context, response *http.Response) {
	if streams(response) {
		v.redirect(ctx, tooLarge)
		return
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, albevent.MaxResponse+1))
	if err != nil {
		v.warn("answer lost", err)
		v.problem(problem{Status: http.StatusBadGateway, Title: "The application's answer broke off"})
		return
	}
	if !albevent.Fits(response.Header, len(body)) {
		v.redirect(ctx, tooLarge)
		return
	}
	dropOwn(response.Header)
	header := v.rw.Header()
	for name, values := range response.Header {
		header[name] = slices.Clone(values)
	}
	v.rw.WriteHeader(response.StatusCode)
	if len(body) > 0 {
		if _, err := v.rw.Write(body); err != nil {
			v.warn("answer not written", err)
		}
	}
}

func streams(response *http.Response) bool {
	return strings.HasPrefix(strings.ToLower(response.Header.Get("Content-Type")), "text/event-stream")
}

// redirectDelay lets the disarmed rule spread, so that the redirected request meets the application.
const redirectDelay = 2 * time.Second

// What is said instead of a redirect to those whom it would not help.
var (
	tooLarge = problem{
		Status: http.StatusInternalServerError, Title: "Answer too large",
		Detail: "The application carried the request out, but its answer is larger than can be passed on while it wakes.",
	}
	endless = problem{
		Status: http.StatusServiceUnavailable, Title: "Streams can't be passed on", RetryAfter: retryAfter,
		Detail: "The application runs, but is reached through a function at the moment, which carries no streams.",
	}
)

// redirect sends a caller who may ask again to the same address, where the application by now answers by itself.
func (v *visit) redirect(ctx context.Context, instead problem) {
	if v.armed || v.r.Method != http.MethodGet && v.r.Method != http.MethodHead {
		v.log.Warn("answer can't be carried", slog.String("service", v.svc.Name), slog.String("cause", instead.Title))
		v.problem(instead)
		return
	}
	_ = v.clock.Wait(ctx, redirectDelay) // in the end an early redirect is better than none
	header := v.rw.Header()
	header.Set("Location", location(v.r.URL))
	header.Set("Cache-Control", "no-store")
	v.rw.WriteHeader(http.StatusTemporaryRedirect)
}

// hopByHop are the headers that concern one connection only: RFC 9110, section 7.6.1. Headers of catnap's own concern
// nobody beyond it either: an application that echoes its request's would give the secret away.
var hopByHop = []string{
	"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer",
	"Transfer-Encoding", "Upgrade",
}

func dropOwn(header http.Header) {
	for _, line := range header.Values("Connection") {
		for name := range strings.SplitSeq(line, ",") {
			header.Del(textproto.TrimString(name))
		}
	}
	for _, name := range hopByHop {
		header.Del(name)
	}
	for name := range header {
		if strings.HasPrefix(name, "X-Catnap-") {
			delete(header, name)
		}
	}
}

// location is the request's own target. A path that begins with two slashes would be taken for a host.
func location(u *url.URL) string {
	path := u.EscapedPath()
	if strings.HasPrefix(path, "//") {
		path = "/." + path
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	return path
}
