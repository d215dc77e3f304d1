package sandbox_test

import (
	"fmt"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"github.com/chromedp/chromedp/kb"

	"github.com/catnap-dev/catnap/internal/browser"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/sandbox/ecs"
	"github.com/catnap-dev/catnap/internal/settings"
)

// hurried makes the page's clock as fast as the sandbox's: it counts the seconds that the sandbox names.
var hurried = fmt.Sprintf(`(() => {
	const speed = %d, began = Date.now(), now = Date.now, timeout = setTimeout, interval = setInterval;
	Date.now = () => began + (now() - began) * speed;
	window.setTimeout = (f, ms) => timeout(f, ms / speed);
	window.setInterval = (f, ms) => interval(f, ms / speed);
})()`, speed)

// failedAndTriedAgain: whoever waits for a start that fails is told so, and when it may be tried again; the button
// waits as long. Once the cause is mended, it leads into the application.
func failedAndTriedAgain(v visitor) {
	var mended atomic.Bool
	o := visited(func(s *settings.Service) { s.WakeTimeout = settings.Duration(time.Minute) })
	o.Plan = func(int) ecs.Plan {
		if mended.Load() {
			return ecs.Plan{}
		}
		return ecs.Plan{FailStart: "CannotPullContainerError: pull access denied"}
	}
	start(v.t, o, func(w *world) {
		v.Before(hurried)
		v.Open(w.URL() + "/docs?chapter=2")
		v.Until(inView("failed"))
		v.Until(`document.getElementById('retry').getAttribute('aria-disabled') === 'true'`)
		told := v.Text()
		for _, want := range []string{
			"service could not be started", `It can be tried again at \d\d:\d\d`, `Try again in [\d:]+ (s|min)`,
		} {
			if !regexp.MustCompile(want).MatchString(told) {
				v.t.Errorf("the page does not say %q:\n%s", want, told)
			}
		}
		if strings.Contains(told, "CannotPull") {
			v.t.Error("the public is told ECS's own reason")
		}
		browser.Eval[any](v.Tab, "window.stayed = true")
		v.Click("#retry")
		mended.Store(true)
		v.Until(`stayed && document.getElementById('retry').getAttribute('aria-disabled') === 'false'`)
		if told := v.Text(); !strings.Contains(told, "It can be tried again now.") {
			v.t.Errorf("when it may be tried again, the page says:\n%s", told)
		}
		v.Click("#retry")
		v.Until(inDemo)
		v.isAt(w.URL() + "/docs?chapter=2")
	})
}

// frozenAndThawed: during a freeze the page says that the service is paused and until when, without the reason. After
// it the page offers to start the service, and does not do so by itself.
func frozenAndThawed(v visitor) {
	start(v.t, visited(), func(w *world) {
		freeze := func(until time.Time) {
			w.SSM.Set("/catnap/freeze", `{"until": "`+until.UTC().Format(time.RFC3339)+`", "reason": "over 25 USD"}`)
		}
		freeze(w.Clock.Now().Add(24 * time.Hour))
		v.Before(hurried)
		v.Open(w.URL() + "/docs")
		v.Until(inView("frozen"))
		told := v.Text()
		if !strings.Contains(told, "service is paused") || !strings.Contains(told, "The pause lasts until ") ||
			strings.Contains(told, "USD") {
			v.t.Errorf("the page says:\n%s", told)
		}
		freeze(w.Clock.Now().Add(-time.Second))
		v.Until(inView("asleep"))
		if seen := w.observe(); seen.Desired != 0 {
			v.t.Error("a page that was left open has woken the service")
		}
		v.Click("#asleep button")
		v.Until(inDemo)
		v.isAt(w.URL() + "/docs")
	})
}

// limited is a sandbox whose one wake of the hour is used up.
func (v visitor) limited(test func(w *world, g gate)) {
	v.t.Helper()
	o := visited(func(s *settings.Service) { s.WakesPerHour = 1 })
	g := behind(&o, nil)
	start(v.t, o, func(w *world) {
		at := w.Clock.Now().Add(-time.Minute).UTC().Format(time.RFC3339)
		w.SSM.Set("/catnap/services/"+sandbox.Service+"/wakes", `{"wakes": [{"at": "`+at+`", "seconds": 30}]}`)
		test(w, g)
	})
}

func (v visitor) isToldOfTheLimit(w *world) {
	v.t.Helper()
	v.Open(w.URL() + "/docs?chapter=2")
	v.Until(inView("limited"))
	told := v.Text()
	for _, want := range []string{"service is waiting for a click", "several times within the last hour", "Start it"} {
		if !strings.Contains(told, want) {
			v.t.Errorf("the page does not say %q:\n%s", want, told)
		}
	}
	if w.phase() != policy.PhaseAsleep {
		v.t.Error("it was woken without a click")
	}
}

// limitedToAClick: a service that was woken too often explains that it wants a click, and follows that to the
// application.
func limitedToAClick(v visitor) {
	v.limited(func(w *world, g gate) {
		v.isToldOfTheLimit(w)
		v.Click("#limited button")
		v.Until(inView("waking"))
		close(g.open)
		v.Until(inDemo)
		v.isAt(w.URL() + "/docs?chapter=2")
	})
}

// limitedWithoutJavaScript: the same by a form, which comes back to the page that it was sent from.
func limitedWithoutJavaScript(v visitor) {
	v.limited(func(w *world, g gate) {
		v.NoScript()
		v.isToldOfTheLimit(w)
		v.Click("#limited button")
		v.Until(inView("waking"))
		close(g.open)
		v.Until(inDemo)
		v.isAt(w.URL() + "/docs?chapter=2")
	})
}

// limitedByKeyboard: whoever has no mouse reaches the button by Tab, sees where the focus is, and presses it by Enter;
// the focus is then in the view that comes.
func limitedByKeyboard(v visitor) {
	v.limited(func(w *world, g gate) {
		v.isToldOfTheLimit(w)
		v.Press(kb.Tab)
		focus := browser.Eval[string](v.Tab, `[document.activeElement.textContent,
			getComputedStyle(document.activeElement).outlineStyle].join()`)
		if focus != "Start it,solid" {
			v.t.Errorf("Tab leads to %q", focus)
		}
		v.Press(kb.Enter)
		v.Until(`document.activeElement.matches('#waking h1')`)
		close(g.open)
		v.Until(inDemo)
	})
}
