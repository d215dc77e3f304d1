package meter_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/budget"
	"github.com/catnap-dev/catnap/internal/meter"
	"github.com/catnap-dev/catnap/internal/price"
	"github.com/catnap-dev/catnap/internal/settings"
)

var noon = time.Date(2026, time.November, 20, 12, 34, 30, 0, time.UTC)

var errThrottled = errors.New("api error ThrottlingException: Rate exceeded")

// metrics is a CloudWatch with one value a period where at says so, in an order that is none.
type metrics struct {
	at    func(t time.Time, period time.Duration) (float64, bool)
	fail  error
	asked []string
}

func (m *metrics) GetMetricStatistics(
	_ context.Context, in *cloudwatch.GetMetricStatisticsInput, _ ...func(*cloudwatch.Options),
) (*cloudwatch.GetMetricStatisticsOutput, error) {
	period := time.Duration(*in.Period) * time.Second
	if n := in.EndTime.Sub(*in.StartTime) / period; n > 1440 {
		return nil, errors.New("api error InvalidParameterCombination: too many points")
	}
	m.asked = append(m.asked, describe(in))
	if m.fail != nil {
		return nil, m.fail
	}
	out := &cloudwatch.GetMetricStatisticsOutput{}
	for t := *in.StartTime; t.Before(*in.EndTime); t = t.Add(period) {
		if v, ok := m.at(t, period); ok {
			p := cwtypes.Datapoint{Timestamp: &t, Maximum: &v, SampleCount: &v}
			out.Datapoints = append([]cwtypes.Datapoint{p}, out.Datapoints...)
		}
	}
	return out, nil
}

func describe(in *cloudwatch.GetMetricStatisticsInput) string {
	words := []string{*in.Namespace, *in.MetricName, string(in.Statistics[0])}
	for _, d := range in.Dimensions {
		words = append(words, *d.Name+"="+*d.Value)
	}
	return strings.Join(words, " ")
}

