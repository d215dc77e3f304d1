package scheduler

import (
	"crypto/rand"
	"encoding/json"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/scheduler"
)

// event is what the function is handed: the input of the target with its placeholders filled, or the scheduler's own
// event if there is no input. [SCH-04]
func event(due sdk.GetScheduleOutput, at time.Time) []byte {
	when, id := at.UTC().Format(time.RFC3339), rand.Text()
	if due.Target.Input != nil {
		return []byte(strings.NewReplacer(
			"<aws.scheduler.schedule-arn>", *due.Arn, "<aws.scheduler.scheduled-time>", when,
			"<aws.scheduler.execution-id>", id, "<aws.scheduler.attempt-number>", "1",
		).Replace(*due.Target.Input))
	}
	text, err := json.Marshal(map[string]any{
		"version": "0", "id": id, "source": "aws.scheduler", "detail-type": "Scheduled Event",
		"account": "000000000000", "region": "eu-west-3", "time": when, "resources": []string{*due.Arn}, "detail": "{}",
	})
	if err != nil { // texts
		return nil
	}
	return text
}
