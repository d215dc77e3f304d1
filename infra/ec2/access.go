package ec2

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"

	"github.com/catnap-dev/catnap/infra/compose"
	"github.com/catnap-dev/catnap/infra/nag"
	"github.com/catnap-dev/catnap/infra/origin"
)

// role may read the bundle, the secrets and the images, write the log, and be reached by Session Manager.
func (m *machine) role() awsiam.Role {
	role := awsiam.NewRole(m.scope, new("Role"), &awsiam.RoleProps{
		AssumedBy:   awsiam.NewServicePrincipal(new("ec2.amazonaws.com"), nil),
		Description: new("The machine that runs " + m.Task.Name + "."),
		ManagedPolicies: &[]awsiam.IManagedPolicy{
			awsiam.ManagedPolicy_FromAwsManagedPolicyName(new("AmazonSSMManagedInstanceCore")),
		},
		InlinePolicies: &map[string]awsiam.PolicyDocument{"machine": awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{
			Statements: m.statements(),
		})},
	})
	nag.ExcuseL2(role, "AwsSolutions-IAM4", "AmazonSSMManagedInstanceCore is what Session Manager's agent needs, and "+
		"AWS keeps it up to date. It opens no port.")
	if len(m.repositories()) > 0 {
		nag.ExcuseL2(role, "AwsSolutions-IAM5", "AWS restricts ecr:GetAuthorizationToken to no resource.")
	}
	return role
}

func (m *machine) statements() *[]awsiam.PolicyStatement {
	list := []awsiam.PolicyStatement{
		allow("ReadBundle", []string{"s3:GetObject"}, *m.bundle.Bucket().ArnForObjects(m.bundle.S3ObjectKey())),
		allow("WriteLogs", []string{"logs:CreateLogStream", "logs:PutLogEvents"}, *m.Logs.LogGroupArn()),
	}
	if arns := m.secrets(compose.StoreSSM); len(arns) > 0 {
		list = append(list, allow("ReadParameters", []string{"ssm:GetParameter"}, arns...))
	}
	if arns := m.secrets(compose.StoreSecretsManager); len(arns) > 0 {
		list = append(list, allow("ReadSecrets", []string{"secretsmanager:GetSecretValue"}, arns...))
	}
	if arns := m.repositories(); len(arns) > 0 {
		list = append(list,
			allow("ReadImages", []string{
				"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer",
			}, arns...),
			allow("SignInToRegistry", []string{"ecr:GetAuthorizationToken"}, "*"))
	}
	return &list
}

// secrets are the ARNs of those in a store.
func (m *machine) secrets(store compose.Store) []string {
	place := origin.Place{Partition: *m.stack.Partition(), Region: *m.stack.Region(), Account: *m.stack.Account()}
	var arns []string
	for _, s := range secretsOf(m.Task) {
		if s.Store == store {
			arns = append(arns, place.SecretARN(s.Secret))
		}
	}
	slices.Sort(arns)
	return slices.Compact(arns)
}

// repositories are the ARNs of those of ECR that the task has images of.
func (m *machine) repositories() []string {
	var arns []string
	for _, container := range m.Task.Containers {
		if repository, ok := origin.ParseECR(container.Image); ok {
			arns = append(arns, repository.ARN(*m.stack.Partition()))
		}
	}
	slices.Sort(arns)
	return slices.Compact(arns)
}

func allow(sid string, actions []string, resources ...string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: &sid, Actions: pointers(actions), Resources: pointers(resources),
	})
}

func pointers(texts []string) *[]*string {
	var list []*string
	for _, text := range texts {
		list = append(list, &text)
	}
	return &list
}
