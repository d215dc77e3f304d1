package webapp

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"

	"github.com/catnap-dev/catnap/infra/environment"
	"github.com/catnap-dev/catnap/infra/nag"
)

// network is one that exists, or a new one in two zones, which is the least that a load balancer takes. Public subnets
// need no NAT, which would cost more than all the rest; the tasks' security group lets in the load balancer only.
func (s *site) network() {
	n := s.Environment.Network
	s.subnets = &awsec2.SubnetSelection{SubnetType: subnetTypes[n.Subnets]}
	switch n.VPC {
	case "":
		s.vpc = s.newNetwork()
	case "default":
		s.vpc = awsec2.Vpc_FromLookup(s.stack, new("Vpc"), &awsec2.VpcLookupOptions{IsDefault: new(true)})
	default:
		s.vpc = awsec2.Vpc_FromLookup(s.stack, new("Vpc"), &awsec2.VpcLookupOptions{VpcId: &n.VPC})
	}
}

var subnetTypes = map[environment.Subnets]awsec2.SubnetType{
	environment.SubnetsPublic:  awsec2.SubnetType_PUBLIC,
	environment.SubnetsPrivate: awsec2.SubnetType_PRIVATE_WITH_EGRESS,
}

func (s *site) newNetwork() awsec2.Vpc {
	subnets := []*awsec2.SubnetConfiguration{
		{Name: new("Public"), SubnetType: awsec2.SubnetType_PUBLIC, CidrMask: new(20.0)},
	}
	gateways := 0.0
	if s.Environment.Network.Subnets == environment.SubnetsPrivate {
		gateways = 1 // in one zone: when that fails, tasks in the other have no way out, for half the price
		subnets = append(subnets, &awsec2.SubnetConfiguration{
			Name: new("Private"), SubnetType: awsec2.SubnetType_PRIVATE_WITH_EGRESS, CidrMask: new(20.0),
		})
	}
	vpc := awsec2.NewVpc(s.stack, new("Vpc"), &awsec2.VpcProps{
		MaxAzs: new(2.0), NatGateways: &gateways, SubnetConfiguration: &subnets,
	})
	nag.ExcuseL2(vpc, "AwsSolutions-VPC7", "Flow logs would cost more than the network, and nothing runs in it but what "+
		"the load balancer lets in.")
	return vpc
}

// isPublic tells whether what runs has an address of its own; without NAT it could not fetch its image otherwise.
func (s *site) isPublic() bool { return s.Environment.Network.Subnets == environment.SubnetsPublic }
