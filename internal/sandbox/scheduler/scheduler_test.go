package scheduler_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/google/go-cmp/cmp"
)

// TestRateCountsFromCreation [SCH-03].
func TestRateCountsFromCreation(t *testing.T) {
	for expression, want := range map[string]string{
		"rate(1 minute)": "0 1 2 3 4 5 6 7 8 9 10", "rate(3 minutes)": "0 3 6 9", "rate(1 hour)": "0", "rate(1 day)": "0",
	} {
		t.Run(expression, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.create(func(in *sdk.CreateScheduleInput) { in.ScheduleExpression = &expression })
				if got := strings.Join(w.after(10*time.Minute+time.Second), " "); got != want {
					t.Errorf("ran at minutes %s, want %s", got, want)
				}
			})
		})
	}
}

// TestRateCountsFromItsStart [SCH-03].
func TestRateCountsFromItsStart(t *testing.T) {
	for start, want := range map[time.Duration]string{
		-time.Minute: "0 3 6 9", 2 * time.Minute: "2 5 8", 100 * time.Second: "2 5 8", time.Hour: "",
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.create(func(in *sdk.CreateScheduleInput) {
				in.ScheduleExpression, in.StartDate = aws.String("rate(3 minutes)"), aws.Time(time.Now().Add(start))
			})
			if got := strings.Join(w.after(10*time.Minute+time.Second), " "); got != want {
				t.Errorf("started after %s: ran at minutes %q, want %q", start, got, want)
			}
		})
	}
}

// TestOnlyEnabledSchedulesRun [SCH-03].
func TestOnlyEnabledSchedulesRun(t *testing.T) {
	for name, test := range map[string]struct {
		change func(in *sdk.CreateScheduleInput)
		want   string
	}{
		"disabled": {func(in *sdk.CreateScheduleInput) { in.State = types.ScheduleStateDisabled }, ""},
		"start":    {func(in *sdk.CreateScheduleInput) { in.StartDate = aws.Time(time.Now().Add(90 * time.Second)) }, "2 3 4"},
		"end":      {func(in *sdk.CreateScheduleInput) { in.EndDate = aws.Time(time.Now().Add(90 * time.Second)) }, "0 1"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.create(test.change)
				if got := strings.Join(w.after(4*time.Minute+time.Second), " "); got != test.want {
					t.Errorf("ran at minutes %q, want %q", got, test.want)
				}
			})
		})
	}
}

// TestEvent [SCH-04].
func TestEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var events [][]byte
		w.Invoke = func(_ context.Context, _ string, event []byte) error {
			events = append(events, event)
			return nil
		}
		w.create(nil)
		w.create(func(in *sdk.CreateScheduleInput) {
			in.Name = aws.String("own")
			in.Target.Input = aws.String(`{"at": "<aws.scheduler.scheduled-time>", "of": "<aws.scheduler.schedule-arn>"}`)
		})
		for _, name := range []string{"nap", "own"} {
			if err := w.Fire(t.Context(), name); err != nil {
				t.Fatal(err)
			}
		}
		var got map[string]any
		if err := json.Unmarshal(events[0], &got); err != nil {
			t.Fatal(err)
		}
		delete(got, "id")
		want := map[string]any{
			"version": "0", "source": "aws.scheduler", "detail-type": "Scheduled Event", "account": "000000000000",
			"region": "eu-west-3", "time": "2000-01-01T00:00:00Z", "detail": "{}",
			"resources": []any{"arn:aws:scheduler:eu-west-3:000000000000:schedule/default/nap"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("event (-want +got):\n%s", diff)
		}
		own := `{"at": "2000-01-01T00:00:00Z", "of": "arn:aws:scheduler:eu-west-3:000000000000:schedule/default/own"}`
		if string(events[1]) != own {
			t.Errorf("got %s, want %s", events[1], own)
		}
		if err := w.Fire(t.Context(), "none"); code(err) != "ResourceNotFoundException" {
			t.Errorf("got %v", err)
		}
	})
}

// TestRoleMustAllow [IAM-11]: a schedule whose role does not allow to invoke its function does not.
func TestRoleMustAllow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		denied := errors.New("denied")
		w.Authorize = func(role, function string) error {
			if role == "arn:aws:iam::000000000000:role/nap" && function == functionARN {
				return denied
			}
			return nil
		}
		w.create(nil)
		w.create(func(in *sdk.CreateScheduleInput) {
			in.Name, in.Target.RoleArn = aws.String("other"), aws.String("arn:aws:iam::000000000000:role/other")
		})
		if err := w.Fire(t.Context(), "nap"); !errors.Is(err, denied) {
			t.Errorf("got %v", err)
		}
		if got := strings.Join(w.after(time.Minute+time.Second), " "); got != "0 1" {
			t.Errorf("ran at minutes %s, want those of the other schedule alone, 0 1", got)
		}
	})
}

// TestJitter: no run comes later than the jitter, and they do not all come at once.
func TestJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var mu sync.Mutex
		late := map[time.Duration]bool{}
		w.Jitter = 5 * time.Second
		w.Invoke = func(context.Context, string, []byte) error {
			mu.Lock()
			defer mu.Unlock()
			late[time.Since(time.Now().Truncate(time.Minute))] = true
			return nil
		}
		w.create(nil)
		w.after(20 * time.Minute)
		if len(late) < 10 {
			t.Errorf("20 runs came late by %v", late)
		}
		for each := range late {
			if each >= w.Jitter {
				t.Errorf("a run came late by %s", each)
			}
		}
	})
}
