// Command costguard is the Lambda function that watches the bill. A schedule invokes it every hour.
package main

import (
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/catnap-dev/catnap/internal/awsenv"
	"github.com/catnap-dev/catnap/internal/costguard"
	"github.com/catnap-dev/catnap/internal/meter"
	"github.com/catnap-dev/catnap/internal/settings"
	"github.com/catnap-dev/catnap/internal/topic"
)

func main() {
	log := lambdacontext.NewLogger()
	// Nobody waits, and what fails is done by the next run.
	cfg, err := awsenv.Config(os.Getenv, awsenv.Options{Attempts: 3, Timeout: 5 * time.Second})
	if err != nil {
		log.Error("no configuration", slog.Any("cause", err))
		os.Exit(1)
	}
	store := settings.NewStore(ssm.NewFromConfig(cfg), time.Now)
	store.Prefix = os.Getenv("CATNAP_PREFIX")
	billing := cloudwatch.NewFromConfig(cfg, func(o *cloudwatch.Options) { o.Region = meter.BillingRegion })
	meters := meter.NewReader(billing, cloudwatch.NewFromConfig(cfg), ecs.NewFromConfig(cfg))
	guard := costguard.New(store, meters, topic.NewPublisher(sns.NewFromConfig(cfg)), time.Now, log)
	guard.Topic, guard.Region, guard.Name = os.Getenv("CATNAP_TOPIC"), cfg.Region, store.Prefix
	lambda.Start(guard.Handle)
}
