package sandbox_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/browser"
	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/sandbox/ecs"
	"github.com/catnap-dev/catnap/internal/sandbox/network"
	"github.com/catnap-dev/catnap/internal/settings"
)

// TestBrowser is what a person sees, in a real Chromium and over real sockets. The scenarios share the browser and
// nothing else. Each of them fails, too, if a page logs an error or its Content-Security-Policy refuses something.
//
// It has the package's processors to itself, and few scenarios go at a time: seconds of the sandbox are short ones.
func TestBrowser(t *testing.T) {
	b := browser.New(t)
	seats := make(chan struct{}, 5)
	scenarios := map[string]func(v visitor){
		"from a click to the application":  fromClickToApplication,
		"without JavaScript":               withoutJavaScript,
		"two tabs":                         twoTabs,
		"hidden until ready":               hiddenUntilReady,
		"hidden, and asleep again":         hiddenAndAsleepAgain,
		"failed, and tried again":          failedAndTriedAgain,
		"frozen, and thawed":               frozenAndThawed,
		"limited":                          limitedToAClick,
		"limited, without JavaScript":      limitedWithoutJavaScript,
		"limited, by keyboard":             limitedByKeyboard,
		"a form":                           formIsSentAgain,
		"a form, without JavaScript":       formIsSentAgainWithoutJavaScript,
		"by the script only":               byTheScriptOnly,
		"by the script, and there is none": byTheScriptAndThereIsNone,
		"languages":                        languages,
		"the application's own 503":        applicationsOwn503,
		"an own template":                  ownTemplate,
	}
	for name, scenario := range scenarios {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seats <- struct{}{}
			defer func() { <-seats }()
			scenario(visitor{b.Tab(t), t})
		})
	}
}

// visitor is a scenario's person in a tab of their own.
type visitor struct {
	*browser.Tab

	t *testing.T
}

// speed is how much faster than real the sandbox of a scenario runs.
const speed = 10

// visited is a sandbox over sockets which falls asleep, or gives up a wake, only if a scenario wants it to: none
// depends on how fast the machine is.
func visited(change ...func(s *settings.Service)) sandbox.Options {
	o := asDocumented()
	o.Clock, o.Network, o.MetricLag = clock.New(time.Now(), speed), &network.TCP{}, 0
	o.Settings = func(s *settings.Service) {
		s.IdleAfter, s.DrowsyAfter = settings.Duration(12*time.Hour), settings.Duration(6*time.Hour)
		s.WakeTimeout = settings.Duration(time.Hour)
		for _, set := range change {
			set(s)
		}
	}
	return o
}

// gate holds a task back while it starts, until the scenario has seen what it wants to see before the application is
// there.
type gate struct {
	ecs.App

	open chan struct{}
}

// behind puts the application, or the demo, behind a gate.
func behind(o *sandbox.Options, app http.Handler) gate {
	g := gate{App: sandbox.Demo(o.Network, o.Clock), open: make(chan struct{})}
	if app != nil {
		g.App = sandbox.Handler{Network: o.Network, Clock: o.Clock, Serve: app}
	}
	o.App = g
	return g
}

func (g gate) Launch(ctx context.Context) (addr string, wait func() error, err error) {
	select {
	case <-g.open:
		return g.App.Launch(ctx)
	case <-ctx.Done():
		return "", nil, ctx.Err()
	}
}

// The application is recognized by its title, a view of the waiting page by its heading, once the page is read whole:
// the heading is there before what stands under it.
const inDemo = `document.title === 'Demo application'`

func inView(kind string) string {
	return `document.readyState !== 'loading' && document.querySelector('#` + kind + ` h1')?.checkVisibility()`
}

// watch keeps, in the tab's storage, each state that the pages go through: some last for less than a look.
const watch = `if (location.protocol === 'http:') {
	const last = () => JSON.parse(sessionStorage.watched || '[]');
	const see = () => {
		const bar = document.getElementById('bar');
		if (!bar) return;
		const now = {
			Bar: bar.value, Ready: 'ready' in document.body.dataset, Title: document.title,
			Icon: document.querySelector('link[rel=icon]').href,
			Steps: [...document.querySelectorAll('li')].map((li) => li.dataset.state),
		};
		sessionStorage.watched = JSON.stringify([...last(), now]);
	};
	new MutationObserver(see).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
}`

