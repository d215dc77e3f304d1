package traffic

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/catnap-dev/catnap/internal/policy"
)

// minutes puts the points together; those of the heartbeat are the first.
func minutes(queries []query, points []map[int64]float64, from, now time.Time, lag time.Duration) []policy.Minute {
	var list []policy.Minute
	for start := from; !start.After(now); start = start.Add(time.Minute) {
		_, heartbeat := points[0][start.Unix()]
		list = append(list, policy.Minute{
			Start:   start,
			Busy:    busy(queries[1:], points[1:], start),
			Settled: heartbeat && !now.Before(start.Add(time.Minute+lag)),
		})
	}
	return list
}

func busy(queries []query, points []map[int64]float64, start time.Time) bool {
	for i, q := range queries {
		if value, ok := points[i][start.Unix()]; ok && value > q.above {
			return true
		}
	}
	return false
}

func statistic(point types.Datapoint, s types.Statistic) float64 {
	field := map[types.Statistic]*float64{
		types.StatisticSum:         point.Sum,
		types.StatisticAverage:     point.Average,
		types.StatisticMaximum:     point.Maximum,
		types.StatisticMinimum:     point.Minimum,
		types.StatisticSampleCount: point.SampleCount,
	}[s]
	if field == nil {
		return 0
	}
	return *field
}

// targetGroupDimension is the part of the ARN that CloudWatch knows the target group by.
func targetGroupDimension(arn string) string {
	return arn[strings.LastIndex(arn, ":")+1:]
}

// dimensions are sorted, so that equal settings make equal calls.
func dimensions(values map[string]string) []types.Dimension {
	list := make([]types.Dimension, 0, len(values))
	for name, value := range values {
		list = append(list, types.Dimension{Name: &name, Value: &value})
	}
	slices.SortFunc(list, func(a, b types.Dimension) int { return strings.Compare(*a.Name, *b.Name) })
	return list
}
