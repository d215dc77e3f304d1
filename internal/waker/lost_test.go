package waker_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
)

const answerLost = `{"title":"No answer from the application","status":502,` +
	`"detail":"The request was sent to the application once, and its answer was lost. ` +
	`Whether it was carried out is not known."}`

// Of requests that change something each reaches the application once at the most.
func TestAnswerLostOfRequestsSentOnce(t *testing.T) {
	for _, method := range []string{http.MethodPost, http.MethodPatch, http.MethodConnect, "PURGE"} {
		for phase, stands := range serving() {
			t.Run(phase+" "+method, func(t *testing.T) {
				bubble(t, func(t *testing.T, w *world) {
					w.control.set(stands())
					w.lb.app = firstLost(1, greet)
					w.send(method, "/orders", "x").is(t, 502, problemHeader(), answerLost)
					same(t, "sent", 1, len(w.lb.seen()))
					if !w.log.has("pass on failed") {
						t.Error("not logged")
					}
				})
			})
		}
	}
}

// The others are sent again.
func TestAnswerLostOfOthers(t *testing.T) {
	for _, method := range []string{
		http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, http.MethodPut, http.MethodDelete,
	} {
		for phase, stands := range serving() {
			t.Run(phase+" "+method, func(t *testing.T) {
				bubble(t, func(t *testing.T, w *world) {
					w.control.set(stands())
					w.lb.app = firstLost(1, greet)
					if a := w.send(method, "/orders", "x"); a.status != 200 {
						t.Errorf("got %+v", a)
					}
					same(t, "sent", 2, len(w.lb.seen()))
				})
			})
		}
	}
}

func serving() map[string]func() policy.Snapshot {
	return map[string]func() policy.Snapshot{"drowsy": drowsy, "awake": awake}
}

// A connection that was good for the probe is no reason to send a POST twice.
func TestAnswerLostOnAUsedConnection(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(awake())
		for range 3 {
			w.get("/")
		}
		same(t, "connections", 1, len(w.dialled))
		before := len(w.lb.seen())
		w.lb.app = lose
		w.post("x").is(t, 502, problemHeader(), answerLost)
		same(t, "sent", 1, len(w.lb.seen())-before)
	})
}

// Whatever happens to its answer, and in whichever phase of the service it comes: a POST is carried out once.
func TestPostOnceWhateverHappens(t *testing.T) {
	for name, app := range map[string]http.HandlerFunc{
		"lost":    lose,
		"stream":  func(rw http.ResponseWriter, _ *http.Request) { rw.Header().Set("Content-Type", "text/event-stream") },
		"huge":    func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write(make([]byte, 2<<20)) },
		"cut off": cutOff,
		"hangs":   hang,
		"502":     func(rw http.ResponseWriter, _ *http.Request) { own(rw, 502) },
		"504":     func(rw http.ResponseWriter, _ *http.Request) { own(rw, 504) },
		"looped":  func(rw http.ResponseWriter, _ *http.Request) { rw.Header().Set("X-Catnap-Loop", "1") },
	} {
		for phase, stands := range map[string]func() policy.Snapshot{
			"asleep": asleep, "starting": starting, "drowsy": drowsy, "awake": awake,
		} {
			t.Run(name+" "+phase, func(t *testing.T) {
				bubble(t, func(t *testing.T, w *world) {
					w.control.set(stands())
					w.control.healthy = time.Now().Add(15 * time.Second)
					w.lb.app = app
					a := w.within(time.Minute, http.MethodPost, "/orders", "x")
					same(t, "sent", 1, len(w.lb.seen()))
					if a.status == 0 || a.took > 59*time.Second {
						t.Errorf("got %+v", a)
					}
				})
			})
		}
	}
}

// The load balancer's own 503 says that no target got the request; its 502 and 504 say nothing of that.
func TestLoadBalancerAnswers(t *testing.T) {
	for _, tc := range []struct {
		name, method string
		status       int
		arrived      int // at the load balancer
		want         int
	}{
		{"503 GET", http.MethodGet, 503, 4, 200},
		{"503 POST", http.MethodPost, 503, 4, 200},
		{"502 GET", http.MethodGet, 502, 4, 200},
		{"502 POST", http.MethodPost, 502, 1, 502},
		{"504 PUT", http.MethodPut, 504, 4, 200},
		{"504 PATCH", http.MethodPatch, 504, 1, 504},
		{"500 GET", http.MethodGet, 500, 1, 500},
		{"460 POST", http.MethodPost, 460, 1, 460},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(drowsy())
				w.lb.broken = func(n int) int {
					if n <= 3 {
						return tc.status
					}
					return 0
				}
				a := w.send(tc.method, "/orders", "x")
				if a.status != tc.want || w.lb.arrived != tc.arrived {
					t.Errorf("arrived %d times, got %+v", w.lb.arrived, a)
				}
			})
		})
	}
}

