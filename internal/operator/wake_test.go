package operator_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/google/go-cmp/cmp"

	"github.com/catnap-dev/catnap/internal/operator"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/report"
	"github.com/catnap-dev/catnap/internal/sandbox"
	coreecs "github.com/catnap-dev/catnap/internal/sandbox/ecs"
	"github.com/catnap-dev/catnap/internal/settings"
)

func TestWake(t *testing.T) {
	bubble(t, sandbox.Options{}, func(t *testing.T, w *world) {
		outcome, err := w.Wake(t.Context(), w.member(), false)
		if err != nil || !outcome.Changed || !strings.Contains(outcome.Message, "on its way") {
			t.Errorf("outcome %+v, error %v", outcome, err)
		}
		time.Sleep(5 * time.Second)
		w.expect(policy.PhaseWaking)
	})
}

// TestWakeWait: until a visitor would find the application, with a line for each step, and a note for later estimates.
func TestWakeWait(t *testing.T) {
	bubble(t, sandbox.Options{NoScheduler: true}, func(t *testing.T, w *world) {
		began := time.Now()
		outcome, err := w.Wake(t.Context(), w.member(), true)
		want := report.Outcome{Service: "service", Action: "wake", Changed: true, Message: "service is awake."}
		if diff := cmp.Diff(want, outcome); diff != "" || err != nil {
			t.Errorf("error %v, outcome (-want +got):\n%s", err, diff)
		}
		w.expect(policy.PhaseAwake)
		took := time.Since(began)
		if took < 20*time.Second || took > 35*time.Second {
			t.Errorf("took %s, and a task 20s to RUNNING", took)
		}
		if noted := w.member().Wakes; len(noted) != 1 || (noted[0].Took-took).Abs() > 3*time.Second {
			t.Errorf("noted %v, took %s", noted, took)
		}
		for _, step := range []string{"network now", "image now", "starting now", "health check now"} {
			if !w.heard(step) {
				t.Errorf("not said: %q, in %q", step, w.said)
			}
		}
	})
}

func TestWakeOfWhatIsAwake(t *testing.T) {
	bubble(t, sandbox.Options{}, func(t *testing.T, w *world) {
		w.isAwake()
		writes := w.writes()
		outcome, err := w.Wake(t.Context(), w.member(), true)
		if err != nil || outcome.Changed || outcome.Message != "service is awake." || w.writes() != writes {
			t.Errorf("outcome %+v, error %v, %d writes", outcome, err, w.writes()-writes)
		}
		time.Sleep(3 * time.Minute)
		w.expect(policy.PhaseDrowsy)
		outcome, err = w.Wake(t.Context(), w.member(), true)
		if err != nil || !outcome.Changed {
			t.Errorf("drowsy: outcome %+v, error %v", outcome, err)
		}
		w.expect(policy.PhaseAwake)
	})
}

// TestWakeJoinsAVisitors: whose wake is on its way is not begun again.
func TestWakeJoinsAVisitors(t *testing.T) {
	bubble(t, sandbox.Options{}, func(t *testing.T, w *world) {
		answered := make(chan int, 1)
		go func() {
			status, _ := w.get()
			answered <- status
		}()
		time.Sleep(5 * time.Second)
		updates := w.Backplane.Calls()["UpdateService"]
		outcome, err := w.Wake(t.Context(), w.member(), true)
		if err != nil || w.Backplane.Calls()["UpdateService"] != updates {
			t.Errorf("outcome %+v, error %v", outcome, err)
		}
		w.expect(policy.PhaseAwake)
		if status := <-answered; status != http.StatusOK {
			t.Errorf("the visitor got %d", status)
		}
	})
}

func TestWakeIsRefused(t *testing.T) {
	tests := map[string]struct {
		change func(*world)
		want   string
		reason policy.Reason
	}{
		"frozen": {func(w *world) {
			w.SSM.Set("/catnap/freeze", `{"until": "2001-01-01T00:00:00Z", "reason": "30 of 25 USD are spent"}`)
		}, "refused: nothing may be woken until 2001-01-01T00:00:00Z: 30 of 25 USD are spent; catnap thaw ends that",
			policy.ReasonFrozen},
		"unmanaged": {func(w *world) {
			w.change(func(s *settings.Service) { s.Managed = false })
		}, "its settings say managed: false", policy.ReasonUnmanaged},
		"missing": {func(w *world) {
			w.change(func(s *settings.Service) { s.Service = "gone" })
		}, "ECS does not know the service gone in the cluster cluster", policy.ReasonNotFound},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, sandbox.Options{NoScheduler: true}, func(t *testing.T, w *world) {
				test.change(w)
				_, err := w.Wake(t.Context(), w.member(), true)
				refused, ok := errors.AsType[*operator.RefusedError](err)
				if !ok || refused.Reason != test.reason || !strings.Contains(err.Error(), test.want) {
					t.Errorf("error %v, want %q in it", err, test.want)
				}
				if w.writes() > 0 {
					t.Errorf("%d writes", w.writes())
				}
			})
		})
	}
}

// TestWakeFails: with ECS's own words, whoever gives it up.
func TestWakeFails(t *testing.T) {
	for name, noReaper := range map[string]bool{"given up by the reaper": false, "by the clock": true} {
		t.Run(name, func(t *testing.T) {
			o := sandbox.Options{NoScheduler: noReaper, Plan: func(int) coreecs.Plan {
				return coreecs.Plan{FailStart: "CannotPullContainerError: no such image"}
			}}
			bubble(t, o, func(t *testing.T, w *world) {
				began := time.Now()
				_, err := w.Wake(t.Context(), w.member(), true)
				failed, ok := errors.AsType[*operator.FailedWakeError](err)
				if !ok || len(failed.Reasons) == 0 || !strings.Contains(failed.Reasons[0], "no such image") {
					t.Errorf("error %v, want ECS's reason first", err)
				}
				if took := time.Since(began); took < 4*time.Minute || took > 6*time.Minute+30*time.Second {
					t.Errorf("took %s; the wake timeout is 5m", took)
				}
			})
		})
	}
}

func TestWakeIsStoppedBySomebody(t *testing.T) {
	bubble(t, sandbox.Options{NoScheduler: true, TaskStart: 2 * time.Minute}, func(t *testing.T, w *world) {
		go func() {
			time.Sleep(15 * time.Second)
			w.update(&ecs.UpdateServiceInput{DesiredCount: new(int32(0))})
		}()
		_, err := w.Wake(t.Context(), w.member(), true)
		if _, ok := errors.AsType[*operator.FailedWakeError](err); !ok || !strings.Contains(err.Error(), "put it to sleep") {
			t.Errorf("error %v", err)
		}
	})
}

func TestWakeEndsWithItsContext(t *testing.T) {
	bubble(t, sandbox.Options{}, func(t *testing.T, w *world) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if _, err := w.Wake(ctx, w.member(), true); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	})
}
