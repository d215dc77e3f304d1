package wire_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
	"github.com/catnap-dev/catnap/internal/sandbox/cloudwatch"
	"github.com/catnap-dev/catnap/internal/sandbox/wire"
)

// TestRegionOfTheSignature: all Regions are at one address, and each client is told of its own.
func TestRegionOfTheSignature(t *testing.T) {
	t.Parallel()
	var core cloudwatch.CloudWatch
	minute := time.Now().Add(-10 * time.Minute)
	core.Put("n", "m", nil, minute, 1)
	core.PutIn("us-east-1", "n", "m", nil, minute, 2)
	server := httptest.NewServer(wire.New(&awsapi.Backplane{}, wire.Cores{CloudWatch: &core}))
	t.Cleanup(server.Close)
	for _, key := range []string{"monitoring", "monitoring json", "monitoring form"} {
		client, ok := over(server.URL)[key].(*sdk.Client)
		if !ok {
			t.Fatalf("%s is no client of CloudWatch", key)
		}
		for region, want := range map[string]float64{"eu-west-3": 1, "us-east-1": 2, "us-west-2": 0} {
			out, err := client.GetMetricStatistics(t.Context(), &sdk.GetMetricStatisticsInput{
				Namespace: aws.String("n"), MetricName: aws.String("m"), Period: aws.Int32(60),
				StartTime: aws.Time(minute.Add(-time.Minute)), EndTime: aws.Time(minute.Add(time.Minute)),
				Statistics: []types.Statistic{types.StatisticMaximum},
			}, func(o *sdk.Options) { o.Region = region })
			if err != nil {
				t.Fatal(err)
			}
			var got float64
			for _, p := range out.Datapoints {
				got += *p.Maximum
			}
			if got != want {
				t.Errorf("%s in %s: got %g, want %g", key, region, got, want)
			}
		}
	}
}
