package cloudwatch_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
	"github.com/catnap-dev/catnap/internal/sandbox/cloudwatch"
)

const (
	namespace = "AWS/ApplicationELB"
	metric    = "RequestCount"
)

var group = map[string]string{"LoadBalancer": "app/a/1", "TargetGroup": "targetgroup/b/2"}

func connect(core awsapi.Core) *sdk.Client {
	var backplane awsapi.Backplane
	return sdk.New(sdk.Options{
		Region: "eu-west-3", APIOptions: []func(*middleware.Stack) error{backplane.Attach(core)},
	})
}

// ask is a query for Sum in minutes between two times relative to now.
func ask(from, to time.Duration, change ...func(*sdk.GetMetricStatisticsInput)) *sdk.GetMetricStatisticsInput {
	now := time.Now()
	in := &sdk.GetMetricStatisticsInput{
		Namespace: new(namespace), MetricName: new(metric), StartTime: new(now.Add(from)), EndTime: new(now.Add(to)),
		Period: new(int32(60)), Statistics: []types.Statistic{types.StatisticSum},
	}
	for name, value := range group {
		in.Dimensions = append(in.Dimensions, types.Dimension{Name: &name, Value: &value})
	}
	for _, f := range change {
		f(in)
	}
	return in
}

func period(seconds int32) func(*sdk.GetMetricStatisticsInput) {
	return func(in *sdk.GetMetricStatisticsInput) { in.Period = &seconds }
}

func dimensions(all ...types.Dimension) func(*sdk.GetMetricStatisticsInput) {
	return func(in *sdk.GetMetricStatisticsInput) { in.Dimensions = all }
}

func fetch(t *testing.T, c *cloudwatch.CloudWatch, in *sdk.GetMetricStatisticsInput) []types.Datapoint {
	t.Helper()
	out, err := connect(c).GetMetricStatistics(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return out.Datapoints
}

// sums renders the points of a Sum query in order of time: "12:01=3 12:05=1".
func sums(t *testing.T, c *cloudwatch.CloudWatch, in *sdk.GetMetricStatisticsInput) []string {
	t.Helper()
	points := fetch(t, c, in)
	slices.SortFunc(points, func(a, b types.Datapoint) int { return a.Timestamp.Compare(*b.Timestamp) })
	var texts []string
	for _, p := range points {
		texts = append(texts, fmt.Sprintf("%s=%g", p.Timestamp.Format("15:04"), *p.Sum))
	}
	return texts
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("points (-want +got):\n%s", diff)
	}
}

// at runs f in a bubble whose clock shows clock of the bubble's first day, 1 January 2000.
func at(t *testing.T, clock time.Duration, f func(t *testing.T)) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(clock)
		f(t)
	})
}

// noon with odd seconds, as queries come.
const noon = 12*time.Hour + 34*time.Second

func put(c *cloudwatch.CloudWatch, ago time.Duration, value float64) {
	c.Put(namespace, metric, group, time.Now().Add(-ago), value)
}

func TestMinutesWithoutDataHaveNoPoint(t *testing.T) {
	at(t, noon, func(t *testing.T) {
		var c cloudwatch.CloudWatch
		put(&c, 9*time.Minute, 1)
		put(&c, 9*time.Minute, 2)
		put(&c, 5*time.Minute, 0)
		expect(t, sums(t, &c, ask(-10*time.Minute, 0)), "11:51=3", "11:55=0")
	})
}

func TestUnknownMetricIsEmptyAndNoError(t *testing.T) {
	at(t, noon, func(t *testing.T) {
		out, err := connect(&cloudwatch.CloudWatch{}).GetMetricStatistics(t.Context(), ask(-time.Hour, 0))
		if err != nil || out.Datapoints == nil || len(out.Datapoints) != 0 || *out.Label != metric {
			t.Errorf("got %+v, %v", out, err)
		}
	})
}

