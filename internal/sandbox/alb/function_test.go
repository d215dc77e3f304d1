package alb

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

const functionARN = "arn:aws:lambda:eu-west-3:000000000000:function:waker"

// functions is a world whose default action is a function.
func functions(
	t *testing.T, multiValue bool,
	invoke func(context.Context, []byte) ([]byte, error), test func(*testing.T, *world, string),
) {
	t.Helper()
	adapt := func(o *Options) {
		o.Invoke = func(ctx context.Context, arn string, payload []byte) ([]byte, error) {
			if arn != functionARN {
				t.Errorf("invoked %s", arn)
			}
			return invoke(ctx, payload)
		}
	}
	bubble(t, adapt, func(t *testing.T, w *world) {
		group := w.group(TargetGroup{Name: "waker", Kind: Lambda, FunctionARN: functionARN, MultiValueHeaders: multiValue})
		w.lb.SetDefault(group)
		test(t, w, group)
	})
}

func replies(answer string) func(context.Context, []byte) ([]byte, error) {
	return func(context.Context, []byte) ([]byte, error) { return []byte(answer), nil }
}

// capture returns the event that a request becomes.
func capture(t *testing.T, multiValue bool, build func(*world) *http.Request) []byte {
	t.Helper()
	var got []byte
	invoke := func(_ context.Context, payload []byte) ([]byte, error) {
		got = payload
		return []byte(`{"statusCode":200}`), nil
	}
	functions(t, multiValue, invoke, func(_ *testing.T, w *world, _ string) { w.do(build(w)) })
	return got
}

func (w *world) post(path, contentType, body string) *http.Request {
	w.t.Helper()
	url := "http://" + listener + path
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Content-Type", contentType)
	return request
}

func rich(w *world) *http.Request {
	request := w.post("/a%20b/c?z=1&a=%C3%A9&z=2&flag&a=<&>", "text/plain; charset=utf-8", "a < b\n")
	request.Host = "app.example.com"
	request.Header.Set("User-Agent", "test")
	request.Header.Add("Accept", "text/html")
	request.Header.Add("Accept", "*/*")
	request.Header.Set("X-Forwarded-For", "203.0.113.7")
	request.Header.Set("Connection", "Keep-Alive")
	return request
}

// golden compares with a file. The trace identifier holds the time.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	got = regexp.MustCompile(`Root=1-[0-9a-f-]+`).ReplaceAll(got, []byte("Root=1-TRACE"))
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.TrimSpace(string(want)), string(got)); diff != "" {
		t.Error(diff)
	}
}

// [ALB-35]
func TestEvent(t *testing.T) {
	got := capture(t, false, rich)
	golden(t, "event.json", got)
	var parsed events.ALBTargetGroupRequest
	if err := json.Unmarshal(got, &parsed); err != nil || parsed.Headers["host"] != "app.example.com" {
		t.Errorf("aws-lambda-go reads %+v, %v", parsed, err)
	}
}

// [ALB-36]
func TestEventDoesNotDecodeTheQuery(t *testing.T) {
	got := capture(t, false, func(w *world) *http.Request { return w.request("/?b=%20&a=1&b=%2B+&c") })
	if want := `"queryStringParameters":{"b":"%2B+","a":"1","c":""}`; !strings.Contains(string(got), want) {
		t.Errorf("event = %s", got)
	}
	got = capture(t, false, func(w *world) *http.Request { return w.request("/") })
	if want := `"queryStringParameters":{}`; !strings.Contains(string(got), want) {
		t.Errorf("event = %s", got)
	}
}

// [ALB-37]
func TestEventWithMultiValueHeaders(t *testing.T) {
	got := capture(t, true, rich)
	golden(t, "event-multi.json", got)
	var parsed map[string]any
	err := json.Unmarshal(got, &parsed)
	if err != nil || parsed["headers"] != nil || parsed["queryStringParameters"] != nil {
		t.Errorf("single forms are there: %v", err)
	}
	answer := `{"statusCode":200,"headers":{"x":"single"},"multiValueHeaders":{"Set-Cookie":["a=1","b=2"]}}`
	functions(t, true, replies(answer), func(t *testing.T, w *world, _ string) {
		if h := w.get("/").header; len(h.Values("Set-Cookie")) != 2 || h.Get("X") != "" {
			t.Errorf("with the attribute: %v", h)
		}
	})
	functions(t, false, replies(answer), func(t *testing.T, w *world, _ string) {
		if h := w.get("/").header; len(h.Values("Set-Cookie")) != 0 || h.Get("X") != "single" {
			t.Errorf("without the attribute: %v", h)
		}
	})
}

