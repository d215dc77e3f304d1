package webapp

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsecr"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"

	"github.com/catnap-dev/catnap/infra/compose"
	"github.com/catnap-dev/catnap/infra/origin"
)

// image is in a registry that everybody may read, or in ECR, where the role that starts the task may.
func (s *site) image(c compose.Container) awsecs.ContainerImage {
	repository, ok := origin.ParseECR(c.Image)
	if !ok {
		return awsecs.ContainerImage_FromRegistry(&c.Image, nil)
	}
	imported := awsecr.Repository_FromRepositoryAttributes(s.stack, new(c.Name+"Image"), &awsecr.RepositoryAttributes{
		RepositoryArn: new(repository.ARN(*s.stack.Partition())), RepositoryName: &repository.Name,
	})
	return awsecs.ContainerImage_FromEcrRepository(imported, &repository.Tag)
}

// secrets are read by the role that starts the task, which may read these only. CDK's own way allows more actions than
// ECS needs, and no parameter of another Region.
func (s *site) secrets(definition awsecs.FargateTaskDefinition) {
	place := origin.Place{Partition: *s.stack.Partition(), Region: *s.stack.Region(), Account: *s.stack.Account()}
	resource, _ := definition.Node().DefaultChild().(awsecs.CfnTaskDefinition)
	var parameters, managed []string
	for i, container := range s.Task.Containers { // they were added in this order
		var list []any
		for _, secret := range container.Secrets {
			list = append(list, map[string]any{"Name": secret.Variable, "ValueFrom": place.ValueFrom(secret)})
			if secret.Store == compose.StoreSSM {
				parameters = append(parameters, place.SecretARN(secret))
			} else {
				managed = append(managed, place.SecretARN(secret))
			}
		}
		if list != nil {
			resource.AddPropertyOverride(new(fmt.Sprintf("ContainerDefinitions.%d.Secrets", i)), list)
		}
	}
	mayRead(definition, "ssm:GetParameters", parameters)
	mayRead(definition, "secretsmanager:GetSecretValue", managed)
}

func mayRead(definition awsecs.FargateTaskDefinition, action string, resources []string) {
	if resources == nil {
		return
	}
	definition.AddToExecutionRolePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions: &[]*string{&action}, Resources: texts(resources),
	}))
}
