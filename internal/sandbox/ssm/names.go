package ssm

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// mostLevels counts the name itself.
const mostLevels = 15

var (
	simpleName = regexp.MustCompile(`^[a-zA-Z0-9_.-]+$`)
	pathName   = regexp.MustCompile(`^(/[a-zA-Z0-9_.-]+)+$`)
	anyPath    = regexp.MustCompile(`^/([a-zA-Z0-9_.-]+/?)*$`)
	reserved   = regexp.MustCompile(`(?i)^/?(aws|ssm)`)
)

// The words are AWS's: they speak of prefixes whatever is wrong.
const (
	wrongName = `Parameter name: can't be prefixed with "aws" or "ssm" (case-insensitive). If formed as a path, ` +
		`it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, ` +
		`numbers and the following 3 symbols .-_`
	wrongPath = `The parameter doesn't meet the parameter name requirements. The parameter name must begin with a ` +
		`forward slash "/". It can't be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, ` +
		`numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not ` +
		`allowed. All sub-paths, if specified, must use the forward slash symbol "/". ` +
		`Valid example: /get/parameters2-/by1./path0_.`
)

// trim: the service removes spaces around a name [SSM-16].
func trim(name string) string { return strings.Trim(name, " ") }

// asked returns the name that a read means. One that could not exist is an error, not just absent [SSM-16].
func asked(name string, input any) (string, error) {
	name = trim(name)
	if strings.Contains(name, ":") {
		return "", fmt.Errorf("read %s by version, label or ARN: %w", name, awsapi.Unknown(input))
	}
	if !simpleName.MatchString(name) && !pathName.MatchString(name) {
		return "", invalid(wrongName)
	}
	return name, nil
}

// checkNew holds the rules for the name of a new parameter [SSM-17].
func checkNew(name string) error {
	switch {
	case strings.Contains(name, "/") && !strings.HasPrefix(name, "/"):
		return invalid("Parameter name must be a fully qualified name.")
	case strings.HasPrefix(strings.ToLower(name), "/aws/"):
		return &smithy.GenericAPIError{
			Code: "AccessDeniedException", Message: "No access to reserved parameter name: " + name + ".",
			Fault: smithy.FaultClient,
		}
	case reserved.MatchString(name), !simpleName.MatchString(name) && !pathName.MatchString(name):
		return invalid(wrongName)
	case strings.Count(name, "/") > mostLevels:
		return &types.HierarchyLevelLimitExceededException{
			Message: new("A hierarchy can have a maximum of 15 levels."),
		}
	}
	return nil
}

func checkPath(path string) error {
	if !anyPath.MatchString(path) {
		return invalid(wrongPath)
	}
	return nil
}

func notFound() error { return &types.ParameterNotFound{} } // AWS sends no message

func alreadyExists() error {
	return &types.ParameterAlreadyExists{Message: new(
		"The parameter already exists. To overwrite this value, set the overwrite option in the request to true.")}
}

func constraint(member, what string, n int) error {
	bound, limit := "less", most
	if n < 1 {
		bound, limit = "greater", 1
	}
	return invalid("1 validation error detected: Value at '%s' failed to satisfy constraint: "+
		"Member must have %s %s than or equal to %d", member, what, bound, limit)
}

// invalid has no type of its own in the SDK: callers see its code only.
func invalid(format string, args ...any) error {
	return &smithy.GenericAPIError{
		Code: "ValidationException", Message: fmt.Sprintf(format, args...), Fault: smithy.FaultClient,
	}
}
