package deployment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/catnap-dev/catnap/internal/cloudformation"
)

// Template is a CloudFormation template and what it is deployed with.
type Template struct {
	Source []byte // YAML or JSON
	Stack  string // the stack's name; empty means "catnap"
	Values map[string]string
	// SSM are the values of parameters of the type AWS::SSM::Parameter::Value, by their names in SSM.
	SSM map[string]string
	// Exports are what other stacks export.
	Exports map[string]string
}

// LoadBalancer is the sandbox's, which stands for the template's own.
type LoadBalancer interface {
	Name() string
	ARN() string
	ListenerARN() string
	Dimension() string
	TargetGroupARN(name string) string
	RuleARN(priority int) string
}

// FromTemplate reads a deployment. Host is the DNS name under which the functions reach the load balancer.
func FromTemplate(t Template, lb LoadBalancer, host string) (Deployment, error) {
	parsed, err := cloudformation.Parse(t.Source)
	if err != nil {
		return Deployment{}, err
	}
	name := t.Stack
	if name == "" {
		name = "catnap"
	}
	l := &loader{
		template: parsed, place: Place(name), lb: lb, host: host,
		roles: map[string]*role{}, retries: map[string]Retry{}, groups: map[string]string{},
	}
	stack, err := parsed.Stack(cloudformation.Options{
		Place: l.place, Parameters: t.Values, Provider: l, SSM: t.SSM, Exports: t.Exports,
	})
	if err != nil {
		return Deployment{}, fmt.Errorf("deploy template: %w", err)
	}
	if err := stack.Make(); err != nil {
		return Deployment{}, fmt.Errorf("deploy template: %w", err)
	}
	if _, err := stack.Outputs(); err != nil {
		return Deployment{}, fmt.Errorf("deploy template: %w", err)
	}
	if err := l.finish(); err != nil {
		return Deployment{}, fmt.Errorf("deploy template: %w", err)
	}
	return l.Deployment, nil
}

// loader makes a deployment out of resources, one at a time.
type loader struct {
	Deployment
	template *cloudformation.Template
	place    cloudformation.Place
	lb       LoadBalancer
	host     string

	permissions []permission
	roles       map[string]*role  // by name
	retries     map[string]Retry  // by the function's name
	groups      map[string]string // ARNs of schedule groups by name
}

// kind is what is done with the resources of one kind.
type kind = func(l *loader, r cloudformation.Resource) (cloudformation.Physical, error)

// kinds are those that are imitated.
var kinds = map[string]kind{
	"AWS::Serverless::Function":                   (*loader).serverlessFunction,
	"AWS::Lambda::Function":                       (*loader).lambdaFunction,
	"AWS::Lambda::EventInvokeConfig":              (*loader).eventInvokeConfig,
	"AWS::Lambda::Permission":                     (*loader).permission,
	"AWS::IAM::Role":                              (*loader).role,
	"AWS::IAM::RolePolicy":                        (*loader).rolePolicy,
	"AWS::IAM::Policy":                            (*loader).policy,
	"AWS::IAM::ManagedPolicy":                     (*loader).policy,
	"AWS::ElasticLoadBalancingV2::LoadBalancer":   (*loader).loadBalancer,
	"AWS::ElasticLoadBalancingV2::Listener":       (*loader).listener,
	"AWS::ElasticLoadBalancingV2::ListenerRule":   (*loader).listenerRule,
	"AWS::ElasticLoadBalancingV2::TargetGroup":    (*loader).targetGroup,
	"AWS::ECS::Service":                           (*loader).service,
	"AWS::ApplicationAutoScaling::ScalableTarget": (*loader).scalableTarget,
	"AWS::SSM::Parameter":                         (*loader).parameter,
	"AWS::Scheduler::ScheduleGroup":               (*loader).scheduleGroup,
	"AWS::SNS::Topic":                             (*loader).topic,
	"AWS::Scheduler::Schedule":                    (*loader).schedule,
}

// immaterial are the kinds that make no difference here: nothing that catnap does or sees depends on them. What the
// sandbox has none of, networks and machines, is among them, and what only tells people something. Another listener or
// a function of somebody else's are not: they would.
//
// A scaling policy is, because it tracks requests for each task: it neither leaves zero nor goes below a minimum, and
// those who visit a sandbox are few. The scalable target is not.
var immaterial = []string{
	"AWS::ApplicationAutoScaling::ScalingPolicy",
	"AWS::AutoScaling::AutoScalingGroup",
	"AWS::CDK::Metadata",
	"AWS::CertificateManager::Certificate",
	"AWS::CloudWatch::Alarm",
	"AWS::CloudWatch::CompositeAlarm",
	"AWS::CloudWatch::Dashboard",
	"AWS::EC2::EIP",
	"AWS::EC2::InternetGateway",
	"AWS::EC2::LaunchTemplate",
	"AWS::EC2::NatGateway",
	"AWS::EC2::Route",
	"AWS::EC2::RouteTable",
	"AWS::EC2::SecurityGroup",
	"AWS::EC2::SecurityGroupEgress",
	"AWS::EC2::SecurityGroupIngress",
	"AWS::EC2::Subnet",
	"AWS::EC2::SubnetRouteTableAssociation",
	"AWS::EC2::VPC",
	"AWS::EC2::VPCGatewayAttachment",
	"AWS::ECS::Cluster",
	"AWS::ECS::ClusterCapacityProviderAssociations",
	"AWS::ECS::TaskDefinition",
	"AWS::IAM::InstanceProfile",
	"AWS::Logs::LogGroup",
	"AWS::SNS::Subscription",
	"AWS::SNS::TopicPolicy",
	"AWS::SQS::Queue",
	"AWS::SQS::QueuePolicy",
}

// Make implements cloudformation.Provider.
func (l *loader) Make(r cloudformation.Resource) (cloudformation.Physical, error) {
	if load, imitated := kinds[r.Type]; imitated {
		return load(l, r)
	}
	if slices.Contains(immaterial, r.Type) {
		return cloudformation.Identify(l.place, r), nil
	}
	return cloudformation.Physical{}, fmt.Errorf("the sandbox does not imitate %s", r.Type)
}

// unimitated is the error for a property's value that the sandbox does not imitate.
func unimitated(property, value, only string) error {
	return fmt.Errorf("%s: %q is not imitated, only %s", property, value, only)
}

// lastOf is what follows the last separator: a name in an ARN, for instance.
func lastOf(text, separator string) string { return text[strings.LastIndex(text, separator)+1:] }

// finish puts together what several resources say of one thing.
func (l *loader) finish() error {
	for i, f := range l.Functions {
		if retry, given := l.retries[f.Name]; given {
			l.Functions[i].Retry = retry
		}
		l.Functions[i].Callers = l.callers(f.Name)
	}
	return l.checkAccess()
}
