package scheduler_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"

	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
	"github.com/catnap-dev/catnap/internal/sandbox/scheduler"
)

const functionARN = "arn:aws:lambda:eu-west-3:000000000000:function:nap"

// world is a scheduler behind a real client, and what it invoked. It belongs into a synctest bubble.
type world struct {
	*sdk.Client
	*scheduler.Scheduler
	t     *testing.T
	began time.Time

	mu  sync.Mutex
	ran []string // minutes since the beginning, or events
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, began: time.Now()}
	w.Scheduler = &scheduler.Scheduler{Invoke: w.invoke}
	attach := (&awsapi.Backplane{}).Attach(w.Scheduler)
	w.Client = sdk.New(sdk.Options{Region: "eu-west-3", APIOptions: []func(*middleware.Stack) error{attach}})
	return w
}

func (w *world) invoke(_ context.Context, arn string, _ []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if arn != functionARN {
		return errors.New("another function")
	}
	w.ran = append(w.ran, fmt.Sprint(int(time.Since(w.began).Minutes())))
	return nil
}

// after lets the scheduler run for a while and returns the minutes of the runs.
func (w *world) after(d time.Duration) []string {
	w.t.Helper()
	ctx, stop := context.WithTimeout(w.t.Context(), d)
	defer stop()
	w.Run(ctx)
	synctest.Wait() // for what it still invoked
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ran
}

// input is a good schedule, changed.
func input(change func(*sdk.CreateScheduleInput)) *sdk.CreateScheduleInput {
	in := &sdk.CreateScheduleInput{
		Name: aws.String("nap"), ScheduleExpression: aws.String("rate(1 minute)"),
		FlexibleTimeWindow: &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
		Target: &types.Target{
			Arn: aws.String(functionARN), RoleArn: aws.String("arn:aws:iam::000000000000:role/nap"),
		},
	}
	if change != nil {
		change(in)
	}
	return in
}

func (w *world) create(change func(*sdk.CreateScheduleInput)) {
	w.t.Helper()
	if _, err := w.CreateSchedule(w.t.Context(), input(change)); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) get() *sdk.GetScheduleOutput {
	w.t.Helper()
	out, err := w.GetSchedule(w.t.Context(), &sdk.GetScheduleInput{Name: aws.String("nap")})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// code is the error code that a call failed with; empty if it went well.
func code(err error) string {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode()
	}
	return fmt.Sprint(err)
}
