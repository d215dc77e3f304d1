// Command reaper is the Lambda function that puts services to sleep. A schedule invokes it every minute.
package main

import (
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/catnap-dev/catnap/internal/awsenv"
	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/ecsctl"
	"github.com/catnap-dev/catnap/internal/reaper"
	"github.com/catnap-dev/catnap/internal/settings"
	"github.com/catnap-dev/catnap/internal/traffic"
)

func main() {
	log := lambdacontext.NewLogger()
	// Nobody waits, and what fails is done by the next pass.
	cfg, err := awsenv.Config(os.Getenv, awsenv.Options{Attempts: 3, Timeout: 5 * time.Second})
	if err != nil {
		log.Error("no configuration", slog.Any("cause", err))
		os.Exit(1)
	}
	store := settings.NewStore(ssm.NewFromConfig(cfg), time.Now)
	store.Prefix = os.Getenv("CATNAP_PREFIX")
	control := ecsctl.New(ecs.NewFromConfig(cfg), elb.NewFromConfig(cfg), time.Now)
	meter := traffic.NewReader(cloudwatch.NewFromConfig(cfg))
	lambda.Start(reaper.New(store, control, meter, clock.Clock{}, log).Handle)
}
