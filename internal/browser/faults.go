package browser

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// faults collects what a tab's pages did wrong, as the console shows it.
type faults struct {
	mu        sync.Mutex
	documents map[network.RequestID]bool // those that were answered 503
	entries   []*log.Entry
	thrown    []string
}

func (f *faults) hear(event any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch e := event.(type) {
	case *network.EventResponseReceived:
		if e.Type == network.ResourceTypeDocument && e.Response.Status == http.StatusServiceUnavailable {
			if f.documents == nil {
				f.documents = map[network.RequestID]bool{}
			}
			f.documents[e.RequestID] = true
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Source == log.EntrySourceSecurity {
			f.entries = append(f.entries, e.Entry)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			f.thrown = append(f.thrown, "console."+string(e.Type)+describe(e.Args))
		}
	case *runtime.EventExceptionThrown:
		f.thrown = append(f.thrown, (&chromedp.ExceptionError{ExceptionDetails: e.ExceptionDetails}).Error())
	}
}

func describe(args []*runtime.RemoteObject) (text string) {
	for _, arg := range args {
		text += " " + string(arg.Value) + arg.Description
	}
	return text
}

// all leaves out two things that are as they should be: the waiting page itself is answered 503, and an application
// need not have an icon. A poll of the page's script that fails is a fault.
func (f *faults) all() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := slices.Clone(f.thrown)
	for _, e := range f.entries {
		u, err := url.Parse(e.URL)
		if icon := err == nil && u.Path == "/favicon.ico"; icon || f.documents[e.NetworkRequestID] {
			continue
		}
		list = append(list, fmt.Sprintf("%s: %s (%s)", e.Source, e.Text, e.URL))
	}
	return list
}
