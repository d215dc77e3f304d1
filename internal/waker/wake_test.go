package waker_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/policy"
)

const clickPath = policy.WakePath + "?click"

func (w *world) wake(target string, headers ...string) answer {
	w.t.Helper()
	return w.send(http.MethodPost, target, "", headers...)
}

// TestWakeByScript: the page's script asks, and is told how the service is from then on.
func TestWakeByScript(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.store.svc.Wake = policy.WakeJavaScript
		a := w.wake(policy.WakePath, "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "cors", "Accept", "*/*")
		same(t, "status", 202, a.status)
		same(t, "phase", "waking", a.header.Get("X-Catnap-Phase"))
		a.contains(t, `"phase":"waking"`, `"elapsed_seconds":0`)
		same(t, "changes", []string{"start 0"}, w.changes())
	})
}

// TestWakeByAForm: without a script the visitor comes back to where it was.
func TestWakeByAForm(t *testing.T) {
	for referer, want := range map[string]string{
		"http://" + site + "/docs?chapter=2": "/docs?chapter=2",
		"http://" + site + "//evil.example/": "/.//evil.example/",
		"https://evil.example/docs":          "/",
		"http://" + site + policy.WakePath:   "/",
		"":                                   "/",
		"%zz":                                "/",
	} {
		t.Run(referer, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				a := w.wake(clickPath, append(person, "Sec-Fetch-Site", "same-origin", "Referer", referer)...)
				a.is(t, 303, plain("Location", want, "Cache-Control", "no-store"), "")
				same(t, "changes", []string{"start 0"}, w.changes())
			})
		})
	}
}

// TestWakeByOthers: no page of another site makes its visitors' browsers wake the service.
func TestWakeByOthers(t *testing.T) {
	for name, headers := range map[string][]string{
		"cross-site":          {"Sec-Fetch-Site", "cross-site"},
		"same site only":      {"Sec-Fetch-Site", "same-site"},
		"another origin":      {"Origin", "https://evil.example"},
		"an origin in a file": {"Origin", "null"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				a := w.wake(clickPath, headers...)
				a.is(t, 404, w.wake("/.catnap/x", headers...).header, `{"title":"Not found","status":404}`)
				same(t, "changes", []string(nil), w.changes())
			})
		})
	}
}

// TestWakeOfADrowsyService is a visit like any other: it stays awake.
func TestWakeOfADrowsyService(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(drowsy())
		a := w.wake(policy.WakePath)
		same(t, "status", 202, a.status)
		same(t, "armed", false, w.control.now().Rule.Armed)
	})
}

// usedUp has the hour's wakes behind it, the oldest 50 minutes ago.
func usedUp() []policy.Wake {
	var wakes []policy.Wake
	for n := range 10 {
		wakes = append(wakes, policy.Wake{At: noon(-time.Duration(50-n) * time.Minute), Took: 30 * time.Second})
	}
	return wakes
}

// TestLimit: what wakes the service again and again, and never stays, has to click.
func TestLimit(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.store.svc.Wakes = usedUp()
		if a := w.browse("/"); !a.isPage() || !strings.Contains(a.body, `<body data-kind="limited"`) {
			t.Errorf("got %+v", a)
		}
		w.get("/api").is(t, 503, problemHeader("X-Catnap-Phase", "asleep", "Retry-After", "600"),
			`{"title":"Started too often","status":503,"detail":"It has been started so often within the last hour that `+
				`now only a person's click starts it.","phase":"asleep"}`)
		if a := w.wake(policy.WakePath); !strings.Contains(a.body, `"limited":true`) {
			t.Errorf("the script is not told: %+v", a)
		}
		same(t, "changes", []string(nil), w.changes())

		w.wake(clickPath)
		same(t, "changes", []string{"start 0"}, w.changes())
	})
}

// TestLearning: each wake is noted once, and what earlier ones took is told to those who wait.
func TestLearning(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.store.svc.Wakes = []policy.Wake{
			{At: noon(-3 * time.Hour), Took: 30 * time.Second}, {At: noon(-2 * time.Hour), Took: 50 * time.Second},
		}
		same(t, "retry", "30", w.browse("/").header.Get("Retry-After"))
		w.control.set(policy.Snapshot{
			Found: true, Desired: 1, Rule: policy.Rule{Armed: true, Mark: mark(0, 0, 0)},
		})
		w.status(0).contains(t, `"eta_seconds":30,"usual_seconds":30,"slow_seconds":50`)
		w.status(10*time.Second).contains(t, `"eta_seconds":20,`)
		w.status(25*time.Second).contains(t, `"eta_seconds":15,`) // later than usual
		w.status(15*time.Second).contains(t, `"eta_seconds":null,`)
	})
}

func (w *world) status(after time.Duration) answer {
	w.t.Helper()
	time.Sleep(after)
	return w.get(statusPath)
}

func TestWakeIsNoted(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.store.noteErr = errThrottled
		if a := w.get("/api"); a.status != 200 {
			t.Errorf("got %+v", a)
		}
		w.get("/api")
		want := []policy.Wake{{At: noon(0), Took: w.store.noted[0].Took}}
		if diff := cmp.Diff(want, w.store.noted); diff != "" {
			t.Errorf("noted (-want +got):\n%s", diff)
		}
		between(t, w.store.noted[0].Took, 20*time.Second, 22*time.Second)
		if !w.log.has("wake not noted") {
			t.Error("not logged")
		}
	})
}

// TestNoteKeepsNobodyWaiting: a parameter store that does not answer costs the first visitor two seconds at the most.
func TestNoteKeepsNobodyWaiting(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(woken())
		w.store.noteHangs = true
		a := w.get("/api")
		same(t, "status", 200, a.status)
		between(t, a.took, 0, 2*time.Second)
	})
}

// TestOnlyWakesAreNoted: a drowsy service that is disarmed was not asleep.
func TestOnlyWakesAreNoted(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.control.set(drowsy())
		w.get("/api")
		same(t, "noted", 0, len(w.store.noted))
	})
}
