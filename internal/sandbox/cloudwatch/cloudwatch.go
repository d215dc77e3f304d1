// Package cloudwatch is AWS CloudWatch on a laptop: it keeps metrics by the minute and answers GetMetricStatistics.
//
// Numbers in brackets, as in [CW-03], name the imitated behaviours; a test of this package shows each.
//
// It does not know units (a query for one is refused, and points carry none), percentiles, high-resolution metrics,
// alarms, GetMetricData or PutMetricData: data comes in through Put and PutIn alone.
package cloudwatch

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// home is the Region of everything but what is put elsewhere.
const home = "eu-west-3"

// CloudWatch holds the metrics. The zero value is ready.
type CloudWatch struct {
	Clock clock.Clock
	// Lag is how long after the end of its minute a data point becomes visible; nil means at once. It may differ by
	// metric and minute. AWS promises nothing; about two minutes is usual [CW-03].
	Lag func(metric string, minute time.Time) time.Duration

	mu     sync.Mutex
	series map[string]*series // by key
	swept  time.Time
}

var _ awsapi.Core = (*CloudWatch)(nil)

// Put records a value in the sandbox's own Region. Values of the same minute are summed up, as AWS does.
func (c *CloudWatch) Put(namespace, metric string, dimensions map[string]string, at time.Time, value float64) {
	c.PutIn(home, namespace, metric, dimensions, at, value)
}

// PutIn is Put in a Region of the caller's choice. [CW-17] A metric belongs to a Region, and only there it is seen.
func (c *CloudWatch) PutIn(
	region, namespace, metric string, dimensions map[string]string, at time.Time, value float64,
) {
	pairs := make([]string, 0, len(dimensions))
	for name, v := range dimensions {
		pairs = append(pairs, pair(name, v))
	}
	key := keyOf(region, namespace, metric, pairs)
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.Clock.Now()
	c.sweep(now)
	if c.series == nil {
		c.series = map[string]*series{}
	}
	if c.series[key] == nil {
		c.series[key] = &series{}
	}
	c.series[key].add(tierOf(at, now), at, summary{1, value, value, value})
}

// Handle implements awsapi.Core.
func (c *CloudWatch) Handle(ctx context.Context, input any) (any, error) {
	in, ok := input.(*sdk.GetMetricStatisticsInput)
	if !ok {
		return nil, awsapi.Unknown(input)
	}
	if err := check(in); err != nil {
		return nil, err
	}
	points := c.points(keyOfInput(awsapi.Region(ctx), in), in, c.Clock.Now())
	return &sdk.GetMetricStatisticsOutput{Label: new(*in.MetricName), Datapoints: unsorted(points)}, nil
}

// visible: the minute is over and its lag has passed [CW-03]. AWS also shows the minute that is still running for
// custom metrics; those of the load balancer, which are all that catnap reads, are published afterwards.
func (c *CloudWatch) visible(metric string, minute, now time.Time) bool {
	var lag time.Duration
	if c.Lag != nil {
		lag = c.Lag(metric, minute)
	}
	return !minute.Add(time.Minute + lag).After(now)
}

// keyOf makes every combination of dimensions a metric of its own [CW-02].
func keyOf(region, namespace, metric string, pairs []string) string {
	slices.Sort(pairs)
	return fmt.Sprintf("%s %q %q %q", region, namespace, metric, pairs)
}

// keyOfInput takes a call for which nobody named a Region for one of the sandbox's own.
func keyOfInput(region string, in *sdk.GetMetricStatisticsInput) string {
	var pairs []string
	for _, d := range in.Dimensions {
		pairs = append(pairs, pair(aws.ToString(d.Name), aws.ToString(d.Value)))
	}
	return keyOf(cmp.Or(region, home), aws.ToString(in.Namespace), aws.ToString(in.MetricName), pairs)
}

func pair(name, value string) string { return fmt.Sprintf("%q=%q", name, value) }

// unsorted gives the points in an order that is neither rising nor falling as soon as there are three, and starts with
// the newest of two: AWS promises no order, and a caller that counts on one shall fail here and not there [CW-09].
func unsorted(points []types.Datapoint) []types.Datapoint {
	half := len(points) / 2
	return append(append([]types.Datapoint{}, points[half:]...), points[:half]...)
}
