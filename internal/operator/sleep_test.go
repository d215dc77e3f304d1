package operator_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"github.com/catnap-dev/catnap/internal/operator"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/settings"
)

// TestSleep: not before the armed rule has spread.
func TestSleep(t *testing.T) {
	bubble(t, sandbox.Options{}, func(t *testing.T, w *world) {
		w.isAwake()
		began := time.Now()
		outcome, err := w.Sleep(t.Context(), w.member(), false)
		if err != nil || !outcome.Changed {
			t.Fatalf("outcome %+v, error %v", outcome, err)
		}
		if took := time.Since(began); took < 29*time.Second || took > 35*time.Second { // the mark has whole seconds
			t.Errorf("took %s; a rule settles in 30s", took)
		}
		time.Sleep(2 * time.Second) // reads may be older
		w.expect(policy.PhaseAsleep)
		outcome, err = w.Sleep(t.Context(), w.member(), false)
		if err != nil || outcome.Changed || outcome.Message != "service is asleep." {
			t.Errorf("again: outcome %+v, error %v", outcome, err)
		}
	})
}

// TestSleepOfWhatIsDrowsy: the rule is armed already, and has spread.
func TestSleepOfWhatIsDrowsy(t *testing.T) {
	bubble(t, sandbox.Options{}, func(t *testing.T, w *world) {
		w.isAwake()
		time.Sleep(4 * time.Minute)
		w.expect(policy.PhaseDrowsy)
		began := time.Now()
		if _, err := w.Sleep(t.Context(), w.member(), false); err != nil || time.Since(began) > 2*time.Second {
			t.Errorf("error %v after %s", err, time.Since(began))
		}
		w.expect(policy.PhaseAsleep)
	})
}

// TestSleepIsDisturbed: whoever comes while the rule settles keeps the service awake.
func TestSleepIsDisturbed(t *testing.T) {
	bubble(t, sandbox.Options{}, func(t *testing.T, w *world) {
		err := w.sleepDisturbed(false)
		_, ok := errors.AsType[*operator.DisturbedError](err)
		if !ok || !strings.Contains(err.Error(), "somebody came meanwhile and disarmed the rule") {
			t.Errorf("error %v", err)
		}
		w.expect(policy.PhaseAwake)
	})
}

// TestSleepMeetsAWake: a rule that is armed still, but marked by a wake since.
func TestSleepMeetsAWake(t *testing.T) {
	bubble(t, sandbox.Options{NoScheduler: true}, func(t *testing.T, w *world) {
		w.isAwake()
		go func() {
			time.Sleep(10 * time.Second)
			if err := w.other.Start(t.Context(), w.Stored, 1); err != nil {
				t.Error(err)
			}
		}()
		_, err := w.Sleep(t.Context(), w.member(), false)
		_, ok := errors.AsType[*operator.DisturbedError](err)
		if !ok || !strings.Contains(err.Error(), "somebody came meanwhile and is waking it") {
			t.Errorf("error %v", err)
		}
		if w.seen().Desired == 0 {
			t.Error("it was stopped")
		}
	})
}

func TestSleepIsForced(t *testing.T) {
	bubble(t, sandbox.Options{}, func(t *testing.T, w *world) {
		if err := w.sleepDisturbed(true); err != nil {
			t.Error(err)
		}
		w.expect(policy.PhaseAsleep)
	})
}

// sleepDisturbed has a visitor ten seconds after the order.
func (w *world) sleepDisturbed(force bool) error {
	w.t.Helper()
	w.isAwake()
	go func() {
		time.Sleep(10 * time.Second)
		w.get()
	}()
	began := time.Now()
	_, err := w.Sleep(w.t.Context(), w.member(), force)
	if took := time.Since(began); took > 15*time.Second {
		w.t.Errorf("saw the visitor after %s", took)
	}
	return err
}

// lateVisitor comes between the last look and the stop.
type lateVisitor struct {
	controller
	come func()
}

func (v lateVisitor) Stop(ctx context.Context, svc settings.Service, before policy.Rule) (undone bool, err error) {
	v.come()
	return v.controller.Stop(ctx, svc, before)
}

