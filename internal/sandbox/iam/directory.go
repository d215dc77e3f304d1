package iam

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// Directory knows the roles of the account and answers what they would allow. The zero value knows none.
type Directory struct {
	mu    sync.Mutex
	roles map[string]Role // by ARN
}

// Unrestricted is a role that may do everything. Its name is in its ARN.
func Unrestricted(name string) Role {
	return Role{Name: name, Policy: []Statement{{
		Sid: "Everything", Actions: []string{"*"}, Resources: []string{"*"},
	}}}
}

// RoleARN is that of a role of this name.
func RoleARN(name string) string { return "arn:aws:iam::" + Account + ":role/" + name }

// Add makes a role known, or another one of the same ARN.
func (d *Directory) Add(arn string, r Role) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.roles == nil {
		d.roles = map[string]Role{}
	}
	d.roles[arn] = r
}

// Handle implements awsapi.Core.
func (d *Directory) Handle(_ context.Context, input any) (any, error) {
	in, ok := input.(*iam.SimulatePrincipalPolicyInput)
	if !ok {
		return nil, awsapi.Unknown(input)
	}
	return d.simulate(in)
}

// simulate [IAM-14]: each action is asked for on each of the resources, and on * when there are none; the answer has a
// result for each, in that order. Policies that are handed in, and boundaries, are not imitated.
func (d *Directory) simulate(in *iam.SimulatePrincipalPolicyInput) (*iam.SimulatePrincipalPolicyOutput, error) {
	d.mu.Lock()
	role, ok := d.roles[aws.ToString(in.PolicySourceArn)]
	d.mu.Unlock()
	if !ok {
		return nil, &types.NoSuchEntityException{
			Message: aws.String("The role with name " + aws.ToString(in.PolicySourceArn) + " cannot be found."),
		}
	}
	keys := map[string]string{}
	for _, entry := range in.ContextEntries {
		if len(entry.ContextKeyValues) > 0 {
			keys[aws.ToString(entry.ContextKeyName)] = entry.ContextKeyValues[0]
		}
	}
	out := &iam.SimulatePrincipalPolicyOutput{}
	for _, action := range in.ActionNames {
		r := Request{Action: action, Resources: in.ResourceArns, Keys: keys}
		for _, resource := range r.resources() {
			out.EvaluationResults = append(out.EvaluationResults, types.EvaluationResult{
				EvalActionName: &action, EvalResourceName: &resource, EvalDecision: role.decide(r, resource),
			})
		}
	}
	return out, nil
}

// decide [IAM-15]: what no statement allows is denied implicitly.
func (r Role) decide(request Request, resource string) types.PolicyEvaluationDecisionType {
	if _, allowed := find(r.Policy, request, resource); allowed {
		return types.PolicyEvaluationDecisionTypeAllowed
	}
	return types.PolicyEvaluationDecisionTypeImplicitDeny
}
