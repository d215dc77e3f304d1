package alb

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// The fields a condition may have here. AWS has three more: unimitated names them.
const (
	pathPattern = "path-pattern"
	hostHeader  = "host-header"
	httpHeader  = "http-header"
)

var unimitated = []string{"http-request-method", "query-string", "source-ip"}

// condition is one condition of a rule, whichever form it came in.
type condition struct {
	field  string
	header string // the name, for http-header
	values []string
}

// parseConditions reads the conditions of a call and refuses what AWS refuses, or what this package can't do.
func parseConditions(in []types.RuleCondition) ([]condition, error) {
	conditions := make([]condition, 0, len(in))
	for _, c := range in {
		parsed, err := parseCondition(c)
		if err != nil {
			return nil, err
		}
		conditions = append(conditions, parsed)
	}
	return conditions, validateConditions(conditions)
}

func parseCondition(c types.RuleCondition) (condition, error) {
	field := aws.ToString(c.Field)
	switch {
	case field == "":
		return condition{}, invalid("A condition field must be specified")
	case slices.Contains(unimitated, field):
		return condition{}, unsupported("conditions on %s", field)
	case len(c.RegexValues) > 0:
		return condition{}, unsupported("regular expressions in conditions")
	}
	if err := onlyItsConfig(c, field); err != nil {
		return condition{}, err
	}
	return parseField(c, field)
}

// onlyItsConfig refuses the Config of another field: to ignore it would be to lose a condition.
func onlyItsConfig(c types.RuleCondition, field string) error {
	given := map[string]bool{
		pathPattern: c.PathPatternConfig != nil, hostHeader: c.HostHeaderConfig != nil, httpHeader: c.HttpHeaderConfig != nil,
		"http-request-method": c.HttpRequestMethodConfig != nil, "query-string": c.QueryStringConfig != nil,
		"source-ip": c.SourceIpConfig != nil,
	}
	for other, is := range given {
		if is && other != field {
			return invalid("A condition on '%s' cannot have the configuration of '%s'", field, other)
		}
	}
	return nil
}

func parseField(c types.RuleCondition, field string) (condition, error) {
	switch field {
	case pathPattern:
		config := value(c.PathPatternConfig)
		return parseValues(field, c.Values, config.Values, config.RegexValues)
	case hostHeader:
		config := value(c.HostHeaderConfig)
		return parseValues(field, c.Values, config.Values, config.RegexValues)
	case httpHeader:
		return parseHeader(c)
	}
	return condition{}, invalid("Condition field '%s' must be one of '[%s, %s, %s]'",
		field, pathPattern, hostHeader, httpHeader)
}

// value is what p points to, or the zero value.
func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// parseValues takes the values from either form; both at once would leave open which one counts.
func parseValues(field string, short, long, regex []string) (condition, error) {
	switch {
	case len(regex) > 0:
		return condition{}, unsupported("regular expressions in conditions")
	case len(short) > 0 && len(long) > 0:
		return condition{}, invalid("You can specify either Values or the configuration of '%s', not both", field)
	}
	return condition{field: field, values: slices.Concat(short, long)}, nil
}

func parseHeader(c types.RuleCondition) (condition, error) {
	config := value(c.HttpHeaderConfig)
	if len(c.Values) > 0 {
		return condition{}, invalid("A condition on '%s' takes HttpHeaderConfig, not Values", httpHeader)
	}
	parsed, err := parseValues(httpHeader, nil, config.Values, config.RegexValues)
	parsed.header = aws.ToString(config.HttpHeaderName)
	return parsed, err
}

// describe is the condition as DescribeRules shows it. [ALB-11] Path and host come in both forms, a header only in its
// own: that is what CLI output of AWS looks like.
func (c condition) describe() types.RuleCondition {
	out := types.RuleCondition{Field: aws.String(c.field)}
	switch c.field {
	case pathPattern:
		out.Values = slices.Clone(c.values)
		out.PathPatternConfig = &types.PathPatternConditionConfig{Values: slices.Clone(c.values)}
	case hostHeader:
		out.Values = slices.Clone(c.values)
		out.HostHeaderConfig = &types.HostHeaderConditionConfig{Values: slices.Clone(c.values)}
	case httpHeader:
		out.HttpHeaderConfig = &types.HttpHeaderConditionConfig{
			HttpHeaderName: aws.String(c.header), Values: slices.Clone(c.values),
		}
	}
	return out
}
