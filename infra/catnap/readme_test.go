package catnap_test

import (
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	ec2 "github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	ecs "github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	elb "github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"

	"github.com/catnap-dev/catnap/infra/catnap"
)

func shop(app awscdk.App, dist string) awscdk.Stack {
	stack := awscdk.NewStack(app, new("Shop"), nil)
	vpc := ec2.NewVpc(stack, new("Vpc"), &ec2.VpcProps{NatGateways: new(0.0)})
	task := ecs.NewFargateTaskDefinition(stack, new("Task"), nil)
	task.AddContainer(new("web"), &ecs.ContainerDefinitionOptions{
		Image:        ecs.ContainerImage_FromRegistry(new("nginx:alpine"), nil),
		PortMappings: &[]*ecs.PortMapping{{ContainerPort: new(80.0)}},
	})
	service := ecs.NewFargateService(stack, new("Service"), &ecs.FargateServiceProps{
		Cluster:        ecs.NewCluster(stack, new("Cluster"), &ecs.ClusterProps{Vpc: vpc}),
		TaskDefinition: task, AssignPublicIp: new(true), MinHealthyPercent: new(100.0),
	})
	balancer := elb.NewApplicationLoadBalancer(stack, new("LoadBalancer"),
		&elb.ApplicationLoadBalancerProps{Vpc: vpc, InternetFacing: new(true)})
	listener := balancer.AddListener(new("Listener"), &elb.BaseApplicationListenerProps{Port: new(80.0)})
	seconds := func(n float64) awscdk.Duration { return awscdk.Duration_Seconds(&n) }
	group := listener.AddTargets(new("Web"), &elb.AddApplicationTargetsProps{
		Port: new(80.0), Targets: &[]elb.IApplicationLoadBalancerTarget{service},
		DeregistrationDelay: seconds(10), HealthCheck: &elb.HealthCheck{Interval: seconds(5), Timeout: seconds(4)},
	})

	catnap.NewScaleToZero(stack, "Catnap", &catnap.Props{
		Name: "shop", Service: service, TargetGroup: group, Listener: listener, Dist: dist,
	})
	return stack
}

// TestReadme: the README's example is the function above, to the letter, and works.
func TestReadme(t *testing.T) {
	text := template(t, shop(awscdk.NewApp(nil), dist(t)))
	if !strings.Contains(text, `"FunctionName":"catnap-shop-waker"`) {
		t.Error("the example makes no waker")
	}
	source, err := os.ReadFile("readme_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(source), "\nfunc shop(")
	body, _, _ := strings.Cut(rest, "\n}\n")
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "\nfunc shop("+body+"\n}\n") {
		t.Errorf("README.md does not have the example as it is here:\n%s", body)
	}
}
