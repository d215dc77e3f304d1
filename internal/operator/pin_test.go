package operator_test

import (
	"strings"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/settings"
)

// TestPin: the reaper wakes what is pinned, keeps it awake, and lets it sleep when the pin is gone.
func TestPin(t *testing.T) {
	bubble(t, sandbox.Options{}, func(t *testing.T, w *world) {
		until := time.Now().Add(time.Hour)
		outcome, err := w.Pin(t.Context(), w.member(), until)
		if err != nil || !outcome.Changed || !strings.Contains(outcome.Message, "woken within a minute or two") {
			t.Errorf("outcome %+v, error %v", outcome, err)
		}
		time.Sleep(3 * time.Minute)
		w.expect(policy.PhaseAwake)
		time.Sleep(20 * time.Minute)
		w.expect(policy.PhaseAwake)
		outcome, err = w.Unpin(t.Context(), w.member())
		if err != nil || !outcome.Changed || !strings.Contains(outcome.Message, "is not pinned") {
			t.Errorf("outcome %+v, error %v", outcome, err)
		}
		time.Sleep(10 * time.Minute)
		w.expect(policy.PhaseAsleep)
	})
}

func TestPinSaysWhatStandsAgainstIt(t *testing.T) {
	bubble(t, sandbox.Options{NoScheduler: true}, func(t *testing.T, w *world) {
		w.SSM.Set("/catnap/freeze", `{"until": "2001-01-01T00:00:00Z"}`)
		outcome, err := w.Pin(t.Context(), w.member(), time.Now().Add(time.Hour))
		if err != nil || !strings.Contains(outcome.Message, "frozen until 2001-01-01T00:00:00Z, and not woken before") {
			t.Errorf("outcome %+v, error %v", outcome, err)
		}
		w.change(func(s *settings.Service) { s.Pin = time.Now().Add(5 * time.Hour) })
		outcome, err = w.Pin(t.Context(), w.member(), time.Now().Add(2*time.Hour))
		if err != nil || !strings.Contains(outcome.Message, "Its settings pin it for longer, until 2000-01-01T05:00:05Z") {
			t.Errorf("outcome %+v, error %v", outcome, err)
		}
		outcome, err = w.Unpin(t.Context(), w.member())
		want := `take "pin" out of the parameter /catnap/services/service to end that`
		if err != nil || !strings.Contains(outcome.Message, want) {
			t.Errorf("outcome %+v, error %v", outcome, err)
		}
		w.change(func(s *settings.Service) { s.Managed = false })
		if _, err := w.Pin(t.Context(), w.member(), time.Now().Add(time.Hour)); err == nil ||
			!strings.Contains(err.Error(), "pin service: refused: its settings say managed: false") {
			t.Errorf("error %v", err)
		}
	})
}
