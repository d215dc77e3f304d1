package webapp

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53targets"

	"github.com/catnap-dev/catnap/infra/nag"
)

// front is the load balancer with its listener: with a domain by TLS, and what comes without is redirected.
func (s *site) front() {
	s.balancer = elb.NewApplicationLoadBalancer(s.stack, new("LoadBalancer"), &elb.ApplicationLoadBalancerProps{
		Vpc: s.vpc, InternetFacing: new(true),
		VpcSubnets: &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PUBLIC},
		// More than the waker holds a request for.
		IdleTimeout:             awscdk.Duration_Seconds(new(60.0)),
		DropInvalidHeaderFields: new(true),
	})
	nag.ExcuseL2(s.balancer, "AwsSolutions-ELB2", "Access logs keep every visitor's address. Who wants them adds a "+
		"bucket.")
	s.openToAll()
	awscdk.NewCfnOutput(s.stack, new("URL"), &awscdk.CfnOutputProps{Value: s.url()})
	if s.Environment.Domain == nil {
		s.listener = s.balancer.AddListener(new("Listener"), &elb.BaseApplicationListenerProps{
			Port: new(80.0), Protocol: elb.ApplicationProtocol_HTTP,
		})
		return
	}
	s.listener = s.balancer.AddListener(new("Listener"), &elb.BaseApplicationListenerProps{
		Port: new(443.0), Protocol: elb.ApplicationProtocol_HTTPS, SslPolicy: elb.SslPolicy_RECOMMENDED_TLS,
		Certificates: &[]elb.IListenerCertificate{s.certificate()},
	})
	s.balancer.AddRedirect(nil)
}

// openToAll is about the load balancer's security group: the site is public.
func (s *site) openToAll() {
	for _, group := range *s.balancer.Connections().SecurityGroups() {
		nag.ExcuseL2(group, "AwsSolutions-EC23", "It is the load balancer's of a public site.")
	}
}

func (s *site) url() *string {
	if domain := s.Environment.Domain; domain != nil {
		return new("https://" + domain.Name)
	}
	return new("http://" + *s.balancer.LoadBalancerDnsName())
}

// certificate exists, or is made, with its proof and the application's name in the hosted zone. The name's alias does
// not ask for health: the target group of a sleeping service is empty, and Route 53 would take it for ill.
func (s *site) certificate() elb.IListenerCertificate {
	domain := s.Environment.Domain
	var zone awsroute53.IHostedZone
	if domain.HostedZoneID != "" {
		zone = awsroute53.HostedZone_FromHostedZoneAttributes(s.stack, new("Zone"), &awsroute53.HostedZoneAttributes{
			HostedZoneId: &domain.HostedZoneID, ZoneName: &domain.HostedZone,
		})
		awsroute53.NewARecord(s.stack, new("Name"), &awsroute53.ARecordProps{
			Zone: zone, RecordName: new(domain.Name + "."),
			Target: awsroute53.RecordTarget_FromAlias(awsroute53targets.NewLoadBalancerTarget(s.balancer, nil)),
		})
	}
	if domain.Certificate != "" {
		return elb.ListenerCertificate_FromArn(&domain.Certificate)
	}
	certificate := awscertificatemanager.NewCertificate(s.stack, new("Certificate"),
		&awscertificatemanager.CertificateProps{
			DomainName: &domain.Name, Validation: awscertificatemanager.CertificateValidation_FromDns(zone),
		})
	return elb.ListenerCertificate_FromCertificateManager(certificate)
}