func TestSleepIsUndone(t *testing.T) {
	bubble(t, sandbox.Options{}, func(t *testing.T, w *world) {
		w.isAwake()
		w.attend(func(c controller) controller { return lateVisitor{c, func() { w.get() }} }, sidesAsTheyAre)
		_, err := w.Sleep(t.Context(), w.member(), false)
		if _, ok := errors.AsType[*operator.DisturbedError](err); !ok || !strings.Contains(err.Error(), "woken again") {
			t.Errorf("error %v", err)
		}
		if w.seen().Desired == 0 {
			t.Error("a visitor who came at the moment of the stop is left without a service")
		}
	})
}

func TestSleepIsRefused(t *testing.T) {
	tests := map[string]struct {
		change func(*world)
		reason policy.Reason
		want   string
	}{
		"deployment": {
			func(w *world) { w.update(&ecs.UpdateServiceInput{ForceNewDeployment: true}) },
			policy.ReasonDeployment, "a deployment is in progress",
		},
		"protected": {(*world).protect, policy.ReasonProtected, "a task is protected from scale-in"},
		"pinned": {
			func(w *world) { w.SSM.Set("/catnap/services/service/pin", `{"until": "2001-01-01T00:00:00Z"}`) },
			policy.ReasonPinned, "pinned until 2001-01-01T00:00:00Z, so the reaper would wake it again within a minute",
		},
		"scheduled": {
			func(w *world) {
				w.change(func(s *settings.Service) {
					days := []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
					windows := []settings.Window{{Days: days, From: "00:00", To: "24:00"}}
					s.Schedule = &settings.Schedule{TimeZone: "UTC", Windows: windows}
				})
			}, policy.ReasonSchedule, "so the reaper would wake it again within a minute",
		},
		"unmanaged": {
			func(w *world) { w.change(func(s *settings.Service) { s.Managed = false }) },
			policy.ReasonUnmanaged, "managed: false",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, sandbox.Options{NoScheduler: true}, func(t *testing.T, w *world) {
				w.isAwake()
				test.change(w)
				time.Sleep(2 * time.Second) // reads may be older
				writes := w.writes()
				_, err := w.Sleep(t.Context(), w.member(), true) // force is for visitors only
				refused, ok := errors.AsType[*operator.RefusedError](err)
				if !ok || refused.Reason != test.reason || !strings.Contains(err.Error(), test.want) {
					t.Errorf("error %v, want %q in it", err, test.want)
				}
				if w.writes() != writes {
					t.Errorf("%d writes", w.writes()-writes)
				}
			})
		})
	}
}

// TestSleepOfWhatIsWaking: somebody waits for it. Force gives that up, for a start that hangs, for instance.
func TestSleepOfWhatIsWaking(t *testing.T) {
	bubble(t, sandbox.Options{NoScheduler: true, TaskStart: 3 * time.Minute}, func(t *testing.T, w *world) {
		if _, err := w.Wake(t.Context(), w.member(), false); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Second)
		_, err := w.Sleep(t.Context(), w.member(), false)
		if refused, ok := errors.AsType[*operator.RefusedError](err); !ok || refused.Reason != policy.ReasonWaking {
			t.Errorf("error %v", err)
		}
		w.expect(policy.PhaseWaking)
		if _, err := w.Sleep(t.Context(), w.member(), true); err != nil {
			t.Error(err)
		}
		time.Sleep(20 * time.Second)
		w.expect(policy.PhaseAsleep)
	})
}

func TestSleepAsksFirst(t *testing.T) {
	bubble(t, sandbox.Options{}, func(t *testing.T, w *world) {
		w.isAwake()
		writes, questions := w.writes(), []string{}
		declined := errors.New("declined")
		answer := declined
		w.Ask = func(question string) error {
			questions = append(questions, question)
			return answer
		}
		if _, err := w.Sleep(t.Context(), w.member(), false); !errors.Is(err, declined) || w.writes() != writes {
			t.Errorf("error %v, %d writes", err, w.writes()-writes)
		}
		answer = nil
		if _, err := w.Sleep(t.Context(), w.member(), false); err != nil {
			t.Error(err)
		}
		if len(questions) != 2 || !strings.HasPrefix(questions[0], "Put service to sleep? It runs 1 task and was used ") {
			t.Errorf("asked %q", questions)
		}
	})
}

func TestSleepEndsWithItsContext(t *testing.T) {
	bubble(t, sandbox.Options{}, func(t *testing.T, w *world) {
		w.isAwake()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if _, err := w.Sleep(ctx, w.member(), false); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	})
}
