// Package ec2 is the compose file's application on one machine: an EC2 instance, on Spot by default, in a group that
// starts another one when it is lost, behind a load balancer's target group.
//
// The machine runs the compose file itself, by Docker, and not the task that was made of it. What the task knows beyond
// the file is put beside it: secrets, logs, and the port that the load balancer talks to. There is no SSH; AWS Systems
// Manager's Session Manager opens a shell.
package ec2

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsautoscaling"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3assets"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/catnap-dev/catnap/infra/compose"
	"github.com/catnap-dev/catnap/infra/environment"
	"github.com/catnap-dev/catnap/infra/nag"
)

// Props are what a machine is made of. All are required.
type Props struct {
	Settings environment.EC2
	Task     compose.Task
	// Bundle is the folder that Bundle.Write has filled.
	Bundle string
	// Health is the path that the load balancer asks for, and the machine itself before it says that it is ready.
	Health string

	VPC     awsec2.IVpc
	Subnets *awsec2.SubnetSelection
	// Public gives the machine an address of its own; without NAT it could not fetch anything otherwise.
	Public bool
	Logs   awslogs.ILogGroup
	// Group is the machine's own target group, of the target type instance.
	Group elb.ApplicationTargetGroup
}

// Port is the machine's that the load balancer talks to.
func Port(settings environment.EC2, task compose.Task) int {
	if settings.Port != 0 {
		return settings.Port
	}
	return task.Front.Port
}

// New makes the machine and puts it into its target group.
func New(scope constructs.Construct, id string, p *Props) awsautoscaling.AutoScalingGroup {
	m := &machine{Props: *p, scope: constructs.NewConstruct(scope, &id), stack: awscdk.Stack_Of(scope)}
	m.bundle = awss3assets.NewAsset(m.scope, new("Bundle"), &awss3assets.AssetProps{Path: &p.Bundle})
	group := m.autoScaling(m.template())
	m.userData.AddSignalOnExitCommand(group)
	m.userData.AddCommands(new(m.setUp()))
	group.AttachToApplicationTargetGroup(p.Group)
	return group
}

type machine struct {
	Props
	scope    constructs.Construct
	stack    awscdk.Stack
	bundle   awss3assets.Asset
	userData awsec2.UserData
}

func (m *machine) template() awsec2.LaunchTemplate {
	m.userData = awsec2.UserData_ForLinux(nil)
	kind := awsec2.NewInstanceType(&m.Settings.InstanceType)
	props := &awsec2.LaunchTemplateProps{
		InstanceType: kind,
		MachineImage: awsec2.MachineImage_LatestAmazonLinux2023(&awsec2.AmazonLinux2023ImageSsmParameterProps{
			CpuType: processors[kind.Architecture()],
		}),
		Role: m.role(), UserData: m.userData, AssociatePublicIpAddress: &m.Public,
		SecurityGroup: awsec2.NewSecurityGroup(m.scope, new("SecurityGroup"), &awsec2.SecurityGroupProps{
			Vpc: m.VPC, Description: new("The machine: from the load balancer only."),
		}),
		// One hop: the machine itself may ask for its role's credentials, a container may not.
		RequireImdsv2: new(true), HttpPutResponseHopLimit: new(1.0),
		BlockDevices: &[]*awsec2.BlockDevice{{
			DeviceName: new("/dev/xvda"),
			Volume: awsec2.BlockDeviceVolume_Ebs(new(float64(m.Settings.VolumeSize)), &awsec2.EbsDeviceOptions{
				Encrypted: new(true), VolumeType: awsec2.EbsDeviceVolumeType_GP3, DeleteOnTermination: new(true),
			}),
		}},
	}
	if m.Settings.Spot {
		props.SpotOptions = &awsec2.LaunchTemplateSpotOptions{RequestType: awsec2.SpotRequestType_ONE_TIME}
	}
	return awsec2.NewLaunchTemplate(m.scope, new("Template"), props)
}

var processors = map[awsec2.InstanceArchitecture]awsec2.AmazonLinuxCpuType{
	awsec2.InstanceArchitecture_X86_64: awsec2.AmazonLinuxCpuType_X86_64,
	awsec2.InstanceArchitecture_ARM_64: awsec2.AmazonLinuxCpuType_ARM_64,
}

// startTimeout is how long a new machine may take until the application answers.
const startTimeout = 15 // minutes

// autoScaling keeps one machine. A new one, after an update or when AWS wants a Spot machine back, is started beside
// the old one, and the old one goes when the new one has said that the application answers; so there may be two.
//
// Whether it is well is asked of EC2 only: systemd and Docker start again what fails on the machine, and another
// machine with the same image would fail alike.
func (m *machine) autoScaling(template awsec2.LaunchTemplate) awsautoscaling.AutoScalingGroup {
	group := awsautoscaling.NewAutoScalingGroup(m.scope, new("Group"), &awsautoscaling.AutoScalingGroupProps{
		Vpc: m.VPC, VpcSubnets: m.Subnets, LaunchTemplate: template,
		MinCapacity: new(1.0), MaxCapacity: new(2.0),
		CapacityRebalance: &m.Settings.Spot,
		Signals: awsautoscaling.Signals_WaitForCount(new(1.0), &awsautoscaling.SignalsOptions{
			Timeout: awscdk.Duration_Minutes(new(float64(startTimeout))),
		}),
		UpdatePolicy: awsautoscaling.UpdatePolicy_RollingUpdate(&awsautoscaling.RollingUpdateOptions{
			MinInstancesInService: new(1.0), MaxBatchSize: new(1.0), WaitOnResourceSignals: new(true),
			PauseTime: awscdk.Duration_Minutes(new(float64(startTimeout))),
		}),
	})
	nag.ExcuseL2(group, "AwsSolutions-AS3", "There is one machine, and the load balancer's dashboard shows whether it "+
		"is well.")
	return group
}
