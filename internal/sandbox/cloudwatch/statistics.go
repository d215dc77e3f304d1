package cloudwatch

import (
	"math"
	"slices"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// summary is what CloudWatch knows of some values. The zero value is no values.
type summary struct {
	count, sum, least, most float64
}

func (s summary) add(t summary) summary {
	if s.count == 0 {
		return t
	}
	return summary{s.count + t.count, s.sum + t.sum, math.Min(s.least, t.least), math.Max(s.most, t.most)}
}

// point sets the statistics that were asked for and no others [CW-05].
func (s summary) point(at time.Time, wanted []types.Statistic) types.Datapoint {
	pick := func(statistic types.Statistic, value float64) *float64 {
		if !slices.Contains(wanted, statistic) {
			return nil
		}
		return &value
	}
	return types.Datapoint{
		Timestamp:   &at,
		Sum:         pick(types.StatisticSum, s.sum),
		SampleCount: pick(types.StatisticSampleCount, s.count),
		Average:     pick(types.StatisticAverage, s.sum/s.count),
		Minimum:     pick(types.StatisticMinimum, s.least),
		Maximum:     pick(types.StatisticMaximum, s.most),
	}
}

// points returns the points of a valid query, oldest first: none where nothing was put [CW-01].
func (c *CloudWatch) points(key string, in *sdk.GetMetricStatisticsInput, now time.Time) []types.Datapoint {
	grain, period := resolution(*in.StartTime, now), periodOf(in)
	start := in.StartTime.UTC().Truncate(grain)
	if period%grain != 0 {
		return nil // [CW-08]
	}
	buckets := map[time.Duration]summary{}
	for _, s := range c.samples(key, start, *in.EndTime, now) {
		if c.visible(*in.MetricName, s.at, now) {
			n := s.at.Sub(start) / period
			buckets[n] = buckets[n].add(s.summary)
		}
	}
	// A bucket begins at the rounded start and not on the full hour or day: the CLI reference's own example asks for
	// hours from 23:18 and gets points at 11:18, 20:18 and so on [CW-06].
	points := make([]types.Datapoint, 0, len(buckets))
	for n := range (in.EndTime.Sub(start) + period - 1) / period {
		if s, ok := buckets[n]; ok {
			points = append(points, s.point(start.Add(n*period), in.Statistics))
		}
	}
	return points
}

// resolution is what a start time is rounded down to [CW-06], and what the period must be a multiple of lest AWS
// returns nothing [CW-08].
func resolution(start, now time.Time) time.Duration {
	for _, t := range tiers {
		if now.Sub(start) < t.kept {
			return t.grain
		}
	}
	return tiers[len(tiers)-1].grain
}

func periodOf(in *sdk.GetMetricStatisticsInput) time.Duration {
	return time.Duration(*in.Period) * time.Second
}
