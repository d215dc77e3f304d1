package scheduler_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/google/go-cmp/cmp"
)

// TestDefaults [SCH-08].
func TestDefaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.create(nil)
		got := w.get()
		if got.State != types.ScheduleStateEnabled || *got.ScheduleExpressionTimezone != "UTC" ||
			*got.GroupName != "default" ||
			got.ActionAfterCompletion != types.ActionAfterCompletionNone || !got.CreationDate.Equal(w.began) ||
			*got.Target.RetryPolicy.MaximumRetryAttempts != 185 || *got.Target.RetryPolicy.MaximumEventAgeInSeconds != 86400 {
			t.Errorf("got %+v, %+v", got, got.Target.RetryPolicy)
		}
	})
}

// TestUpdateReplacesAsAWhole [SCH-06].
func TestUpdateReplacesAsAWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.create(func(in *sdk.CreateScheduleInput) {
			in.Description, in.State = aws.String("why"), types.ScheduleStateDisabled
		})
		created := *w.get().CreationDate
		time.Sleep(time.Second)
		in := input(nil)
		_, err := w.UpdateSchedule(t.Context(), &sdk.UpdateScheduleInput{
			Name: in.Name, ScheduleExpression: aws.String("rate(2 days)"), Target: in.Target,
			FlexibleTimeWindow: in.FlexibleTimeWindow,
		})
		if err != nil {
			t.Fatal(err)
		}
		got := w.get()
		if got.Description != nil || got.State != types.ScheduleStateEnabled || *got.ScheduleExpression != "rate(2 days)" ||
			!got.CreationDate.Equal(created) || got.LastModificationDate.Sub(created) != time.Second {
			t.Errorf("got %+v", got)
		}
	})
}

// TestListInPages [SCH-07].
func TestListInPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		for _, name := range []string{"c", "a", "bb", "b"} {
			w.create(func(in *sdk.CreateScheduleInput) { in.Name = &name })
		}
		w.create(func(in *sdk.CreateScheduleInput) { in.Name, in.State = aws.String("off"), types.ScheduleStateDisabled })
		for _, test := range []struct {
			in   sdk.ListSchedulesInput
			want string
		}{
			{sdk.ListSchedulesInput{MaxResults: aws.Int32(2)}, "a b|bb c|off"},
			{sdk.ListSchedulesInput{NamePrefix: aws.String("b")}, "b bb"},
			{sdk.ListSchedulesInput{State: types.ScheduleStateDisabled, GroupName: aws.String("default")}, "off"},
			{sdk.ListSchedulesInput{NamePrefix: aws.String("x")}, ""},
		} {
			if got := w.pages(&test.in); got != test.want {
				t.Errorf("%+v: got %s, want %s", test.in, got, test.want)
			}
		}
	})
}

// pages are the names of a listing, its pages cut by bars.
func (w *world) pages(in *sdk.ListSchedulesInput) string {
	w.t.Helper()
	var pages []string
	for p := sdk.NewListSchedulesPaginator(w, in); p.HasMorePages(); {
		page, err := p.NextPage(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		var names []string
		for _, s := range page.Schedules {
			names = append(names, *s.Name)
		}
		pages = append(pages, strings.Join(names, " "))
	}
	return strings.Join(pages, "|")
}

// TestGroups [SCH-05].
func TestGroups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		ctx, mine := t.Context(), aws.String("mine")
		if _, err := w.CreateScheduleGroup(ctx, &sdk.CreateScheduleGroupInput{Name: mine}); err != nil {
			t.Fatal(err)
		}
		w.create(func(in *sdk.CreateScheduleInput) { in.GroupName = mine })
		w.create(nil) // of the same name, in another group
		if diff := cmp.Diff([]string{"default", "mine"}, w.groups()); diff != "" {
			t.Errorf("groups (-want +got):\n%s", diff)
		}
		if _, err := w.DeleteScheduleGroup(ctx, &sdk.DeleteScheduleGroupInput{Name: mine}); err != nil {
			t.Fatal(err)
		}
		_, err := w.GetSchedule(ctx, &sdk.GetScheduleInput{Name: aws.String("nap"), GroupName: mine})
		if code(err) != "ResourceNotFoundException" {
			t.Errorf("the group is gone: %v", err)
		}
		w.get()
		if _, err := w.DeleteSchedule(ctx, &sdk.DeleteScheduleInput{Name: aws.String("nap")}); err != nil {
			t.Error(err)
		}
		if ran := w.after(3 * time.Minute); len(ran) > 0 {
			t.Errorf("nothing is left, and ran: %v", ran)
		}
	})
}

func (w *world) groups() (names []string) {
	w.t.Helper()
	list, err := w.ListScheduleGroups(w.t.Context(), &sdk.ListScheduleGroupsInput{})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, g := range list.ScheduleGroups {
		names = append(names, *g.Name)
	}
	return names
}

