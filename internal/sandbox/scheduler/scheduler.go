// Package scheduler is Amazon EventBridge Scheduler on a laptop: schedules that invoke functions at a rate.
//
// Numbers in brackets, as in [SCH-03], name the imitated behaviours; a test of this package shows each.
//
// It does not know cron and one-time expressions, flexible windows, targets other than functions, encryption keys and
// tags: what asks for one of these is refused loudly. A function takes each event that it is handed, and repeats what
// failed by itself. Retries and dead letters of schedules are for events that could not be handed over: they are kept,
// and where a role does not allow to hand an event over, nothing comes of them.
package scheduler

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

const (
	arnPrefix = "arn:aws:scheduler:eu-west-3:000000000000:"
	// defaultGroup exists in every account and can't be deleted. [SCH-05]
	defaultGroup = "default"
)

// Scheduler holds the schedules of one account and Region. The zero value, with an Invoke, is ready.
type Scheduler struct {
	Clock clock.Clock
	// Authorize asks whether the schedule's role allows to invoke its function; nil means that every role does.
	Authorize func(roleARN, functionARN string) error
	// Invoke hands an event to a function, and waits for what becomes of it.
	Invoke func(ctx context.Context, functionARN string, event []byte) error
	Jitter time.Duration // of a run, at the most
	Seed   uint64
	Log    *slog.Logger // nil drops everything

	mu        sync.Mutex
	schedules []*schedule // sorted by group and name
	groups    map[string]group
}

type group struct{ created time.Time }

// schedule is kept as it was written; an update replaces all of it but the creation. [SCH-06]
type schedule struct {
	sdk.GetScheduleOutput
	every time.Duration
}

func (s *schedule) is(group, name string) bool { return *s.GroupName == group && *s.Name == name }

var _ awsapi.Core = (*Scheduler)(nil)

// Handle implements awsapi.Core.
func (s *Scheduler) Handle(_ context.Context, input any) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch in := input.(type) {
	case *sdk.CreateScheduleInput:
		return answer(s.create(in))
	case *sdk.UpdateScheduleInput:
		return answer(s.update(in))
	case *sdk.GetScheduleInput:
		return answer(s.get(in))
	case *sdk.DeleteScheduleInput:
		return answer(s.remove(in))
	case *sdk.ListSchedulesInput:
		return answer(s.list(in))
	}
	return s.handleGroups(input)
}

// answer keeps a nil output from becoming an interface that is not nil.
func answer[T any](out *T, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Run invokes what is due, at once and then every minute, until ctx ends.
// [SCH-01] A schedule is precise to the minute: each run comes some seconds late, by a jitter.
// [SCH-02] A run does not wait for the one before it, and with retries set to 0 a failed one is not repeated.
func (s *Scheduler) Run(ctx context.Context) {
	random := rand.New(rand.NewPCG(s.Seed, 2))
	for minute := s.Clock.Now().Truncate(time.Minute); ; minute = minute.Add(time.Minute) {
		late := time.Duration(0)
		if s.Jitter > 0 && minute.After(s.Clock.Now()) {
			late = time.Duration(random.Int64N(int64(s.Jitter)))
		}
		if s.Clock.WaitUntil(ctx, minute.Add(late)) != nil {
			return
		}
		for _, due := range s.due(minute) {
			go s.fire(ctx, due, minute)
		}
	}
}

// due lists what falls on a minute: a rate counts from the schedule's start, or from its creation if it has none.
// [SCH-03]
func (s *Scheduler) due(minute time.Time) []sdk.GetScheduleOutput {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []sdk.GetScheduleOutput
	for _, each := range s.schedules {
		since := minute.Sub(each.first())
		if each.State == types.ScheduleStateEnabled && since >= 0 && since%each.every == 0 && each.within(minute) {
			all = append(all, each.GetScheduleOutput)
		}
	}
	return all
}

// first is the minute in which the schedule runs for the first time: not before its start.
func (s *schedule) first() time.Time {
	if s.StartDate != nil && s.StartDate.After(*s.CreationDate) {
		return s.StartDate.Add(time.Minute - 1).Truncate(time.Minute)
	}
	return s.CreationDate.Truncate(time.Minute)
}

// within tells whether a moment lies between the start and the end of the schedule, where it has them.
func (s *schedule) within(at time.Time) bool {
	return (s.StartDate == nil || !at.Before(*s.StartDate)) && (s.EndDate == nil || !at.After(*s.EndDate))
}

func (s *Scheduler) fire(ctx context.Context, due sdk.GetScheduleOutput, at time.Time) {
	if err := s.deliver(ctx, due, at); err != nil && ctx.Err() == nil && s.Log != nil {
		s.Log.Warn("scheduled function failed", slog.String("actor", "scheduler"),
			slog.String("schedule", *due.Name), slog.Any("cause", err))
	}
}

// Fire invokes the target of a schedule now, whatever its rate and state, and waits for it.
func (s *Scheduler) Fire(ctx context.Context, name string) error {
	due, err := s.find(name)
	if err != nil {
		return err
	}
	return s.deliver(ctx, due, s.Clock.Now())
}

// deliver [IAM-11]: a schedule invokes by its role.
func (s *Scheduler) deliver(ctx context.Context, due sdk.GetScheduleOutput, at time.Time) error {
	if s.Authorize != nil {
		if err := s.Authorize(*due.Target.RoleArn, *due.Target.Arn); err != nil {
			return err
		}
	}
	return s.Invoke(ctx, *due.Target.Arn, event(due, at))
}

// find looks for a schedule in all groups.
func (s *Scheduler) find(name string) (sdk.GetScheduleOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.schedules, func(each *schedule) bool { return *each.Name == name })
	if i < 0 {
		return sdk.GetScheduleOutput{}, notFound("Schedule %s does not exist.", name)
	}
	return s.schedules[i].GetScheduleOutput, nil
}

// byGroupAndName is the order of a listing. [SCH-07]
func byGroupAndName(a, b *schedule) int {
	return strings.Compare(*a.GroupName+"/"+*a.Name, *b.GroupName+"/"+*b.Name)
}
