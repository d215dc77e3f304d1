package operator_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/sandbox"
)

// decisions hears what the reaper logs of its decisions, before it acts.
type decisions struct {
	slog.Handler
	hear func(action, reason string)
}

func (d decisions) Handle(_ context.Context, record slog.Record) error {
	attrs := map[string]string{}
	record.Attrs(func(a slog.Attr) bool {
		attrs[a.Key] = a.Value.String()
		return true
	})
	if record.Message == "decision" {
		d.hear(attrs["action"], attrs["reason"])
	}
	return nil
}

func (d decisions) WithAttrs([]slog.Attr) slog.Handler     { return d }
func (decisions) Enabled(context.Context, slog.Level) bool { return true }

// TestExplainSaysWhatTheReaperDoes: in a life from the first rule over a visit to sleep, at every moment at which the
// reaper decides, explain says the same.
func TestExplainSaysWhatTheReaperDoes(t *testing.T) {
	var mu sync.Mutex
	var explained []string
	var begun atomic.Pointer[world] // the reaper's passes begin before the world is whole
	log := decisions{slog.DiscardHandler, func(action, reason string) {
		w := begun.Load()
		if w == nil {
			return // the first pass
		}
		e, err := w.Explain(w.t.Context(), w.member())
		if err != nil {
			t.Error(err)
		}
		if string(e.Action) != action || string(e.Reason) != reason {
			t.Errorf("the reaper decides %s %s, explained is %s %s", action, reason, e.Action, e.Reason)
		}
		mu.Lock()
		defer mu.Unlock()
		explained = append(explained, action+" "+reason)
	}}
	bubble(t, sandbox.Options{Log: slog.New(log)}, func(_ *testing.T, w *world) {
		begun.Store(w)
		time.Sleep(2 * time.Minute)
		w.isAwake()
		time.Sleep(8 * time.Minute)
	})
	for _, want := range []string{"none asleep", "none recent_activity", "arm quiet", "stop quiet"} {
		if !slices.Contains(explained, want) {
			t.Errorf("%s is not among %s", want, strings.Join(explained, ", "))
		}
	}
}
