package wire_test

import (
	"errors"
	"net/http"
	"testing"

	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
	"github.com/catnap-dev/catnap/internal/sandbox/iam"
)

// TestAccessKeyTellsWhoCalls [IAM-06]: a function is held to its role, by the key with which it signs; every operation
// is one that roles know. Whoever signs with another key may do everything.
func TestAccessKeyTellsWhoCalls(t *testing.T) {
	t.Parallel()
	guard := &iam.Guard{}
	guard.Give("waker", iam.Role{Name: "role"})
	function := &awsapi.Backplane{Guard: guard, Callers: map[string]string{"sandbox": "waker"}}
	core, over, _ := scripted(t, function)
	reached, others, _ := scripted(t, &awsapi.Backplane{Guard: guard, Callers: map[string]string{"another": "waker"}})
	reached.err = generic("ValidationError")
	want := map[string]struct {
		status int
		code   string
	}{
		"ecs":                     {http.StatusBadRequest, "AccessDeniedException"},
		"ssm":                     {http.StatusBadRequest, "AccessDeniedException"},
		"elasticloadbalancing":    {http.StatusForbidden, "AccessDenied"},
		"application-autoscaling": {http.StatusBadRequest, "AccessDeniedException"},
		"scheduler":               {http.StatusForbidden, "AccessDeniedException"},
		"sns":                     {http.StatusForbidden, "AuthorizationError"},
		"lambda":                  {http.StatusForbidden, "AccessDeniedException"},
		"iam":                     {http.StatusForbidden, "AccessDenied"},
		"monitoring":              {http.StatusForbidden, "AccessDenied"},
		"monitoring json":         {http.StatusForbidden, "AccessDenied"},
		"monitoring form":         {http.StatusForbidden, "AccessDenied"},
	}
	calls := 0
	for key, operations := range supported {
		for _, operation := range operations {
			err := ask(t, over, key, operation)
			response, ok := errors.AsType[*smithyhttp.ResponseError](err)
			if !ok || response.HTTPStatusCode() != want[key].status || apiError(t, err).ErrorCode() != want[key].code {
				t.Errorf("%s %s: got %v", key, operation, err)
			}
			_ = ask(t, others, key, operation)
			calls++
		}
	}
	if len(core.asked) > 0 || len(reached.asked) != calls {
		t.Errorf("%d calls of the function reached the core, and %d of %d others", len(core.asked), len(reached.asked), calls)
	}
}
