// Package meter reads what AWS says of money: the bill so far, how long tasks ran, and what size they have.
//
// It adds nothing up and decides nothing: package budget does. A metric that could not be read is an error, and one
// that has no data is empty; the difference matters to whoever decides.
package meter

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"github.com/catnap-dev/catnap/internal/price"
)

// BillingRegion is the one that has the metric of the bill, whatever Region the services are in.
const BillingRegion = "us-east-1"

// GetMetricStatistics is in CloudWatch's free million requests a month; GetMetricData never is.
type cloudwatchAPI interface {
	GetMetricStatistics(context.Context, *cloudwatch.GetMetricStatisticsInput, ...func(*cloudwatch.Options)) (*cloudwatch.GetMetricStatisticsOutput, error)
}

type ecsAPI interface {
	DescribeServices(context.Context, *ecs.DescribeServicesInput, ...func(*ecs.Options)) (*ecs.DescribeServicesOutput, error)
	DescribeTaskDefinition(context.Context, *ecs.DescribeTaskDefinitionInput, ...func(*ecs.Options)) (*ecs.DescribeTaskDefinitionOutput, error)
}

var (
	_ cloudwatchAPI = (*cloudwatch.Client)(nil)
	_ ecsAPI        = (*ecs.Client)(nil)
)

// Reader reads the meters. It is safe for concurrent use.
type Reader struct {
	billing cloudwatchAPI
	usage   cloudwatchAPI
	ecs     ecsAPI
}

// NewReader returns a reader. billing is a client for BillingRegion, usage and services are for the services' own.
func NewReader(billing, usage cloudwatchAPI, services ecsAPI) *Reader {
	return &Reader{billing: billing, usage: usage, ecs: services}
}

const (
	// maxPoints is how many points GetMetricStatistics returns at the most.
	maxPoints = 1440
	// history is how far back the meters are read: the longest month, and four weeks before a month's first days.
	history = 35 * 24 * time.Hour
)

// Size is what decides the price of a service's tasks.
type Size struct {
	price.Task
	// SpotShare is the part of the tasks that its capacity providers place on Spot: 0 to 1. Task.Spot is not set.
	SpotShare float64
	// Created is when the service was made: before that nothing was saved.
	Created time.Time
}

// Hourly is what one task costs an hour in USD. Of a mixed service it is the mean.
func (s Size) Hourly(t price.Table, region string) (float64, error) {
	var sum float64
	for _, part := range []struct {
		spot  bool
		share float64
	}{{false, 1 - s.SpotShare}, {true, s.SpotShare}} {
		if part.share <= 0 {
			continue
		}
		task := s.Task
		task.Spot = part.spot
		hourly, err := t.Task(region, task)
		if err != nil {
			return 0, err
		}
		sum += part.share * hourly
	}
	return sum, nil
}

// nameOf is the name in an ARN, or the name itself.
func nameOf(nameOrARN string) string { return nameOrARN[strings.LastIndex(nameOrARN, "/")+1:] }
