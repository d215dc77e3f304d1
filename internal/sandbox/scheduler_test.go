package sandbox_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
)

// TestScheduleRunsEveryMinute counts the reaper's runs by the first call that each of them makes. [SCH-01] [SCH-02]
func TestScheduleRunsEveryMinute(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var began []time.Time
	faults := &awsapi.Faults{Hook: func(_ context.Context, operation string, n int) awsapi.Fault {
		if operation != "GetParametersByPath" {
			return awsapi.Fault{}
		}
		mu.Lock()
		defer mu.Unlock()
		began = append(began, time.Now())
		if n == 2 {
			return awsapi.Fault{Delay: time.Minute} // longer than to the next run
		}
		return awsapi.Fault{}
	}}
	inBubble(t, sandbox.Options{Jitter: 5 * time.Second, Faults: faults}, func(t *testing.T, w *world) {
		w.pass(5*time.Minute + 30*time.Second)
		mu.Lock()
		defer mu.Unlock()
		if len(began) != 6 {
			t.Fatalf("%d runs in five and a half minutes: %v", len(began), began)
		}
		for _, at := range began[1:] {
			if late := at.Sub(at.Truncate(time.Minute)); late > 6*time.Second {
				t.Errorf("a run began %s after the minute", late)
			}
		}
	})
}

// TestFailedRunIsTriedAgain [LAM-19]: after one minute and after two more, as often as the function's configuration
// says.
func TestFailedRunIsTriedAgain(t *testing.T) {
	t.Parallel()
	minutes := func(numbers ...int) (at []time.Duration) {
		for _, n := range numbers {
			at = append(at, time.Duration(n)*time.Minute)
		}
		return at
	}
	for name, test := range map[string]struct {
		change [2]string
		want   []time.Duration
	}{
		"twice":           {want: minutes(0, 1, 3, 60, 61, 63)},
		"never":           {[2]string{"MaximumRetryAttempts: 2", "MaximumRetryAttempts: 0"}, minutes(0, 60)},
		"while it is new": {[2]string{"MaximumEventAgeInSeconds: 1800", "MaximumEventAgeInSeconds: 100"}, minutes(0, 1, 60, 61)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log safeBuffer
			o := templated(t, nil, [2]string{`{"time": "<aws`, `{"time": 0, "at": "<aws`}, test.change)
			o.Jitter = 0
			o.Log = slog.New(slog.NewJSONHandler(&log, nil))
			err := inFakeTime(t, o, func(ctx context.Context, box *sandbox.Sandbox) error {
				return box.Clock.Wait(ctx, 65*time.Minute)
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, failures(t, log.String(), "catnap-web-costguard")); diff != "" {
				t.Errorf("failed runs (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSchedulesOfTemplate: they stand in EventBridge Scheduler as the template has them. What that does not imitate is
// refused when it is deployed.
func TestSchedulesOfTemplate(t *testing.T) {
	t.Parallel()
	list := func(o sandbox.Options) (got []string, err error) {
		err = inFakeTime(t, o, func(ctx context.Context, box *sandbox.Sandbox) error {
			for _, name := range []string{"catnap-web-costguard", "catnap-web-reaper"} {
				out, err := box.Scheduler.Handle(ctx, &scheduler.GetScheduleInput{Name: &name, GroupName: new("catnap-web")})
				if err != nil {
					return err
				}
				s := out.(*scheduler.GetScheduleOutput)
				got = append(got, *s.ScheduleExpression, *s.Target.Arn, aws.ToString(s.Target.Input))
			}
			return nil
		})
		return got, err
	}
	const function = "arn:aws:lambda:eu-west-3:000000000000:function:catnap-web-"
	want := []string{
		"rate(1 hour)", function + "costguard", `{"time": "<aws.scheduler.scheduled-time>"}`,
		"rate(1 minute)", function + "reaper", "",
	}
	got, err := list(templated(t, nil))
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("-want +got, %v:\n%s", err, diff)
	}
	_, err = list(templated(t, nil, [2]string{"rate(1 hour)", "cron(0 8 * * ? *)"}))
	if err == nil || !strings.Contains(err.Error(), "create schedule catnap-web-costguard: ") {
		t.Errorf("a schedule that is not imitated: got %v", err)
	}
}

// failures are the minutes, since the bubble's clock began, in which a function failed.
func failures(t *testing.T, log, function string) (at []time.Duration) {
	t.Helper()
	for text := range strings.Lines(log) {
		var line struct {
			Time     time.Time
			Msg      string
			Function string
		}
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		if line.Msg == "invocation failed" && line.Function == function {
			began := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
			at = append(at, line.Time.Sub(began).Truncate(time.Minute))
		}
	}
	return at
}
