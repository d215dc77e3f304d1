// Package iam decides, as AWS Identity and Access Management does, whether a role allows a call, and writes down what
// each role was used for: so a missing permission fails here as it would on AWS, and a needless one is seen.
//
// Numbers in brackets, as in [IAM-03], name the imitated behaviours. It knows statements that allow, with conditions on
// texts and ARNs. Denials, exceptions (NotAction, NotResource), boundaries, policies of organizations and of resources
// are refused when they are read. A change of a policy is in force at once.
package iam

import (
	"fmt"
	"slices"
	"strings"

	"github.com/catnap-dev/catnap/internal/cloudformation"
)

// Statement allows actions on resources, by patterns with * and ?.
type Statement struct {
	Sid        string
	Actions    []string
	Resources  []string // none in a statement about who may take a role
	Services   []string // who may take the role
	Conditions []Condition
}

// Condition is one that must hold for a statement to count.
type Condition struct {
	Operator, Key string
	Values        []string // one of them must match
}

// statement is a statement as a policy has it.
type statement struct {
	Sid       string
	Effect    string
	Principal struct{ Service cloudformation.Texts }
	Action    cloudformation.Texts
	Resource  cloudformation.Texts
	Condition map[string]map[string]cloudformation.Texts
}

// operators are those of conditions that are known, and whether they take patterns. ArnEquals and ArnLike are the same.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
var operators = map[string]bool{"StringEquals": false, "StringLike": true, "ArnEquals": true, "ArnLike": true}

// Parse reads a policy document that stands at path.
func Parse(path string, document any) ([]Statement, error) {
	var policy struct {
		Version   string
		Statement []statement
	}
	if err := cloudformation.Decode(path, document, &policy); err != nil {
		return nil, err
	}
	var all []Statement
	for i, s := range policy.Statement {
		parsed, err := s.parse()
		if err != nil {
			return nil, fmt.Errorf("%s.Statement.%d: %w", path, i, err)
		}
		all = append(all, parsed)
	}
	return all, nil
}

func (s statement) parse() (Statement, error) {
	if s.Effect != "Allow" {
		return Statement{}, fmt.Errorf("the effect %q is not imitated, only Allow", s.Effect)
	}
	parsed := Statement{
		Sid: s.Sid, Actions: s.Action, Resources: s.Resource, Services: s.Principal.Service,
	}
	for operator, keys := range s.Condition {
		if _, known := operators[operator]; !known {
			return Statement{}, fmt.Errorf("the condition operator %s is not imitated", operator)
		}
		for key, values := range keys {
			parsed.Conditions = append(parsed.Conditions, Condition{operator, key, values})
		}
	}
	slices.SortFunc(parsed.Conditions, func(a, b Condition) int { return strings.Compare(a.Key, b.Key) })
	return parsed, nil
}

// Request is what a call asks of IAM.
type Request struct {
	Action string
	// Resources are the ARNs of what the call is about, each of which must be allowed. None means that AWS restricts the
	// action to no resource: it must be allowed on "*".
	Resources []string
	// Keys are what conditions may ask about.
	Keys map[string]string
}

// resources are what each must be allowed on.
func (r Request) resources() []string {
	if len(r.Resources) == 0 {
		return []string{"*"}
	}
	return r.Resources
}

// grant is one action of a statement on one of its resources.
type grant struct{ statement, action, resource int }

// find returns what of a policy allows the request's action on one resource.
// [IAM-01] A call is allowed when a statement allows its action on each of its resources, and its conditions hold.
func find(policy []Statement, r Request, resource string) (grant, bool) {
	for i, s := range policy {
		action := slices.IndexFunc(s.Actions, func(pattern string) bool {
			return match(strings.ToLower(pattern), strings.ToLower(r.Action)) // [IAM-02]
		})
		on := slices.IndexFunc(s.Resources, func(pattern string) bool { return match(pattern, resource) })
		if action >= 0 && on >= 0 && s.holds(r.Keys) {
			return grant{i, action, on}, true
		}
	}
	return grant{}, false
}

// holds tells whether all conditions do. One on a key that the request does not have does not.
func (s Statement) holds(keys map[string]string) bool {
	return !slices.ContainsFunc(s.Conditions, func(c Condition) bool {
		value, given := keys[c.Key]
		return !given || !slices.ContainsFunc(c.Values, func(wanted string) bool {
			if operators[c.Operator] {
				return match(wanted, value)
			}
			return wanted == value
		})
	})
}

// Match tells whether a text matches a pattern.
// [IAM-02] A * stands for any characters, slashes and colons too, and a ? for one. Actions are matched without case.
func Match(pattern, text string) bool { return match(pattern, text) }

func match(pattern, text string) bool {
	star, mark := -1, 0 // of the last *: where it is, and where its match ends
	p, t := 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// Trusts tells whether a service may take the role whose trust policy this is, for a resource of this ARN and account.
func Trusts(policy []Statement, service, sourceARN, account string) bool {
	keys := map[string]string{"aws:SourceArn": sourceARN, "aws:SourceAccount": account}
	return slices.ContainsFunc(policy, func(s Statement) bool {
		return slices.Contains(s.Services, service) && slices.Contains(s.Actions, "sts:AssumeRole") && s.holds(keys)
	})
}
