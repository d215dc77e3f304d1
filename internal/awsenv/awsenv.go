// Package awsenv makes the configuration of AWS clients from what Lambda puts into a function's environment.
//
// It does what a function needs and no more: no profiles, no single sign-on, no instance metadata. The SDK's own loader
// looks for all of these at each cold start. The command line, which needs them, uses that loader.
package awsenv

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// Getenv reads a variable of the environment, "" when it is not set: os.Getenv.
type Getenv func(name string) string

// Options are what differs between functions.
type Options struct {
	// Attempts is how often a call is tried, the first time included.
	Attempts int
	// Timeout is for each attempt.
	Timeout time.Duration
}

// Config reads the Region, the credentials, AWS_ENDPOINT_URL and AWS_CA_BUNDLE. Lambda changes none of them while an
// instance lives.
func Config(getenv Getenv, o Options) (aws.Config, error) {
	region := getenv("AWS_REGION")
	if region == "" {
		return aws.Config{}, errors.New("read AWS_REGION: not set")
	}
	client, err := httpClient(getenv("AWS_CA_BUNDLE"), o.Timeout)
	if err != nil {
		return aws.Config{}, err
	}
	cfg := aws.Config{
		Region:      region,
		Credentials: credentials(getenv),
		HTTPClient:  client,
		Retryer:     retryer(o.Attempts),
	}
	if url := getenv("AWS_ENDPOINT_URL"); url != "" {
		cfg.BaseEndpoint = &url
	}
	return cfg, nil
}

func credentials(getenv Getenv) aws.CredentialsProvider {
	found := aws.Credentials{
		AccessKeyID:     getenv("AWS_ACCESS_KEY_ID"),
		SecretAccessKey: getenv("AWS_SECRET_ACCESS_KEY"),
		SessionToken:    getenv("AWS_SESSION_TOKEN"),
		Source:          "environment",
	}
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		if !found.HasKeys() {
			return aws.Credentials{}, errors.New("read AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: not set")
		}
		return found, nil
	})
}

// retryer keeps its back-off short: a visitor waits, and who calls looks again anyway.
func retryer(attempts int) func() aws.Retryer {
	return func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = attempts
			o.MaxBackoff = 2 * time.Second
		})
	}
}

// httpClient trusts the bundle's authorities in place of the system's, as the AWS CLI does. An instance makes a few
// calls at a time, to a handful of hosts.
func httpClient(bundle string, timeout time.Duration) (*http.Client, error) {
	transport := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: timeout}).DialContext,
		TLSHandshakeTimeout: timeout,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 8,
		IdleConnTimeout:     90 * time.Second,
	}
	if bundle != "" {
		pem, err := os.ReadFile(bundle) //nolint:gosec // G304: the operator's own file
		if err != nil {
			return nil, fmt.Errorf("read AWS_CA_BUNDLE: %w", err)
		}
		transport.TLSClientConfig.RootCAs = x509.NewCertPool()
		if !transport.TLSClientConfig.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("read AWS_CA_BUNDLE: no certificate in %s", bundle)
		}
	}
	return &http.Client{Transport: transport, Timeout: timeout}, nil
}
