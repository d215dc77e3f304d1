package sandbox_test

import (
	"time"

	"github.com/catnap-dev/catnap/internal/browser"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/settings"
)

// hiding lets a scenario hide the tab, which a browser without windows never does by itself. look makes the page ask
// at once, as it does when it is shown again from the browser's memory; asked counts its questions that were answered,
// and loads the pages.
const hiding = `if (location.protocol === 'http:') {
	let hidden = false;
	Object.defineProperty(document, 'hidden', { get: () => hidden });
	Object.defineProperty(document, 'visibilityState', { get: () => hidden ? 'hidden' : 'visible' });
	window.hide = (is) => { hidden = is; document.dispatchEvent(new Event('visibilitychange')); };
	window.look = () => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
	window.asked = 0;
	const ask = window.fetch;
	window.fetch = (...args) => ask(...args).finally(() => asked++);
	sessionStorage.loads = 1 + Number(sessionStorage.loads || 0);
}`

// hiddenUntilReady: a tab in the background says in its title and icon that the service is ready, and does not open it:
// nobody is there. It opens when somebody looks.
func hiddenUntilReady(v visitor) {
	o := visited()
	g := behind(&o, nil)
	start(v.t, o, func(w *world) {
		v.isHiddenAndReady(w, g)
		browser.Eval[any](v.Tab, "hide(false)")
		v.Until(inDemo)
		v.isAt(w.URL() + "/docs?chapter=2")
	})
}

func (v visitor) isHiddenAndReady(w *world, g gate) {
	v.t.Helper()
	v.Before(hiding)
	v.Open(w.URL() + "/docs?chapter=2")
	v.Until(inView("waking"))
	browser.Eval[any](v.Tab, "hide(true)")
	close(g.open)
	v.UntilDone("ready", func() bool {
		v.asksAgain()
		return browser.Eval[string](v.Tab, "document.title") == "✓ Ready: service"
	})
	v.Until(`[document.querySelector('link[rel=icon]')].every((icon) => icon.href === icon.dataset.ready)`)
	v.asksAgain()
	if loads := browser.Eval[string](v.Tab, "sessionStorage.loads"); loads != "1" {
		v.t.Errorf("a hidden tab loaded %s pages", loads)
	}
}

// asksAgain has the page ask, and waits for the answer, so often that it has acted on some by now.
func (v visitor) asksAgain() {
	v.t.Helper()
	for range 4 {
		browser.Eval[any](v.Tab, "asked = 0, look()")
		v.Until("asked > 0")
	}
}

// hiddenAndAsleepAgain: a tab that is left open in the background keeps nothing awake, and wakes nothing when the
// service has gone to sleep meanwhile. When somebody looks, it is started again.
func hiddenAndAsleepAgain(v visitor) {
	o := visited(func(s *settings.Service) {
		s.IdleAfter, s.DrowsyAfter = settings.Duration(3*time.Minute), settings.Duration(time.Minute)
		s.MetricLag, s.Settle = settings.Duration(time.Second), settings.Duration(5*time.Second)
	})
	g := behind(&o, nil)
	start(v.t, o, func(w *world) {
		v.isHiddenAndReady(w, g)
		v.UntilDone("asleep, although the tab asks again and again", func() bool {
			v.asksAgain()
			return w.phase() == policy.PhaseAsleep
		})
		v.UntilDone("no longer ready, which the tab hears a little later", func() bool {
			v.asksAgain()
			return browser.Eval[string](v.Tab, "document.title") == "service is waking up"
		})
		v.asksAgain()
		if seen := w.observe(); seen.Desired != 0 {
			v.t.Error("a hidden tab has woken the service")
		}
		if loads := browser.Eval[string](v.Tab, "sessionStorage.loads"); loads != "1" {
			v.t.Errorf("a hidden tab loaded %s pages", loads)
		}
		browser.Eval[any](v.Tab, "hide(false)")
		v.Until(inDemo)
	})
}
