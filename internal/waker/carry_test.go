package waker_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

func stream(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	_, _ = rw.Write([]byte("data: 1\n\n"))
	_ = http.NewResponseController(rw).Flush()
	<-r.Context().Done() // it never ends by itself
}

func sized(n int) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write(make([]byte, n)) }
}

const tooLarge = `{"title":"Answer too large","status":500,"detail":"The application carried the request out, ` +
	`but its answer is larger than can be passed on while it wakes."}`

// What a function can't carry, a caller who may ask again is sent to the application for.
func TestAnswerThatCannotBeCarried(t *testing.T) {
	for _, tc := range []struct {
		name, method, target string
		app                  http.HandlerFunc
		status               int
	}{
		{"stream", http.MethodGet, "/events?since=%20a&b=c+d", stream, 307},
		{"stream, head", http.MethodHead, "/events", stream, 307},
		{"stream, post", http.MethodPost, "/events", stream, 500},
		{"over 1 MB", http.MethodGet, "/a%2fb/../c?d", sized(1<<20 + 1), 307},
		{"far over 1 MB", http.MethodGet, "/", sized(16 << 20), 307},
		{"over 1 MB in base64", http.MethodGet, "/x", sized(786_432), 307},
		{"over 1 MB, put", http.MethodPut, "/x", sized(1<<20 + 1), 500},
		{"over 1 MB, post", http.MethodPost, "/x", sized(1<<20 + 1), 500},
		{"just below", http.MethodGet, "/x", sized(785_000), 200},
		{"just below, post", http.MethodPost, "/x", sized(785_000), 200},
		{"header too large", http.MethodGet, "/x", func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("X-Large", strings.Repeat("x", 200_000))
		}, 307},
		{"a stream of another kind", http.MethodGet, "/x", func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", "text/event")
		}, 200},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(drowsy())
				w.lb.app = tc.app
				a := w.send(tc.method, tc.target, "")
				same(t, "sent", 1, len(w.lb.seen()))
				switch tc.status {
				case 307:
					a.is(t, 307, plain("Location", tc.target, "Cache-Control", "no-store"), "")
					between(t, a.took, 2*time.Second, 2*time.Second) // the disarmed rule spreads
					if w.control.now().Rule.Armed {
						t.Error("sent to a rule that is armed")
					}
				case 500:
					a.is(t, 500, problemHeader(), tooLarge)
					if !w.log.has("answer can't be carried") {
						t.Error("not logged")
					}
				default:
					same(t, "status", tc.status, a.status)
				}
			})
		})
	}
}

// The redirect must lead back to where it came from, and nowhere else.
func TestRedirectLeadsBack(t *testing.T) {
	for _, target := range []string{"/", "/a?b=c", "/a%2fb", "/a:b", "/a;b=c", "/%2f%2fevil.example"} {
		t.Run(target, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(drowsy())
				w.lb.app = stream
				back(t, w.get(target), target)
			})
		})
	}
}

func back(t *testing.T, a answer, target string) {
	t.Helper()
	base := mustParse(t, "https://"+site+target)
	to, err := base.Parse(a.header.Get("Location"))
	if err != nil || to.String() != base.String() {
		t.Errorf("%q is led to %s by %q, %v", target, to, a.header.Get("Location"), err)
	}
}

func mustParse(t *testing.T, text string) *url.URL {
	t.Helper()
	parsed, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestCallerGoesBeforeTheRedirect(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(awake())
		w.lb.app = stream
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		between(t, w.sendIn(ctx, http.MethodGet, "/events", "").took, time.Second, time.Second)
	})
}

// brokenWriter is a caller who has gone when the answer is written.
type brokenWriter struct{ *httptest.ResponseRecorder }

func (brokenWriter) Write([]byte) (int, error) { return 0, http.ErrHandlerTimeout }

func TestAnswerNotWritten(t *testing.T) {
	for _, tc := range []struct {
		name, target, logged string
		headers              []string
	}{
		{"application's", "/", "answer not written", nil},
		{"status", statusPath, "status not written", nil},
		{"page", "/", "page not written", person},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(drowsy())
				if tc.headers != nil {
					w.control.set(starting())
				}
				r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, tc.target, nil)
				for i := 0; i < len(tc.headers); i += 2 {
					r.Header.Set(tc.headers[i], tc.headers[i+1])
				}
				w.waker.ServeHTTP(brokenWriter{httptest.NewRecorder()}, r)
				if !w.log.has(tc.logged) {
					t.Errorf("logged %s", w.log.text.String())
				}
			})
		})
	}
}