// TestRefused: what AWS refuses, and what the sandbox does not imitate.
func TestRefused(t *testing.T) {
	const invalid, unknown = "ValidationException", "UnknownOperationException"
	for name, test := range map[string]struct {
		change func(in *sdk.CreateScheduleInput)
		want   string
	}{
		"name":       {func(in *sdk.CreateScheduleInput) { in.Name = aws.String("a/b") }, invalid},
		"long name":  {func(in *sdk.CreateScheduleInput) { in.Name = aws.String(strings.Repeat("a", 65)) }, invalid},
		"group":      {func(in *sdk.CreateScheduleInput) { in.GroupName = aws.String("none") }, "ResourceNotFoundException"},
		"exists":     {func(in *sdk.CreateScheduleInput) { in.Name = aws.String("there") }, "ConflictException"},
		"expression": {func(in *sdk.CreateScheduleInput) { in.ScheduleExpression = aws.String("every minute") }, invalid},
		"zero":       {func(in *sdk.CreateScheduleInput) { in.ScheduleExpression = aws.String("rate(0 minutes)") }, invalid},
		"huge":       {func(in *sdk.CreateScheduleInput) { in.ScheduleExpression = aws.String("rate(9999999 days)") }, invalid},
		"cron":       {func(in *sdk.CreateScheduleInput) { in.ScheduleExpression = aws.String("cron(0 12 * * ? *)") }, invalid},
		"role":       {func(in *sdk.CreateScheduleInput) { in.Target.RoleArn = aws.String("me") }, invalid},
		"queue":      {func(in *sdk.CreateScheduleInput) { in.Target.Arn = aws.String("arn:aws:sqs:eu-west-3:000000000000:q") }, unknown},
		"window":     {func(in *sdk.CreateScheduleInput) { in.FlexibleTimeWindow.Mode = types.FlexibleTimeWindowModeFlexible }, unknown},
		"key":        {func(in *sdk.CreateScheduleInput) { in.KmsKeyArn = aws.String("arn:aws:kms:::key/a") }, unknown},
		"end and start": {func(in *sdk.CreateScheduleInput) {
			in.StartDate, in.EndDate = aws.Time(time.Now()), aws.Time(time.Time{})
		}, invalid},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.create(func(in *sdk.CreateScheduleInput) { in.Name = aws.String("there") })
				if _, err := w.CreateSchedule(t.Context(), input(test.change)); code(err) != test.want {
					t.Errorf("got %v, want %s", err, test.want)
				}
			})
		})
	}
}

// TestUnknown: reads and changes of what is not there, pages that are none, tags.
func TestUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, ctx, none := newWorld(t), t.Context(), aws.String("none")
		in := input(nil)
		for name, call := range map[string]func() (want string, err error){
			"get": func() (string, error) {
				_, err := w.GetSchedule(ctx, &sdk.GetScheduleInput{Name: none})
				return "ResourceNotFoundException", err
			},
			"delete": func() (string, error) {
				_, err := w.DeleteSchedule(ctx, &sdk.DeleteScheduleInput{Name: none})
				return "ResourceNotFoundException", err
			},
			"group": func() (string, error) {
				_, err := w.GetScheduleGroup(ctx, &sdk.GetScheduleGroupInput{Name: none})
				return "ResourceNotFoundException", err
			},
			"update": func() (string, error) {
				_, err := w.UpdateSchedule(ctx, &sdk.UpdateScheduleInput{
					Name: none, ScheduleExpression: in.ScheduleExpression, Target: in.Target,
					FlexibleTimeWindow: in.FlexibleTimeWindow,
				})
				return "ResourceNotFoundException", err
			},
			"default": func() (string, error) {
				_, err := w.DeleteScheduleGroup(ctx, &sdk.DeleteScheduleGroupInput{Name: aws.String("default")})
				return "ValidationException", err
			},
			"again": func() (string, error) {
				_, err := w.CreateScheduleGroup(ctx, &sdk.CreateScheduleGroupInput{Name: aws.String("default")})
				return "ConflictException", err
			},
			"name": func() (string, error) {
				_, err := w.CreateScheduleGroup(ctx, &sdk.CreateScheduleGroupInput{Name: aws.String("a b")})
				return "ValidationException", err
			},
			"token": func() (string, error) {
				_, err := w.ListSchedules(ctx, &sdk.ListSchedulesInput{NextToken: none})
				return "ValidationException", err
			},
			"page": func() (string, error) {
				_, err := w.ListSchedules(ctx, &sdk.ListSchedulesInput{MaxResults: aws.Int32(101)})
				return "ValidationException", err
			},
			"tags": func() (string, error) {
				_, err := w.ListTagsForResource(ctx, &sdk.ListTagsForResourceInput{ResourceArn: none})
				return "UnknownOperationException", err
			},
		} {
			if want, err := call(); code(err) != want {
				t.Errorf("%s: got %v, want %s", name, err, want)
			}
		}
	})
}
