package cloudformation

import (
	"fmt"
	"hash/fnv"
	"strings"
)

// identity is how others refer to a kind of resource: by texts in which {name} is the resource's name, {hash} what AWS
// makes it unique with, and {region} and {account} those of the stack.
type identity struct {
	name       string // the property with the name; empty if it has none
	ref        string
	attributes map[string]string
}

const (
	functionARN = "arn:aws:lambda:{region}:{account}:function:{name}"
	queueURL    = "https://sqs.{region}.amazonaws.com/{account}/{name}"
	topicARN    = "arn:aws:sns:{region}:{account}:{name}"
	groupARN    = "arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/{name}/{hash}"
	policyARN   = "arn:aws:iam::{account}:policy/{name}"
	taskARN     = "arn:aws:ecs:{region}:{account}:task-definition/{name}:1"
)

// identities are those of the kinds that deployments of catnap use, by the section "Return values" of each kind's page.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
var identities = map[string]identity{
	"AWS::Serverless::Function": {"FunctionName", "{name}", map[string]string{"Arn": functionARN}},
	"AWS::Lambda::Function":     {"FunctionName", "{name}", map[string]string{"Arn": functionARN}},
	"AWS::Logs::LogGroup": {"LogGroupName", "{name}", map[string]string{
		"Arn": "arn:aws:logs:{region}:{account}:log-group:{name}:*",
	}},
	"AWS::IAM::Role":          {"RoleName", "{name}", map[string]string{"Arn": "arn:aws:iam::{account}:role/{name}"}},
	"AWS::IAM::ManagedPolicy": {"ManagedPolicyName", policyARN, map[string]string{"PolicyArn": policyARN}},
	"AWS::SSM::Parameter":     {"Name", "{name}", nil},
	"AWS::Scheduler::ScheduleGroup": {"Name", "{name}", map[string]string{
		"Arn": "arn:aws:scheduler:{region}:{account}:schedule-group/{name}",
	}},
	"AWS::Scheduler::Schedule": {"Name", "{name}", nil},
	"AWS::SQS::Queue": {"QueueName", queueURL, map[string]string{
		"Arn": "arn:aws:sqs:{region}:{account}:{name}", "QueueName": "{name}", "QueueUrl": queueURL,
	}},
	"AWS::SNS::Topic": {"TopicName", topicARN, map[string]string{"TopicArn": topicARN, "TopicName": "{name}"}},
	"AWS::ElasticLoadBalancingV2::TargetGroup": {"Name", groupARN, map[string]string{
		"TargetGroupArn": groupARN, "TargetGroupName": "{name}", "TargetGroupFullName": "targetgroup/{name}/{hash}",
	}},
	"AWS::IAM::InstanceProfile": {"InstanceProfileName", "{name}", map[string]string{
		"Arn": "arn:aws:iam::{account}:instance-profile/{name}",
	}},
	"AWS::EC2::LaunchTemplate": {"LaunchTemplateName", "lt-0{hash}", map[string]string{
		"LaunchTemplateId": "lt-0{hash}", "DefaultVersionNumber": "1", "LatestVersionNumber": "1",
	}},
	"AWS::AutoScaling::AutoScalingGroup": {"AutoScalingGroupName", "{name}", map[string]string{
		"AutoScalingGroupARN": "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:{hash}:autoScalingGroupName/{name}",
	}},
	"AWS::CloudWatch::Alarm": {"AlarmName", "{name}", map[string]string{
		"Arn": "arn:aws:cloudwatch:{region}:{account}:alarm:{name}",
	}},
	"AWS::CloudWatch::Dashboard": {"DashboardName", "{name}", nil},
	"AWS::ECS::Cluster": {"ClusterName", "{name}", map[string]string{
		"Arn": "arn:aws:ecs:{region}:{account}:cluster/{name}",
	}},
	"AWS::ECS::TaskDefinition": {"Family", taskARN, map[string]string{"TaskDefinitionArn": taskARN}},
	"AWS::EC2::VPC": {"", "vpc-{hash}", map[string]string{
		"VpcId": "vpc-{hash}", "DefaultSecurityGroup": "sg-{hash}", "DefaultNetworkAcl": "acl-{hash}",
	}},
	"AWS::EC2::Subnet":        {"", "subnet-{hash}", map[string]string{"SubnetId": "subnet-{hash}"}},
	"AWS::EC2::SecurityGroup": {"", "sg-{hash}", map[string]string{"GroupId": "sg-{hash}", "Id": "sg-{hash}"}},
	"AWS::EC2::EIP":           {"", "192.0.2.1", map[string]string{"AllocationId": "eipalloc-{hash}"}},
}

// Identify says what AWS would call a resource of a kind that it knows; one that has no name gets one of the stack's.
// Of other kinds it knows the logical ID only: what is asked of them by Fn::GetAtt is an error.
func Identify(place Place, r Resource) Physical {
	kind := identities[r.Type]
	hash := fnv.New64a()
	fmt.Fprint(hash, place.Stack, "/", r.Name)
	unique := fmt.Sprintf("%016x", hash.Sum64())
	name, given := r.Properties[kind.name].(string)
	if !given {
		name = strings.Join([]string{place.Stack, r.Name, strings.ToUpper(unique[:12])}, "-")
	}
	if kind.ref == "" {
		return Physical{ID: name}
	}
	fill := strings.NewReplacer(
		"{name}", name, "{hash}", unique, "{region}", place.Region, "{account}", place.Account).Replace
	physical := Physical{ID: fill(kind.ref), Attributes: map[string]any{}}
	for attribute, pattern := range kind.attributes {
		physical.Attributes[attribute] = fill(pattern)
	}
	return physical
}
