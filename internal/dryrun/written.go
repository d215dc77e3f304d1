package dryrun

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

// written is what would have been written.
type written struct {
	desired    map[service]int32
	conditions map[string][]elbtypes.RuleCondition // by the rule's ARN
}

// service is an ECS service as the calls name it: by names or by ARNs.
type service struct{ cluster, name string }

func newWritten() written {
	return written{desired: map[service]int32{}, conditions: map[string][]elbtypes.RuleCondition{}}
}

// take remembers a write and returns its answer, nil for one that is not known. Nobody looks into the answers, and
// nobody reads again what is put into a parameter.
func (w written) take(input any) any {
	switch in := input.(type) {
	case *ecs.UpdateServiceInput:
		if in.DesiredCount != nil {
			w.desired[service{aws.ToString(in.Cluster), aws.ToString(in.Service)}] = *in.DesiredCount
		}
		return &ecs.UpdateServiceOutput{}
	case *elb.ModifyRuleInput:
		if in.Conditions != nil {
			w.conditions[aws.ToString(in.RuleArn)] = in.Conditions
		}
		return &elb.ModifyRuleOutput{}
	case *ssm.PutParameterInput:
		return &ssm.PutParameterOutput{}
	}
	return nil
}

// show changes the answer to a read into what it would be after the writes.
func (w written) show(input, output any) {
	switch out := output.(type) {
	case *ecs.DescribeServicesOutput:
		if in, ok := input.(*ecs.DescribeServicesInput); ok {
			w.showDesired(aws.ToString(in.Cluster), out)
		}
	case *elb.DescribeRulesOutput:
		for i, rule := range out.Rules {
			if conditions, ok := w.conditions[aws.ToString(rule.RuleArn)]; ok {
				out.Rules[i].Conditions = conditions
			}
		}
	}
}

func (w written) showDesired(cluster string, out *ecs.DescribeServicesOutput) {
	for i, svc := range out.Services {
		for _, name := range []*string{svc.ServiceName, svc.ServiceArn} {
			if count, ok := w.desired[service{cluster, aws.ToString(name)}]; ok {
				out.Services[i].DesiredCount = count
			}
		}
	}
}
