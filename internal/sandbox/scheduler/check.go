package scheduler

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

var (
	goodName = regexp.MustCompile(`^[0-9a-zA-Z-_.]{1,64}$`)
	goodRole = regexp.MustCompile(`^arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+$`)
	function = regexp.MustCompile(`^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[a-zA-Z0-9-_]+(:[a-zA-Z0-9$_-]+)?$`)
	rate     = regexp.MustCompile(`^rate\((\d+) (minute|hour|day)s?\)$`)
)

// checked holds AWS's rules for a schedule, and fills its defaults.
func (s *Scheduler) checked(in *sdk.CreateScheduleInput) (*schedule, error) {
	if err := checkName("name", *in.Name); err != nil {
		return nil, err
	}
	group := aws.ToString(in.GroupName)
	if group == "" {
		group = defaultGroup
	}
	if err := s.checkGroup(&group); err != nil {
		return nil, err
	}
	every, err := interval(*in.ScheduleExpression)
	if err != nil {
		return nil, err
	}
	if err := checkTarget(in); err != nil {
		return nil, err
	}
	made := &schedule{every: every, GetScheduleOutput: sdk.GetScheduleOutput{
		Arn: aws.String(arnPrefix + "schedule/" + group + "/" + *in.Name), Name: in.Name, GroupName: &group,
		ScheduleExpression: in.ScheduleExpression, FlexibleTimeWindow: in.FlexibleTimeWindow, Target: withRetries(in.Target),
		State: in.State, Description: in.Description, StartDate: in.StartDate, EndDate: in.EndDate,
		ActionAfterCompletion: in.ActionAfterCompletion, ScheduleExpressionTimezone: in.ScheduleExpressionTimezone,
		CreationDate: s.now(), LastModificationDate: s.now(),
	}}
	made.fill()
	return made, nil
}

// fill sets the defaults that GetSchedule shows. [SCH-08]
func (s *schedule) fill() {
	if s.State == "" {
		s.State = types.ScheduleStateEnabled
	}
	if s.ActionAfterCompletion == "" {
		s.ActionAfterCompletion = types.ActionAfterCompletionNone
	}
	if s.ScheduleExpressionTimezone == nil {
		s.ScheduleExpressionTimezone = aws.String("UTC")
	}
}

// withRetries are 185 within a day, unless the target says otherwise. [SCH-08]
func withRetries(target *types.Target) *types.Target {
	t := *target
	policy := types.RetryPolicy{MaximumEventAgeInSeconds: aws.Int32(86400), MaximumRetryAttempts: aws.Int32(185)}
	if given := t.RetryPolicy; given != nil {
		if given.MaximumEventAgeInSeconds != nil {
			policy.MaximumEventAgeInSeconds = given.MaximumEventAgeInSeconds
		}
		if given.MaximumRetryAttempts != nil {
			policy.MaximumRetryAttempts = given.MaximumRetryAttempts
		}
	}
	t.RetryPolicy = &policy
	return &t
}

func checkTarget(in *sdk.CreateScheduleInput) error {
	switch target := in.Target; {
	case !goodRole.MatchString(*target.RoleArn):
		return invalid("Invalid Schedule Target RoleArn: %s", *target.RoleArn)
	case !function.MatchString(*target.Arn):
		return fmt.Errorf("target %s, which is no function: %w", *target.Arn, awsapi.Unknown(in))
	case in.FlexibleTimeWindow.Mode != types.FlexibleTimeWindowModeOff:
		return fmt.Errorf("flexible time window %s: %w", in.FlexibleTimeWindow.Mode, awsapi.Unknown(in))
	case in.KmsKeyArn != nil:
		return fmt.Errorf("key %s: %w", *in.KmsKeyArn, awsapi.Unknown(in))
	case in.StartDate != nil && in.EndDate != nil && in.EndDate.Before(*in.StartDate):
		return invalid("The EndDate must be after the StartDate.")
	}
	return nil
}

// interval reads rate(1 minute), the shortest there is, up to days.
func interval(expression string) (time.Duration, error) {
	parts := rate.FindStringSubmatch(expression)
	if parts == nil {
		return 0, invalid("Invalid Schedule Expression %s. (The sandbox knows rate expressions only.)", expression)
	}
	n, err := strconv.Atoi(parts[1])
	if err != nil || n < 1 || n > 1e6 {
		return 0, invalid("Invalid Schedule Expression %s.", expression)
	}
	units := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}
	return time.Duration(n) * units[parts[2]], nil
}

func checkName(member, name string) error {
	if !goodName.MatchString(name) {
		return invalid("1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: "+
			"Member must satisfy regular expression pattern: ^[0-9a-zA-Z-_.]+$", name, member)
	}
	return nil
}

func invalid(format string, args ...any) error {
	return &types.ValidationException{Message: aws.String(fmt.Sprintf(format, args...))}
}

func notFound(format string, args ...any) error {
	return &types.ResourceNotFoundException{Message: aws.String(fmt.Sprintf(format, args...))}
}

func conflict(format string, args ...any) error {
	return &types.ConflictException{Message: aws.String(fmt.Sprintf(format, args...))}
}