// TestBill asks for what the scope names, and dates a point to the end of its hour, but never after now.
func TestBill(t *testing.T) {
	at := func(t time.Time, _ time.Duration) (float64, bool) {
		return float64(t.Day()), t.Equal(noon.Truncate(time.Hour)) || t.Equal(noon.Truncate(time.Hour).Add(-6*time.Hour))
	}
	m := &metrics{at: at}
	r := meter.NewReader(m, nil, nil)
	got, err := r.Bill(t.Context(), settings.Scope{}, noon)
	want := []budget.Series{{Points: []budget.Point{
		{At: noon, USD: 20}, {At: noon.Truncate(time.Hour).Add(-5 * time.Hour), USD: 20},
	}}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v, series (-want +got):\n%s", err, diff)
	}
	scope := settings.Scope{Services: []string{"AmazonECS", "AWSELB"}, LinkedAccount: "123456789012"}
	got, err = r.Bill(t.Context(), scope, noon)
	if err != nil || len(got) != 2 || got[1].ServiceName != "AWSELB" {
		t.Errorf("got %+v, %v", got, err)
	}
	const metric = "AWS/Billing EstimatedCharges Maximum Currency=USD"
	asked := []string{
		metric, metric + " ServiceName=AmazonECS LinkedAccount=123456789012",
		metric + " ServiceName=AWSELB LinkedAccount=123456789012",
	}
	if diff := cmp.Diff(asked, m.asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

// TestNoBillIsNoZero: no data are no points, and a call that fails is an error.
func TestNoBillIsNoZero(t *testing.T) {
	m := &metrics{at: func(time.Time, time.Duration) (float64, bool) { return 0, false }}
	got, err := meter.NewReader(m, nil, nil).Bill(t.Context(), settings.Scope{}, noon)
	if err != nil || len(got) != 1 || len(got[0].Points) != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
	m.fail = errThrottled
	_, err = meter.NewReader(m, nil, nil).Bill(t.Context(), settings.Scope{Services: []string{"AWSELB"}}, noon)
	if !errors.Is(err, errThrottled) || !strings.HasPrefix(err.Error(), "read the bill of AWSELB: get statistics") {
		t.Errorf("error %v", err)
	}
}

// TestUsage: hours without samples are there with nothing in them, today is exact to the minute, and the last five
// minutes are left out.
func TestUsage(t *testing.T) {
	yesterday := time.Date(2026, time.November, 19, 9, 0, 0, 0, time.UTC)
	m := &metrics{at: func(at time.Time, period time.Duration) (float64, bool) {
		if period == time.Hour {
			return 90, at.Equal(yesterday)
		}
		since := at.Sub(noon.Truncate(time.Hour)) // two tasks from 11:50 to 12:20
		return 2, since >= -10*time.Minute && since < 20*time.Minute
	}}
	svc := settings.Service{
		Name: "web", Cluster: "arn:aws:ecs:eu-west-3:1:cluster/shop", Service: "shop-web", WakeCount: 2,
	}
	got, err := meter.NewReader(nil, m, nil).Usage(t.Context(), svc, noon)
	if err != nil {
		t.Fatal(err)
	}
	var busy []budget.Bucket
	var at time.Time
	for i, b := range got {
		if i > 0 && !b.Start.Equal(at) {
			t.Errorf("a gap from %s to %s", at, b.Start)
		}
		if at = b.Start.Add(b.Length); b.TaskMinutes > 0 {
			busy = append(busy, b)
		}
	}
	want := []budget.Bucket{
		{Start: yesterday, Length: time.Hour, TaskMinutes: 90, AwakeMinutes: 45},
		{Start: noon.Truncate(time.Hour).Add(-time.Hour), Length: time.Hour, TaskMinutes: 20, AwakeMinutes: 10},
		{Start: noon.Truncate(time.Hour), Length: 29 * time.Minute, TaskMinutes: 40, AwakeMinutes: 20},
	}
	if diff := cmp.Diff(want, busy); diff != "" {
		t.Errorf("busy (-want +got):\n%s", diff)
	}
	if first := got[0].Start; noon.Sub(first) < 35*24*time.Hour {
		t.Errorf("from %s", first)
	}
	if m.asked[0] != "AWS/ECS CPUUtilization SampleCount ClusterName=shop ServiceName=shop-web" {
		t.Errorf("asked %s", m.asked[0])
	}
}

// TestUsageAtMidnight: there is nothing of today, or almost a whole day by the minute, and neither is too much to ask.
func TestUsageAtMidnight(t *testing.T) {
	m := &metrics{at: func(time.Time, time.Duration) (float64, bool) { return 60, true }}
	midnight := time.Date(2026, time.November, 20, 0, 0, 0, 0, time.UTC)
	for _, now := range []time.Time{midnight, midnight.Add(5 * time.Minute), midnight.Add(-time.Second)} {
		got, err := meter.NewReader(nil, m, nil).Usage(t.Context(), settings.Service{Name: "web", WakeCount: 1}, now)
		if err != nil || len(got) < 35*24 {
			t.Errorf("%s: %d buckets, %v", now, len(got), err)
		}
	}
	m.fail = errThrottled
	_, err := meter.NewReader(nil, m, nil).Usage(t.Context(), settings.Service{Name: "web"}, noon)
	if !errors.Is(err, errThrottled) || !strings.HasPrefix(err.Error(), "read task-minutes of web: ") {
		t.Errorf("error %v", err)
	}
}

// cluster is an ECS with one service.
type cluster struct {
	service    types.Service
	definition types.TaskDefinition
	fail       error
}

func (c *cluster) DescribeServices(
	context.Context, *ecs.DescribeServicesInput, ...func(*ecs.Options),
) (*ecs.DescribeServicesOutput, error) {
	if c.service.TaskDefinition == nil {
		return &ecs.DescribeServicesOutput{}, c.fail
	}
	return &ecs.DescribeServicesOutput{Services: []types.Service{c.service}}, nil
}

func (c *cluster) DescribeTaskDefinition(
	_ context.Context, in *ecs.DescribeTaskDefinitionInput, _ ...func(*ecs.Options),
) (*ecs.DescribeTaskDefinitionOutput, error) {
	if *in.TaskDefinition != *c.service.TaskDefinition {
		return nil, errors.New("api error ClientException")
	}
	return &ecs.DescribeTaskDefinitionOutput{TaskDefinition: &c.definition}, c.fail
}

func providers(weights map[string]int32) (list []types.CapacityProviderStrategyItem) {
	for name, weight := range weights {
		list = append(list, types.CapacityProviderStrategyItem{CapacityProvider: &name, Weight: weight})
	}
	return list
}

func TestSize(t *testing.T) {
	arm := &types.RuntimePlatform{CpuArchitecture: types.CPUArchitectureArm64, OperatingSystemFamily: types.OSFamilyLinux}
	small := price.Task{CPU: 256, MemoryMiB: 512}
	for name, tc := range map[string]struct {
		service    types.Service
		definition types.TaskDefinition
		want       meter.Size
		err        string
	}{
		"plain": {
			types.Service{LaunchType: types.LaunchTypeFargate},
			types.TaskDefinition{Cpu: aws.String("256"), Memory: aws.String("512")}, meter.Size{Task: small}, "",
		},
		"as people write": {
			types.Service{},
			types.TaskDefinition{Cpu: aws.String("1 vCPU"), Memory: aws.String("2GB"), RuntimePlatform: arm},
			meter.Size{Task: price.Task{CPU: 1024, MemoryMiB: 2048, ARM: true}}, "",
		},
		"large disk": {
			types.Service{},
			types.TaskDefinition{
				Cpu: aws.String(".25 vCPU"), Memory: aws.String("512"), EphemeralStorage: &types.EphemeralStorage{SizeInGiB: 50},
			},
			meter.Size{Task: price.Task{CPU: 256, MemoryMiB: 512, EphemeralGiB: 50}}, "",
		},
		"spot": {
			types.Service{CapacityProviderStrategy: providers(map[string]int32{"FARGATE_SPOT": 0})},
			types.TaskDefinition{Cpu: aws.String("256"), Memory: aws.String("512")}, meter.Size{Task: small, SpotShare: 1}, "",
		},
		"mixed": {
			types.Service{CapacityProviderStrategy: providers(map[string]int32{"FARGATE": 1, "FARGATE_SPOT": 3})},
			types.TaskDefinition{Cpu: aws.String("256"), Memory: aws.String("512")},
			meter.Size{Task: small, SpotShare: 0.75}, "",
		},
		"own machines": {
			types.Service{LaunchType: types.LaunchTypeEc2}, types.TaskDefinition{}, meter.Size{},
			`launch type "EC2": only Fargate tasks have a price`,
		},
		"own provider": {
			types.Service{CapacityProviderStrategy: providers(map[string]int32{"mine": 1})},
			types.TaskDefinition{}, meter.Size{},
			`capacity provider "mine"`,
		},
		"windows": {
			types.Service{}, types.TaskDefinition{
				Cpu: aws.String("1024"), Memory: aws.String("2048"),
				RuntimePlatform: &types.RuntimePlatform{OperatingSystemFamily: types.OSFamilyWindowsServer2022Core},
			}, meter.Size{}, `operating system "WINDOWS_SERVER_2022_CORE"`,
		},
		"no size": {types.Service{}, types.TaskDefinition{Cpu: aws.String("x")}, meter.Size{}, `cpu: "x" must be a number`},
	} {
		t.Run(name, func(t *testing.T) {
			tc.service.TaskDefinition = aws.String("web:3")
			got, err := meter.NewReader(nil, nil, &cluster{service: tc.service, definition: tc.definition}).
				Size(t.Context(), settings.Service{Name: "web"})
			if tc.err != "" {
				if err == nil || !strings.Contains(err.Error(), tc.err) ||
					!strings.HasPrefix(err.Error(), "read the task size of web: ") {
					t.Errorf("error %v, want %s", err, tc.err)
				}
				return
			}
			if diff := cmp.Diff(tc.want, got); diff != "" || err != nil {
				t.Errorf("error %v, size (-want +got):\n%s", err, diff)
			}
		})
	}
	unknown := settings.Service{Name: "web", Service: "shop", Cluster: "c"}
	_, err := meter.NewReader(nil, nil, &cluster{}).Size(t.Context(), unknown)
	if err == nil || !strings.Contains(err.Error(), "ECS does not know it in the cluster c") {
		t.Errorf("unknown to ECS: %v", err)
	}
}

// TestHourly: the mean of a mixed service lies between the two prices, by the shares.
func TestHourly(t *testing.T) {
	table := price.Default()
	of := func(share float64) float64 {
		usd, err := meter.Size{Task: price.Task{CPU: 256, MemoryMiB: 512}, SpotShare: share}.Hourly(table, "eu-west-3")
		if err != nil {
			t.Fatal(err)
		}
		return usd
	}
	if want := (of(0) + 3*of(1)) / 4; math.Abs(of(0.75)-want) > 1e-12 || of(1) >= of(0) {
		t.Errorf("%g, %g, %g", of(0), of(0.75), of(1))
	}
	if _, err := (meter.Size{Task: price.Task{CPU: 256, MemoryMiB: 512}}).Hourly(table, "mars-1"); err == nil {
		t.Error("there is a price on Mars")
	}
}
