package waker_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/catnap-dev/catnap/internal/albevent"
)

// event is what a load balancer sends, and reply what it gets.
type event struct {
	HTTPMethod string              `json:"httpMethod"`
	Path       string              `json:"path"`
	Query      map[string][]string `json:"multiValueQueryStringParameters"`
	Headers    map[string][]string `json:"multiValueHeaders"`
	Body       string              `json:"body"`
	Base64     bool                `json:"isBase64Encoded"`
	Context    map[string]any      `json:"requestContext"`
}

type reply struct {
	StatusCode        int
	MultiValueHeaders http.Header
	Body              string
	IsBase64Encoded   bool
}

func (w *world) invoke(e event) reply {
	w.t.Helper()
	e.Context = map[string]any{"elb": map[string]string{"targetGroupArn": "waker-group"}}
	payload, err := json.Marshal(e)
	if err != nil {
		w.t.Fatal(err)
	}
	out, err := albevent.NewHandler(w.waker).Invoke(w.t.Context(), payload)
	if err != nil {
		w.t.Fatal(err)
	}
	var got reply
	if err := json.Unmarshal(out, &got); err != nil {
		w.t.Fatal(err)
	}
	return got
}

// As it is in the function: bytes that no text can hold go to the application and back.
func TestThroughTheLoadBalancersEvent(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		binary := "\x00\xff\x80 not text"
		w.lb.app = func(rw http.ResponseWriter, r *http.Request) {
			rw.Header().Set("Content-Type", "application/octet-stream")
			rw.WriteHeader(http.StatusAccepted)
			_, _ = io.WriteString(rw, "got "+w.lb.seen()[0].body+r.RequestURI)
		}
		got := w.invoke(event{
			HTTPMethod: http.MethodPost, Path: "/a%2fb/|", Query: map[string][]string{"a": {"1", "%20"}},
			Headers: map[string][]string{"host": {site}, "x-catnap-bypass": {"guess"}, "x-forwarded-for": {"203.0.113.7"}},
			Body:    base64.StdEncoding.EncodeToString([]byte(binary)), Base64: true,
		})
		body, err := base64.StdEncoding.DecodeString(got.Body)
		if err != nil || !got.IsBase64Encoded || got.StatusCode != 202 {
			t.Errorf("got %+v, %v", got, err)
		}
		same(t, "body", "got "+binary+"/a%2fb/|?a=1&a=%20", string(body))
		same(t, "host", site, w.lb.seen()[0].host)
		same(t, "asked for", "waker-group", w.store.asked[0])
	})
}

func TestPageThroughTheLoadBalancersEvent(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		got := w.invoke(event{HTTPMethod: http.MethodGet, Path: "/", Headers: map[string][]string{"accept": {"text/html"}}})
		if got.StatusCode != 503 || got.IsBase64Encoded || got.MultiValueHeaders.Get("X-Catnap-Phase") != "waking" {
			t.Errorf("got %+v", got)
		}
	})
}
