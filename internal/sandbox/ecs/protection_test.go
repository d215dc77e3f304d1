package ecs

import (
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
)

// protect changes a task's protection and returns the reason of a failure.
func (w *world) protect(n int, on bool, minutes int32) string {
	w.Helper()
	in := &sdk.UpdateTaskProtectionInput{Cluster: aws.String(cluster), Tasks: []string{id(n)}, ProtectionEnabled: on}
	if minutes > 0 {
		in.ExpiresInMinutes = &minutes
	}
	out := must(w, call(w, w.client.UpdateTaskProtection, in))
	if len(out.Failures) > 0 {
		return *out.Failures[0].Reason
	}
	if got := out.ProtectedTasks[0].ProtectionEnabled; got != on {
		w.Errorf("task %d: protection is %t", n, got)
	}
	return ""
}

// protection returns until when the first task is protected.
func (w *world) protection() *time.Time {
	w.Helper()
	out := must(w, call(w, w.client.GetTaskProtection, &sdk.GetTaskProtectionInput{
		Cluster: aws.String(cluster), Tasks: []string{w.arnOf(1)},
	}))
	if p := out.ProtectedTasks[0]; p.ProtectionEnabled != (p.ExpirationDate != nil) {
		w.Errorf("got %+v", p)
	}
	return out.ProtectedTasks[0].ExpirationDate
}

// [ECS-13]
func TestProtectedTaskIsNotScaledIn(t *testing.T) {
	bubble(t, Options{}, 3, func(w *world) {
		time.Sleep(25 * time.Second)
		w.protect(3, true, 5)
		w.desire(0)
		time.Sleep(4 * time.Minute)
		w.expect("0 1 0, PRIMARY COMPLETED 1 0")
		if got := w.list(sdk.ListTasksInput{}); !slices.Equal(got, []string{w.arnOf(3)}) {
			t.Errorf("got %v", got)
		}
		time.Sleep(2 * time.Minute)
		w.expect("0 0 0, PRIMARY COMPLETED 0 0")
	})
}

func TestUnprotectedTaskIsScaledInAtOnce(t *testing.T) {
	bubble(t, Options{}, 1, func(w *world) {
		time.Sleep(25 * time.Second)
		w.protect(1, true, 0)
		w.desire(0)
		time.Sleep(10 * time.Second)
		w.expect("0 1 0, PRIMARY COMPLETED 1 0")
		w.protect(1, false, 0)
		time.Sleep(2 * time.Second)
		w.expect("0 0 0, PRIMARY COMPLETED 0 0")
	})
}

// [ECS-13] [ECS-15] Two protected tasks of old deployments leave room for none of the newest.
func TestProtectedTaskHoldsADeploymentUp(t *testing.T) {
	bubble(t, Options{}, 1, func(w *world) {
		time.Sleep(25 * time.Second)
		for n := 1; n <= 2; n++ {
			w.protect(n, true, 10)
			w.redeploy()
			time.Sleep(25 * time.Second)
		}
		w.expect("1 2 0, PRIMARY IN_PROGRESS 0 0, ACTIVE IN_PROGRESS 1 0, ACTIVE COMPLETED 1 0")
		time.Sleep(11 * time.Minute)
		w.expect("1 1 0, PRIMARY COMPLETED 1 0")
	})
}

// [ECS-14] Protection is from scaling in, not from bad health.
func TestProtectedSickTaskIsReplaced(t *testing.T) {
	bubble(t, Options{Plan: func(n int) Plan { return Plan{Sick: n == 1} }}, 1, func(w *world) {
		time.Sleep(30 * time.Second)
		w.protect(1, true, 0)
		time.Sleep(2 * time.Minute)
		if got := *w.task(1).LastStatus; got != stopped {
			t.Errorf("it is %s", got)
		}
	})
}

// [ECS-22] [ECS-23]
func TestProtectionExpires(t *testing.T) {
	bubble(t, Options{}, 1, func(w *world) {
		time.Sleep(25 * time.Second)
		if got := w.protection(); got != nil {
			t.Errorf("protected until %s", got)
		}
		for minutes, want := range map[int32]time.Duration{0: 2 * time.Hour, 1: time.Minute, 2880: 48 * time.Hour} {
			w.protect(1, true, minutes)
			if got := w.protection(); got == nil || time.Until(*got) != want {
				t.Errorf("%d minutes: until %v", minutes, got)
			}
		}
		w.protect(1, true, 30)
		time.Sleep(20 * time.Minute)
		w.protect(1, true, 30)
		time.Sleep(20 * time.Minute)
		if w.protection() == nil {
			t.Error("it did not begin anew")
		}
		time.Sleep(10 * time.Minute)
		if got := w.protection(); got != nil {
			t.Errorf("protected until %s", got)
		}
	})
}

// [ECS-24]
func TestWhatCannotBeProtected(t *testing.T) {
	bubble(t, Options{}, 3, func(w *world) {
		time.Sleep(25 * time.Second)
		w.protect(1, true, 0)
		w.protect(2, true, 0)
		w.desire(1)
		if got := w.protect(3, true, 0); got != "DEPLOYMENT_BLOCKED" {
			t.Errorf("got %q", got)
		}
		time.Sleep(time.Second)
		if got := w.protect(3, true, 0); got != "TASK_NOT_VALID" {
			t.Errorf("a task that stops: got %q", got)
		}
		if got := w.protect(4, true, 0); got != "MISSING" {
			t.Errorf("no task: got %q", got)
		}
		if got := w.protect(2, false, 0); got != "" {
			t.Errorf("unprotecting: got %q", got)
		}
		out := must(w, call(w, w.client.GetTaskProtection, &sdk.GetTaskProtectionInput{
			Cluster: aws.String(cluster), Tasks: []string{"x"},
		}))
		if len(out.Failures) != 1 || *out.Failures[0].Reason != "MISSING" {
			t.Errorf("got %+v", out)
		}
	})
}
