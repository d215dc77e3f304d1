// Package albevent lets a net/http handler answer the events that an Application Load Balancer (ALB) sends to a Lambda
// target: it turns the event into a request, records what the handler writes and turns that into the answer the ALB
// reads.
//
// What it does not do: it neither starts the Lambda runtime nor routes, reads no environment, streams nothing (an ALB
// wants the whole answer at once, so there is no Flush, Hijack or trailer) and knows no other event source than the
// ALB.
//
// What the event itself has lost cannot be given back: the order between different query keys that are interleaved, the
// difference between ?a and ?a= (both come as "" and are rebuilt as a=), empty pairs (?a=1&&b=2), a bare "?", bytes
// that are not UTF-8 in headers or text bodies, and, without the target group's multi-value attribute, all but the last
// value of a repeated key.
//
// Facts and limits: docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
package albevent

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
)

// Handler serves ALB events with an http.Handler. It is a lambda.Handler of aws-lambda-go.
type Handler struct {
	// Log takes panics and answers that are too large. Nil means slog.Default().
	Log *slog.Logger

	next http.Handler
}

// NewHandler returns the adapter in front of h.
func NewHandler(h http.Handler) *Handler {
	return &Handler{next: h}
}

// Invoke answers one event. It fails only when payload is no ALB event: any error makes the ALB send a bare 502, so
// whatever goes wrong later becomes an answer instead.
func (h *Handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	e, err := parseEvent(payload)
	if err != nil {
		return nil, fmt.Errorf("read ALB event: %w", err)
	}
	r, err := e.request(ctx)
	if err != nil {
		return nil, fmt.Errorf("read ALB event: %w", err)
	}
	return h.answer(r, h.serve(r), e.multiValue())
}

// serve runs the handler. Nothing has reached the client before it returns, so a panic can still become a whole answer,
// whatever had been written.
func (h *Handler) serve(r *http.Request) (w *recorder) {
	defer func() {
		if cause := recover(); cause != nil {
			h.logger().ErrorContext(r.Context(), "handler panicked", "method", r.Method, "path", r.URL.Path,
				"panic", fmt.Sprint(cause), "stack", string(debug.Stack()))
			w = problem(r, "the request could not be handled")
		}
	}()
	w = newRecorder(r)
	h.next.ServeHTTP(w, r)
	return w
}

func (h *Handler) answer(r *http.Request, w *recorder, multi bool) ([]byte, error) {
	out, err := encodeAnswer(w.reply(), multi)
	if err != nil || (len(out) <= MaxResponse && !w.refused) {
		return out, err
	}
	h.logger().ErrorContext(r.Context(), "answer too large", "method", r.Method, "path", r.URL.Path,
		"status", w.status, "limit", MaxResponse)
	return encodeAnswer(problem(r, "the answer is too large for a Lambda target").reply(), multi)
}

func (h *Handler) logger() *slog.Logger {
	if h.Log == nil {
		return slog.Default()
	}
	return h.Log
}
