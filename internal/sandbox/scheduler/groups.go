package scheduler

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

func (s *Scheduler) handleGroups(input any) (any, error) {
	switch in := input.(type) {
	case *sdk.CreateScheduleGroupInput:
		return answer(s.createGroup(in))
	case *sdk.GetScheduleGroupInput:
		return answer(s.getGroup(in))
	case *sdk.DeleteScheduleGroupInput:
		return answer(s.removeGroup(in))
	case *sdk.ListScheduleGroupsInput:
		return answer(s.listGroups(in))
	}
	return nil, awsapi.Unknown(input)
}

func (s *Scheduler) createGroup(in *sdk.CreateScheduleGroupInput) (*sdk.CreateScheduleGroupOutput, error) {
	if err := checkName("name", *in.Name); err != nil {
		return nil, err
	}
	if s.checkGroup(in.Name) == nil {
		return nil, conflict("Schedule group %s already exists.", *in.Name)
	}
	if s.groups == nil {
		s.groups = map[string]group{}
	}
	s.groups[*in.Name] = group{created: *s.now()}
	return &sdk.CreateScheduleGroupOutput{ScheduleGroupArn: groupARN(*in.Name)}, nil
}

func (s *Scheduler) getGroup(in *sdk.GetScheduleGroupInput) (*sdk.GetScheduleGroupOutput, error) {
	if err := s.checkGroup(in.Name); err != nil {
		return nil, err
	}
	g := s.summary(*in.Name)
	return &sdk.GetScheduleGroupOutput{
		Arn: g.Arn, Name: g.Name, State: g.State, CreationDate: g.CreationDate, LastModificationDate: g.LastModificationDate,
	}, nil
}

// removeGroup [SCH-05] takes the group's schedules with it. At AWS that takes a while; here it is done at once.
func (s *Scheduler) removeGroup(in *sdk.DeleteScheduleGroupInput) (*sdk.DeleteScheduleGroupOutput, error) {
	if *in.Name == defaultGroup {
		return nil, invalid("The default schedule group can't be deleted.")
	}
	if err := s.checkGroup(in.Name); err != nil {
		return nil, err
	}
	delete(s.groups, *in.Name)
	s.schedules = slices.DeleteFunc(s.schedules, func(each *schedule) bool { return *each.GroupName == *in.Name })
	return &sdk.DeleteScheduleGroupOutput{}, nil
}

func (s *Scheduler) listGroups(in *sdk.ListScheduleGroupsInput) (*sdk.ListScheduleGroupsOutput, error) {
	chosen := []types.ScheduleGroupSummary{}
	for _, name := range slices.Sorted(maps.Keys(s.groups)) {
		chosen = append(chosen, s.summary(name))
	}
	chosen = slices.Insert(chosen, 0, s.summary(defaultGroup))
	chosen = slices.DeleteFunc(chosen, func(g types.ScheduleGroupSummary) bool {
		return !strings.HasPrefix(*g.Name, aws.ToString(in.NamePrefix))
	})
	part, next, err := page(chosen, in.NextToken, in.MaxResults)
	if err != nil {
		return nil, err
	}
	return &sdk.ListScheduleGroupsOutput{ScheduleGroups: part, NextToken: next}, nil
}

func (s *Scheduler) summary(name string) types.ScheduleGroupSummary {
	created := s.groups[name].created
	return types.ScheduleGroupSummary{
		Arn: groupARN(name), Name: &name, State: types.ScheduleGroupStateActive,
		CreationDate: &created, LastModificationDate: &created,
	}
}

func groupARN(name string) *string { return aws.String(arnPrefix + "schedule-group/" + name) }

// checkGroup fails where a group does not exist. A nil name is no group in particular.
func (s *Scheduler) checkGroup(name *string) error {
	if name == nil || *name == defaultGroup {
		return nil
	}
	if _, ok := s.groups[*name]; !ok {
		return notFound("Schedule group %s does not exist.", *name)
	}
	return nil
}
