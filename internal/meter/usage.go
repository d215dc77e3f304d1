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

// late is how old a minute must be for its samples to have arrived. AWS promises nothing; two minutes are usual.
const late = 5 * time.Minute

// Usage reads how long a service's tasks ran, by the hour, for 35 days: AWS/ECS CPUUtilization has a sample a minute
// for each task that runs, so that SampleCount counts task-minutes. Today (UTC) is read by the minute, which also tells
// how long there was a task at all. Of earlier hours that is an estimate: as if WakeCount tasks had run at a time.
//
// Nothing ran in an hour without samples: ECS has no heartbeat that would tell a missing sample from a missing task.
// The time that samples may still be on their way for is left out.
//
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-metrics.html#cw_running_task_count
func (r *Reader) Usage(ctx context.Context, svc settings.Service, now time.Time) ([]budget.Bucket, error) {
	end := now.Add(-late).Truncate(time.Minute).UTC()
	today := end.Truncate(24 * time.Hour)
	start := now.Add(-history).UTC().Truncate(time.Hour)
	earlier, err := r.samples(ctx, svc, start, today, time.Hour)
	if err != nil {
		return nil, fmt.Errorf("read task-minutes of %s: %w", svc.Name, err)
	}
	minutes, err := r.samples(ctx, svc, today, end, time.Minute)
	if err != nil {
		return nil, fmt.Errorf("read task-minutes of %s: %w", svc.Name, err)
	}
	return append(byHour(earlier, start, today, svc.WakeCount), byMinute(minutes, today, end)...), nil
}

// samples returns SampleCount by the Unix time of the period's start; what is not there is 0. maxPoints allows a day of
// minutes, and 60 days of hours.
func (r *Reader) samples(
	ctx context.Context, svc settings.Service, from, to time.Time, period time.Duration,
) (map[int64]float64, error) {
	if !from.Before(to) {
		return nil, nil // midnight: there is nothing of today yet
	}
	if n := int(to.Sub(from) / period); n > maxPoints {
		return nil, fmt.Errorf("read %d points: at most %d", n, maxPoints)
	}
	cluster, name := nameOf(svc.Cluster), nameOf(svc.Service)
	out, err := r.usage.GetMetricStatistics(ctx, &cloudwatch.GetMetricStatisticsInput{
		Namespace: aws.String("AWS/ECS"), MetricName: aws.String("CPUUtilization"),
		Dimensions: []types.Dimension{
			{Name: aws.String("ClusterName"), Value: &cluster}, {Name: aws.String("ServiceName"), Value: &name},
		},
		StartTime: &from, EndTime: &to, Period: aws.Int32(int32(period.Seconds())),
		Statistics: []types.Statistic{types.StatisticSampleCount},
	})
	if err != nil {
		return nil, fmt.Errorf("get statistics of CPUUtilization: %w", err)
	}
	counts := make(map[int64]float64, len(out.Datapoints))
	for _, p := range out.Datapoints { // in no order
		if p.Timestamp != nil && p.SampleCount != nil {
			counts[p.Timestamp.Unix()] = *p.SampleCount
		}
	}
	return counts, nil
}

func byHour(counts map[int64]float64, from, to time.Time, tasks int) []budget.Bucket {
	var list []budget.Bucket
	for start := from; start.Before(to); start = start.Add(time.Hour) {
		n := counts[start.Unix()]
		list = append(list, budget.Bucket{
			Start: start, Length: time.Hour, TaskMinutes: n, AwakeMinutes: min(60, n/float64(max(tasks, 1))),
		})
	}
	return list
}

func byMinute(counts map[int64]float64, from, to time.Time) []budget.Bucket {
	var list []budget.Bucket
	for start := from; start.Before(to); start = start.Add(time.Hour) {
		b := budget.Bucket{Start: start, Length: min(time.Hour, to.Sub(start))}
		for at := start; at.Before(start.Add(b.Length)); at = at.Add(time.Minute) {
			b.TaskMinutes += counts[at.Unix()]
			if counts[at.Unix()] > 0 {
				b.AwakeMinutes++
			}
		}
		list = append(list, b)
	}
	return list
}
