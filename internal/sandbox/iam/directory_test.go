package iam_test

import (
	"errors"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/sandbox/iam"
)

// simulated are the results, as "ACTION RESOURCE DECISION".
func simulated(t *testing.T, d *iam.Directory, in *sdk.SimulatePrincipalPolicyInput) (results []string) {
	t.Helper()
	out, err := d.Handle(t.Context(), in)
	answer, ok := out.(*sdk.SimulatePrincipalPolicyOutput)
	if err != nil || !ok {
		t.Fatalf("got a %T, %v", out, err)
	}
	for _, r := range answer.EvaluationResults {
		results = append(results, *r.EvalActionName+" "+*r.EvalResourceName+" "+string(r.EvalDecision))
	}
	return results
}

// TestSimulateRole [IAM-14] [IAM-15]: by the statements that the guard goes by, conditions included.
func TestSimulateRole(t *testing.T) {
	d := &iam.Directory{}
	arn := iam.RoleARN("nap")
	d.Add(arn, iam.Role{Name: "nap", Policy: policy(t,
		m{"Effect": "Allow", "Action": []any{"a:Read", "a:Write"}, "Resource": "arn:one"},
		m{"Effect": "Allow", "Action": "ecs:ListTasks", "Resource": "*", "Condition": m{
			"ArnEquals": m{"ecs:cluster": "arn:c"},
		}},
	)})
	d.Add(iam.RoleARN("all"), iam.Unrestricted("all"))
	for name, test := range map[string]struct {
		role, cluster string
		actions, on   []string
		want          []string
	}{
		"each on each": {
			arn, "", []string{"a:Read", "a:Delete"}, []string{"arn:one", "arn:two"},
			[]string{
				"a:Read arn:one allowed", "a:Read arn:two implicitDeny", "a:Delete arn:one implicitDeny",
				"a:Delete arn:two implicitDeny",
			},
		},
		"on nothing":     {arn, "", []string{"a:Read"}, nil, []string{"a:Read * implicitDeny"}},
		"a condition":    {arn, "arn:c", []string{"ecs:ListTasks"}, nil, []string{"ecs:ListTasks * allowed"}},
		"another value":  {arn, "arn:d", []string{"ecs:ListTasks"}, nil, []string{"ecs:ListTasks * implicitDeny"}},
		"without a key":  {arn, "", []string{"ecs:ListTasks"}, nil, []string{"ecs:ListTasks * implicitDeny"}},
		"not restricted": {iam.RoleARN("all"), "", []string{"x:Y"}, []string{"arn:z"}, []string{"x:Y arn:z allowed"}},
	} {
		t.Run(name, func(t *testing.T) {
			in := &sdk.SimulatePrincipalPolicyInput{
				PolicySourceArn: &test.role, ActionNames: test.actions, ResourceArns: test.on,
			}
			if test.cluster != "" {
				in.ContextEntries = []types.ContextEntry{{
					ContextKeyName: new("ecs:cluster"), ContextKeyValues: []string{test.cluster},
				}}
			}
			got := simulated(t, d, in)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	_, err := d.Handle(t.Context(), &sdk.SimulatePrincipalPolicyInput{PolicySourceArn: new(iam.RoleARN("none"))})
	if _, none := errors.AsType[*types.NoSuchEntityException](err); !none {
		t.Errorf("got %v", err)
	}
	_, err = d.Handle(t.Context(), &sdk.GetRoleInput{})
	says(t, err, "does not imitate GetRole")
}
