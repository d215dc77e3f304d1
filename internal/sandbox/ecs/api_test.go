package ecs

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
)

// parse reads a line of a world's log.
func parse(line string, n int, status string) (time.Duration, bool) {
	fields := strings.Fields(line)
	if len(fields) < 3 || fields[1] != fmt.Sprintf("%x", n) || fields[2] != status {
		return 0, false
	}
	at, err := time.ParseDuration(fields[0])
	return at, err == nil
}

// [ECS-10] [ECS-20] [ECS-21]
func TestStoppedTasksAreKnownForAnHour(t *testing.T) {
	bubble(t, Options{}, 2, func(w *world) {
		time.Sleep(25 * time.Second)
		w.desire(1)
		stoppedTasks := sdk.ListTasksInput{DesiredStatus: types.DesiredStatusStopped}
		time.Sleep(2 * time.Second) // it drains
		if diff := cmp.Diff([]string{w.arnOf(2)}, w.list(stoppedTasks)); diff != "" {
			t.Errorf("stopping (-want +got):\n%s", diff)
		}
		for status, want := range map[types.DesiredStatus][]string{
			"": {w.arnOf(1)}, types.DesiredStatusRunning: {w.arnOf(1)}, types.DesiredStatusPending: nil,
		} {
			if diff := cmp.Diff(want, w.list(sdk.ListTasksInput{DesiredStatus: status})); diff != "" {
				t.Errorf("%q (-want +got):\n%s", status, diff)
			}
		}
		time.Sleep(time.Hour) // it stopped 10 s after 26 s
		if got := w.list(stoppedTasks); len(got) != 1 {
			t.Errorf("within the hour: %v", got)
		}
		time.Sleep(10 * time.Second)
		if got := w.list(stoppedTasks); len(got) != 0 {
			t.Errorf("after an hour: %v", got)
		}
		out := must(w, call(w, w.client.DescribeTasks, &sdk.DescribeTasksInput{
			Cluster: aws.String(cluster), Tasks: []string{w.arnOf(2), w.arnOf(1)},
		}))
		if len(out.Tasks) != 1 || len(out.Failures) != 1 || *out.Failures[0].Arn != w.arnOf(2) ||
			*out.Failures[0].Reason != "MISSING" {
			t.Errorf("got %+v", out)
		}
	})
}

// [ECS-19]
func TestListTasksByPages(t *testing.T) {
	bubble(t, Options{}, 103, func(w *world) {
		time.Sleep(2 * time.Second)
		if got := w.list(sdk.ListTasksInput{}); len(got) != 100 || got[0] != w.arnOf(103) || got[99] != w.arnOf(4) {
			t.Errorf("the first page has %d, from %s", len(got), got[0])
		}
		w.create(Service{Cluster: cluster, Name: "other", App: w.app, Desired: 1})
		pages := sdk.NewListTasksPaginator(w.client, &sdk.ListTasksInput{
			Cluster: aws.String(cluster), ServiceName: aws.String("web"), MaxResults: aws.Int32(30),
		})
		var all []string
		var sizes []int
		for pages.HasMorePages() {
			out, err := pages.NextPage(w.Context())
			if err != nil {
				t.Fatal(err)
			}
			sizes = append(sizes, len(out.TaskArns))
			all = append(all, out.TaskArns...)
			time.Sleep(time.Second) // a task that comes meanwhile disturbs nothing
		}
		if diff := cmp.Diff([]int{30, 30, 30, 13}, sizes); diff != "" {
			t.Errorf("pages (-want +got):\n%s", diff)
		}
		if !slices.IsSortedFunc(all, func(a, b string) int { return strings.Compare(b, a) }) {
			t.Error("the newest is not first")
		}
		if got := w.list(sdk.ListTasksInput{ServiceName: aws.String("other"), MaxResults: aws.Int32(1)}); len(got) != 1 {
			t.Errorf("got %v", got)
		}
	})
}

// [ECS-11]
func TestDescribeServices(t *testing.T) {
	bubble(t, Options{}, 1, func(w *world) {
		arn := arnPrefix + "service/main/web"
		out := must(w, call(w, w.client.DescribeServices, &sdk.DescribeServicesInput{
			Cluster: aws.String(clusterARN(cluster)), Services: []string{"absent", arn},
		}))
		if len(out.Services) != 1 || *out.Services[0].ServiceArn != arn || *out.Services[0].Status != "ACTIVE" ||
			*out.Services[0].LoadBalancers[0].TargetGroupArn != group {
			t.Errorf("got %+v", out.Services)
		}
		if len(out.Failures) != 1 || *out.Failures[0].Arn != "absent" || *out.Failures[0].Reason != "MISSING" {
			t.Errorf("got %+v", out.Failures)
		}
	})
}

