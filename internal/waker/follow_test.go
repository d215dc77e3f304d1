package waker_test

import (
	"errors"
	"testing"
	"time"
)

// Of many held requests one disarms. The others follow it, without asking ECS again.
func TestHeldRequestsFollowTheOneThatDisarms(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		const crowd = 30
		answers := make(chan answer, crowd)
		for range crowd {
			go func() { answers <- w.get("/api") }()
		}
		time.Sleep(19 * time.Second)
		looks := len(w.control.made("observe"))
		for range crowd {
			if a := <-answers; a.status != 200 {
				t.Errorf("got %+v", a)
			}
		}
		if more := len(w.control.made("observe")) - looks; more > crowd/2 {
			t.Errorf("%d looks at ECS when the target was there, of %d requests", more, crowd)
		}
	})
}

// While AWS refuses to be asked, looks become rarer: the next one is soon, and each later one half as soon.
func TestRefusedLooksBecomeRarer(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		refused := errors.New("rate exceeded")
		w.control.fail("observe", refused, refused, refused, refused, refused)
		a := w.get("/api")
		if a.status != 200 {
			t.Errorf("got %+v", a)
		}
		between(t, a.took, 28*time.Second, 40*time.Second) // 1+2+4+8+10 polls, and the start of 20 s
	})
}

// What a function can't carry is redirected for those who follow, too: the rule is disarmed, and the way is free.
func TestStreamsOfThoseWhoFollow(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.lb.app = stream
		const crowd = 10
		answers := make(chan answer, crowd)
		for range crowd {
			go func() { answers <- w.get("/events") }()
		}
		for range crowd {
			if a := <-answers; a.status != 307 {
				t.Errorf("got %+v", a)
			}
		}
	})
}
