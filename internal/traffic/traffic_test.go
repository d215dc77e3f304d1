package traffic_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
	"github.com/catnap-dev/catnap/internal/sandbox/cloudwatch"
	"github.com/catnap-dev/catnap/internal/settings"
	"github.com/catnap-dev/catnap/internal/traffic"
)

const namespace = "AWS/ApplicationELB"

var group = map[string]string{"LoadBalancer": "app/a/1", "TargetGroup": "targetgroup/b/2"}

func service(signals ...settings.Signal) settings.Service {
	return settings.Service{
		Name: "shop", LoadBalancer: "app/a/1",
		TargetGroup: "arn:aws:elasticloadbalancing:eu-west-3:000000000000:targetgroup/b/2",
		MetricLag:   settings.Duration(time.Minute), Signals: signals,
	}
}

func reader(core awsapi.Core) *traffic.Reader {
	var backplane awsapi.Backplane
	return traffic.NewReader(sdk.New(sdk.Options{
		Region: "eu-west-3", APIOptions: []func(*middleware.Stack) error{backplane.Attach(core)},
	}))
}

// bubble begins at 12:00:34 of the bubble's first day, odd seconds as questions come.
func bubble(t *testing.T, test func(*testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(12*time.Hour + 34*time.Second)
		test(t)
	})
}

func put(c *cloudwatch.CloudWatch, metric string, ago time.Duration, value float64) {
	c.Put(namespace, metric, group, time.Now().Add(-ago), value)
}

// beat puts the heartbeat of the last hour's minutes.
func beat(c *cloudwatch.CloudWatch) {
	for ago := range 60 {
		put(c, "HealthyHostCount", time.Duration(ago+1)*time.Minute, 0) // no healthy host is a heartbeat, too
	}
}

func read(t *testing.T, core awsapi.Core, svc settings.Service, from time.Duration) []policy.Minute {
	t.Helper()
	now := time.Now()
	minutes, err := reader(core).Minutes(t.Context(), svc, now.Add(-from), now)
	if err != nil {
		t.Fatal(err)
	}
	return minutes
}

// draw renders minutes, oldest first: b is busy, q is quiet, and a capital is settled.
func draw(t *testing.T, minutes []policy.Minute) string {
	t.Helper()
	var text strings.Builder
	for i, m := range minutes {
		if i > 0 && m.Start.Sub(minutes[i-1].Start) != time.Minute {
			t.Errorf("%s comes after %s", m.Start, minutes[i-1].Start)
		}
		letter := "q"
		if m.Busy {
			letter = "b"
		}
		if m.Settled {
			letter = strings.ToUpper(letter)
		}
		text.WriteString(letter)
	}
	return text.String()
}

func expect(t *testing.T, minutes []policy.Minute, want string) {
	t.Helper()
	if got := draw(t, minutes); got != want {
		t.Errorf("minutes are %s, want %s", got, want)
	}
}

func TestMinutesHaveNoGaps(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var c cloudwatch.CloudWatch
		minutes := read(t, &c, service(), 5*time.Minute)
		var starts []string
		for _, m := range minutes {
			starts = append(starts, m.Start.UTC().Format(time.TimeOnly))
		}
		want := []string{"11:55:00", "11:56:00", "11:57:00", "11:58:00", "11:59:00", "12:00:00"}
		if diff := cmp.Diff(want, starts); diff != "" {
			t.Errorf("starts (-want +got):\n%s", diff)
		}
		expect(t, minutes, "qqqqqq")
		expect(t, read(t, &c, service(), 0), "q")
	})
}

func TestOneMinuteOnTheMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(12 * time.Hour)
		var c cloudwatch.CloudWatch
		beat(&c)
		expect(t, read(t, &c, service(), 0), "q")
		expect(t, read(t, &c, service(), 3*time.Minute), "QQqq")
	})
}

