package cloudwatch_test

import (
	"errors"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/sandbox/cloudwatch"
)

// refusal is the error of a query, asked for through the SDK.
func refusal(t *testing.T, in *sdk.GetMetricStatisticsInput) smithy.APIError {
	t.Helper()
	_, err := connect(&cloudwatch.CloudWatch{}).GetMetricStatistics(t.Context(), in)
	api, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		t.Fatalf("got %v", err)
	}
	return api
}

func TestMoreThan1440PointsAreRefused(t *testing.T) {
	at(t, noon, func(t *testing.T) {
		var c cloudwatch.CloudWatch
		fetch(t, &c, ask(-24*time.Hour, 0))
		fetch(t, &c, ask(-120*time.Hour, 0, period(300)))
		in := ask(-24*time.Hour-time.Second, 0)
		_, err := connect(&c).GetMetricStatistics(t.Context(), in)
		combination, ok := errors.AsType[*types.InvalidParameterCombinationException](err)
		if !ok {
			t.Fatalf("got %v", err)
		}
		want := "You have requested up to 1441 datapoints, which exceeds the limit of 1440. " +
			"You may reduce the datapoints requested by increasing Period, or decreasing the time range."
		if diff := cmp.Diff(want, combination.ErrorMessage()); diff != "" {
			t.Errorf("message (-want +got):\n%s", diff)
		}
	})
}

func TestPeriodMustBeWholeMinutes(t *testing.T) {
	at(t, noon, func(t *testing.T) {
		for _, seconds := range []int32{-60, 0, 1, 30, 59, 61, 90} {
			err := refusal(t, ask(-time.Hour, 0, period(seconds)))
			if _, ok := errors.AsType[*types.InvalidParameterValueException](err); !ok {
				t.Errorf("period %d: got %v", seconds, err)
			}
		}
	})
}

func TestStartMustBeBeforeEnd(t *testing.T) {
	at(t, noon, func(t *testing.T) {
		for from, want := range map[time.Duration]string{
			0:           "The parameter StartTime must not equal parameter EndTime.",
			time.Second: "The parameter StartTime must be less than the parameter EndTime.",
		} {
			err := refusal(t, ask(from, 0))
			if _, ok := errors.AsType[*types.InvalidParameterValueException](err); !ok || err.ErrorMessage() != want {
				t.Errorf("from %s: got %v", from, err)
			}
		}
	})
}

func TestStatisticsOrExtendedStatisticsMustBeGiven(t *testing.T) {
	at(t, noon, func(t *testing.T) {
		in := ask(-time.Hour, 0)
		in.ExtendedStatistics = []string{"p99"}
		both := refusal(t, in)
		in.Statistics, in.ExtendedStatistics = nil, nil
		neither := refusal(t, in)
		for _, err := range []error{both, neither} {
			if _, ok := errors.AsType[*types.InvalidParameterCombinationException](err); !ok {
				t.Errorf("got %v", err)
			}
		}
		in.Statistics = []types.Statistic{"p99"}
		if _, ok := errors.AsType[*types.InvalidParameterValueException](refusal(t, in)); !ok {
			t.Error("an unknown statistic was taken")
		}
	})
}

func TestErrorCodesAreThoseOfTheQueryProtocol(t *testing.T) {
	at(t, noon, func(t *testing.T) {
		got := []string{refusal(t, ask(0, 0)).ErrorCode(), refusal(t, ask(-48*time.Hour, 0)).ErrorCode()}
		if diff := cmp.Diff([]string{"InvalidParameterValue", "InvalidParameterCombination"}, got); diff != "" {
			t.Errorf("codes (-want +got):\n%s", diff)
		}
	})
}

// The SDK refuses most of these before a call is made; a caller of the core has no SDK in front of it.
func TestRequiredParameters(t *testing.T) {
	at(t, noon, func(t *testing.T) {
		for name, remove := range map[string]func(*sdk.GetMetricStatisticsInput){
			"Namespace":  func(in *sdk.GetMetricStatisticsInput) { in.Namespace = nil },
			"MetricName": func(in *sdk.GetMetricStatisticsInput) { in.MetricName = new("") },
			"StartTime":  func(in *sdk.GetMetricStatisticsInput) { in.StartTime = nil },
			"EndTime":    func(in *sdk.GetMetricStatisticsInput) { in.EndTime = nil },
			"Period":     func(in *sdk.GetMetricStatisticsInput) { in.Period = nil },
		} {
			_, err := new(cloudwatch.CloudWatch).Handle(t.Context(), ask(-time.Hour, 0, remove))
			required, ok := errors.AsType[*types.MissingRequiredParameterException](err)
			if !ok || required.ErrorMessage() != "The parameter "+name+" is required." {
				t.Errorf("without %s: got %v", name, err)
			}
		}
	})
}
