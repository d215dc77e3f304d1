package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// paused asks in three ways, and wants the same word from each: paused, until when, and neither why nor an amount.
func paused(ts *testscript.TestScript, _ bool, args []string) {
	problem := answerTo(ts, box(ts).URL()+args[0], "application/json")
	page := answerTo(ts, box(ts).URL()+args[0], "text/html")
	status := answerTo(ts, box(ts).URL()+"/.catnap/status", "application/json")
	for what, tc := range map[string]struct {
		got    answer
		status int
		kind   string
		says   string
	}{
		"problem": {problem, http.StatusServiceUnavailable, "application/problem+json", `"Paused"`},
		"page":    {page, http.StatusServiceUnavailable, "text/html; charset=utf-8", "aused"},
		"status":  {status, http.StatusOK, "application/json", `"frozen"`},
	} {
		if tc.got.status != tc.status || tc.got.kind != tc.kind || !strings.Contains(tc.got.body, tc.says) {
			ts.Fatalf("%s: got %d %s %s", what, tc.got.status, tc.got.kind, tc.got.body)
		}
		if strings.Contains(tc.got.body, "bill") {
			ts.Fatalf("%s tells the reason: %s", what, tc.got.body)
		}
	}
	left := retrySeconds(ts, status)
	after, err := strconv.Atoi(problem.after)
	ts.Check(err)
	if off := after - left; off < -slack || off > slack || left < 3600 {
		ts.Fatalf("the problem says %d s, the status %d s", after, left)
	}
}

// slack is how much of the sandbox's time may pass between two requests, in seconds.
const slack = 10 * speed

type answer struct {
	status     int
	kind, body string
	after      string // Retry-After
}

func answerTo(ts *testscript.TestScript, url, accept string) answer {
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := http.NewRequest(http.MethodGet, url, http.NoBody) //nolint:noctx // the client has a timeout
	ts.Check(err)
	r.Header.Set("Accept", accept)
	if accept == "text/html" {
		r.Header.Set("Sec-Fetch-Mode", "navigate")
		r.Header.Set("User-Agent", "Mozilla/5.0")
	}
	response, err := client.Do(r)
	ts.Check(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	ts.Check(err)
	return answer{
		response.StatusCode, response.Header.Get("Content-Type"), string(body), response.Header.Get("Retry-After"),
	}
}

func retrySeconds(ts *testscript.TestScript, a answer) int {
	var document struct {
		RetrySeconds int `json:"retry_seconds"`
	}
	ts.Check(json.Unmarshal([]byte(a.body), &document))
	return document.RetrySeconds
}
