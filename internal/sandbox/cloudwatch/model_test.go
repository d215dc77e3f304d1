package cloudwatch_test

import (
	"math"
	"slices"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/catnap-dev/catnap/internal/sandbox/cloudwatch"
)

type value struct {
	at     time.Time
	amount float64
}

type point struct {
	at                               time.Time
	sum, count, average, least, most float64
}

// model answers a query the slow way: every bucket looks at every value.
func model(values []value, lag func(time.Time) time.Duration, in *sdk.GetMetricStatisticsInput) (points []point) {
	now, step := time.Now(), time.Duration(*in.Period)*time.Second
	for from := in.StartTime.Truncate(time.Minute); from.Before(*in.EndTime); from = from.Add(step) {
		p := point{at: from, least: math.Inf(1), most: math.Inf(-1)}
		for _, v := range values {
			minute := v.at.Truncate(time.Minute)
			inBucket := !v.at.Before(from) && v.at.Before(from.Add(step)) && minute.Before(*in.EndTime)
			if hidden := now.Before(minute.Add(time.Minute + lag(minute))); inBucket && !hidden {
				p.sum, p.count = p.sum+v.amount, p.count+1
				p.least, p.most = min(p.least, v.amount), max(p.most, v.amount)
			}
		}
		if p.average = p.sum / p.count; p.count > 0 {
			points = append(points, p)
		}
	}
	return points
}

func plain(points []types.Datapoint) (all []point) {
	for _, p := range points {
		all = append(all, point{*p.Timestamp, *p.Sum, *p.SampleCount, *p.Average, *p.Minimum, *p.Maximum})
	}
	slices.SortFunc(all, func(a, b point) int { return a.at.Compare(b.at) })
	return all
}

func drawValues(r *rapid.T, now time.Time) []value {
	return rapid.SliceOfN(rapid.Custom(func(r *rapid.T) value {
		ago := time.Duration(rapid.Int64Range(-120, 7200).Draw(r, "seconds ago")) * time.Second
		return value{now.Add(-ago), float64(rapid.IntRange(-3, 9).Draw(r, "amount"))}
	}), 0, 40).Draw(r, "values")
}

// drawQuery asks about whole numbers, so that the order of additions does not matter.
func drawQuery(r *rapid.T) *sdk.GetMetricStatisticsInput {
	from := rapid.IntRange(1, 8000).Draw(r, "start, seconds ago")
	to := rapid.IntRange(-200, from-1).Draw(r, "end, seconds ago")
	in := ask(-time.Duration(from)*time.Second, -time.Duration(to)*time.Second)
	in.Period = new(int32(60 * rapid.IntRange(1, 20).Draw(r, "period, minutes")))
	in.Statistics = types.StatisticSum.Values()
	return in
}

func TestAnswersAreThoseOfANaiveModel(t *testing.T) {
	at(t, noon, func(t *testing.T) {
		// The wrapper hides Deadline, which rapid would call and a bubble forbids.
		rapid.Check(struct{ testing.TB }{t}, func(r *rapid.T) {
			values, in := drawValues(r, time.Now()), drawQuery(r)
			longest := rapid.IntRange(1, 6).Draw(r, "longest lag, minutes")
			lag := func(minute time.Time) time.Duration { // not the same for all minutes: later ones may show first
				return time.Duration(minute.Minute()%longest) * time.Minute
			}
			c := cloudwatch.CloudWatch{Lag: func(_ string, minute time.Time) time.Duration { return lag(minute) }}
			for _, v := range values {
				c.Put(namespace, metric, group, v.at, v.amount)
			}
			want := model(values, lag, in)
			if diff := cmp.Diff(want, plain(fetch(t, &c, in)), cmp.AllowUnexported(point{})); diff != "" {
				r.Fatalf("points (-model +got):\n%s", diff)
			}
		})
	})
}
