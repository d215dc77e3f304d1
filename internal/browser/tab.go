package browser

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

const (
	// patience is for a machine that others use, too. It decides how long a failure takes, and nothing else.
	patience = 2 * time.Minute
	glance   = 30 * time.Millisecond
)

// Tab is one tab. A method that can't do what it is asked for fails the test that opened the tab.
type Tab struct {
	t      testing.TB
	ctx    context.Context
	faults faults
}

// Open goes to an address, and does not wait for what the page comes to.
func (tab *Tab) Open(address string) {
	tab.t.Helper()
	if result := call(tab, page.Navigate, page.NavigateParams{URL: address}); result.ErrorText != "" {
		tab.t.Fatalf("open %s: %s", address, result.ErrorText)
	}
}

// Until waits until a JavaScript expression is true, through any number of pages: one that throws is not true yet.
func (tab *Tab) Until(expression string) {
	tab.t.Helper()
	tab.UntilDone(expression, func() bool {
		is, err := eval[bool](tab, "!!("+expression+")")
		return err == nil && is
	})
}

// UntilDone waits until done is true, which is looked at many times a second.
func (tab *Tab) UntilDone(what string, done func() bool) {
	tab.t.Helper()
	timer, ticker := time.NewTimer(patience), time.NewTicker(glance)
	defer timer.Stop()
	defer ticker.Stop()
	for !done() {
		select {
		case <-ticker.C:
		case <-timer.C:
			tab.t.Fatalf("not within %s: %s\n%s", patience, what, tab.seen())
		case <-tab.ctx.Done():
			tab.t.Fatalf("the browser ended before: %s", what)
		}
	}
}

// seen is what a failed test tells of the page.
func (tab *Tab) seen() string {
	text, err := eval[string](tab, `[location.href, document.title, document.body?.innerText].join('\n')`)
	if err != nil {
		return err.Error()
	}
	return text
}

// Eval is the value of a JavaScript expression.
func Eval[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	value, err := eval[T](tab, expression)
	if err != nil {
		tab.t.Fatalf("evaluate %s: %v", expression, err)
	}
	return value
}

func eval[T any](tab *Tab, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression))
}

// Text is what a visitor can read on the page.
func (tab *Tab) Text() string {
	tab.t.Helper()
	return Eval[string](tab, "document.body.innerText")
}

// Click clicks with the mouse on what a visitor sees at the middle of the element. Something in front of it gets the
// click instead, as it would in life.
func (tab *Tab) Click(selector string) {
	tab.t.Helper()
	at := Eval[struct{ X, Y float64 }](tab, fmt.Sprintf(`(() => {
		const el = document.querySelector(%q);
		el.scrollIntoView({ block: 'center', behavior: 'instant' });
		const r = el.getBoundingClientRect();
		return { X: r.x + r.width / 2, Y: r.y + r.height / 2 };
	})()`, selector))
	for _, kind := range []input.DispatchMouseEventType{
		input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseReleased,
	} {
		call(tab, input.DispatchMouseEvent, input.DispatchMouseEventParams{
			Type: kind, X: at.X, Y: at.Y, Button: input.MouseButtonLeft, ClickCount: 1,
		})
	}
}

// Press presses keys, such as kb.Tab.
func (tab *Tab) Press(keys string) {
	tab.t.Helper()
	if err := chromedp.Do(tab.ctx, chromedp.KeyEvent(keys)); err != nil {
		tab.t.Fatalf("press %q: %v", keys, err)
	}
}

// Choose puts a file into an input.
func (tab *Tab) Choose(selector, file string) {
	tab.t.Helper()
	found := call(tab, runtime.Evaluate, runtime.EvaluateParams{
		Expression: fmt.Sprintf("document.querySelector(%q)", selector),
	})
	call(tab, dom.SetFileInputFiles, dom.SetFileInputFilesParams{
		Files: []string{file}, ObjectID: found.Result.ObjectID,
	})
}

// Go goes through the history: -1 is the visitor's Back button.
func (tab *Tab) Go(steps int64) {
	tab.t.Helper()
	history := call(tab, page.GetNavigationHistory, cdp.Empty{})
	entry := history.CurrentIndex + steps
	if entry < 0 || entry >= int64(len(history.Entries)) {
		tab.t.Fatalf("the history has %d entries, this is number %d", len(history.Entries), history.CurrentIndex)
	}
	call(tab, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: history.Entries[entry].ID})
}
