package alb

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// [ALB-22]
func TestDrainingTarget(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		group := w.service()
		w.target(group, "10.0.1.1:80", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/slow" {
				time.Sleep(40 * time.Second)
			}
			w.Write([]byte("done"))
		})
		w.run()
		time.Sleep(time.Second)
		slow := make(chan answer)
		go func() { slow <- w.get("/slow") }()
		synctest.Wait()
		w.lb.Deregister(group, "10.0.1.1")
		w.expectState(group, "draining Target.DeregistrationInProgress")
		if got := w.get("/").status; got != http.StatusServiceUnavailable {
			t.Errorf("a new request while draining: %d", got)
		}
		time.Sleep(20*time.Second - time.Millisecond)
		if w.lb.Drained(group, "10.0.1.1") || w.lb.InFlight(group, "10.0.1.1") != 1 {
			t.Error("gone too early")
		}
		time.Sleep(2 * time.Millisecond)
		if !w.lb.Drained(group, "10.0.1.1") || w.state(group) != "" {
			t.Error("still there after the delay")
		}
		if got := <-slow; got.body != "done" {
			t.Errorf("the request in flight: %+v", got)
		}
		synctest.Wait()
		if n := w.lb.InFlight(group, "10.0.1.1"); n != 0 {
			t.Errorf("in flight after the end: %d", n)
		}
	})
}

func TestRegisterBringsADrainingTargetBack(t *testing.T) {
	bubble(t, nil, func(_ *testing.T, w *world) {
		group := w.service()
		w.target(group, "10.0.1.1:80", says("ok"))
		w.run()
		time.Sleep(time.Second)
		w.lb.Deregister(group, "10.0.1.1")
		w.register(group, "10.0.1.1:80")
		time.Sleep(time.Minute)
		w.expectState(group, "healthy")
	})
}

func TestRunRefusesToRunTwiceAndRunsAgain(t *testing.T) {
	bubble(t, nil, func(t *testing.T, w *world) {
		group := w.service()
		w.target(group, "10.0.1.1:80", says("ok"))
		stop := w.run()
		if err := w.lb.Run(context.Background()); err == nil {
			t.Error("ran twice")
		}
		stop()
		w.expectState(group, initialNew)
		w.run()
		time.Sleep(time.Second)
		w.expectState(group, "healthy")
	})
}

func TestChangedMayCallTheLoadBalancer(t *testing.T) {
	var lb *LoadBalancer
	var states []string
	lb = New(Options{Changed: func(group, id, state, _ string) {
		states = append(states, state)
		lb.Deregister(group, id)
	}})
	group, err := lb.CreateTargetGroup(TargetGroup{Name: "a", DeregistrationDelay: -1})
	if err != nil {
		t.Fatal(err)
	}
	if err := lb.Register(group, "10.0.1.1", "127.0.0.1:80"); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(states, []string{"unused", "draining", "unused"}) {
		t.Error(states)
	}
}
