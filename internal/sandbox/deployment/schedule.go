package deployment

import (
	"fmt"

	"github.com/catnap-dev/catnap/internal/cloudformation"
)

func (l *loader) scheduleGroup(r cloudformation.Resource) (cloudformation.Physical, error) {
	physical := cloudformation.Identify(l.place, r)
	l.groups[physical.ID] = fmt.Sprint(physical.Attributes["Arn"])
	l.ScheduleGroups = append(l.ScheduleGroups, physical.ID)
	return physical, nil
}

func (l *loader) schedule(r cloudformation.Resource) (cloudformation.Physical, error) {
	var p struct {
		Name, GroupName, ScheduleExpression, State string
		FlexibleTimeWindow                         struct{ Mode string }
		Target                                     struct {
			Arn, RoleArn, Input string
			RetryPolicy         struct {
				MaximumRetryAttempts     *int
				MaximumEventAgeInSeconds ignored // of what is not repeated
			}
			DeadLetterConfig struct{ Arn string }
		}
		Description ignored
	}
	if err := r.Decode(&p); err != nil {
		return cloudformation.Physical{}, err
	}
	switch {
	case p.State != "" && p.State != "ENABLED":
		return cloudformation.Physical{}, unimitated("State", p.State, "ENABLED")
	case p.FlexibleTimeWindow.Mode != "OFF":
		return cloudformation.Physical{}, unimitated("FlexibleTimeWindow.Mode", p.FlexibleTimeWindow.Mode, "OFF")
	case p.Target.RetryPolicy.MaximumRetryAttempts == nil || *p.Target.RetryPolicy.MaximumRetryAttempts != 0:
		return cloudformation.Physical{}, fmt.Errorf("other RetryPolicy.MaximumRetryAttempts than 0 are not imitated")
	}
	group := l.groups[p.GroupName]
	if group == "" {
		return cloudformation.Physical{}, fmt.Errorf("the group %q is none of this template", p.GroupName)
	}
	if err := l.checkTrust(p.Target.RoleArn, "scheduler.amazonaws.com", group); err != nil {
		return cloudformation.Physical{}, err
	}
	physical := cloudformation.Identify(l.place, r)
	l.Schedules = append(l.Schedules, Schedule{
		Name: physical.ID, Group: p.GroupName, Expression: p.ScheduleExpression, Function: p.Target.Arn,
		Input: p.Target.Input, Role: p.Target.RoleArn, DeadLetter: p.Target.DeadLetterConfig.Arn,
	})
	return physical, nil
}
