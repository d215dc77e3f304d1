package sam

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/catnap-dev/catnap/internal/cloudformation"
)

const (
	account   = "123456789012"
	region    = "eu-west-3"
	stackUUID = "c71b3d40-71f2-11f1-9c3a-0242ac120002"
	elbARN    = "arn:aws:elasticloadbalancing:" + region + ":" + account + ":"
)

// template is the parsed template.
type template struct{ *cloudformation.Template }

func source(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func load(t *testing.T) template {
	t.Helper()
	read, err := parse(source(t))
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func parse(source string) (template, error) {
	read, err := cloudformation.Parse([]byte(source))
	return template{read}, err
}

// stack is the template with the values that somebody deploys it with.
type stack struct {
	template
	filled *cloudformation.Stack
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

// deploy fills the template in with plausible values, and then those given as name and value by turns. It fails when
// CloudFormation would refuse one of them.
func (t template) deploy(more ...string) (stack, error) {
	place := cloudformation.Place{Account: account, Region: region, Stack: "catnap-web", ID: stackUUID}
	values := plausible()
	for i := 0; i+1 < len(more); i += 2 {
		values[more[i]] = more[i+1]
	}
	filled, err := t.Stack(cloudformation.Options{Place: place, Parameters: values, Provider: maker(place)})
	return stack{t, filled}, err
}

// deployed is deploy with values that are taken. Of a template that takes none the stack is empty: a check of its own
// says so.
func (t template) deployed(more ...string) stack {
	s, err := t.deploy(more...)
	if err != nil {
		return stack{t, nil}
	}
	return s
}

// maker calls resources what AWS would call them, but for roles, which have no name in the template.
type maker cloudformation.Place

func (m maker) Make(r cloudformation.Resource) (cloudformation.Physical, error) {
	made := cloudformation.Identify(cloudformation.Place(m), r)
	switch r.Type {
	case "AWS::IAM::Role":
		made.ID = r.Name
		made.Attributes["Arn"] = "arn:aws:iam::" + account + ":role/" + r.Name
	case "AWS::ElasticLoadBalancingV2::ListenerRule":
		listener := strings.Replace(text(r.Properties["ListenerArn"]), ":listener/", ":listener-rule/", 1)
		made.ID = listener + "/" + strings.ToLower(r.Name)
	}
	return made, nil
}

// value is the value of a parameter.
func (s stack) value(parameter string) string { return text(s.ref(parameter)) }

// resource returns the properties as CloudFormation hands them to the service; none if they cannot be filled in.
func (s stack) resource(name string) map[string]any {
	if s.filled == nil {
		return nil
	}
	made, err := s.filled.Resource(name)
	if err != nil {
		return nil
	}
	return made.Properties
}

func (s stack) ref(name string) any {
	if s.filled == nil {
		return nil
	}
	value, err := s.filled.Ref(name)
	if err != nil {
		return nil
	}
	return value
}

// arn is what !GetAtt returns for the resource's Arn.
func (s stack) arn(resource string) string {
	if s.filled == nil {
		return ""
	}
	value, err := s.filled.Attribute(resource, "Arn")
	if err != nil {
		return ""
	}
	return text(value)
}

// checkStack: with plausible values everything is made, and what needs something else comes after it.
func checkStack(t template) []string {
	s, err := t.deploy()
	if err == nil {
		err = s.filled.Make()
	}
	if err == nil {
		_, err = s.filled.Outputs()
	}
	if err != nil {
		return []string{err.Error()}
	}
	return nil
}

// brokenRules are the names of the rules that an error of deploy says are broken, and what else it says.
func brokenRules(err error) []string {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		var names []string
		for _, one := range several.Unwrap() {
			names = append(names, brokenRules(one)...)
		}
		return names
	}
	if broken, ok := errors.AsType[*cloudformation.BrokenRuleError](err); ok {
		return []string{broken.Rule}
	}
	if err != nil {
		return []string{err.Error()}
	}
	return nil
}

func dictionary(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// texts reads what is one text or a list of them.
func texts(v any) []string {
	if s, ok := v.(string); ok {
		return []string{s}
	}
	var all []string
	for _, element := range list(v) {
		all = append(all, fmt.Sprint(element))
	}
	return all
}

// sorted goes through a map in a fixed order, so that failures read the same each time.
func sorted(m map[string]any) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
