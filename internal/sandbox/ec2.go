package sandbox

import (
	"context"
	"fmt"
	"io"
	"net/http"

	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/catnap-dev/catnap/internal/cutover"
	"github.com/catnap-dev/catnap/internal/sandbox/alb"
)

// ec2Instance is the one that serves Options.EC2.
const ec2Instance = "i-0123456789abcdef0"

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

// createEC2 makes what an application has that is to move from EC2 to ECS: a target group with an instance, and the EC2
// rule, in front of the waker rule and behind the bypass rule. The traffic goes there at first.
func (s *Sandbox) createEC2() (err error) {
	if s.EC2 == nil {
		return nil
	}
	s.Stored.EC2TargetGroup, err = s.ALB.CreateTargetGroup(alb.TargetGroup{
		Name: "ec2", DeregistrationDelay: deregistrationDelay,
		HealthCheck: alb.HealthCheck{Path: healthPath, Interval: healthInterval, Timeout: healthTimeout, Healthy: 2},
	})
	if err != nil {
		return err
	}
	if err := s.ALB.Register(s.Stored.EC2TargetGroup, ec2Instance, s.instance.Addr().String()); err != nil {
		return err
	}
	s.Stored.EC2Rule, err = s.ALB.CreateRule(alb.Rule{
		Priority: 2, TargetGroup: s.Stored.EC2TargetGroup,
		Conditions: []elbtypes.RuleCondition{{
			Field: new("path-pattern"),
			PathPatternConfig: &elbtypes.PathPatternConditionConfig{
				Values: []string{"/*", cutover.Mark(s.Clock.Now())},
			},
		}},
	})
	return err
}

// DemoEC2 is the application as it runs on EC2: it says so.
func DemoEC2() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		io.WriteString(w, "The application on EC2\n")
	})
}
