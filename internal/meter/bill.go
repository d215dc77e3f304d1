package meter

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/catnap-dev/catnap/internal/budget"
	"github.com/catnap-dev/catnap/internal/settings"
)

// Bill reads the charges of the month to date, and of the 35 days before now, in USD: AWS/Billing EstimatedCharges. One
// series for each of the scope's services, or one for all. A series without data is empty: the metric is not switched
// on, some partners' accounts never have it, and a service without charges has none.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html
func (r *Reader) Bill(ctx context.Context, scope settings.Scope, now time.Time) ([]budget.Series, error) {
	names := scope.Services
	if len(names) == 0 {
		names = []string{""}
	}
	var list []budget.Series
	for _, name := range names {
		points, err := r.charges(ctx, chargesOf(scope, name), now)
		if err != nil {
			return nil, fmt.Errorf("read the bill%s: %w", ofService(name), err)
		}
		list = append(list, budget.Series{ServiceName: name, Points: points})
	}
	return list, nil
}

func ofService(name string) string {
	if name == "" {
		return ""
	}
	return " of " + name
}

func chargesOf(scope settings.Scope, name string) []types.Dimension {
	dimensions := []types.Dimension{{Name: aws.String("Currency"), Value: aws.String("USD")}}
	if name != "" {
		dimensions = append(dimensions, types.Dimension{Name: aws.String("ServiceName"), Value: &name})
	}
	if scope.LinkedAccount != "" {
		dimensions = append(dimensions, types.Dimension{Name: aws.String("LinkedAccount"), Value: &scope.LinkedAccount})
	}
	return dimensions
}

// charges reads a point an hour. Each is dated to the end of its hour: what a point counts must not be counted again
// from the other meter, so it is taken for younger rather than for older than it is.
func (r *Reader) charges(ctx context.Context, dimensions []types.Dimension, now time.Time) ([]budget.Point, error) {
	from, end := now.Add(-history).Truncate(time.Hour), now.Truncate(time.Hour).Add(time.Hour)
	out, err := r.billing.GetMetricStatistics(ctx, &cloudwatch.GetMetricStatisticsInput{
		Namespace: aws.String("AWS/Billing"), MetricName: aws.String("EstimatedCharges"), Dimensions: dimensions,
		StartTime: &from, EndTime: &end, Period: aws.Int32(int32(time.Hour / time.Second)),
		Statistics: []types.Statistic{types.StatisticMaximum},
	})
	if err != nil {
		return nil, fmt.Errorf("get statistics of EstimatedCharges: %w", err)
	}
	var points []budget.Point
	for _, p := range out.Datapoints { // in no order
		if p.Timestamp == nil || p.Maximum == nil {
			continue
		}
		at := p.Timestamp.Add(time.Hour)
		if at.After(now) {
			at = now
		}
		points = append(points, budget.Point{At: at, USD: *p.Maximum})
	}
	return points, nil
}