// CloudWatch returns points in no order, and none for a minute without requests.
func TestPointsFindTheirMinutes(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var c cloudwatch.CloudWatch
		beat(&c)
		for _, ago := range []time.Duration{3, 9, 5, 6} {
			put(&c, "RequestCount", ago*time.Minute, 1)
		}
		put(&c, "RequestCount", 7*time.Minute, 0) // a point, but no request
		expect(t, read(t, &c, service(), 10*time.Minute), "QBQQBBQBQqq")
	})
}

func TestAMinuteIsSettledByHeartbeatAndLag(t *testing.T) {
	bubble(t, func(t *testing.T) {
		for _, test := range []struct {
			lag  time.Duration
			want string
		}{
			{0, "qQqQQq"},
			{34 * time.Second, "qQqQQq"},
			{35 * time.Second, "qQqQqq"},
			{time.Minute, "qQqQqq"},
			{2 * time.Minute, "qQqqqq"},
			{time.Hour, "qqqqqq"},
		} {
			var c cloudwatch.CloudWatch
			for _, ago := range []time.Duration{1, 2, 4} {
				put(&c, "HealthyHostCount", ago*time.Minute, 1)
			}
			svc := service()
			svc.MetricLag = settings.Duration(test.lag)
			expect(t, read(t, &c, svc, 5*time.Minute), test.want)
		}
	})
}

func TestABusyMinuteNeedsNoHeartbeat(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var c cloudwatch.CloudWatch
		put(&c, "RequestCount", 4*time.Minute, 2)
		put(&c, "HealthyHostCount", 3*time.Minute, 1)
		expect(t, read(t, &c, service(), 5*time.Minute), "qbQqqq")
	})
}

func TestSignalsAboveTheirThresholds(t *testing.T) {
	own := map[string]string{"Zone": "z", "App": "shop"}
	for _, test := range []struct {
		statistic string
		above     float64
		values    []float64
		want      string
	}{
		{"Sum", 5, []float64{2, 3}, "QQqq"},
		{"Sum", 5, []float64{2, 3.5}, "BQqq"},
		{"Sum", 0, []float64{0}, "QQqq"},
		{"Sum", -1, []float64{0}, "BQqq"},
		{"Sum", -1, nil, "QQqq"}, // no point is above nothing
		{"Average", 2.4, []float64{2, 3}, "BQqq"},
		{"Average", 2.5, []float64{2, 3}, "QQqq"},
		{"Maximum", 2.9, []float64{2, 3}, "BQqq"},
		{"Maximum", 3, []float64{2, 3}, "QQqq"},
		{"Minimum", 1.9, []float64{2, 3}, "BQqq"},
		{"Minimum", 2, []float64{2, 3}, "QQqq"},
		{"SampleCount", 1, []float64{0, 0}, "BQqq"},
		{"SampleCount", 2, []float64{9, 9}, "QQqq"},
	} {
		bubble(t, func(t *testing.T) {
			var c cloudwatch.CloudWatch
			beat(&c)
			for _, v := range test.values {
				c.Put("Mine", "Sockets", own, time.Now().Add(-3*time.Minute), v)
			}
			idle := settings.Signal{Namespace: "Mine", Metric: "Nothing", Statistic: "Sum"}
			signal := settings.Signal{
				Namespace: "Mine", Metric: "Sockets", Dimensions: own, Statistic: test.statistic, Above: test.above,
			}
			t.Log(test)
			expect(t, read(t, &c, service(idle, signal), 3*time.Minute), test.want)
		})
	}
}

// scripted answers each metric with points as they are, and keeps the questions.
type scripted struct {
	points map[string][]types.Datapoint
	mu     sync.Mutex
	asked  []*sdk.GetMetricStatisticsInput
}

func (s *scripted) Handle(_ context.Context, input any) (any, error) {
	in := input.(*sdk.GetMetricStatisticsInput)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, in)
	return &sdk.GetMetricStatisticsOutput{Datapoints: s.points[*in.MetricName]}, nil
}

