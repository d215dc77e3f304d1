package sam

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

const (
	account   = "123456789012"
	region    = "eu-west-3"
	stackUUID = "c71b3d40-71f2-11f1-9c3a-0242ac120002"
	elbARN    = "arn:aws:elasticloadbalancing:" + region + ":" + account + ":"
)

// stack is the template with the values that somebody deploys it with.
type stack struct {
	template
	values map[string]string
}

// plausible are values for the parameters that have no default.
func plausible() map[string]string {
	return map[string]string{
		"ServiceName":           "web",
		"Cluster":               "shop",
		"Service":               "shop-web",
		"ServiceTargetGroupArn": elbARN + "targetgroup/shop-web/0123456789abcdef",
		"ListenerArn":           elbARN + "listener/app/shop/0123456789abcdef/23456789abcdef01",
		"LoadBalancerDnsName":   "shop-1234567890.eu-west-3.elb.amazonaws.com",
	}
}

// deployed is the stack with plausible values, and then those given as name and value by turns.
func (t template) deployed(more ...string) stack {
	values := plausible()
	for i := 0; i+1 < len(more); i += 2 {
		values[more[i]] = more[i+1]
	}
	for name, p := range t.section("Parameters") {
		if _, given := values[name]; !given {
			values[name] = fmt.Sprint(dictionary(p)["Default"])
		}
	}
	return stack{t, values}
}

// resource returns the properties as CloudFormation hands them to the service.
func (s stack) resource(name string) map[string]any { return dictionary(s.fill(s.properties(name))) }

// nothing stands for AWS::NoValue until the property or element is left out.
type nothing struct{}

func (s stack) fill(v any) any {
	if name, argument := call(v); name != "" {
		return s.function(name, argument)
	}
	switch v := v.(type) {
	case map[string]any:
		filled := map[string]any{}
		for key, value := range v {
			filled[key] = s.fill(value)
		}
		maps.DeleteFunc(filled, func(_ string, value any) bool { return value == nothing{} })
		return filled
	case []any:
		filled := []any{}
		for _, element := range v {
			filled = append(filled, s.fill(element))
		}
		return slices.DeleteFunc(filled, func(element any) bool { return element == nothing{} })
	default:
		return v
	}
}

func (s stack) function(name string, argument any) any {
	switch name {
	case "Ref":
		return s.ref(text(argument))
	case "Fn::GetAtt":
		return s.attribute(text(list(argument)[0]), text(list(argument)[1]))
	case "Fn::Sub":
		return s.sub(argument)
	case "Fn::If":
		branches := list(argument)
		if s.holds(s.section("Conditions")[text(branches[0])]) {
			return s.fill(branches[1])
		}
		return s.fill(branches[2])
	case "Fn::Join":
		parts := list(s.fill(argument))
		return strings.Join(texts(parts[1]), text(parts[0]))
	case "Fn::Split":
		parts := list(s.fill(argument))
		var split []any
		for part := range strings.SplitSeq(text(parts[1]), text(parts[0])) {
			split = append(split, part)
		}
		return split
	case "Fn::Select":
		parts := list(s.fill(argument))
		if index, ok := parts[0].(uint64); ok && int(index) < len(list(parts[1])) {
			return list(parts[1])[index]
		}
		return "nothing to select"
	default:
		return "unknown function " + name
	}
}

func (s stack) sub(argument any) string {
	pattern, own := subParts(argument)
	return placeholder.ReplaceAllStringFunc(pattern, func(match string) string {
		name := strings.Trim(match, "${}")
		if value, mine := own[name]; mine {
			return fmt.Sprint(s.fill(value))
		}
		if resource, attribute, ok := strings.Cut(name, "."); ok {
			return s.attribute(resource, attribute)
		}
		return fmt.Sprint(s.ref(name))
	})
}

// holds evaluates a condition, or an assertion of a rule. CloudFormation compares values as text.
func (s stack) holds(v any) bool {
	name, argument := call(v)
	each := list(argument)
	switch name {
	case "Fn::Equals":
		return fmt.Sprint(s.fill(each[0])) == fmt.Sprint(s.fill(each[1]))
	case "Fn::Not":
		return !s.holds(each[0])
	case "Fn::And":
		return !slices.ContainsFunc(each, func(part any) bool { return !s.holds(part) })
	case "Condition":
		return s.holds(s.section("Conditions")[text(argument)])
	default:
		return false
	}
}

func (s stack) ref(name string) any {
	if value, ok := s.values[name]; ok {
		return value
	}
	switch name {
	case "AWS::NoValue":
		return nothing{}
	case "AWS::AccountId":
		return account
	case "AWS::Region":
		return region
	case "AWS::Partition":
		return "aws"
	case "AWS::StackName":
		return "catnap-web"
	case "AWS::StackId":
		return "arn:aws:cloudformation:" + region + ":" + account + ":stack/catnap-web/" + stackUUID
	default:
		return s.refResource(name)
	}
}

// nameOf are the properties that hold the name of a resource, where !Ref returns that.
var nameOf = map[string]string{
	"AWS::Serverless::Function":     "FunctionName",
	"AWS::Logs::LogGroup":           "LogGroupName",
	"AWS::SSM::Parameter":           "Name",
	"AWS::Scheduler::ScheduleGroup": "Name",
	"AWS::SQS::Queue":               "QueueName",
}

func (s stack) refResource(name string) string {
	switch kind := text(dictionary(s.section("Resources")[name])["Type"]); kind {
	case "AWS::ElasticLoadBalancingV2::TargetGroup":
		return elbARN + "targetgroup/" + text(s.resource(name)["Name"]) + "/123456789abcdef0"
	case "AWS::ElasticLoadBalancingV2::ListenerRule":
		listener := strings.Replace(text(s.resource(name)["ListenerArn"]), ":listener/", ":listener-rule/", 1)
		return listener + "/" + strings.ToLower(name)
	case "AWS::SQS::Queue":
		return "https://sqs." + region + ".amazonaws.com/" + account + "/" + text(s.resource(name)["QueueName"])
	default:
		if property, ok := nameOf[kind]; ok {
			return text(s.resource(name)[property])
		}
		return name
	}
}

// arnOf is how an ARN goes on after the service, Region and account.
var arnOf = map[string]string{
	"AWS::Serverless::Function":     "lambda:" + region + ":" + account + ":function:",
	"AWS::Logs::LogGroup":           "logs:" + region + ":" + account + ":log-group:",
	"AWS::IAM::Role":                "iam::" + account + ":role/",
	"AWS::Scheduler::ScheduleGroup": "scheduler:" + region + ":" + account + ":schedule-group/",
	"AWS::SQS::Queue":               "sqs:" + region + ":" + account + ":",
}

func (s stack) attribute(name, attribute string) string {
	kind := text(dictionary(s.section("Resources")[name])["Type"])
	own := name
	if property, ok := nameOf[kind]; ok {
		own = text(s.resource(name)[property])
	}
	switch {
	case attribute == "QueueName":
		return own
	case kind == "AWS::Logs::LogGroup": // AWS adds the streams
		own += ":*"
	}
	return "arn:aws:" + arnOf[kind] + own
}
