package cloudwatch_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/catnap-dev/catnap/internal/sandbox/cloudwatch"
)

func TestStatisticsAskedForAreSetAndNoOthers(t *testing.T) {
	at(t, noon, func(t *testing.T) {
		var c cloudwatch.CloudWatch
		for _, v := range []float64{4, -1, 3} {
			put(&c, 5*time.Minute, v)
		}
		for statistic, want := range map[types.Statistic]string{
			"Sum": "6 - - - -", "SampleCount": "- 3 - - -", "Average": "- - 2 - -", "Minimum": "- - - -1 -", "Maximum": "- - - - 4",
		} {
			in := ask(-time.Hour, 0)
			in.Statistics = []types.Statistic{statistic}
			p := fetch(t, &c, in)[0]
			if got := texts(p.Sum, p.SampleCount, p.Average, p.Minimum, p.Maximum); got != want {
				t.Errorf("%s: got %s, want %s", statistic, got, want)
			}
		}
	})
}

func texts(values ...*float64) (s string) {
	for _, v := range values {
		if v == nil {
			s += " -"
		} else {
			s += fmt.Sprintf(" %g", *v)
		}
	}
	return s[1:]
}

func TestBucketsBeginAtTheStartRoundedDownToTheMinute(t *testing.T) {
	at(t, noon, func(t *testing.T) {
		var c cloudwatch.CloudWatch
		for ago := 12 * time.Minute; ago > 0; ago -= time.Minute { // 11:48:34 to 11:59:34
			put(&c, ago, 1)
		}
		expect(t, sums(t, &c, ask(-11*time.Minute, 0, period(300))), "11:49=5", "11:54=5", "11:59=1")
	})
}

func TestStartIsInclusiveAndEndExclusive(t *testing.T) {
	at(t, 12*time.Hour, func(t *testing.T) {
		var c cloudwatch.CloudWatch
		for ago := 5 * time.Minute; ago > 0; ago -= time.Minute {
			put(&c, ago, 1)
		}
		const m = time.Minute
		expect(t, sums(t, &c, ask(-4*m, -2*m)), "11:56=1", "11:57=1")
		expect(t, sums(t, &c, ask(-4*m+59*time.Second, -2*m+time.Second)), "11:56=1", "11:57=1", "11:58=1")
		expect(t, sums(t, &c, ask(-4*m, -2*m, period(300))), "11:56=2")
	})
}

func TestOldStartNeedsALongerPeriod(t *testing.T) {
	at(t, 100*day, func(t *testing.T) {
		var c cloudwatch.CloudWatch
		put(&c, 10*day, 1)
		for _, test := range []struct {
			ago     time.Duration
			seconds int32
			want    int
		}{
			{15*day - time.Second, 960, 1}, {15 * day, 960, 0}, {15 * day, 1200, 1},
			{63*day - time.Second, 3900, 1}, {63 * day, 3900, 0}, {63 * day, 7200, 1},
		} {
			if got := fetch(t, &c, ask(-test.ago, -9*day, period(test.seconds))); len(got) != test.want {
				t.Errorf("from %s in steps of %d s: got %d points, want %d", test.ago, test.seconds, len(got), test.want)
			}
		}
	})
}

func TestOldStartIsRoundedDownFurther(t *testing.T) {
	const day = 24 * time.Hour
	at(t, 100*day+32*time.Minute, func(t *testing.T) {
		var c cloudwatch.CloudWatch
		put(&c, 10*day, 1)
		expect(t, sums(t, &c, ask(-16*day, -9*day, period(86400))), "00:30=1")
		expect(t, sums(t, &c, ask(-64*day, -9*day, period(86400))), "00:00=1")
	})
}
