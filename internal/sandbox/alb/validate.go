package alb

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/smithy-go"
)

// [ALB-06] The quotas page says 5 values and 6 wildcards a rule. The page on condition types says 3 values a condition
// and 5 wildcards; AWS's own error text (seen with CDK, cfn-lint and Terraform) is about 5 values a rule and comes with
// the sixth value of a single condition, so the quotas page is followed.
const (
	maxValues      = 5
	maxWildcards   = 6
	maxValueLength = 128
	maxHeaderName  = 40
)

// invalid is AWS's answer to input that breaks a rule of its API; the SDK has no type for it.
func invalid(format string, args ...any) error {
	return &smithy.GenericAPIError{
		Code: "ValidationError", Message: fmt.Sprintf(format, args...), Fault: smithy.FaultClient,
	}
}

// unsupported is for what AWS can do and this package can't.
func unsupported(format string, args ...any) error {
	message := "the sandbox does not imitate " + fmt.Sprintf(format, args...)
	return &types.InvalidConfigurationRequestException{Message: aws.String(message)}
}

func validateConditions(conditions []condition) error {
	values, wildcards, fields := 0, 0, map[string]int{}
	for _, c := range conditions {
		if err := c.validate(); err != nil {
			return err
		}
		fields[c.field]++
		values += len(c.values)
		wildcards += countWildcards(c.values)
	}
	switch {
	case len(conditions) == 0:
		return invalid("At least one condition must be specified")
	case fields[pathPattern] > 1 || fields[hostHeader] > 1: // [ALB-07]
		return invalid("A rule can only have one '%s' or '%s' condition", pathPattern, hostHeader)
	case values > maxValues:
		return invalid("A rule can only have '%d' condition values", maxValues)
	case wildcards > maxWildcards:
		return invalid("A rule can only have '%d' condition wildcards", maxWildcards)
	}
	return nil
}

func countWildcards(values []string) int {
	all := strings.Join(values, "")
	return strings.Count(all, "*") + strings.Count(all, "?")
}

func (c condition) validate() error {
	if len(c.values) == 0 {
		return invalid("A condition value must be specified")
	}
	if err := c.validateHeaderName(); err != nil {
		return err
	}
	for _, v := range c.values {
		if err := validateValue(c.field, v); err != nil {
			return err
		}
	}
	return nil
}

func (c condition) validateHeaderName() error {
	switch {
	case c.field != httpHeader:
		return nil
	case c.header == "" || len(c.header) > maxHeaderName || !onlyOf(c.header, alphanumeric+tokenMarks):
		return invalid("The header name '%s' is not valid", c.header)
	case strings.EqualFold(c.header, "Host"):
		return invalid("A condition on the host needs the field '%s'", hostHeader)
	}
	return nil
}

// The characters that each field allows, from the page on adding a rule. [ALB-08]
const (
	alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	tokenMarks   = "!#$%&'+-.^_`|~"
	pathMarks    = "_-.$/~\"'@:+&;*?"
	hostMarks    = "-_.*?"
	headerMarks  = " !\"#$%&'()+,./:;<=>@[]^_`{|}~-*?\\"
)

func validateValue(field, v string) error {
	marks := map[string]string{pathPattern: pathMarks, hostHeader: hostMarks, httpHeader: headerMarks}[field]
	switch {
	case v == "":
		return invalid("A condition value must not be empty")
	case len(v) > maxValueLength:
		return invalid("Condition value '%s' cannot be longer than '%d' characters", v, maxValueLength)
	case !onlyOf(v, alphanumeric+marks):
		return invalid("Condition value '%s' contains a character that is not valid", v)
	case field == hostHeader && !validHost(v):
		return invalid("Condition value '%s' is not a valid host name", v)
	}
	return nil
}

// validHost asks for a dot, and for nothing but letters after the last one. A wildcard may stand there too: not
// documented, but seen to work (aws-load-balancer-controller, issue 987).
func validHost(v string) bool {
	dot := strings.LastIndexByte(v, '.')
	return dot >= 0 && !strings.ContainsAny(v[dot+1:], "0123456789-_")
}

func onlyOf(s, set string) bool {
	return strings.Trim(s, set) == ""
}
