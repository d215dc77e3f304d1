package catnap

import (
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
)

// statement is one of a policy. It allows.
type statement struct {
	sid       string
	actions   []string
	resources []string
	condition map[string]any
}

func policyDocument(statements ...statement) map[string]any {
	var list []any
	for _, s := range statements {
		m := map[string]any{"Sid": s.sid, "Effect": "Allow", "Action": s.actions, "Resource": s.resources}
		if s.condition != nil {
			m["Condition"] = s.condition
		}
		list = append(list, m)
	}
	return map[string]any{"Version": "2012-10-17", "Statement": list}
}

func trust(service string, condition map[string]any) map[string]any {
	m := map[string]any{
		"Effect": "Allow", "Principal": map[string]any{"Service": service}, "Action": "sts:AssumeRole",
	}
	if condition != nil {
		m["Condition"] = condition
	}
	return map[string]any{"Version": "2012-10-17", "Statement": []any{m}}
}

func policyOf(name string, statements ...statement) *awsiam.CfnRole_PolicyProperty {
	return &awsiam.CfnRole_PolicyProperty{PolicyName: &name, PolicyDocument: policyDocument(statements...)}
}

// role is a function's, with no more than its log group: that is needed to make the function. What it may do besides is
// a policy of its own, because that names the waker rule, which needs the function; and the service by its names,
// because the service may need the rule.
func (b builder) role(
	id, description string, logs awslogs.CfnLogGroup, more ...*awsiam.CfnRole_PolicyProperty,
) awsiam.CfnRole {
	write := statement{
		sid: "WriteLogs", actions: []string{"logs:CreateLogStream", "logs:PutLogEvents"},
		resources: []string{*logs.AttrArn()},
	}
	return awsiam.NewCfnRole(b.scope, new(id+"Role"), &awsiam.CfnRoleProps{
		Description:              &description,
		AssumeRolePolicyDocument: trust("lambda.amazonaws.com", nil),
		Policies:                 append([]*awsiam.CfnRole_PolicyProperty{policyOf("logs", write)}, more...),
	})
}

func (b builder) sendDeadLetters(letters awssqs.CfnQueue) *awsiam.CfnRole_PolicyProperty {
	return policyOf("dead-letters", b.mayBury(letters))
}

func (b builder) mayBury(letters awssqs.CfnQueue) statement {
	return statement{
		sid: "SendDeadLetters", actions: []string{"sqs:SendMessage"}, resources: []string{*letters.AttrArn()},
	}
}

// The three policies come last, after the settings: until then the functions may read nothing. A waker that finds no
// settings refuses a request, and keeps to that for half a minute; one that may not read them holds the request for up
// to 20 s and asks again. So most who come while the stack is made wait some seconds and see no error.
//
// On "*" is only what AWS does not restrict to resources. ecs:ListTasks is checked against "*" when it is not asked for
// a container instance, which Fargate does not have; the condition keeps it to the cluster.

func (b builder) wakerPolicy(role awsiam.CfnRole, rule elb.CfnListenerRule, documents documents) {
	b.policy("WakerPolicy", role, documents, append([]statement{
		b.onService("StartService"),
		b.listTasks(),
		b.onTasks("ecs:DescribeTasks"),
		{
			sid:       "ReadLoadBalancer",
			actions:   []string{"elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTargetHealth"},
			resources: []string{"*"},
		},
	}, b.onCatnapsOwn(rule, documents.wakes)...))
}

func (b builder) reaperPolicy(
	role awsiam.CfnRole, rule elb.CfnListenerRule, documents documents,
) awsiam.CfnRolePolicy {
	return b.policy("ReaperPolicy", role, documents, append([]statement{
		b.onService("StopAndStartService"),
		b.listTasks(),
		b.onTasks("ecs:DescribeTasks", "ecs:GetTaskProtection"),
		{
			sid: "ReadLoadBalancerAndMetrics",
			actions: []string{
				"cloudwatch:GetMetricStatistics", "elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTargetHealth",
			},
			resources: []string{"*"},
		},
	}, b.onCatnapsOwn(rule, documents.wakes)...))
}

