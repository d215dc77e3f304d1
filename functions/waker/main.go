// Command waker is the Lambda function that answers while a service cannot. It is the target of an ALB's rule.
package main

import (
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/catnap-dev/catnap/internal/albevent"
	"github.com/catnap-dev/catnap/internal/awsenv"
	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/ecsctl"
	"github.com/catnap-dev/catnap/internal/settings"
	"github.com/catnap-dev/catnap/internal/waker"
)

func main() {
	log := lambdacontext.NewLogger()
	// A visitor waits: what does not answer soon is looked at again.
	cfg, err := awsenv.Config(os.Getenv, awsenv.Options{Attempts: 2, Timeout: 3 * time.Second})
	if err != nil {
		log.Error("no configuration", slog.Any("cause", err))
		os.Exit(1)
	}
	store := settings.NewStore(ssm.NewFromConfig(cfg), time.Now)
	store.Prefix = os.Getenv("CATNAP_PREFIX")
	control := ecsctl.New(ecs.NewFromConfig(cfg), elb.NewFromConfig(cfg), time.Now)
	dialer := &net.Dialer{Timeout: 3 * time.Second}
	handler := albevent.NewHandler(waker.New(store, control, dialer.DialContext, clock.Clock{}, log))
	handler.Log = log
	lambda.Start(handler)
}