// [ALB-38]
func TestEventBody(t *testing.T) {
	for _, c := range []struct {
		contentType, encoding string
		base64                bool
	}{
		{"text/csv", "", false}, {"application/json; charset=utf-8", "", false}, {"application/javascript", "", false},
		{"application/xml", "", false}, {"application/x-www-form-urlencoded", "", true}, {"image/png", "", true},
		{"text/plain", "gzip", true}, {"", "", true},
	} {
		h := http.Header{"Content-Type": {c.contentType}}
		if c.encoding != "" {
			h.Set("Content-Encoding", c.encoding)
		}
		want := "x=1"
		if c.base64 {
			want = "eD0x"
		}
		if got, is := encodeBody(h, []byte("x=1")); is != c.base64 || got != want {
			t.Errorf("%q %q: %q, %v", c.contentType, c.encoding, got, is)
		}
	}
	if got, is := encodeBody(http.Header{}, nil); got != "" || is {
		t.Errorf("no body: %q, %v", got, is)
	}
}

// [ALB-39]
func TestWhatAFunctionCannotBeAsked(t *testing.T) {
	functions(t, false, replies(`{"statusCode":200}`), func(t *testing.T, w *world, group string) {
		if got := w.do(w.post("/", "text/plain", strings.Repeat("x", maxFunctionBody))); got.status != http.StatusOK {
			t.Errorf("1 MB: %d", got.status)
		}
		got := w.do(w.post("/", "text/plain", strings.Repeat("x", maxFunctionBody+1)))
		if got.status != http.StatusRequestEntityTooLarge {
			t.Errorf("above 1 MB: %d", got.status)
		}
		upgrade := w.request("/ws")
		upgrade.Header.Set("Connection", "Upgrade")
		upgrade.Header.Set("Upgrade", "websocket")
		if got := w.do(upgrade); got.status != http.StatusBadRequest || got.header.Get("Server") != "awselb/2.0" {
			t.Errorf("WebSocket: %+v", got)
		}
		if n, _ := w.sum("RequestCount", dimension(group)); n != 1 {
			t.Errorf("RequestCount = %v", n)
		}
	})
}

// [ALB-40]
func TestFunctionsAnswer(t *testing.T) {
	big := `{"statusCode":200,"body":"` + strings.Repeat("x", maxFunctionBody) + `"}`
	for _, c := range []struct {
		name, answer string
		status       int
		body         string
	}{
		{"good", `{"statusCode":418,"headers":{"Content-Type":"text/plain"},"body":"tea"}`, 418, "tea"},
		{"base64", `{"statusCode":200,"body":"dGVh","isBase64Encoded":true}`, 200, "tea"},
		{"without a body", `{"statusCode":204}`, 204, ""},
		{"another form's headers are null", `{"statusCode":204,"headers":{},"multiValueHeaders":null}`, 204, ""},
		{"headers are null", `{"statusCode":200,"headers":null}`, 502, ""},
		{"body is null", `{"statusCode":200,"body":null}`, 502, ""},
		{"not JSON", `oops`, 502, ""},
		{"no statusCode", `{"body":"x"}`, 502, ""},
		{"error", `{"errorMessage":"boom","errorType":"x"}`, 502, ""},
		{"bad status", `{"statusCode":42}`, 502, ""},
		{"status in words", `{"statusCode":"200"}`, 502, ""},
		{"bad base64", `{"statusCode":200,"body":"%","isBase64Encoded":true}`, 502, ""},
		{"too large", big, 502, ""},
	} {
		functions(t, false, replies(c.answer), func(t *testing.T, w *world, _ string) {
			got := w.get("/")
			if got.status != c.status || c.status != 502 && (got.body != c.body || got.header.Get("Server") != "") {
				t.Errorf("%s: %+v", c.name, got)
			}
		})
	}
	failing := func(context.Context, []byte) ([]byte, error) { return nil, errors.New("throttled") }
	functions(t, false, failing, func(t *testing.T, w *world, _ string) {
		if got := w.get("/"); got.status != http.StatusBadGateway {
			t.Errorf("error: %+v", got)
		}
	})
}

// [ALB-42]
func TestFunctionOutlivesTheClientAndTheIdleTimeout(t *testing.T) {
	ended := false
	slow := func(ctx context.Context, _ []byte) ([]byte, error) {
		time.Sleep(10 * time.Minute)
		ended = ctx.Err() == nil
		return []byte(`{"statusCode":200,"body":"late"}`), nil
	}
	functions(t, false, slow, func(t *testing.T, w *world, group string) {
		w.expectBody("/", "late")
		ended = false
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := w.client().Do(w.request("/").WithContext(ctx)); err == nil {
			t.Error("an answer came")
		}
		if n := w.lb.InFlight(group, functionARN); n != 1 {
			t.Errorf("in flight: %d", n)
		}
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if !ended {
			t.Error("the invocation was cancelled")
		}
	})
}
