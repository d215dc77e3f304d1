package process_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/sandbox/process"
)

// [LAM-18]
func TestRuntimeAPIRefuses(t *testing.T) {
	h := start(t, process.Function{Path: binary("raw"), Env: map[string]string{"MODE": "misuse"}})
	got, err := h.Invoke(invocation(t, long), nil)
	if string(got) != "the answer" || err != nil {
		t.Fatalf("got %s, %v", got, err)
	}
	got, err = h.Invoke(invocation(t, long), []byte("last"))
	if err != nil {
		t.Fatal(err)
	}
	unknown := `400 application/json {"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}`
	want := []string{
		"true", // next during an invocation is the same event
		unknown, unknown,
		refusal("Ready", "InitError"),
		"405 text/plain Method Not Allowed", "405 text/plain Method Not Allowed",
		"404 text/plain 404 page not found",
		`202 application/json {"status":"OK"}`,
		refusal("RuntimeResponseSentState", "InvocationResponse"),
		refusal("RuntimeResponseSentState", "InvocationErrorResponse"),
	}
	if diff := cmp.Diff(want, strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

func refusal(from, to string) string {
	return `403 application/json {"errorMessage":"State transition from ` + from + ` to ` + to +
		` failed for runtime. Error: State transition is not allowed","errorType":"InvalidStateTransition"}`
}
