// Package account opens an AWS account for the command line: configuration and credentials as the SDK finds them
// (profiles, single sign-on, the environment), the clients, and the time that AWS has.
//
// The functions do not use it: they read Lambda's own variables (package awsenv), which costs less at a cold start.
package account

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go/middleware"
)

// Options are what the user may say beside AWS's own variables and files. The zero value leaves it all to those.
type Options struct {
	EndpointURL string // in place of AWS's own addresses; before AWS_ENDPOINT_URL
	Region      string // before AWS_REGION and the profile's
	Profile     string // before AWS_PROFILE
	// Front stands before every call of the clients, such as a dry run's; nil for nothing.
	Front func(*middleware.Stack) error
	// Now is the time of this computer.
	Now func() time.Time
}

// Account is an account in a Region.
type Account struct {
	// Config makes further clients, which go through Front and tell the time, too.
	Config     aws.Config
	ECS        *ecs.Client
	ELB        *elb.Client
	CloudWatch *cloudwatch.Client
	SSM        *ssm.Client

	clock *serverClock
}

// timeout is for one attempt of a call. The SDK makes three.
const timeout = 15 * time.Second

// Open reads the configuration. It makes no call to the services that the clients are for. What it reports is for the
// user to mend.
func Open(ctx context.Context, o Options) (*Account, error) {
	if err := CheckURL(o.EndpointURL); err != nil {
		return nil, err
	}
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(o.Region), config.WithSharedConfigProfile(o.Profile),
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTimeout(timeout)))
	if err != nil {
		return nil, fmt.Errorf("read AWS's configuration: %w", err)
	}
	if cfg.Region == "" {
		return nil, errors.New("find the Region: not set; give --region, set AWS_REGION or choose a profile that has one")
	}
	a := &Account{clock: &serverClock{now: o.Now}}
	// Only now, so that what the SDK calls to get credentials is left alone.
	cfg.APIOptions = append(cfg.APIOptions, a.clock.attach)
	if o.Front != nil {
		cfg.APIOptions = append(cfg.APIOptions, o.Front)
	}
	if o.EndpointURL != "" {
		cfg.BaseEndpoint = &o.EndpointURL
		cfg.ConfigSources = nil // AWS_ENDPOINT_URL_ECS and its like come from there, and would win
	}
	a.Config = cfg
	a.ECS, a.ELB = ecs.NewFromConfig(cfg), elb.NewFromConfig(cfg)
	a.CloudWatch, a.SSM = cloudwatch.NewFromConfig(cfg), ssm.NewFromConfig(cfg)
	return a, nil
}

// CheckURL wants the address of AWS to be one; empty is AWS's own.
func CheckURL(text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return fmt.Errorf("read --endpoint-url: %q must be http or https and a host, like \"http://127.0.0.1:4566\"", text)
	}
	return nil
}

// Now is AWS's time as far as its answers have told it, and this computer's before the first. See serverClock.
func (a *Account) Now() time.Time { return a.clock.Now() }