func TestDimensionsMustMatchExactly(t *testing.T) {
	balancer := types.Dimension{Name: new("LoadBalancer"), Value: new("app/a/1")}
	target := types.Dimension{Name: new("TargetGroup"), Value: new("targetgroup/b/2")}
	at(t, noon, func(t *testing.T) {
		var c cloudwatch.CloudWatch
		put(&c, 5*time.Minute, 1)
		for _, test := range []struct {
			name string
			all  []types.Dimension
			want int
		}{
			{"all", []types.Dimension{balancer, target}, 1},
			{"another order", []types.Dimension{target, balancer}, 1},
			{"fewer", []types.Dimension{target}, 0},
			{"none", nil, 0},
			{"more", []types.Dimension{balancer, target, {Name: new("AvailabilityZone"), Value: new("a")}}, 0},
			{"another value", []types.Dimension{balancer, {Name: target.Name, Value: new("x")}}, 0},
		} {
			if got := fetch(t, &c, ask(-time.Hour, 0, dimensions(test.all...))); len(got) != test.want {
				t.Errorf("%s: got %d points, want %d", test.name, len(got), test.want)
			}
		}
	})
}

func TestPointIsVisibleAfterItsMinuteAndItsLag(t *testing.T) {
	at(t, 12*time.Hour, func(t *testing.T) {
		c := cloudwatch.CloudWatch{Lag: func(name string, minute time.Time) time.Duration {
			if name != metric || minute.Format("15:04") != "12:00" {
				t.Errorf("lag asked for %s at %s", name, minute)
			}
			return 2 * time.Minute
		}}
		put(&c, -10*time.Second, 7)
		in := ask(0, time.Hour)
		time.Sleep(3*time.Minute - time.Nanosecond)
		expect(t, sums(t, &c, in))
		time.Sleep(time.Nanosecond)
		expect(t, sums(t, &c, in), "12:00=7")
	})
}

func TestWithoutLagPointIsVisibleAtTheEndOfItsMinute(t *testing.T) {
	at(t, 12*time.Hour, func(t *testing.T) {
		var c cloudwatch.CloudWatch
		put(&c, 0, 7)
		in := ask(0, time.Hour)
		time.Sleep(time.Minute - time.Nanosecond)
		expect(t, sums(t, &c, in))
		time.Sleep(time.Nanosecond)
		expect(t, sums(t, &c, in), "12:00=7")
	})
}

func TestPointsComeInNoOrder(t *testing.T) {
	at(t, noon, func(t *testing.T) {
		for n := 2; n < 12; n++ {
			var c cloudwatch.CloudWatch
			for i := range n {
				put(&c, time.Duration(i+2)*time.Minute, 1)
			}
			rising := func(a, b types.Datapoint) int { return a.Timestamp.Compare(*b.Timestamp) }
			falling := func(a, b types.Datapoint) int { return -rising(a, b) }
			points := fetch(t, &c, ask(-time.Hour, 0))
			if len(points) != n || slices.IsSortedFunc(points, rising) || n > 2 && slices.IsSortedFunc(points, falling) {
				t.Errorf("%d points came as %d in order", n, len(points))
			}
			again := fetch(t, &c, ask(-time.Hour, 0))
			if !slices.EqualFunc(points, again, func(a, b types.Datapoint) bool { return rising(a, b) == 0 }) {
				t.Errorf("%d points came in another order the second time", n)
			}
		}
	})
}

// Old data is kept, but only in coarser points: who asks for finer ones of an old time is told nothing.
func TestOldDataIsKeptInCoarserPoints(t *testing.T) {
	at(t, 0, func(t *testing.T) {
		var c cloudwatch.CloudWatch
		begin := time.Now()
		for minute := range 90 {
			c.Put(namespace, metric, group, begin.Add(time.Duration(minute)*time.Minute), 1)
		}
		ask := func(seconds int32) []string {
			return sums(t, &c, ask(time.Until(begin), time.Until(begin)+2*time.Hour, period(seconds)))
		}
		for _, step := range []struct {
			age                time.Duration
			minute, five, hour int // points
		}{
			{15*day - time.Second, 90, 18, 2}, {15 * day, 0, 18, 2}, {17 * day, 0, 18, 2},
			{63*day - time.Second, 0, 18, 2}, {63 * day, 0, 0, 2}, {65 * day, 0, 0, 2}, {455 * day, 0, 0, 2},
		} {
			time.Sleep(time.Until(begin.Add(step.age)))
			got := []int{len(ask(60)), len(ask(300)), len(ask(3600))}
			if diff := cmp.Diff([]int{step.minute, step.five, step.hour}, got); diff != "" {
				t.Errorf("points after %s (-want +got):\n%s", step.age, diff)
			}
			expect(t, ask(3600), "00:00=60", "01:00=30")
		}
		time.Sleep(time.Second)
		expect(t, ask(3600), "01:00=30")
		time.Sleep(time.Hour)
		expect(t, ask(3600))
	})
}

