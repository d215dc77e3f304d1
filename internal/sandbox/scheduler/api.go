package scheduler

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
)

func (s *Scheduler) create(in *sdk.CreateScheduleInput) (*sdk.CreateScheduleOutput, error) {
	made, err := s.checked(in)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(s.schedules, func(each *schedule) bool { return each.is(*made.GroupName, *made.Name) }) {
		return nil, conflict("Schedule %s already exists.", *made.Name)
	}
	s.schedules = append(s.schedules, made)
	slices.SortFunc(s.schedules, byGroupAndName)
	return &sdk.CreateScheduleOutput{ScheduleArn: made.Arn}, nil
}

// update [SCH-06] replaces the schedule as a whole: what it is not given gets its default again.
func (s *Scheduler) update(in *sdk.UpdateScheduleInput) (*sdk.UpdateScheduleOutput, error) {
	made, err := s.checked(&sdk.CreateScheduleInput{
		Name: in.Name, GroupName: in.GroupName, ScheduleExpression: in.ScheduleExpression, Target: in.Target,
		FlexibleTimeWindow: in.FlexibleTimeWindow, State: in.State, Description: in.Description,
		StartDate: in.StartDate, EndDate: in.EndDate, ActionAfterCompletion: in.ActionAfterCompletion,
		ScheduleExpressionTimezone: in.ScheduleExpressionTimezone, KmsKeyArn: in.KmsKeyArn,
	})
	if err != nil {
		return nil, err
	}
	old, err := s.lookUp(made.GroupName, made.Name)
	if err != nil {
		return nil, err
	}
	made.CreationDate = old.CreationDate
	*old = *made
	return &sdk.UpdateScheduleOutput{ScheduleArn: made.Arn}, nil
}

func (s *Scheduler) get(in *sdk.GetScheduleInput) (*sdk.GetScheduleOutput, error) {
	found, err := s.lookUp(in.GroupName, in.Name)
	if err != nil {
		return nil, err
	}
	out := found.GetScheduleOutput
	return &out, nil
}

func (s *Scheduler) remove(in *sdk.DeleteScheduleInput) (*sdk.DeleteScheduleOutput, error) {
	found, err := s.lookUp(in.GroupName, in.Name)
	if err != nil {
		return nil, err
	}
	s.schedules = slices.DeleteFunc(s.schedules, func(each *schedule) bool { return each == found })
	return &sdk.DeleteScheduleOutput{}, nil
}

// list [SCH-07] goes by group and name, up to 100 to a page.
func (s *Scheduler) list(in *sdk.ListSchedulesInput) (*sdk.ListSchedulesOutput, error) {
	if err := s.checkGroup(in.GroupName); err != nil {
		return nil, err
	}
	chosen := []types.ScheduleSummary{}
	for _, each := range s.schedules {
		if (in.GroupName == nil || *each.GroupName == *in.GroupName) && (in.State == "" || each.State == in.State) &&
			strings.HasPrefix(*each.Name, aws.ToString(in.NamePrefix)) {
			chosen = append(chosen, each.summary())
		}
	}
	part, next, err := page(chosen, in.NextToken, in.MaxResults)
	if err != nil {
		return nil, err
	}
	return &sdk.ListSchedulesOutput{Schedules: part, NextToken: next}, nil
}

func (s *schedule) summary() types.ScheduleSummary {
	return types.ScheduleSummary{
		Arn: s.Arn, Name: s.Name, GroupName: s.GroupName, State: s.State, CreationDate: s.CreationDate,
		LastModificationDate: s.LastModificationDate, Target: &types.TargetSummary{Arn: s.Target.Arn},
	}
}

func (s *Scheduler) lookUp(group, name *string) (*schedule, error) {
	in := aws.ToString(group)
	if in == "" {
		in = defaultGroup
	}
	if err := s.checkGroup(&in); err != nil {
		return nil, err
	}
	i := slices.IndexFunc(s.schedules, func(each *schedule) bool { return each.is(in, *name) })
	if i < 0 {
		return nil, notFound("Schedule %s does not exist.", *name)
	}
	return s.schedules[i], nil
}

// page cuts a listing: a token is the index of the next.
func page[T any](all []T, token *string, limit *int32) (part []T, next *string, err error) {
	const most = 100
	from, size := 0, most
	if token != nil {
		if from, err = strconv.Atoi(*token); err != nil || from < 0 || from > len(all) {
			return nil, nil, invalid("Invalid NextToken.")
		}
	}
	if limit != nil {
		if size = int(*limit); size < 1 || size > most {
			return nil, nil, invalid("1 validation error detected: Value at 'maxResults' failed to satisfy constraint: "+
				"Member must be between 1 and %d", most)
		}
	}
	end := min(from+size, len(all))
	if end < len(all) {
		next = aws.String(strconv.Itoa(end))
	}
	return all[from:end], next, nil
}

// now is in AWS's milliseconds.
func (s *Scheduler) now() *time.Time {
	return aws.Time(s.Clock.Now().UTC().Truncate(time.Millisecond))
}
