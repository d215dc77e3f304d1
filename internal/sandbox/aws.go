package sandbox

import (
	"context"
	"fmt"
	"net"

	"golang.org/x/sync/errgroup"

	"github.com/catnap-dev/catnap/internal/sandbox/wire"
)

// listenForAWS opens the address at which the sandbox's AWS is called over the wire, if anybody is to call.
func (s *Sandbox) listenForAWS(ctx context.Context) (err error) {
	addr := s.AWSListen
	if addr == "" && s.Binaries == "" {
		return nil
	}
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	if s.aws, err = (&net.ListenConfig{}).Listen(ctx, "tcp", addr); err != nil {
		return fmt.Errorf("listen for AWS calls: %w", err)
	}
	return nil
}

func (s *Sandbox) closeAWS() error {
	if s.aws == nil {
		return nil
	}
	return s.aws.Close()
}

// AWSURL is what AWS_ENDPOINT_URL must be for SDKs and the AWS CLI to call the sandbox; empty if nobody may.
func (s *Sandbox) AWSURL() string {
	if s.aws == nil {
		return ""
	}
	return "http://" + s.aws.Addr().String()
}

func (s *Sandbox) serveAWS(ctx context.Context, group *errgroup.Group) {
	if s.aws == nil {
		return
	}
	front := wire.New(s.Backplane, wire.Cores{
		ECS: s.ECS, ELB: s.ALB, CloudWatch: s.CloudWatch, SSM: s.SSM, Scheduler: s.Scheduler,
		AutoScaling: s.AutoScaling, SNS: s.SNS, Lambda: s.Lambda, IAM: s.IAM,
	})
	serve(ctx, group, "AWS calls", s.aws, front)
}