// A person does not wait for a target that has gone.
func TestLoadBalancerAnswersPerson(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(drowsy())
		w.lb.broken = func(int) int { return 503 }
		if a := w.browse("/"); !a.isPage() || a.took > time.Second {
			t.Errorf("got %+v", a)
		}
		same(t, "arrived", 2, w.lb.arrived)
	})
}

// An application that never answers is given up in time for the function to say so.
func TestNoAnswerInTime(t *testing.T) {
	for _, tc := range []struct{ name, method string }{
		{"GET", http.MethodGet}, {"POST", http.MethodPost},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(awake())
				w.lb.app = hang
				a := w.within(time.Minute, tc.method, "/slow", "x")
				a.is(t, 502, problemHeader(), answerLost)
				between(t, a.took, 59*time.Second, 59*time.Second)
				same(t, "sent", 1, len(w.lb.seen()))
			})
		})
	}
}

// An answer may take longer than a request is held: it is the application's own.
func TestSlowAnswer(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(awake())
		w.lb.app = func(rw http.ResponseWriter, r *http.Request) {
			time.Sleep(5 * time.Minute)
			greet(rw, r)
		}
		a := w.within(15*time.Minute, http.MethodPost, "/report", "x")
		if a.status != 200 || a.took != 5*time.Minute {
			t.Errorf("got %+v", a)
		}
	})
}

// A GET that is lost every time ends when a held request does.
func TestLostEachTime(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(awake())
		w.lb.app = lose
		a := w.get("/")
		a.is(t, 503, problemHeader("Retry-After", "5", "X-Catnap-Phase", "waking"), stillStarting)
		between(t, a.took, 54*time.Second, 55*time.Second)
	})
}

func TestLostAfterTheTimeIsOver(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(awake())
		w.lb.app = func(rw http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Minute)
			lose(rw, r)
		}
		w.get("/").is(t, 502, problemHeader(), answerLost)
	})
}

func cutOff(rw http.ResponseWriter, _ *http.Request) {
	rw.Header().Set("Content-Length", "100")
	_, _ = rw.Write([]byte("half of it"))
	_ = http.NewResponseController(rw).Flush()
	panic(http.ErrAbortHandler)
}

func TestAnswerBreaksOff(t *testing.T) {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		t.Run(method, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(drowsy())
				w.lb.app = cutOff
				w.send(method, "/", "").is(t, 502, problemHeader(),
					`{"title":"The application's answer broke off","status":502}`)
				same(t, "sent", 1, len(w.lb.seen()))
				if !w.log.has("answer lost") {
					t.Error("not logged")
				}
			})
		})
	}
}

// What has not been sent may be sent again, whatever it is: a POST is neither lost nor said to be.
func TestNotSentYet(t *testing.T) {
	for name, change := range map[string]func(*world){
		"secret not read": func(w *world) { w.control.fail("secret", slices.Repeat([]error{errThrottled}, 5)...) },
		"not listening": func(w *world) {
			w.store.svc.BypassURL = "http://nowhere"
			time.AfterFunc(20*time.Second, func() { w.listen("nowhere:80", &http.Server{Handler: w.lb}) })
		},
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			t.Run(name+" "+method, func(t *testing.T) {
				bubble(t, func(t *testing.T, w *world) {
					w.control.set(awake())
					change(w)
					if a := w.send(method, "/orders", "x"); a.status != 200 || a.took < time.Second {
						t.Errorf("got %+v", a)
					}
					same(t, "sent", 1, len(w.lb.seen()))
					if !w.log.has("pass on failed") {
						t.Error("not logged")
					}
				})
			})
		}
	}
}

// What can't be sent at all ends when a held request does.
func TestNeverSent(t *testing.T) {
	for _, bypassURL := range []string{"http://nowhere", "http://a b"} {
		t.Run(bypassURL, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.control.set(awake())
				w.store.svc.BypassURL = bypassURL
				a := w.post("x")
				a.is(t, 503, problemHeader("Retry-After", "5", "X-Catnap-Phase", "waking"), stillStarting)
				between(t, a.took, 54*time.Second, 55*time.Second)
			})
		})
	}
}