// Data that is put late is as coarse as it would be by then.
func TestLateDataIsKeptByItsAge(t *testing.T) {
	at(t, 500*day, func(t *testing.T) {
		var c cloudwatch.CloudWatch
		for _, ago := range []time.Duration{20 * day, 20*day - time.Minute, 100 * day, 456 * day} {
			put(&c, ago, 1)
		}
		expect(t, sums(t, &c, ask(-21*day, -19*day, period(3600))), "00:00=2")
		expect(t, sums(t, &c, ask(-101*day, -99*day, period(86400))), "00:00=1")
		if old := sums(t, &c, ask(-460*day, -450*day, period(86400))); old != nil {
			t.Errorf("data of 456 days ago is there: %v", old)
		}
	})
}

// A day has one point with all that was put in it; the longest period asked for in practice.
func TestLongPeriodSumsSamplesUp(t *testing.T) {
	at(t, 3*day, func(t *testing.T) {
		var c cloudwatch.CloudWatch
		for ago := day; ago > 0; ago -= time.Minute {
			put(&c, ago, 2)
		}
		for _, seconds := range []int32{3600, 86400} {
			in := ask(-day, 0, period(seconds))
			in.Statistics = []types.Statistic{types.StatisticSampleCount, types.StatisticAverage, types.StatisticMaximum}
			for _, p := range fetch(t, &c, in) {
				if *p.SampleCount != float64(seconds)/60 || *p.Average != 2 || *p.Maximum != 2 {
					t.Errorf("of %d s: %g samples, %g on average", seconds, *p.SampleCount, *p.Average)
				}
			}
		}
	})
}

func TestMetricsBelongToARegion(t *testing.T) {
	at(t, noon, func(t *testing.T) {
		var c cloudwatch.CloudWatch
		put(&c, 5*time.Minute, 1)
		c.PutIn("us-east-1", namespace, metric, group, time.Now().Add(-4*time.Minute), 2)
		for region, want := range map[string]string{"eu-west-3": "11:55=1", "": "11:55=1", "us-east-1": "11:56=2"} {
			out, err := c.Handle(awsapi.WithRegion(t.Context(), region), ask(-time.Hour, 0))
			points, ok := out.(*sdk.GetMetricStatisticsOutput)
			if err != nil || !ok || len(points.Datapoints) != 1 {
				t.Fatalf("%q: got %v, %v", region, out, err)
			}
			p := points.Datapoints[0]
			expect(t, []string{fmt.Sprintf("%s=%g", p.Timestamp.Format("15:04"), *p.Sum)}, want)
		}
		out, err := c.Handle(awsapi.WithRegion(t.Context(), "us-west-2"), ask(-time.Hour, 0))
		if points, ok := out.(*sdk.GetMetricStatisticsOutput); err != nil || !ok || len(points.Datapoints) != 0 {
			t.Errorf("in a Region without data: got %v, %v", out, err)
		}
	})
}

const day = 24 * time.Hour

func TestOtherOperationsAreRefused(t *testing.T) {
	client := connect(&cloudwatch.CloudWatch{})
	_, listed := client.ListMetrics(t.Context(), &sdk.ListMetricsInput{})
	unit := ask(-time.Hour, 0, func(in *sdk.GetMetricStatisticsInput) { in.Unit = types.StandardUnitCount })
	_, united := client.GetMetricStatistics(t.Context(), unit)
	percent := ask(-time.Hour, 0, func(in *sdk.GetMetricStatisticsInput) {
		in.Statistics, in.ExtendedStatistics = nil, []string{"p99"}
	})
	_, percentile := client.GetMetricStatistics(t.Context(), percent)
	for _, err := range []error{listed, united, percentile} {
		if api, ok := errors.AsType[smithy.APIError](err); !ok || api.ErrorCode() != "UnknownOperationException" {
			t.Errorf("got %v", err)
		}
	}
}
