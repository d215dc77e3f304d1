package operator_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/settings"
)

func stores(m settings.Member) []*settings.Store { return []*settings.Store{m.Store} }

// TestFreezeAndThaw: what runs is put to sleep by the reaper, a visitor wakes nothing, and after the thaw one does.
func TestFreezeAndThaw(t *testing.T) {
	bubble(t, sandbox.Options{}, func(t *testing.T, w *world) {
		w.isAwake()
		until := w.Clock.Now().Add(48 * time.Hour)
		for _, freeze := range []func() error{
			func() error { _, err := w.FreezeAll(t.Context(), stores(w.member()), until, "the bill"); return err },
			func() error { _, err := w.Freeze(t.Context(), w.member(), until, "a loop"); return err },
		} {
			if err := freeze(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(3 * time.Minute)
			w.expect(policy.PhaseAsleep)
			if status, body := w.get(); status != 503 || !strings.Contains(body, `"title":"Paused"`) {
				t.Errorf("a visitor got %d %s", status, body)
			}
			outcome, err := w.Thaw(t.Context(), stores(w.member()), w.Clock.Now().Add(time.Hour), "the fair")
			if err != nil || !strings.Contains(outcome.Message, "Ended: the freeze of ") {
				t.Fatalf("thaw: %+v, %v", outcome, err)
			}
			time.Sleep(time.Minute)
			w.isAwake()
		}
	})
}

// TestFreezeIsNotShortened: neither the guard's nor a person's.
func TestFreezeIsNotShortened(t *testing.T) {
	bubble(t, sandbox.Options{}, func(t *testing.T, w *world) {
		m, month := w.member(), w.Clock.Now().Add(10*24*time.Hour).UTC().Truncate(time.Second)
		guards := settings.Freeze{Until: month, By: settings.ByCostGuard, Reason: "25.10 of 25.00 USD"}
		if err := m.Store.PutFreeze(t.Context(), "", guards); err != nil {
			t.Fatal(err)
		}
		outcome, err := w.FreezeAll(t.Context(), stores(m), month.Add(-time.Hour), "me, too")
		if err != nil || outcome.Changed || !strings.Contains(outcome.Message, "already, by the cost guard") {
			t.Errorf("got %+v, %v", outcome, err)
		}
		outcome, err = w.FreezeAll(t.Context(), stores(m), month.Add(time.Hour), "for longer")
		got, _ := m.Store.ReadFreeze(t.Context(), "")
		if err != nil || !outcome.Changed || got.By != settings.ByOperator || !got.Until.Equal(month.Add(time.Hour)) {
			t.Errorf("got %+v, %+v, %v", got, outcome, err)
		}
	})
}

// TestNotAgreed: without the user's consent nothing is frozen.
func TestNotAgreed(t *testing.T) {
	bubble(t, sandbox.Options{}, func(t *testing.T, w *world) {
		no := errors.New("no")
		w.Ask = func(question string) error {
			if !strings.HasPrefix(question, "Freeze everything until ") {
				t.Errorf("asked %q", question)
			}
			return no
		}
		before := w.writes()
		_, err := w.FreezeAll(t.Context(), stores(w.member()), w.Clock.Now().Add(time.Hour), "why")
		if !errors.Is(err, no) || w.writes() != before {
			t.Errorf("error %v, %d writes", err, w.writes()-before)
		}
	})
}

// thawSSM is a parameter store in which somebody acts between two calls.
type thawSSM struct {
	*ssm.Client
	put func(name string)
}

func (s thawSSM) PutParameter(
	ctx context.Context, in *ssm.PutParameterInput, o ...func(*ssm.Options),
) (*ssm.PutParameterOutput, error) {
	out, err := s.Client.PutParameter(ctx, in, o...)
	s.put(*in.Name)
	return out, err
}

// TestThawComesFirst: a guard that looks when the first freeze ends must see the thaw, and a freeze that was written
// just before the thaw is ended, too.
func TestThawComesFirst(t *testing.T) {
	bubble(t, sandbox.Options{}, func(t *testing.T, w *world) {
		var order []string
		store := settings.NewStore(thawSSM{w.Clients().SSM, func(name string) {
			order = append(order, name)
			if name != "/catnap/thaw" {
				return
			}
			late := `{"until": "` + w.Clock.Now().Add(time.Hour).Format(time.RFC3339) + `", "by": "costguard"}`
			w.SSM.Set("/catnap/freeze", late)
			w.SSM.Set("/catnap/services/"+w.Stored.Name+"/freeze", late)
		}}, w.Clock.Now)
		outcome, err := w.Thaw(t.Context(), []*settings.Store{store}, w.Clock.Now().Add(time.Hour), "why")
		want := "/catnap/thaw /catnap/freeze /catnap/services/" + w.Stored.Name + "/freeze"
		if got := strings.Join(order, " "); got != want || err != nil {
			t.Errorf("wrote %s, want %s; %+v, %v", got, want, outcome, err)
		}
	})
}
