// Package wire speaks AWS's wire protocols in front of the sandbox's cores.
//
// With it the AWS SDK for Go and the AWS CLI work against a sandbox unchanged, once they are told its address. A
// request is read into the SDK's own input struct, called through a real SDK client whose calls the backplane answers,
// so that the SDK's validation, the latency, the throttles, the faults and the counts are those of calls from within,
// and the SDK's output struct or error is written as AWS writes it. What AWS is taken to do is numbered [WIRE-01] and
// so on. Of signatures only the access key is looked at: it tells a function, which has a role, from everybody else,
// who may do everything. Accounts are not looked at. Operations that no core imitates are refused, never
// guessed.
package wire

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// maxBody is more than any supported operation has a use for. [WIRE-01] AWS refuses bodies over a limit with 413; its
// size differs by service and is not documented for these.
const maxBody = 1 << 20

// Cores are the services behind the front. A nil one is a service that the front does not know.
type Cores struct {
	ECS        awsapi.Core
	ELB        awsapi.Core
	CloudWatch awsapi.Core
	SSM        awsapi.Core
	Scheduler  awsapi.Core
	// AutoScaling is Application Auto Scaling.
	AutoScaling awsapi.Core
	SNS         awsapi.Core
	Lambda      awsapi.Core
	IAM         awsapi.Core
}

// New returns the handler that serves all cores at one address, as AWS_ENDPOINT_URL wants it. Calls reach the cores
// through the backplane.
func New(backplane *awsapi.Backplane, cores Cores) http.Handler {
	return &front{
		callers: backplane.Callers, services: services(backplane, cores), clock: backplane.Clock,
	}
}

type front struct {
	callers  map[string]string // by access key
	services []*service
	clock    clock.Clock
}

// protocol writes and reads the calls of one service in one of AWS's ways.
type protocol interface {
	// read fills an SDK input from a request.
	read(q *question, input any) error
	// write turns an SDK output into a body.
	write(q *question, output any) ([]byte, error)
	// refuse turns a failure into a body, and into headers beside it.
	refuse(q *question, f *failure, header http.Header) []byte
	// header sets what every answer carries.
	header(header http.Header)
}

// ServeHTTP answers one call.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q, err := read(w, r)
	// [WIRE-24] One address serves all Regions; a signature tells which one is meant, as a host does at AWS.
	r = r.WithContext(awsapi.WithRegion(r.Context(), q.region()))
	q.Request = r
	if q.greeted() {
		greet(w)
		return
	}
	p, s := f.route(q)
	var body []byte
	if err == nil {
		ctx := awsapi.WithCaller(r.Context(), f.callers[q.accessKey()])
		body, err = serve(ctx, q, p, s)
	}
	status := http.StatusOK
	p.header(w.Header())
	if err != nil {
		failure := failureOf(err, s)
		status, body = failure.status, p.refuse(q, failure, w.Header())
	}
	// [WIRE-02] Every answer names the request, by a UUID in this header.
	w.Header().Set("X-Amzn-Requestid", q.id)
	// [WIRE-23] The date is AWS's time, by which callers notice that their own clock is wrong. Here it may run faster.
	w.Header().Set("Date", f.clock.Now().UTC().Format(http.TimeFormat))
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body) //nolint:gosec // it is JSON, CBOR or escaped XML, and says so
}

func serve(ctx context.Context, q *question, p protocol, s *service) ([]byte, error) {
	if !q.signed() {
		return nil, unsigned()
	}
	if !q.allowed() {
		return nil, unknownMethod(q.Method)
	}
	operation, ok := s.operations[q.operation]
	if !ok || q.forms == asQuery && q.version != s.version {
		return nil, unknownOperation(q)
	}
	output, err := operation.call(ctx, func(input any) error { return p.read(q, input) })
	if err != nil {
		return nil, err
	}
	return p.write(q, output)
}

// read takes in the body. The question is usable for an answer even when that fails.
func read(w http.ResponseWriter, r *http.Request) (*question, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	q := newQuestion(r, body)
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return q, entityTooLarge()
	}
	if err != nil {
		return q, malformed("the body could not be read: %v", err)
	}
	return q, nil
}

// greet answers people and probes that look at the address without calling anything.
func greet(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	io.WriteString(w, "This is catnap's sandbox in the place of AWS. Point AWS_ENDPOINT_URL, or --endpoint-url, here.\n")
}
