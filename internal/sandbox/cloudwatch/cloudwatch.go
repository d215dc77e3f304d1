// Package cloudwatch is AWS CloudWatch on a laptop: it keeps metrics by the minute and answers GetMetricStatistics.
//
// Numbers in brackets, as in [CW-03], name the imitated behaviours; a test of this package shows each.
//
// It does not know units (a query for one is refused, and points carry none), percentiles, high-resolution metrics,
// alarms, GetMetricData or PutMetricData: data comes in through Put alone. It keeps no roll-ups of old data either.
package cloudwatch

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// retention is how long AWS keeps one-minute data. AWS rolls older data up to five minutes; here it is gone [CW-16].
const retention = 15 * 24 * time.Hour

// CloudWatch holds the metrics. The zero value is ready.
type CloudWatch struct {
	Clock clock.Clock
	// Lag is how long after the end of its minute a data point becomes visible; nil means at once. It may differ by
	// metric and minute. AWS promises nothing; about two minutes is usual [CW-03].
	Lag func(metric string, minute time.Time) time.Duration

	mu     sync.Mutex
	series map[string]map[time.Time]summary // by key, then by minute in UTC
	swept  time.Time
}

var _ awsapi.Core = (*CloudWatch)(nil)

// Put records a value. Values of the same minute are summed up, as AWS does.
func (c *CloudWatch) Put(namespace, metric string, dimensions map[string]string, at time.Time, value float64) {
	pairs := make([]string, 0, len(dimensions))
	for name, v := range dimensions {
		pairs = append(pairs, pair(name, v))
	}
	key, minute := keyOf(namespace, metric, pairs), minuteOf(at)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sweep(c.Clock.Now())
	if c.series == nil {
		c.series = map[string]map[time.Time]summary{}
	}
	if c.series[key] == nil {
		c.series[key] = map[time.Time]summary{}
	}
	c.series[key][minute] = c.series[key][minute].add(summary{1, value, value, value})
}

// Handle implements awsapi.Core.
func (c *CloudWatch) Handle(_ context.Context, input any) (any, error) {
	in, ok := input.(*sdk.GetMetricStatisticsInput)
	if !ok {
		return nil, awsapi.Unknown(input)
	}
	if err := check(in); err != nil {
		return nil, err
	}
	return &sdk.GetMetricStatisticsOutput{
		Label: new(*in.MetricName), Datapoints: unsorted(c.points(in, c.Clock.Now())),
	}, nil
}

// sweep bounds memory: a series holds 15 days and an hour of minutes at most.
func (c *CloudWatch) sweep(now time.Time) {
	if now.Sub(c.swept) < time.Hour {
		return
	}
	c.swept = now
	for key, minutes := range c.series {
		maps.DeleteFunc(minutes, func(minute time.Time, _ summary) bool { return expired(minute, now) })
		if len(minutes) == 0 {
			delete(c.series, key)
		}
	}
}

type sample struct {
	minute time.Time
	summary
}

// samples returns the minutes of a series in order, so that sums of floats come out the same every time. The copy lets
// Lag be called without the lock. A metric that nobody put is an empty answer and no error [CW-04].
func (c *CloudWatch) samples(key string) []sample {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []sample
	for minute, s := range c.series[key] {
		all = append(all, sample{minute, s})
	}
	slices.SortFunc(all, func(a, b sample) int { return a.minute.Compare(b.minute) })
	return all
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

func expired(minute, now time.Time) bool { return now.Sub(minute) > retention }

func minuteOf(t time.Time) time.Time { return t.UTC().Truncate(time.Minute) }

// keyOf makes every combination of dimensions a metric of its own [CW-02].
func keyOf(namespace, metric string, pairs []string) string {
	slices.Sort(pairs)
	return fmt.Sprintf("%q %q %q", namespace, metric, pairs)
}

func keyOfInput(in *sdk.GetMetricStatisticsInput) string {
	var pairs []string
	for _, d := range in.Dimensions {
		pairs = append(pairs, pair(aws.ToString(d.Name), aws.ToString(d.Value)))
	}
	return keyOf(aws.ToString(in.Namespace), aws.ToString(in.MetricName), pairs)
}

func pair(name, value string) string { return fmt.Sprintf("%q=%q", name, value) }

// unsorted gives the points in an order that is neither rising nor falling as soon as there are three, and starts with
// the newest of two: AWS promises no order, and a caller that counts on one shall fail here and not there [CW-09].
func unsorted(points []types.Datapoint) []types.Datapoint {
	half := len(points) / 2
	return append(append([]types.Datapoint{}, points[half:]...), points[:half]...)
}
