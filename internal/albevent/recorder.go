package albevent

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

// errTooLarge stops a handler that copies an answer of any length, so that the function's memory need not hold it.
var errTooLarge = errors.New("write answer: larger than a Lambda target may send")

// recorder is the http.ResponseWriter. It keeps to what net/http's server does: the first WriteHeader counts and
// freezes the header, later changes (trailers among them) are ignored.
type recorder struct {
	isHead bool

	header  http.Header // the handler's
	sent    http.Header // what it was at WriteHeader
	status  int         // 0 before WriteHeader
	body    []byte
	written int  // bytes of the body, kept or not
	refused bool // the body can't be answered with
}

func newRecorder(r *http.Request) *recorder {
	return &recorder{isHead: r.Method == http.MethodHead, header: http.Header{}}
}

func (w *recorder) Header() http.Header { return w.header }

// WriteHeader ignores informational statuses, 101 among them: there is one answer, and the ALB upgrades nothing to a
// Lambda target. It panics where net/http does.
func (w *recorder) WriteHeader(status int) {
	if status < 100 || status > 999 {
		panic(fmt.Sprintf("invalid WriteHeader code %v", status))
	}
	if status < 200 || w.status != 0 {
		return
	}
	w.status, w.sent = status, w.header.Clone()
}

func (w *recorder) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK) // only counts when there was none
	if !hasBody(w.status) {
		return 0, http.ErrBodyNotAllowed
	}
	if w.refused = w.refused || !w.isHead && w.written+len(p) > MaxResponse; w.refused {
		return 0, errTooLarge
	}
	w.written += len(p)
	if !w.isHead || len(w.body) < sniffLength {
		w.body = append(w.body, p...)
	}
	return len(p), nil
}

// sniffLength is what http.DetectContentType looks at, and all that is kept for a HEAD request.
const sniffLength = 512

func hasBody(status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified
}

// reply is a finished answer, in no wire form yet.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (w *recorder) reply() reply {
	w.WriteHeader(http.StatusOK)
	a := reply{status: w.status, header: endToEnd(w.sent), body: w.body}
	if w.needsSniffing() {
		a.header.Set("Content-Type", http.DetectContentType(w.body))
	}
	if w.isHead {
		a.body = nil
	}
	w.setLength(a.header)
	return a
}

// needsSniffing has net/http's conditions: a handler turns it off with a nil Content-Type, and encoded bytes tell
// nothing.
func (w *recorder) needsSniffing() bool {
	_, named := w.sent["Content-Type"]
	return !named && len(w.body) > 0 && w.sent.Get("Content-Encoding") == ""
}

// setLength leaves a Content-Length only where it is true. The ALB sets its own for a body it sends; for HEAD nobody
// else knows it (whether the ALB passes that one on is not verified).
func (w *recorder) setLength(header http.Header) {
	length := strconv.Itoa(w.written)
	switch {
	case !hasBody(w.status):
		header.Del("Content-Length")
	case !w.isHead:
		if got := header.Values("Content-Length"); len(got) != 1 || got[0] != length {
			header.Del("Content-Length")
		}
	case w.written > 0 && header.Get("Content-Length") == "":
		header.Set("Content-Length", length)
	}
}
