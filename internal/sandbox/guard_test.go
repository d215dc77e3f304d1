package sandbox_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/sandbox/billing"
	"github.com/catnap-dev/catnap/internal/sandbox/network"
	"github.com/catnap-dev/catnap/internal/settings"
)

// overspent is a month that passes its budget of a dollar four hours before its end. It belongs into a bubble.
func overspent() sandbox.Options {
	return sandbox.Options{
		Clock:     clock.New(time.Date(2000, 1, 31, 20, 0, 0, 0, time.UTC), 1),
		MetricLag: time.Minute, Jitter: 5 * time.Second, Latency: 20 * time.Millisecond,
		Budget: 1, GuardAfter: 40 * time.Minute, Bill: billing.Options{Spent: 0.95, Hourly: 0.2, Every: 15 * time.Minute},
	}
}

// inBubbleOf is inBubble with options that are made there, as a clock must be.
func inBubbleOf(t *testing.T, options func() sandbox.Options, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		o := options()
		o.Network, o.Listen = &network.Memory{}, "alb:80"
		start(t, o, func(w *world) { test(t, w) })
	})
}

// subjects are those of the messages that were sent, less what is the same in all.
func (w *world) subjects() (all []string) {
	for _, m := range w.SNS.Messages() {
		all = append(all, strings.TrimPrefix(m.Subject, "catnap /catnap: "))
	}
	return all
}

// TestBudgetFreezes: the service can be used until the guard finds the budget spent; then it is put to sleep and nobody
// wakes it, until the month turns. The whole way: bill, metric in its own Region, guard, freeze, reaper and waker,
// messages.
func TestBudgetFreezes(t *testing.T) {
	t.Parallel()
	inBubbleOf(t, overspent, func(t *testing.T, w *world) {
		w.pass(30 * time.Minute)
		if a := w.get("/api/echo"); a.status != http.StatusOK {
			t.Fatalf("before the freeze: %d %s", a.status, a.body)
		}
		for range 10 { // in use, a request a minute, until the guard has looked
			w.pass(time.Minute)
			w.get("/api/echo")
		}
		w.until("asleep by the freeze", 5*time.Minute, func() bool { return w.observe().Desired == 0 })
		if a := w.get("/api/echo"); a.status != http.StatusServiceUnavailable || !strings.Contains(a.body, "frozen") {
			t.Errorf("while frozen: %d %s", a.status, a.body)
		}
		w.pass(time.Hour)
		if w.observe().Desired != 0 {
			t.Error("the service was woken while it was frozen")
		}
		sent := w.subjects()
		slices.Sort(sent)
		want := []string{"forecast-100", "frozen-all-2000-02-01T00:00:00Z", "spent-100", "spent-50", "spent-80"}
		if diff := cmp.Diff(want, sent); diff != "" {
			t.Errorf("messages (-want +got):\n%s", diff)
		}
		w.pass(3 * time.Hour)
		if a := w.get("/api/echo"); a.status != http.StatusOK {
			t.Errorf("in the new month: %d %s", a.status, a.body)
		}
	})
}

// TestBudgetIsWhatTheGuardReads: the sandbox writes the document as the settings know it.
func TestBudgetIsWhatTheGuardReads(t *testing.T) {
	t.Parallel()
	behind := func() sandbox.Options {
		o := overspent()
		o.Bill.Behind = 4 * time.Hour
		return o
	}
	inBubbleOf(t, behind, func(t *testing.T, w *world) {
		b, found, err := settings.NewStore(w.Clients().SSM, w.Clock.Now).Budget(t.Context())
		if err != nil || !found || b.Limit != 1 || time.Duration(b.BillingLag) != 4*time.Hour || !b.Freeze {
			t.Errorf("got %+v, %t, %v", b, found, err)
		}
	})
	_, err := sandbox.New(t.Context(), sandbox.Options{Budget: -1})
	if err == nil || !strings.Contains(err.Error(), "limit") {
		t.Errorf("a negative budget: %v", err)
	}
}

// TestNoBillFreezesNothing: without the metric the guard knows only what runs here, which is far from the limit.
func TestNoBillFreezesNothing(t *testing.T) {
	t.Parallel()
	off := func() sandbox.Options {
		o := overspent()
		o.Budget, o.Bill = 100, billing.Options{Off: true, Spent: 95, Hourly: 20}
		return o
	}
	inBubbleOf(t, off, func(t *testing.T, w *world) {
		w.pass(3 * time.Hour)
		if a := w.get("/api/echo"); a.status != http.StatusOK || w.phase() == policy.Phase("frozen") {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
}

// TestGuardAsAProcess: the built function, run by its schedule, reads the bill in its Region, writes the freeze and
// sends the messages over the wire. The least budget is spent some seconds into a month, by the load balancer alone.
func TestGuardAsAProcess(t *testing.T) {
	t.Parallel()
	o := sandbox.Options{Binaries: builtFunctions(t), Budget: 1e-6, Bill: billing.Options{Spent: 5}}
	start(t, o, func(w *world) {
		w.until("frozen by the process", time.Minute, func() bool {
			return slices.ContainsFunc(w.subjects(), func(s string) bool { return strings.HasPrefix(s, "frozen-all-") })
		})
		if w.phase() != policy.Phase("frozen") && w.observe().Desired != 0 {
			t.Errorf("the service is %s", w.phase())
		}
		answer, err := w.Invoke(t.Context(), "costguard", []byte(`{"dry_run": true}`))
		var report struct {
			Configured bool      `json:"configured"`
			BilledTo   time.Time `json:"billed_to"`
			Findings   []struct {
				Kind string `json:"kind"`
			} `json:"findings"`
		}
		err = errors.Join(err, json.Unmarshal(answer, &report))
		if err != nil || !report.Configured || report.BilledTo.IsZero() {
			t.Fatalf("got %s, %v", answer, err)
		}
		for _, finding := range report.Findings {
			if finding.Kind == "billing_unreadable" || finding.Kind == "usage_unreadable" {
				t.Errorf("finds %s", finding.Kind)
			}
		}
	})
}
