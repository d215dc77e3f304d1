package webapp

import (
	_ "embed"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"

	"github.com/catnap-dev/catnap/infra/nag"
)

// collectorImage is AWS's distribution of OpenTelemetry's collector, which reads its configuration from the variable
// AOT_CONFIG_CONTENT. Neither was tried on AWS.
const collectorImage = "public.ecr.aws/aws-observability/aws-otel-collector:v0.43.3"

//go:embed collector.yaml
var collectorConfig string

// collector is a container beside the application's. The task does without it if it fails: traces are worth no outage.
func (s *site) collector(definition awsecs.FargateTaskDefinition) {
	definition.AddContainer(new("xray"), &awsecs.ContainerDefinitionOptions{
		Image: awsecs.ContainerImage_FromRegistry(new(collectorImage), nil), Essential: new(false),
		Environment: &map[string]*string{"AOT_CONFIG_CONTENT": &collectorConfig},
		Logging:     awsecs.LogDriver_AwsLogs(&awsecs.AwsLogDriverProps{LogGroup: s.logs, StreamPrefix: new("xray")}),
	})
	definition.AddToTaskRolePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions: &[]*string{
			new("xray:PutTraceSegments"), new("xray:PutTelemetryRecords"), new("xray:GetSamplingRules"),
			new("xray:GetSamplingTargets"), new("xray:GetSamplingStatisticSummaries"),
		},
		Resources: &[]*string{new("*")},
	}))
	policy := definition.TaskRole().Node().FindChild(new("DefaultPolicy"))
	nag.ExcuseL2(policy, "AwsSolutions-IAM5", "AWS restricts X-Ray's actions for traces to no resource.")
}
