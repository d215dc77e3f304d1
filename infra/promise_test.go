package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/catnap-dev/catnap/internal/cutover"
	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/sandbox/promise"
)

// TestPromise: the template that is synthesised, loaded into the sandbox, keeps catnap's promise; and its roles allow
// what the functions do when they do all that they can do, and nothing else. What is deployed is what is tested.
func TestPromise(t *testing.T) {
	for mode, rehearse := range map[string]rehearsal{"ecs": none, "both": moveToECS} {
		t.Run(mode, func(t *testing.T) {
			var fate promise.Fate
			o := loaded(t, mode)
			o.Plan = fate.Plan
			var err error
			synctest.Test(t, func(t *testing.T) {
				err = promise.Run(t.Context(), o, func(ctx context.Context, box *sandbox.Sandbox) error {
					err := errors.Join(rehearse(ctx, box), promise.Keep(ctx, box, promise.Terms{Settle: firstSleep}))
					err = errors.Join(err, promise.Exercise(ctx, box, &fate, promise.Terms{}))
					report(t, "denied", box.Access().Denied())
					report(t, "unused", box.Access().Unused())
					return err
				})
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// rehearsal comes before the promise.
type rehearsal func(context.Context, *sandbox.Sandbox) error

func none(context.Context, *sandbox.Sandbox) error { return nil }

// moveToECS: a stack with a machine begins there.
func moveToECS(ctx context.Context, box *sandbox.Sandbox) error {
	if err := answers(ctx, box, "The application on EC2"); err != nil {
		return err
	}
	return cutover.New(box.Clients().ELB, box.Clock.Now).To(ctx, box.Stored, cutover.ECS)
}

// firstSleep is when a new service, which CloudFormation makes with a task, sleeps at the latest.
const firstSleep = 7 * time.Minute

// loaded is a sandbox with the example's template, without a domain: the sandbox has no TLS.
func loaded(t *testing.T, mode string) sandbox.Options {
	t.Helper()
	compose, err := filepath.Abs("../examples/city-guided/docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "trial.json")
	text := fmt.Sprintf(`{"region": "eu-west-3", "compose": %q, "health": {"path": "/api/health"},
		"variables": {"IMAGE_TAG": "1", "SITE_DOMAIN": "localhost"}, "billing": {"limit": 0}, "email": "ops@example.com"}`, compose)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	made := synthesise(t, map[string]any{"env": file, "mode": mode}, func(awscdk.App) {})
	if made.err != nil {
		t.Fatal(made.err)
	}
	o := promise.InMemory(promise.AsDocumented())
	o.Template = &sandbox.Template{
		Source: []byte(made.templates["city-guided-trial"]),
		SSM: map[string]string{
			"/cdk-bootstrap/hnb659fds/version":                                      "21",
			"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64":     "ami-0123456789abcdef0",
			"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64": "ami-0123456789abcdef0",
		},
	}
	if mode == "both" {
		o.EC2 = sandbox.DemoEC2()
	}
	return o
}

// answers fails unless whoever asks the load balancer gets this text.
func answers(ctx context.Context, box *sandbox.Sandbox, want string) error {
	transport := &http.Transport{DialContext: box.Network.DialContext, DisableKeepAlives: true}
	defer transport.CloseIdleConnections()
	if err := box.Clock.Wait(ctx, time.Minute); err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, box.URL(), nil)
	if err != nil {
		return err
	}
	response, err := transport.RoundTrip(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && !strings.Contains(string(body), want) {
		err = fmt.Errorf("the load balancer answers %d: %s", response.StatusCode, body)
	}
	return err
}

func report(t *testing.T, what string, lines []string) {
	t.Helper()
	for _, line := range lines {
		t.Errorf("%s: %s", what, line)
	}
}
