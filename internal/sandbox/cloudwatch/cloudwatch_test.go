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

func TestDataOlderThanFifteenDaysIsGone(t *testing.T) {
	const day = 24 * time.Hour
	at(t, 0, func(t *testing.T) {
		var c cloudwatch.CloudWatch
		put(&c, 0, 1)
		in := ask(-time.Hour, 23*time.Hour, period(3600))
		time.Sleep(15 * day)
		expect(t, sums(t, &c, in), "00:00=1")
		time.Sleep(time.Second)
		expect(t, sums(t, &c, in))
		put(&c, 0, 1) // sweeps
		expect(t, sums(t, &c, in))
	})
}

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
