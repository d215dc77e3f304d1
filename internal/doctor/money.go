package doctor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/catnap-dev/catnap/internal/settings"
)

// readBudget tells a document that can't be read from one with mistakes.
func readBudget(ctx context.Context, m settings.Member, f *Facts) (err error) {
	f.Budget, f.Budgeted, err = m.Store.Budget(ctx)
	if _, asked := errors.AsType[*settings.MistakeError](err); asked {
		f.BudgetFault, err = err, nil
	}
	if err != nil {
		return err
	}
	f.Freezes, err = m.Freezes(ctx)
	return err
}

// readBilling looks two days back: the metric comes several times a day, in us-east-1 and in USD only.
func (e *Examiner) readBilling(ctx context.Context, f *Facts) error {
	out, err := e.Billing.GetMetricStatistics(ctx, &cloudwatch.GetMetricStatisticsInput{
		Namespace: aws.String("AWS/Billing"), MetricName: aws.String("EstimatedCharges"),
		Dimensions: []cwtypes.Dimension{{Name: aws.String("Currency"), Value: aws.String("USD")}},
		StartTime:  aws.Time(f.Now.Add(-48 * time.Hour)), EndTime: &f.Now, Period: aws.Int32(3600),
		Statistics: []cwtypes.Statistic{cwtypes.StatisticMaximum},
	})
	if err != nil {
		return fmt.Errorf("get statistics of EstimatedCharges: %w", err)
	}
	for _, point := range out.Datapoints { // in no order
		if at := aws.ToTime(point.Timestamp); at.After(f.Billing) {
			f.Billing = at
		}
	}
	return nil
}
