// Package traffic reads how many requests a service had, minute by minute, and which of those minutes are settled.
//
// It decides nothing and remembers nothing: what the minutes mean is package policy's business, and when asking is
// worth a call is the reaper's.
package traffic

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"golang.org/x/sync/errgroup"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

// GetMetricStatistics is in CloudWatch's free million requests a month; GetMetricData never is.
type cloudwatchAPI interface {
	GetMetricStatistics(context.Context, *cloudwatch.GetMetricStatisticsInput, ...func(*cloudwatch.Options)) (*cloudwatch.GetMetricStatisticsOutput, error)
}

var _ cloudwatchAPI = (*cloudwatch.Client)(nil)

// Reader reads the traffic of services.
type Reader struct {
	cloudwatch cloudwatchAPI
}

// NewReader returns a reader.
func NewReader(client cloudwatchAPI) *Reader { return &Reader{cloudwatch: client} }

// maxPoints is how many points GetMetricStatistics returns at the most.
const maxPoints = 1440

const (
	namespace       = "AWS/ApplicationELB"
	requestCount    = "RequestCount"
	heartbeatMetric = "HealthyHostCount"
)

// Minutes returns the minutes from the one that begins at from to the one that now is in, without gaps.
//
// CloudWatch reports no point for a minute without requests, and reports late. So a minute is settled when it ended at
// least the metric lag ago and the heartbeat, HealthyHostCount, has a point for it: then no point for RequestCount
// means no request. Without the heartbeat nothing is known of the minute.
func (r *Reader) Minutes(ctx context.Context, svc settings.Service, from, now time.Time) ([]policy.Minute, error) {
	from = from.Truncate(time.Minute)
	if n := int(now.Sub(from)/time.Minute) + 1; n > maxPoints {
		return nil, fmt.Errorf("read %d minutes of %s: at most %d", n, svc.Name, maxPoints)
	}
	queries := queriesOf(svc)
	points, err := r.readAll(ctx, queries, from, now)
	if err != nil {
		return nil, fmt.Errorf("read traffic of %s: %w", svc.Name, err)
	}
	return minutes(queries, points, from, now, time.Duration(svc.MetricLag)), nil
}

// readAll reads the heartbeat, which comes first, before the others: read after them, it could vouch for a minute whose
// requests were reported in between.
func (r *Reader) readAll(
	ctx context.Context, queries []query, from, now time.Time,
) (points []map[int64]float64, err error) {
	points = make([]map[int64]float64, len(queries))
	if points[0], err = r.read(ctx, queries[0], from, now); err != nil {
		return nil, err
	}
	group, ctx := errgroup.WithContext(ctx)
	for i, q := range queries[1:] {
		group.Go(func() (err error) {
			points[i+1], err = r.read(ctx, q, from, now)
			return err
		})
	}
	return points, group.Wait()
}

// query is one metric; a minute is busy when its value is above the threshold.
type query struct {
	namespace, metric string
	dimensions        []types.Dimension
	statistic         types.Statistic
	above             float64
}

// queriesOf lists the heartbeat first, then what makes a minute busy.
func queriesOf(svc settings.Service) []query {
	dimensions := dimensions(map[string]string{
		"LoadBalancer": svc.LoadBalancer,
		"TargetGroup":  targetGroupDimension(svc.TargetGroup),
	})
	queries := []query{
		{namespace, heartbeatMetric, dimensions, types.StatisticSampleCount, 0},
		{namespace, requestCount, dimensions, types.StatisticSum, 0},
	}
	for _, signal := range svc.Signals {
		statistic := types.Statistic(signal.Statistic)
		queries = append(queries, query{
			signal.Namespace, signal.Metric, dimensionsOf(signal), statistic, signal.Above,
		})
	}
	return queries
}

func dimensionsOf(signal settings.Signal) []types.Dimension { return dimensions(signal.Dimensions) }

func (r *Reader) read(ctx context.Context, q query, from, now time.Time) (map[int64]float64, error) {
	period := int32(time.Minute / time.Second)
	end := now.Truncate(time.Minute).Add(time.Minute) // exclusive
	out, err := r.cloudwatch.GetMetricStatistics(ctx, &cloudwatch.GetMetricStatisticsInput{
		Namespace: &q.namespace, MetricName: &q.metric, Dimensions: q.dimensions,
		StartTime: &from, EndTime: &end, Period: &period, Statistics: []types.Statistic{q.statistic},
	})
	if err != nil {
		return nil, fmt.Errorf("get statistics of %s: %w", q.metric, err)
	}
	values := make(map[int64]float64, len(out.Datapoints))
	for _, point := range out.Datapoints { // in no order
		if point.Timestamp != nil {
			values[point.Timestamp.Unix()] = statistic(point, q.statistic)
		}
	}
	return values, nil
}