// costGuardPolicy lets it stop nothing itself: what it orders stands in two parameters, and is carried out by the waker
// and the reaper.
func (b builder) costGuardPolicy(role awsiam.CfnRole, documents documents) awsiam.CfnRolePolicy {
	on := func(sid, action string, parameters ...awsssm.CfnParameter) statement {
		s := statement{sid: sid, actions: []string{action}}
		for _, parameter := range parameters {
			s.resources = append(s.resources, b.arn("ssm", "parameter"+*parameter.Ref()))
		}
		return s
	}
	own := documents.orders
	statements := []statement{
		{sid: "ReadService", actions: []string{"ecs:DescribeServices"}, resources: []string{b.serviceARN()}},
		{
			sid:     "ReadTaskSizeAndMetrics",
			actions: []string{"cloudwatch:GetMetricStatistics", "ecs:DescribeTaskDefinition"}, resources: []string{"*"},
		},
		b.readSettings(),
		on("ReadOrders", "ssm:GetParameter", own.budget, own.warned, own.freeze, documents.freeze, own.thaw),
		on("Freeze", "ssm:PutParameter", own.warned, own.freeze, documents.freeze),
	}
	if b.AlarmTopic != nil {
		statements = append(statements, statement{
			sid: "Warn", actions: []string{"sns:Publish"}, resources: []string{*b.AlarmTopic.TopicArn()},
		})
	}
	return b.policy("CostGuardPolicy", role, documents, statements)
}

func (b builder) policy(
	id string, role awsiam.CfnRole, documents documents, statements []statement,
) awsiam.CfnRolePolicy {
	policy := awsiam.NewCfnRolePolicy(b.scope, &id, &awsiam.CfnRolePolicyProps{
		RoleName: role.Ref(), PolicyName: new("catnap"), PolicyDocument: policyDocument(statements...),
	})
	policy.AddDependency(documents.settings)
	return policy
}

func (b builder) onService(sid string) statement {
	return statement{
		sid: sid, actions: []string{"ecs:DescribeServices", "ecs:UpdateService"}, resources: []string{b.serviceARN()},
	}
}

func (b builder) serviceARN() string {
	return b.arn("ecs", "service/"+*b.Service.Cluster().ClusterName()+"/"+*b.Service.ServiceName())
}

func (b builder) listTasks() statement {
	cluster := b.arn("ecs", "cluster/"+*b.Service.Cluster().ClusterName())
	return statement{
		sid: "ListTasks", actions: []string{"ecs:ListTasks"}, resources: []string{"*"},
		condition: map[string]any{"ArnEquals": map[string]any{"ecs:cluster": cluster}},
	}
}

func (b builder) onTasks(actions ...string) statement {
	tasks := b.arn("ecs", "task/"+*b.Service.Cluster().ClusterName()+"/*")
	return statement{sid: "ReadTasks", actions: actions, resources: []string{tasks}}
}

// onCatnapsOwn is for the waker rule and the parameters.
func (b builder) onCatnapsOwn(rule elb.CfnListenerRule, wakes awsssm.CfnParameter) []statement {
	parameter := func(name string) string { return b.arn("ssm", "parameter"+name) }
	return []statement{
		{
			sid: "SwitchWakerRule", actions: []string{"elasticloadbalancing:ModifyRule"}, resources: []string{*rule.Ref()},
		},
		b.readSettings(),
		{
			sid: "ReadFreeze", actions: []string{"ssm:GetParameter"}, resources: []string{parameter(b.prefix() + "/freeze")},
		},
		{
			sid: "NoteWakes", actions: []string{"ssm:GetParameter", "ssm:PutParameter"},
			resources: []string{parameter(*wakes.Ref())},
		},
	}
}

// readSettings reads a path with all below, which AWS checks on the path alone.
func (b builder) readSettings() statement {
	return statement{
		sid: "ReadSettings", actions: []string{"ssm:GetParametersByPath"},
		resources: []string{b.arn("ssm", "parameter"+b.prefix()+"/services")},
	}
}