type watched struct {
	Bar         float64
	Ready       bool
	Title, Icon string
	Steps       []string
}

// fromClickToApplication: a click on a link to a sleeping service shows how the start goes, and ends at the very place
// in the application that the link names, as if it had never slept: Back and Forward do what they always do.
func fromClickToApplication(v visitor) {
	o := visited()
	g := behind(&o, nil)
	start(v.t, o, func(w *world) {
		const place = "/docs?chapter=2#part"
		elsewhere := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", "text/html")
			_, _ = rw.Write([]byte(`<title>Elsewhere</title><a href="` + w.URL() + place + `">There</a>`))
		}))
		defer elsewhere.Close()
		v.Before(watch)
		v.Open(elsewhere.URL)
		v.Until(`document.querySelector('a')`)
		v.Click("a")
		v.Until(inView("waking"))
		history := browser.Eval[int](v.Tab, "history.length")
		const took = `[...document.querySelectorAll('li[data-state=done] .took')].map((el) => el.textContent)`
		v.Until(took + `.filter((text) => / s$/.test(text)).length > 1`)
		const bar = `document.getElementById('bar').value`
		v.Until(bar + " > 0.85") // later than a start usually takes
		close(g.open)
		v.Until(inDemo)
		v.isAt(w.URL() + place)
		if now := browser.Eval[int](v.Tab, "history.length"); now != history {
			v.t.Errorf("the history has %d entries, and %d with the page", now, history)
		}
		v.sawAnHonestBar(browser.Eval[[]watched](v.Tab, "JSON.parse(sessionStorage.watched)"))
		v.Go(-1)
		v.Until(`document.title === 'Elsewhere'`)
		v.Go(1)
		v.Until(inDemo)
		v.isAt(w.URL() + place)
	})
}

// sawAnHonestBar: the bar was full, and the tab said so, when the application was ready, and not before.
func (v visitor) sawAnHonestBar(seen []watched) {
	v.t.Helper()
	last := seen[len(seen)-1]
	if !last.Ready || last.Bar != 1 || last.Title != "✓ Ready: service" || last.Icon == seen[0].Icon {
		v.t.Errorf("at the end: %+v", last)
	}
	if slices.ContainsFunc(last.Steps, func(step string) bool { return step != "done" }) {
		v.t.Errorf("at the end the steps are %q", last.Steps)
	}
	for _, at := range seen {
		if !at.Ready && (at.Bar >= 1 || at.Title != "service is waking up" || at.Icon != seen[0].Icon) {
			v.t.Fatalf("before it was ready: %+v", at)
		}
	}
}

func (v visitor) isAt(want string) {
	v.t.Helper()
	if got := browser.Eval[string](v.Tab, "location.href"); got != want {
		v.t.Errorf("the visitor is at %s, not at %s", got, want)
	}
}

// withoutJavaScript: the page looks again by itself, and gives way to the application at the address that was asked
// for. A fragment is lost, for HTML alone can't keep one, and does no harm.
func withoutJavaScript(v visitor) {
	o := visited()
	g := behind(&o, nil)
	start(v.t, o, func(w *world) {
		v.NoScript()
		v.Open(w.URL() + "/docs?chapter=2#part")
		v.Until(inView("waking"))
		history := browser.Eval[int](v.Tab, "history.length")
		close(g.open)
		v.Until(inDemo)
		v.isAt(w.URL() + "/docs?chapter=2")
		if now := browser.Eval[int](v.Tab, "history.length"); now != history {
			v.t.Errorf("the history has %d entries, and %d with the page", now, history)
		}
	})
}

// twoTabs: tabs that wait for the same start don't disturb each other, and each ends at its own place.
func twoTabs(v visitor) {
	o := visited()
	g := behind(&o, nil)
	start(v.t, o, func(w *world) {
		other := v.Beside()
		v.Open(w.URL() + "/one?a=1")
		other.Open(w.URL() + "/two#b")
		v.Until(inView("waking"))
		other.Until(inView("waking"))
		close(g.open)
		v.Until(inDemo)
		other.Until(inDemo)
		v.isAt(w.URL() + "/one?a=1")
		visitor{other, v.t}.isAt(w.URL() + "/two#b")
	})
}
