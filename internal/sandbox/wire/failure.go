package wire

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/smithy-go"
)

// failure is an error as it goes over the wire.
type failure struct {
	shape   string // its type, in JSON and CBOR
	code    string // its code, in the query protocol
	message string
	status  int
	sender  bool // the caller's mistake, and not AWS's
}

// Error is what a test or a log shows of it.
func (f *failure) Error() string { return f.shape + ": " + f.message }

// queryCodes are the older names of errors that all services share. [WIRE-13]
var queryCodes = map[string]string{
	"InternalFailureException":            "InternalFailure",
	"MissingAuthenticationTokenException": "MissingAuthenticationToken",
	"RequestEntityTooLargeException":      "RequestEntityTooLarge",
	"SerializationException":              "MalformedInput",
	"ServiceUnavailableException":         "ServiceUnavailable",
	"ThrottlingException":                 "Throttling",
	"UnknownOperationException":           "InvalidAction",
}

// failed is a failure that all services share, by its newer name.
func failed(status int, shape, format string, args ...any) *failure {
	code := shape
	if older, ok := queryCodes[shape]; ok {
		code = older
	}
	return &failure{shape, code, fmt.Sprintf(format, args...), status, status < http.StatusInternalServerError}
}

// malformed [WIRE-14] is what a body gets that does not parse or does not fit the API model.
func malformed(format string, args ...any) error {
	return failed(http.StatusBadRequest, "SerializationException", format, args...)
}

// malformedQuery [WIRE-14] is the same for a form that is none.
func malformedQuery(err error) error {
	return failed(http.StatusBadRequest, "MalformedQueryString", "%v", err)
}

// unsigned [WIRE-15] is what a request without any signature gets.
func unsigned() error {
	return failed(http.StatusForbidden, "MissingAuthenticationTokenException", "Missing Authentication Token")
}

func entityTooLarge() error {
	return failed(http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException",
		"Request body exceeds the limit of %d bytes", maxBody)
}

// unknownMethod [WIRE-20] is for what is neither posted nor, in the query protocol, read by GET.
func unknownMethod(method string) error {
	return failed(http.StatusMethodNotAllowed, "UnknownOperationException", "%s is not a way to call an operation", method)
}

// unknownOperation [WIRE-16] is one that the service does not have, or that the sandbox does not imitate.
func unknownOperation(q *question) error {
	switch {
	case q.forms == asQuery && q.operation == "":
		return failed(http.StatusBadRequest, "MissingAction", "The request is missing an action")
	case q.forms == asQuery && q.version == "":
		q.version = "NO_VERSION_SPECIFIED"
		fallthrough
	case q.forms == asQuery:
		return failed(http.StatusBadRequest, "UnknownOperationException",
			"Could not find operation %s for version %s (in catnap's sandbox)", q.operation, q.version)
	case q.forms == asJSON:
		return failed(http.StatusBadRequest, "UnknownOperationException",
			"the sandbox does not imitate %q", q.Header.Get("X-Amz-Target"))
	}
	return failed(http.StatusNotFound, "UnknownOperationException", "the sandbox does not imitate %q", q.URL.Path)
}

// missing is how a service says that a required member is missing.
type missing struct {
	shape string
	code  string // of the query protocol; empty means the shape
	text  func(members []string) string
}

// nullText is how most services say it. [WIRE-17]
func nullText(members []string) string {
	all := make([]string, len(members))
	for i, member := range members {
		all[i] = fmt.Sprintf("Value null at '%s' failed to satisfy constraint: Member must not be null", lowerFirst(member))
	}
	noun := "error"
	if len(all) > 1 {
		noun = "errors"
	}
	return fmt.Sprintf("%d validation %s detected: %s", len(all), noun, strings.Join(all, "; "))
}

// requiredText is how CloudWatch says it.
func requiredText(members []string) string {
	return fmt.Sprintf("The parameter %s is required.", members[0])
}

// failureOf gives an error its form on the wire: one of this package, the SDK's validation, or a core's.
func failureOf(err error, s *service) *failure {
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	if params, ok := errors.AsType[smithy.InvalidParamsError](err); ok {
		return s.failureOfParams(params)
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return s.failureOfCore(err, api)
	}
	return failed(http.StatusInternalServerError, "InternalFailureException", "%v", err)
}

func (s *service) failureOfParams(params smithy.InvalidParamsError) *failure {
	var members []string
	for _, err := range params.Errs() {
		if param, ok := errors.AsType[smithy.InvalidParamError](err); ok {
			_, member, _ := strings.Cut(param.Field(), ".") // after the name of the input
			members = append(members, member)
		}
	}
	f := failed(http.StatusBadRequest, s.missing.shape, "%s", s.missing.text(members))
	if s.missing.code != "" {
		f.code = s.missing.code
	}
	return f
}

// failureOfCore takes type and code from the SDK's error. [WIRE-18] Callers' mistakes and throttling are 400, AWS's own
// errors are 500, and 503 where they say that the service is unavailable.
func (s *service) failureOfCore(err error, api smithy.APIError) *failure {
	status := http.StatusBadRequest
	switch code := api.ErrorCode(); {
	case strings.HasPrefix(code, "Throttling"):
	case code == "AccessDenied": // [IAM-06]
		status = http.StatusForbidden
	case strings.HasPrefix(code, "ServiceUnavailable"):
		status = http.StatusServiceUnavailable
	case api.ErrorFault() == smithy.FaultServer:
		status = http.StatusInternalServerError
	}
	if own, ok := s.statuses[api.ErrorCode()]; ok {
		status = own
	}
	f := failed(status, api.ErrorCode(), "%s", messageOf(err, api))
	if generic, ok := api.(*smithy.GenericAPIError); !ok || generic == nil { // a type of the model is its own name
		f.shape = reflect.Indirect(reflect.ValueOf(api)).Type().Name()
	}
	return f
}

// messageOf keeps what a core wrapped around its error.
func messageOf(err error, api smithy.APIError) string {
	if operation, ok := errors.AsType[*smithy.OperationError](err); ok {
		err = operation.Err
	}
	if errors.Unwrap(err) != nil {
		return err.Error()
	}
	return api.ErrorMessage()
}

// messageKey is "message", except in types whose member the API model writes with a capital.
func (s *service) messageKey(f *failure) string {
	if slices.Contains(s.capital, f.shape) {
		return "Message"
	}
	return "message"
}

// refuseQuery [WIRE-19]: a service that once spoke the query protocol adds the code that it had there.
func (s *service) refuseQuery(f *failure, header http.Header) {
	if !s.wasQuery {
		return
	}
	fault := ";Receiver"
	if f.sender {
		fault = ";Sender"
	}
	header.Set("X-Amzn-Query-Error", f.code+fault)
}
