// Package browser drives a real Chromium for tests of what visitors see.
//
// A tab waits for what a page comes to, with a deadline that a busy machine keeps, and fails its test if the page logs
// an error, throws, or is refused something by its Content-Security-Policy. The package installs no browser, knows no
// page of catnap's, and is for tests only.
package browser

import (
	"context"
	"os/exec"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
)

// Browser is one Chromium without a window.
type Browser struct{ ctx context.Context }

// New starts a Chromium with an empty profile, which ends with the test. It takes a second or two: tests that run at a
// time share one and have a tab each. Without a Chromium on PATH the test is skipped.
func New(t testing.TB) *Browser {
	t.Helper()
	path := find()
	if path == "" {
		t.Skipf("no browser on PATH, neither of %s; `make test` installs one", strings.Join(names, ", "))
	}
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.DisableGPU,
		chromedp.NoSandbox, // of the kernel's, which containers and root lack; all pages are ours
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("force-prefers-reduced-motion", true), // without a GPU, each frame of an animation costs the tests time
	)
	ctx, stopAllocator := chromedp.NewExecAllocator(t.Context(), flags...)
	ctx, stop := chromedp.NewContext(ctx)
	t.Cleanup(func() { stop(); stopAllocator() })
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return &Browser{ctx: ctx}
}

var names = []string{"chromium", "chromium-browser", "google-chrome"}

func find() string {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Tab opens an empty tab with a profile of its own: nothing that another test left in a storage is seen.
func (b *Browser) Tab(t testing.TB) *Tab {
	t.Helper()
	return newTab(t, b.ctx, chromedp.WithNewBrowserContext())
}

// Beside opens another tab of the same profile, as a visitor does.
func (tab *Tab) Beside() *Tab {
	tab.t.Helper()
	return newTab(tab.t, tab.ctx)
}

func newTab(t testing.TB, parent context.Context, options ...chromedp.ContextOption) *Tab {
	t.Helper()
	tab := &Tab{t: t}
	ctx, stop := chromedp.NewContext(parent, append(options, chromedp.WithListener(tab.faults.hear))...)
	t.Cleanup(stop)
	tab.ctx = ctx
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	t.Cleanup(func() {
		for _, fault := range tab.faults.all() {
			t.Errorf("the browser's console: %s", fault)
		}
	})
	return tab
}

// call is a command of the DevTools protocol.
func call[P, R any](tab *Tab, command cdp.Command[P, R], params P) R {
	tab.t.Helper()
	result, err := chromedp.Call(tab.ctx, command, params)
	if err != nil {
		tab.t.Fatalf("%s: %v", command.Method, err)
	}
	return result
}
