package settings

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// mostSignals bounds what one look at a service asks of CloudWatch, which charges for GetMetricData by the metric.
const mostSignals = 5

var statistics = []string{"Sum", "Maximum", "Average", "Minimum", "SampleCount"}

func checkSignals(ps *problems, signals []Signal) {
	ps.check(len(signals) <= mostSignals, "signals", counted(len(signals), "values"),
		"must be at most "+strconv.Itoa(mostSignals))
	for i, signal := range signals {
		signal.check(ps, element("signals", i))
	}
}

func (s Signal) check(ps *problems, path string) {
	ps.check(s.Namespace != "", member(path, "namespace"), given(s.Namespace),
		`must be a CloudWatch namespace like "AWS/ApplicationELB"`)
	ps.check(s.Metric != "", member(path, "metric"), given(s.Metric),
		`must be a metric's name like "ActiveConnectionCount"`)
	for _, name := range slices.Sorted(maps.Keys(s.Dimensions)) {
		value := s.Dimensions[name]
		ps.check(name != "" && value != "", member(member(path, "dimensions"), name), quote(value),
			"must have a name and a value")
	}
	ps.check(slices.Contains(statistics, s.Statistic), member(path, "statistic"), quote(s.Statistic),
		"must be one of "+strings.Join(statistics, ", "))
	ps.check(s.Above >= 0 && !math.IsInf(s.Above, 1), member(path, "above"), strconv.FormatFloat(s.Above, 'g', -1, 64),
		"must be a number of 0 or more")
}
