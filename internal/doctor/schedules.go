package doctor

import (
	"cmp"
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
)

// readSchedule knows the two schedules by the names that a deployment gives them, in whatever group they are. What may
// be listed and not read is a deniedError, and what the list tells is there.
func (e *Examiner) readSchedule(ctx context.Context, f *Facts) (failed error) {
	prefix := "catnap-" + f.Service.Name + "-"
	pages := scheduler.NewListSchedulesPaginator(e.Scheduler, &scheduler.ListSchedulesInput{NamePrefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("list schedules %s: %w", prefix, err)
		}
		for _, s := range page.Schedules {
			failed = cmp.Or(failed, e.addSchedule(ctx, f, prefix, s))
		}
	}
	return failed
}

func (e *Examiner) addSchedule(ctx context.Context, f *Facts, prefix string, s types.ScheduleSummary) (err error) {
	switch aws.ToString(s.Name) {
	case prefix + "reaper":
		f.Schedule, err = e.schedule(ctx, s)
	case prefix + "costguard":
		f.GuardSchedule, err = e.schedule(ctx, s)
	}
	return err
}

// schedule reads the rest of a schedule. Whoever may only list has what the list tells.
func (e *Examiner) schedule(ctx context.Context, s types.ScheduleSummary) (*Schedule, error) {
	read := &Schedule{Name: aws.ToString(s.Name), Enabled: s.State == types.ScheduleStateEnabled}
	if s.Target != nil {
		read.Target = aws.ToString(s.Target.Arn)
	}
	out, err := e.Scheduler.GetSchedule(ctx, &scheduler.GetScheduleInput{Name: s.Name, GroupName: s.GroupName})
	if err != nil {
		return read, denied("scheduler:GetSchedule", fmt.Errorf("get schedule %s: %w", read.Name, err))
	}
	read.Expression = aws.ToString(out.ScheduleExpression)
	read.Flexible = out.FlexibleTimeWindow != nil && out.FlexibleTimeWindow.Mode == types.FlexibleTimeWindowModeFlexible
	if t := out.Target; t != nil {
		read.Role = aws.ToString(t.RoleArn)
		if t.DeadLetterConfig != nil {
			read.DeadLetter = aws.ToString(t.DeadLetterConfig.Arn)
		}
	}
	return read, nil
}
