package cloudwatch

import (
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// mostPoints is AWS's limit on one answer.
const mostPoints = 1440

// check refuses what AWS refuses. The order of the checks is not documented.
func check(in *sdk.GetMetricStatisticsInput) error {
	for _, refuse := range []func(*sdk.GetMetricStatisticsInput) error{
		checkRequired, checkImitated, checkPeriod, checkTimes, checkStatistics, checkSize,
	} {
		if err := refuse(in); err != nil {
			return err
		}
	}
	return nil
}

// checkRequired [CW-15] is met by callers without the SDK's own validation only.
func checkRequired(in *sdk.GetMetricStatisticsInput) error {
	for _, p := range []struct {
		name    string
		missing bool
	}{
		{"Namespace", aws.ToString(in.Namespace) == ""}, {"MetricName", aws.ToString(in.MetricName) == ""},
		{"StartTime", in.StartTime == nil}, {"EndTime", in.EndTime == nil}, {"Period", in.Period == nil},
	} {
		if p.missing {
			return missing("The parameter %s is required.", p.name)
		}
	}
	return nil
}

func checkImitated(in *sdk.GetMetricStatisticsInput) error {
	if in.Unit != "" {
		return fmt.Errorf("filter by unit %s: %w", in.Unit, awsapi.Unknown(in))
	}
	if len(in.ExtendedStatistics) > 0 && len(in.Statistics) == 0 {
		return fmt.Errorf("compute percentiles: %w", awsapi.Unknown(in))
	}
	return nil
}

// checkPeriod [CW-11]: periods under a minute belong to high-resolution metrics, which are not imitated.
func checkPeriod(in *sdk.GetMetricStatisticsInput) error {
	if p := periodOf(in); p < time.Minute || p%time.Minute != 0 {
		return invalidValue("The parameter Period must be a multiple of 60.")
	}
	return nil
}

// checkTimes [CW-12].
func checkTimes(in *sdk.GetMetricStatisticsInput) error {
	switch in.StartTime.Compare(*in.EndTime) {
	case 0:
		return invalidValue("The parameter StartTime must not equal parameter EndTime.")
	case 1:
		return invalidValue("The parameter StartTime must be less than the parameter EndTime.")
	}
	return nil
}

// checkStatistics [CW-13].
func checkStatistics(in *sdk.GetMetricStatisticsInput) error {
	if len(in.Statistics) == 0 {
		return invalidCombination("Must specify either Statistics or ExtendedStatistics.")
	}
	if len(in.ExtendedStatistics) > 0 {
		return invalidCombination("The parameters Statistics and ExtendedStatistics are mutually exclusive.")
	}
	for _, s := range in.Statistics {
		if !slices.Contains(s.Values(), s) {
			return invalidValue("The value %s for parameter Statistics is not supported.", s)
		}
	}
	return nil
}

// checkSize [CW-10] counts the points that the range could hold, not those that are there. It takes the times as they
// came: a day in minutes up to now, the usual question, is 1440 and passes.
func checkSize(in *sdk.GetMetricStatisticsInput) error {
	n := (in.EndTime.Sub(*in.StartTime) + periodOf(in) - 1) / periodOf(in)
	if n <= mostPoints {
		return nil
	}
	return invalidCombination("You have requested up to %d datapoints, which exceeds the limit of %d. "+
		"You may reduce the datapoints requested by increasing Period, or decreasing the time range.", n, mostPoints)
}

// The codes are those of the query protocol, which CloudWatch still sends beside the SDK's new one [CW-14].

func missing(format string, args ...any) error {
	return &types.MissingRequiredParameterException{
		Message: new(fmt.Sprintf(format, args...)), ErrorCodeOverride: new("MissingParameter"),
	}
}

func invalidValue(format string, args ...any) error {
	return &types.InvalidParameterValueException{
		Message: new(fmt.Sprintf(format, args...)), ErrorCodeOverride: new("InvalidParameterValue"),
	}
}

func invalidCombination(format string, args ...any) error {
	return &types.InvalidParameterCombinationException{
		Message: new(fmt.Sprintf(format, args...)), ErrorCodeOverride: new("InvalidParameterCombination"),
	}
}