// [ECS-17]
func TestErrorTypes(t *testing.T) {
	many := slices.Repeat([]string{"x"}, 101)
	other, main, web := aws.String("other"), aws.String(cluster), aws.String("web")
	bubble(t, Options{}, 1, func(w *world) {
		for _, in := range []any{
			&sdk.DescribeServicesInput{Cluster: other, Services: []string{"web"}},
			&sdk.DescribeServicesInput{Services: []string{"web"}},
			&sdk.UpdateServiceInput{Cluster: other, Service: web},
			&sdk.ListTasksInput{Cluster: other},
			&sdk.DescribeTasksInput{Cluster: other, Tasks: []string{"x"}},
			&sdk.GetTaskProtectionInput{Cluster: other, Tasks: []string{"x"}},
			&sdk.UpdateTaskProtectionInput{Cluster: other, Tasks: []string{"x"}},
		} {
			expectError[*types.ClusterNotFoundException](t, w.ask(in))
		}
		for _, in := range []any{
			&sdk.UpdateServiceInput{Cluster: main, Service: aws.String("absent")},
			&sdk.ListTasksInput{Cluster: main, ServiceName: aws.String("absent")},
		} {
			expectError[*types.ServiceNotFoundException](t, w.ask(in))
		}
		for _, in := range []any{
			&sdk.DescribeServicesInput{Cluster: main, Services: many[:11]},
			&sdk.DescribeServicesInput{Cluster: main, Services: []string{}},
			&sdk.UpdateServiceInput{Cluster: main, Service: web, DesiredCount: aws.Int32(-1)},
			&sdk.UpdateServiceInput{Cluster: main, Service: web, EnableExecuteCommand: aws.Bool(true)},
			&sdk.ListTasksInput{Cluster: main, MaxResults: aws.Int32(0)},
			&sdk.ListTasksInput{Cluster: main, MaxResults: aws.Int32(101)},
			&sdk.ListTasksInput{Cluster: main, NextToken: aws.String("?")},
			&sdk.ListTasksInput{Cluster: main, Family: aws.String("web")},
			&sdk.DescribeTasksInput{Cluster: main, Tasks: many},
			&sdk.DescribeTasksInput{Cluster: main, Tasks: many[:1], Include: []types.TaskField{types.TaskFieldTags}},
			&sdk.GetTaskProtectionInput{Cluster: main, Tasks: many},
			&sdk.GetTaskProtectionInput{Cluster: main},
			&sdk.UpdateTaskProtectionInput{Cluster: main, Tasks: many[:11]},
			&sdk.UpdateTaskProtectionInput{Cluster: main, Tasks: many[:1], ExpiresInMinutes: aws.Int32(0)},
			&sdk.UpdateTaskProtectionInput{Cluster: main, Tasks: many[:1], ExpiresInMinutes: aws.Int32(2881)},
		} {
			expectError[*types.InvalidParameterException](t, w.ask(in))
		}
		_, err := w.client.DeleteService(w.Context(), &sdk.DeleteServiceInput{Service: web})
		if api, ok := errors.AsType[smithy.APIError](err); !ok || api.ErrorCode() != "UnknownOperationException" {
			t.Errorf("got %v", err)
		}
		w.expect("1 0 0, PRIMARY IN_PROGRESS 0 0")
	})
}

// ask sends an input by the client's method for it.
func (w *world) ask(input any) error {
	w.Helper()
	switch in := input.(type) {
	case *sdk.DescribeServicesInput:
		return call(w, w.client.DescribeServices, in).err
	case *sdk.UpdateServiceInput:
		return call(w, w.client.UpdateService, in).err
	case *sdk.ListTasksInput:
		return call(w, w.client.ListTasks, in).err
	case *sdk.DescribeTasksInput:
		return call(w, w.client.DescribeTasks, in).err
	case *sdk.GetTaskProtectionInput:
		return call(w, w.client.GetTaskProtection, in).err
	case *sdk.UpdateTaskProtectionInput:
		return call(w, w.client.UpdateTaskProtection, in).err
	default:
		w.Fatalf("no method for %T", input)
		return nil
	}
}
