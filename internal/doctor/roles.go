package doctor

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

type iamAPI interface {
	SimulatePrincipalPolicy(context.Context, *iam.SimulatePrincipalPolicyInput, ...func(*iam.Options)) (*iam.SimulatePrincipalPolicyOutput, error)
}

var _ iamAPI = (*iam.Client)(nil)

// role is the ARN of a part's role; empty if the part was not found.
func (f *Facts) role(p Part) string {
	if p == Schedules {
		if f.Schedule == nil {
			return ""
		}
		return f.Schedule.Role
	}
	if function := f.Functions[p]; function != nil {
		return function.Role
	}
	return ""
}

// place is what the service's resources are called. The rule's ARN tells where they are.
func (f *Facts) place() Place {
	rule, _ := arn.Parse(f.Service.WakerRule) // the settings were validated
	p := Place{
		Partition: rule.Partition, Region: rule.Region, Account: rule.AccountID, Cluster: nameOf(f.Service.Cluster),
		Service: nameOf(f.Service.Service), Prefix: f.Prefix, Name: f.Service.Name, WakerRule: f.Service.WakerRule,
		LogGroups: make(map[Part]string),
	}
	for part, function := range f.Functions {
		if function != nil {
			p.LogGroups[part] = function.LogGroup
		}
	}
	if reaper := f.Functions[Reaper]; reaper != nil {
		p.Reaper = reaper.ARN
	}
	if guard := f.Functions[CostGuard]; guard != nil {
		p.Topic = guard.Env["CATNAP_TOPIC"]
	}
	if f.GuardSchedule != nil { // it may have a role of its own, which is not looked at
		p.Queue, p.CostGuard = f.GuardSchedule.DeadLetter, f.GuardSchedule.Target
	}
	return p
}

// refusals asks IAM which of the needs a role does not allow: one question for all actions on a resource, as each
// action is asked for on each resource of a question.
func (e *Examiner) refusals(ctx context.Context, role string, needs []Need) (refused []Refusal, err error) {
	if role == "" {
		return nil, nil
	}
	for len(needs) > 0 {
		same, others := alike(needs)
		found, err := e.ask(ctx, role, same)
		if err != nil {
			return nil, err
		}
		refused, needs = append(refused, found...), others
	}
	return refused, nil
}

// alike parts the needs into those with the first one's resource and condition, and the others.
func alike(needs []Need) (same, others []Need) {
	for _, n := range needs {
		if n.Resource == needs[0].Resource && n.Cluster == needs[0].Cluster {
			same = append(same, n)
		} else {
			others = append(others, n)
		}
	}
	return same, others
}

func (e *Examiner) ask(ctx context.Context, role string, needs []Need) (refused []Refusal, err error) {
	in := &iam.SimulatePrincipalPolicyInput{PolicySourceArn: &role, ResourceArns: []string{needs[0].example()}}
	if cluster := needs[0].Cluster; cluster != "" {
		in.ContextEntries = []types.ContextEntry{{
			ContextKeyName: aws.String("ecs:cluster"), ContextKeyType: types.ContextKeyTypeEnumString,
			ContextKeyValues: []string{cluster},
		}}
	}
	byAction := map[string]Need{}
	for _, n := range needs {
		in.ActionNames, byAction[n.Action] = append(in.ActionNames, n.Action), n
	}
	pages := iam.NewSimulatePrincipalPolicyPaginator(e.IAM, in)
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return nil, denied("iam:SimulatePrincipalPolicy", fmt.Errorf("ask what %s allows: %w", role, err))
		}
		for _, r := range out.EvaluationResults {
			if r.EvalDecision != types.PolicyEvaluationDecisionTypeAllowed {
				refused = append(refused, Refusal{Need: byAction[aws.ToString(r.EvalActionName)], Role: role, By: deniedBy(r)})
			}
		}
	}
	return refused, nil
}

// deniedBy is what stands against an action; empty if only nothing allows it.
func deniedBy(r types.EvaluationResult) string {
	switch {
	case r.OrganizationsDecisionDetail != nil && !r.OrganizationsDecisionDetail.AllowedByOrganizations:
		return "a policy of the organization"
	case r.PermissionsBoundaryDecisionDetail != nil && !r.PermissionsBoundaryDecisionDetail.AllowedByPermissionsBoundary:
		return "the role's permissions boundary"
	case r.EvalDecision == types.PolicyEvaluationDecisionTypeExplicitDeny:
		return "a statement that denies it"
	default:
		return ""
	}
}
