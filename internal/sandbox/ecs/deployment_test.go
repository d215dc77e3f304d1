package ecs

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ecs"
)

// [ECS-08] [ECS-12]
func TestRollingDeployment(t *testing.T) {
	bubble(t, Options{}, 2, func(w *world) {
		time.Sleep(25 * time.Second)
		w.expect("2 2 0" + primaryDone + "2 0")
		w.redeploy()
		w.expect("2 2 0" + primaryOpen + "0 0" + active + "2 0")
		time.Sleep(10 * time.Second)
		w.expect("2 2 2" + primaryOpen + "0 2" + active + "2 0")
		time.Sleep(12 * time.Second)
		w.expect("2 2 0" + primaryDone + "2 0")
		if *w.task(1).DesiredStatus != stopped || *w.task(3).LastStatus != running {
			t.Error("the old tasks run on")
		}
	})
}

// [ECS-08]
func TestDeploymentAtZero(t *testing.T) {
	bubble(t, Options{}, 0, func(w *world) {
		time.Sleep(time.Minute)
		got := w.update(&sdk.UpdateServiceInput{TaskDefinition: aws.String("web:2")})
		if len(got.Deployments) != 2 || *got.Deployments[0].Id == *got.Deployments[1].Id {
			t.Errorf("got %+v", got.Deployments)
		}
		w.expect("0 0 0" + primaryOpen + "0 0" + active + "0 0")
		time.Sleep(time.Second)
		w.expect("0 0 0" + primaryDone + "0 0")
	})
}

func TestDesiredCountDuringADeployment(t *testing.T) {
	for _, desired := range []int32{0, 1, 4} {
		bubble(t, Options{}, 3, func(w *world) {
			time.Sleep(25 * time.Second)
			w.redeploy()
			time.Sleep(5 * time.Second)
			w.desire(desired)
			time.Sleep(time.Minute)
			w.expect(map[int32]string{
				0: "0 0 0" + primaryDone + "0 0", 1: "1 1 0" + primaryDone + "1 0", 4: "4 4 0" + primaryDone + "4 0",
			}[desired])
		})
	}
}

// [ECS-08] Tasks of a superseded deployment that are not healthy go first.
func TestDeploymentsInQuickSuccession(t *testing.T) {
	bubble(t, Options{}, 2, func(w *world) {
		time.Sleep(25 * time.Second)
		for range 3 {
			w.redeploy()
			time.Sleep(5 * time.Second)
		}
		time.Sleep(time.Minute)
		w.expect("2 2 0" + primaryDone + "2 0")
		if got := w.created(); got != 8 {
			t.Errorf("%d tasks were started", got)
		}
	})
}

// [ECS-12]
func TestDesiredCountStartsNoDeployment(t *testing.T) {
	bubble(t, Options{}, 1, func(w *world) {
		time.Sleep(25 * time.Second)
		before := w.service().Deployments[0]
		w.desire(2)
		time.Sleep(5 * time.Second)
		w.expect("2 1 1" + primaryDone + "1 1")
		if after := w.service().Deployments[0]; *after.Id != *before.Id || !after.CreatedAt.Equal(*before.CreatedAt) {
			t.Errorf("got %s, want %s", *after.Id, *before.Id)
		}
	})
}

func TestServicesShareNothing(t *testing.T) {
	bubble(t, Options{}, 1, func(w *world) {
		if err := w.CreateService(Service{Cluster: cluster, Name: "web", App: w.app}); err == nil {
			t.Error("created twice")
		}
		w.create(Service{Cluster: "other", Name: "web", TargetGroup: group, App: w.app, Desired: 2})
		time.Sleep(25 * time.Second)
		w.desire(0)
		time.Sleep(30 * time.Second)
		w.expect("0 0 0" + primaryDone + "0 0")
		out := must(w, call(w, w.client.DescribeServices, &sdk.DescribeServicesInput{
			Cluster: aws.String("other"), Services: []string{"web"},
		}))
		if got := out.Services[0]; got.RunningCount != 2 || *got.Deployments[0].Id == *w.service().Deployments[0].Id {
			t.Errorf("got %+v", got)
		}
	})
}

// [ECS-15] The old task goes on; sick tasks of the new deployment make room for each other.
func TestSickDeployment(t *testing.T) {
	bubble(t, Options{Plan: func(n int) Plan { return Plan{Sick: n == 2 || n == 3} }}, 1, func(w *world) {
		time.Sleep(25 * time.Second)
		w.redeploy()
		time.Sleep(90 * time.Second) // 2 has been sick since 1m46s
		w.expect("1 1 1" + primaryOpen + "0 1" + active + "1 0")
		if got := *w.task(2).DesiredStatus; got != stopped {
			t.Errorf("the sick task's desired status is %s", got)
		}
		time.Sleep(3 * time.Minute)
		w.expect("1 1 0" + primaryDone + "1 0")
	})
}

// [ECS-14] A deployment's cure does not wait for the sick of the one before.
func TestSickOldTaskIsStoppedAtOnce(t *testing.T) {
	bubble(t, Options{Plan: func(n int) Plan { return Plan{Sick: n == 1} }}, 1, func(w *world) {
		time.Sleep(75 * time.Second)
		w.redeploy()
		time.Sleep(7 * time.Second) // it is sick from 81 s on, and its replacement has only begun
		w.expect("1 0 1" + primaryOpen + "0 1")
	})
}
