// Command costguard is the Lambda function that watches the bill. A schedule invokes it every hour.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/catnap-dev/catnap/internal/costguard"
)

func main() {
	lambda.Start(costguard.New(lambdacontext.NewLogger()).Handle)
}
