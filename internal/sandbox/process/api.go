package process

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/catnap-dev/catnap/internal/sandbox/lambda"
)

// state is how far the runtime is. The texts are those of AWS's runtime interface emulator, which Lambda's own Runtime
// API shares its code with.
type state string

const (
	started       state = "Started"
	initFailed    state = "InitError"
	ready         state = "Ready" // it has asked for an event, and may have got one
	responding    state = "InvocationResponse"
	respondingErr state = "InvocationErrorResponse"
	responded     state = "RuntimeResponseSentState"
)

// api is the Runtime API of one process, version 2018-06-01.
// [LAM-18] It refuses what comes at the wrong time (403), for another request (400), by another method (405) or to
// another path (404); an event that is asked for again while it is worked on is given again.
type api struct {
	address string
	server  *http.Server
	served  chan struct{}              // closed when it listens no more
	asked   chan struct{}              // has a value when the process has asked for an event
	failed  chan *lambda.FunctionError // has a value when the process has reported that it cannot start

	mu    sync.Mutex
	state state
	event *event        // the one that the process works on; nil while it waits
	given chan struct{} // closed when there is an event
}

// listen opens the API on a free port of the loopback interface.
func listen(ctx context.Context) (*api, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	a := &api{
		address: listener.Addr().String(), state: started,
		served: make(chan struct{}), asked: make(chan struct{}, 1), failed: make(chan *lambda.FunctionError, 1),
	}
	a.server = &http.Server{Handler: a.handler(), ReadHeaderTimeout: time.Minute}
	go func() {
		defer close(a.served)
		_ = a.server.Serve(listener) // ends with close only
	}()
	return a, nil
}

func (a *api) handler() http.Handler {
	mux := http.NewServeMux()
	const root = "/2018-06-01/runtime/"
	mux.HandleFunc("GET "+root+"invocation/next", a.next)
	mux.HandleFunc("POST "+root+"invocation/{id}/response", a.response)
	mux.HandleFunc("POST "+root+"invocation/{id}/error", a.invocationError)
	mux.HandleFunc("POST "+root+"init/error", a.initError)
	return mux
}

// close ends the API and all its connections.
func (a *api) close() {
	_ = a.server.Close()
	<-a.served
}

// give hands an event to the process, which has asked for one.
func (a *api) give(e *event) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.event = e
	close(a.given)
}

// next blocks until there is an event.
func (a *api) next(w http.ResponseWriter, r *http.Request) {
	given, err := a.ask()
	if err != nil {
		refuse(w, err)
		return
	}
	select {
	case <-given:
		a.current().write(w)
	case <-r.Context().Done():
	}
}

// ask notes that the process waits for an event. One that asks twice gets the same event twice.
func (a *api) ask() (given <-chan struct{}, err *refusal) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch a.state {
	case ready:
	case started, responded:
		a.state, a.event, a.given = ready, nil, make(chan struct{})
		a.asked <- struct{}{} // has room: it is emptied before the next event is given
	default:
		return nil, a.wrongState(ready)
	}
	return a.given, nil
}

func (a *api) current() *event {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.event
}

// begin takes the right to answer the event, once.
func (a *api) begin(id string, next state) (*event, *refusal) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.event == nil || a.event.id != id:
		return nil, &refusal{http.StatusBadRequest, "InvalidRequestID", "Invalid request ID"}
	case a.state != ready:
		return nil, a.wrongState(next)
	}
	a.state = next
	return a.event, nil
}

// fail notes that the start failed.
func (a *api) fail() *refusal {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.state != started {
		return a.wrongState(initFailed)
	}
	a.state = initFailed
	return nil
}

// finish passes the answer on.
func (a *api) finish(e *event, given answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.state = responded
	e.answer <- given // has room: begin lets only one through
}

// refusal is an answer to a call that the process should not have made.
type refusal struct {
	status        int
	kind, message string
}

func (a *api) wrongState(next state) *refusal {
	message := fmt.Sprintf("State transition from %s to %s failed for runtime. Error: State transition is not allowed",
		a.state, next)
	return &refusal{http.StatusForbidden, "InvalidStateTransition", message}
}

func refuse(w http.ResponseWriter, r *refusal) {
	reply(w, r.status, map[string]string{"errorMessage": r.message, "errorType": r.kind})
}

func accept(w http.ResponseWriter) {
	reply(w, http.StatusAccepted, map[string]string{"status": "OK"})
}

func reply(w http.ResponseWriter, status int, body map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // if it fails the process has gone
}
