package process

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/sandbox/lambda"
)

// event is one invocation.
type event struct {
	id, arn  string
	deadline time.Time
	payload  []byte
	answer   chan answer // has room for the only one
}

func newEvent(ctx context.Context, request *lambdacontext.LambdaContext, payload []byte) *event {
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = clock.Clock{}.Now().Add(longest)
	}
	return &event{
		id: request.AwsRequestID, arn: request.InvokedFunctionArn, deadline: deadline, payload: payload,
		answer: make(chan answer, 1),
	}
}

// write is the answer to a process that asked for the event.
func (e *event) write(w http.ResponseWriter) {
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Lambda-Runtime-Aws-Request-Id", e.id)
	header.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(e.deadline.UnixMilli(), 10))
	header.Set("Lambda-Runtime-Invoked-Function-Arn", e.arn)
	header.Set("Lambda-Runtime-Trace-Id", traceID())
	_, _ = w.Write(e.payload) // if it fails the process has gone
}

// traceID is one of a request that X-Ray does not sample.
func traceID() string {
	return fmt.Sprintf("Root=1-%08x-%08x%016x;Parent=%016x;Sampled=0",
		clock.Clock{}.Now().Unix(), rand.Uint32(), rand.Uint64(), rand.Uint64())
}

// answer is what the process says of an event.
type answer struct {
	payload []byte
	err     *lambda.FunctionError
}

// failure is the answer's error, with what became of the process.
func (a *answer) failure(ended bool) error {
	if a.err == nil {
		return nil
	}
	a.err.Exit = ended
	return a.err
}

// response takes an answer that went well, unless it is too long.
// [LAM-11] An answer over 6 MB is an error of the function. The process is told by a 413, at which aws-lambda-go exits.
func (a *api) response(w http.ResponseWriter, r *http.Request) {
	e, refused := a.begin(r.PathValue("id"), responding)
	if refused != nil {
		refuse(w, refused)
		return
	}
	payload, err := io.ReadAll(io.LimitReader(r.Body, lambda.MaxResponse+1))
	switch {
	case err != nil:
		// The process ended or was killed over it, which others notice.
	case len(payload) > lambda.MaxResponse:
		_, _ = io.Copy(io.Discard, r.Body) // or the process would see a broken connection in place of the 413
		a.finish(e, answer{err: lambda.TooLarge()})
		message := fmt.Sprintf("Exceeded maximum allowed payload size (%d bytes).", lambda.MaxResponse)
		refuse(w, &refusal{http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", message})
	default:
		a.finish(e, answer{payload: payload})
		accept(w)
	}
}

// invocationError takes an error of the function.
// [LAM-10] It leaves the instance, unless the process exits over it, as aws-lambda-go does after a panic.
func (a *api) invocationError(w http.ResponseWriter, r *http.Request) {
	e, refused := a.begin(r.PathValue("id"), respondingErr)
	if refused != nil {
		refuse(w, refused)
		return
	}
	told, err := readError(r)
	if err != nil {
		return // as above
	}
	a.finish(e, answer{err: told})
	accept(w)
}

// initError takes the reason why the process cannot start.
func (a *api) initError(w http.ResponseWriter, r *http.Request) {
	if refused := a.fail(); refused != nil {
		refuse(w, refused)
		return
	}
	told, err := readError(r)
	if err != nil {
		return // as above
	}
	told.Exit = true
	accept(w)
	a.failed <- told // has room: fail lets only one through
}

// readError reads an error report. AWS passes its body on unread; one that is not of the usual form keeps its text, and
// the type that the header has.
func readError(r *http.Request) (*lambda.FunctionError, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, lambda.MaxResponse))
	if err != nil {
		return nil, fmt.Errorf("read the error: %w", err)
	}
	var told struct {
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}
	if json.Unmarshal(body, &told) != nil {
		told.Message = string(body)
	}
	for _, kind := range []string{r.Header.Get("Lambda-Runtime-Function-Error-Type"), "Runtime.Unknown"} {
		if told.Type == "" {
			told.Type = kind
		}
	}
	return &lambda.FunctionError{Type: told.Type, Message: told.Message}, nil
}
