package sandbox

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/catnap-dev/catnap/internal/cutover"
	"github.com/catnap-dev/catnap/internal/sandbox/alb"
	"github.com/catnap-dev/catnap/internal/sandbox/deployment"
)

const (
	ec2Instance = "i-0123456789abcdef0" // it serves Options.EC2
	ec2Group    = "ec2"
	ec2Priority = 2
)

// listenForEC2 opens the address of the EC2 instance, if there is one.
func (s *Sandbox) listenForEC2(ctx context.Context) (err error) {
	if s.EC2 == nil {
		return nil
	}
	if s.instance, err = s.Network.Listen(ctx, "127.0.0.1:0"); err != nil {
		return fmt.Errorf("listen for the EC2 instance: %w", err)
	}
	return nil
}

func (s *Sandbox) closeEC2() error {
	if s.instance == nil {
		return nil
	}
	return s.instance.Close()
}

// withEC2 adds what an application has that is to move from EC2 to ECS: a target group for the instance, and the EC2
// rule, in front of the waker rule and behind the bypass rule. The traffic goes there at first.
func (s *Sandbox) withEC2(d deployment.Deployment) deployment.Deployment {
	if s.EC2 == nil {
		return d
	}
	d.Machines = s.ALB.TargetGroupARN(ec2Group)
	d.TargetGroups = append(d.TargetGroups, alb.TargetGroup{
		Name: ec2Group, DeregistrationDelay: drain,
		HealthCheck: alb.HealthCheck{Path: healthPath, Interval: healthInterval, Timeout: healthTimeout, Healthy: 2},
	})
	d.Rules = append(d.Rules, alb.Rule{
		Priority: ec2Priority, TargetGroup: d.Machines,
		Conditions: paths("/*", cutover.Mark(s.Clock.Now())),
	})
	return d
}

// wakerPriority leaves its place to the EC2 rule, if there is one.
func (s *Sandbox) wakerPriority() int {
	if s.EC2 != nil {
		return ec2Priority + 1
	}
	return ec2Priority
}

// registerEC2 puts the instance into its target group.
func (s *Sandbox) registerEC2(group string) error {
	if s.EC2 == nil {
		return nil
	}
	return s.ALB.Register(group, ec2Instance, s.instance.Addr().String())
}

// DemoEC2 is the application as it runs on EC2: it says so.
func DemoEC2() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		io.WriteString(w, "The application on EC2\n")
	})
}
