package deployment

import (
	"fmt"

	"github.com/catnap-dev/catnap/internal/cloudformation"
	"github.com/catnap-dev/catnap/internal/sandbox/iam"
)

// role is an IAM role. Of one that nobody here takes, like that of the tasks, only the trust policy is read.
type role struct {
	trust    []iam.Statement
	policies []document
	managed  []string // ARNs
}

// document is a policy document and its place.
type document struct {
	path     string
	document any
}

func (l *loader) role(r cloudformation.Resource) (cloudformation.Physical, error) {
	var p struct {
		RoleName                 string
		AssumeRolePolicyDocument any
		Policies                 []struct {
			PolicyName     string
			PolicyDocument any
		}
		ManagedPolicyArns []string
		Description, Tags ignored
	}
	if err := r.Decode(&p); err != nil {
		return cloudformation.Physical{}, err
	}
	trust, err := iam.Parse("Properties.AssumeRolePolicyDocument", p.AssumeRolePolicyDocument)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	made := &role{trust: trust, managed: p.ManagedPolicyArns}
	for i, policy := range p.Policies {
		path := fmt.Sprintf("Resources.%s.Properties.Policies.%d.PolicyDocument", r.Name, i)
		made.policies = append(made.policies, document{path, policy.PolicyDocument})
	}
	physical := cloudformation.Identify(l.place, r)
	l.roles[physical.ID] = made
	return physical, nil
}

func (l *loader) rolePolicy(r cloudformation.Resource) (cloudformation.Physical, error) {
	var p struct {
		RoleName, PolicyName string
		PolicyDocument       any
	}
	if err := r.Decode(&p); err != nil {
		return cloudformation.Physical{}, err
	}
	return cloudformation.Identify(l.place, r), l.bind(r, p.PolicyDocument, p.RoleName)
}

// policy is for several roles; users and groups have no part in this.
func (l *loader) policy(r cloudformation.Resource) (cloudformation.Physical, error) {
	var p struct {
		Roles                            []string
		PolicyDocument                   any
		PolicyName, ManagedPolicyName    ignored
		Description, Path, Users, Groups ignored
	}
	if err := r.Decode(&p); err != nil {
		return cloudformation.Physical{}, err
	}
	return cloudformation.Identify(l.place, r), l.bind(r, p.PolicyDocument, p.Roles...)
}

func (l *loader) bind(r cloudformation.Resource, policy any, roles ...string) error {
	for _, name := range roles {
		made, ok := l.roles[name]
		if !ok {
			return fmt.Errorf("%s is no role of this template", name)
		}
		made.policies = append(made.policies, document{"Resources." + r.Name + ".Properties.PolicyDocument", policy})
	}
	return nil
}

// checkTrust [IAM-10]: AWS refuses to make what is given a role that it may not take.
func (l *loader) checkTrust(roleARN, service, sourceARN string) error {
	made, err := l.roleOf(roleARN)
	if err != nil {
		return err
	}
	if !iam.Trusts(made.trust, service, sourceARN, l.place.Account) {
		return fmt.Errorf("the role %s cannot be assumed by %s", roleARN, service)
	}
	return nil
}

func (l *loader) roleOf(arn string) (*role, error) {
	made, ok := l.roles[roleName(arn)]
	if !ok {
		return nil, fmt.Errorf("the role %q is none of this template: what it allows is not known", arn)
	}
	return made, nil
}

func roleName(arn string) string { return lastOf(arn, "/") }

// checkAccess reads the roles of functions and schedules, and asks for what AWS needs when these are made.
func (l *loader) checkAccess() error {
	l.Roles = map[string]iam.Role{}
	for _, f := range l.Functions {
		if err := l.readRole(f.Role); err != nil {
			return err
		}
	}
	for _, s := range l.Schedules {
		if err := l.readRole(s.Role); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) readRole(arn string) error {
	if _, done := l.Roles[arn]; done {
		return nil
	}
	made, err := l.roleOf(arn)
	if err != nil {
		return err
	}
	read := iam.Role{Name: roleName(arn)}
	for _, policy := range made.policies {
		statements, err := iam.Parse(policy.path, policy.document)
		if err != nil {
			return err
		}
		read.Policy = append(read.Policy, statements...)
	}
	for _, managed := range made.managed {
		statements, known := managedPolicies[lastOf(managed, "/")]
		if !known {
			return fmt.Errorf("role %s: what the managed policy %s allows is not known here", read.Name, managed)
		}
		read.Policy = append(read.Policy, statements...)
	}
	l.Roles[arn] = read
	return nil
}

// managedPolicies are AWS's own, by the ends of their ARNs.
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaBasicExecutionRole.html
var managedPolicies = map[string][]iam.Statement{
	"AWSLambdaBasicExecutionRole": {{
		Sid:       "AWSLambdaBasicExecutionRole",
		Actions:   []string{"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"},
		Resources: []string{"*"},
	}},
}