func TestPointsThatLackSomething(t *testing.T) {
	bubble(t, func(t *testing.T) {
		at := time.Now().Truncate(time.Minute).Add(-3 * time.Minute)
		core := &scripted{points: map[string][]types.Datapoint{
			"HealthyHostCount": {{}, {Timestamp: &at}},
			"RequestCount":     {{Sum: new(9.0)}, {Timestamp: &at, Maximum: new(9.0)}},
		}}
		expect(t, read(t, core, service(), 3*time.Minute), "Qqqq")
	})
}

func TestTheQuestions(t *testing.T) {
	bubble(t, func(t *testing.T) {
		core := &scripted{}
		signal := settings.Signal{
			Namespace: "Mine", Metric: "Sockets", Statistic: "Maximum",
			Dimensions: map[string]string{"Z": "1", "A": "2", "M": "3"},
		}
		read(t, core, service(signal), 3*time.Minute)
		var got []string
		for _, in := range core.asked {
			var dimensions []string
			for _, d := range in.Dimensions {
				dimensions = append(dimensions, *d.Name+"="+*d.Value)
			}
			got = append(got, fmt.Sprintf("%s %s {%s} %v every %d s, %s to %s", *in.Namespace, *in.MetricName,
				strings.Join(dimensions, ","), in.Statistics, *in.Period,
				in.StartTime.UTC().Format(time.TimeOnly), in.EndTime.UTC().Format(time.TimeOnly)))
		}
		slices.Sort(got[1:]) // the others are asked at the same time
		want := []string{
			"AWS/ApplicationELB HealthyHostCount {LoadBalancer=app/a/1,TargetGroup=targetgroup/b/2} [SampleCount] " +
				"every 60 s, 11:57:00 to 12:01:00",
			"AWS/ApplicationELB RequestCount {LoadBalancer=app/a/1,TargetGroup=targetgroup/b/2} [Sum] " +
				"every 60 s, 11:57:00 to 12:01:00",
			"Mine Sockets {A=2,M=3,Z=1} [Maximum] every 60 s, 11:57:00 to 12:01:00",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("questions (-want +got):\n%s", diff)
		}
	})
}

func TestErrorsNameServiceAndMetric(t *testing.T) {
	signal := settings.Signal{Namespace: "Mine", Metric: "Sockets", Statistic: "Sum"}
	for _, metric := range []string{"HealthyHostCount", "RequestCount", "Sockets"} {
		bubble(t, func(t *testing.T) {
			core := refusing{metric}
			minutes, err := reader(core).Minutes(t.Context(), service(signal), time.Now(), time.Now())
			want := "read traffic of shop: get statistics of " + metric + ": "
			if err == nil || !strings.HasPrefix(err.Error(), want) || minutes != nil {
				t.Errorf("got %v, %v, want %s...", minutes, err, want)
			}
			if api, ok := errors.AsType[smithy.APIError](err); !ok || api.ErrorCode() != "Refused" {
				t.Errorf("AWS's own error is lost in %v", err)
			}
		})
	}
}

// refusing fails for one metric. Those asked for at the same time wait, so that theirs is never the first error.
type refusing struct{ metric string }

func (r refusing) Handle(ctx context.Context, input any) (any, error) {
	switch *input.(*sdk.GetMetricStatisticsInput).MetricName {
	case r.metric:
		return nil, &smithy.GenericAPIError{Code: "Refused"}
	case "HealthyHostCount": // it is asked for alone
		return &sdk.GetMetricStatisticsOutput{}, nil
	default:
		<-ctx.Done()
		return nil, ctx.Err()
	}
}

func TestADayOfMinutesAtMost(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var c cloudwatch.CloudWatch
		if minutes := read(t, &c, service(), 1439*time.Minute); len(minutes) != 1440 {
			t.Errorf("got %d minutes", len(minutes))
		}
		now, core := time.Now(), &scripted{}
		_, err := reader(core).Minutes(t.Context(), service(), now.Add(-1440*time.Minute), now)
		if err == nil || err.Error() != "read 1441 minutes of shop: at most 1440" || len(core.asked) != 0 {
			t.Errorf("got %v after %d calls", err, len(core.asked))
		}
	})
}
