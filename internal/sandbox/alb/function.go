package alb

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// maxFunctionBody limits a request's body, and the JSON of an answer. AWS says "1 MB" and not which.
const maxFunctionBody = 1 << 20

// serveFunction answers a request by a Lambda function. [ALB-39] What the function can't be asked is refused before it
// counts as a request to a target.
func (lb *LoadBalancer) serveFunction(w http.ResponseWriter, r *http.Request, g *group, now time.Time) {
	if r.Header.Get("Upgrade") != "" {
		lb.refuse(w, http.StatusBadRequest)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxFunctionBody+1))
	switch {
	case err != nil:
		lb.refuse(w, http.StatusBadRequest)
		return
	case len(body) > maxFunctionBody:
		lb.refuse(w, http.StatusRequestEntityTooLarge)
		return
	}
	lb.hold(g, g.FunctionARN)
	defer lb.release(g, g.FunctionARN)
	lb.recordBoth("RequestCount", g, now)
	lb.serveReply(w, r, g, now, body)
}

func (lb *LoadBalancer) serveReply(w http.ResponseWriter, r *http.Request, g *group, now time.Time, body []byte) {
	answer, err := lb.ask(r, g, now, body)
	if err != nil {
		lb.refuse(w, http.StatusBadGateway) // [ALB-40]
		return
	}
	lb.recordTarget(*answer.StatusCode, g)
	answer.write(w)
}

// ask invokes the function. [ALB-42] The load balancer waits for as long as the function takes, and the function goes
// on when the client has left.
func (lb *LoadBalancer) ask(r *http.Request, g *group, now time.Time, body []byte) (reply, error) {
	h := functionHeaders(r, len(body))
	lb.stamp(h, r, now)
	payload, err := newEvent(g, r, h, body)
	if err != nil {
		return reply{}, fmt.Errorf("build the event: %w", err)
	}
	answer, err := lb.options.Invoke(context.WithoutCancel(r.Context()), g.FunctionARN, payload)
	if err != nil {
		return reply{}, fmt.Errorf("invoke %s: %w", g.FunctionARN, err)
	}
	return parseReply(answer, g.MultiValueHeaders)
}

// reply is a function's answer. statusDescription is not read: HTTP/1.1 in Go has its own words.
type reply struct {
	StatusCode        *int                `json:"statusCode"`
	Headers           map[string]string   `json:"headers"`
	MultiValueHeaders map[string][]string `json:"multiValueHeaders"`
	Body              string              `json:"body"`
	Base64            bool                `json:"isBase64Encoded"`

	content []byte
	header  http.Header
}

var (
	errTooLarge = errors.New("the answer is larger than 1 MB")
	errNoStatus = errors.New("the answer has no valid statusCode")
)

// parseReply reads a function's answer. [ALB-40] That a status outside 200-599 is malformed is an inference.
func parseReply(answer []byte, multiValue bool) (reply, error) {
	var out reply
	if len(answer) > maxFunctionBody {
		return reply{}, errTooLarge
	}
	if err := json.Unmarshal(answer, &out); err != nil {
		return reply{}, fmt.Errorf("read the answer: %w", err)
	}
	if err := refuseNulls(answer, multiValue); err != nil {
		return reply{}, err
	}
	if out.StatusCode == nil || *out.StatusCode < 200 || *out.StatusCode > 599 {
		return reply{}, errNoStatus
	}
	out.header = out.headers(multiValue)
	return out, out.decode()
}

// refuseNulls refuses a field that is there and null, where it may well be absent. [ALB-40] The headers are what a nil
// map in Go makes (seen with aws-lambda-go, pull request 207), the body what None makes in Python (powertools, issue
// 4671). The form of headers that the group does not ask for may be null: aws-lambda-go always sends both.
func refuseNulls(answer []byte, multiValue bool) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(answer, &fields); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	headers := "headers"
	if multiValue {
		headers = "multiValueHeaders"
	}
	for _, name := range []string{headers, "body", "isBase64Encoded"} {
		if string(fields[name]) == "null" {
			return fmt.Errorf("read the answer: %s is null", name)
		}
	}
	return nil
}

// headers takes one form only, the one that the group's attribute asks for. [ALB-37]
func (r *reply) headers(multiValue bool) http.Header {
	h := http.Header{}
	for name, values := range r.MultiValueHeaders {
		for _, v := range values {
			if multiValue {
				h.Add(name, v)
			}
		}
	}
	for name, v := range r.Headers {
		if !multiValue {
			h.Set(name, v)
		}
	}
	return withoutHops(h)
}

func (r *reply) decode() (err error) {
	r.content = []byte(r.Body)
	if r.Base64 {
		r.content, err = base64.StdEncoding.DecodeString(r.Body)
	}
	return err
}

func (r *reply) write(w http.ResponseWriter) {
	h := w.Header()
	maps.Copy(h, r.header)
	if h.Get("Content-Type") == "" { // seen with AWS (S); net/http would guess
		h.Set("Content-Type", "application/octet-stream")
	}
	h.Set("Content-Length", strconv.Itoa(len(r.content)))
	w.WriteHeader(*r.StatusCode)
	_, _ = w.Write(r.content) // a client that is gone needs no answer
}
