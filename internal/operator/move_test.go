package operator_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/cutover"
	"github.com/catnap-dev/catnap/internal/operator"
	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/settings"
)

// ec2App is the application at EC2; sick, it fails its health check.
type ec2App struct {
	mu   sync.Mutex
	sick bool
}

func (a *ec2App) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.sick {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	sandbox.DemoEC2().ServeHTTP(w, r)
}

func (a *ec2App) set(sick bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sick = sick
}

// visitors come four times a second until they are stopped, and tell what they got.
type visitors struct {
	stop context.CancelFunc
	done sync.WaitGroup

	mu     sync.Mutex
	sides  []cutover.Side // in the order of the answers
	errors []string
}

func (w *world) visitors() *visitors {
	ctx, stop := context.WithCancel(w.t.Context())
	v := &visitors{stop: stop}
	v.done.Go(func() {
		for ; ctx.Err() == nil; time.Sleep(250 * time.Millisecond) {
			v.done.Go(func() { v.note(w.get()) })
		}
	})
	return v
}

func (v *visitors) note(status int, body string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case status != http.StatusOK:
		v.errors = append(v.errors, http.StatusText(status)+" "+body)
	case strings.Contains(body, "on EC2"):
		v.sides = append(v.sides, cutover.EC2)
	default:
		v.sides = append(v.sides, cutover.ECS)
	}
}

// leave ends the visits, and wants all of them answered, the first at one side and the last at the other.
func (v *visitors) leave(t *testing.T, first, last cutover.Side) {
	t.Helper()
	v.stop()
	v.done.Wait()
	if len(v.errors) > 0 {
		t.Errorf("%d errors beside %d answers, the first %s", len(v.errors), len(v.sides), v.errors[0])
	}
	if len(v.sides) < 10 || v.sides[0] != first || v.sides[len(v.sides)-1] != last {
		t.Errorf("%d answers, from %v", len(v.sides), v.sides)
	}
}

var (
	toECS = operator.Move{Action: "cutover", To: cutover.ECS}
	toEC2 = operator.Move{Action: "cutover", To: cutover.EC2}
	back  = operator.Move{Action: "rollback"}
)

// TestCutoverAndRollback is the rehearsal: under a stream of visitors the traffic goes to ECS and back, without an
// error and within 30 s plus what the other side needs to start. While EC2 has the traffic, ECS falls asleep and
// stays so.
func TestCutoverAndRollback(t *testing.T) {
	bubble(t, sandbox.Options{EC2: sandbox.DemoEC2()}, func(t *testing.T, w *world) {
		const start = 22 * time.Second // 20 s to RUNNING, and the first health check
		began, stream := time.Now(), w.visitors()
		outcome, err := w.Move(t.Context(), w.member(), toECS)
		if took := time.Since(began); err != nil || !outcome.Changed || took > 30*time.Second+start {
			t.Errorf("outcome %+v after %s, error %v", outcome, took, err)
		}
		time.Sleep(10 * time.Second)
		stream.leave(t, cutover.EC2, cutover.ECS)
		w.expect(policy.PhaseAwake)

		began, stream = time.Now(), w.visitors()
		outcome, err = w.Move(t.Context(), w.member(), back)
		if took := time.Since(began); err != nil || !outcome.Changed || took > 30*time.Second {
			t.Errorf("back: outcome %+v after %s, error %v", outcome, took, err)
		}
		if !w.heard("the traffic goes to ECS (since 2000-01-01T00:00:") {
			t.Errorf("not said since when: %q", w.said)
		}
		time.Sleep(10 * time.Second)
		stream.leave(t, cutover.ECS, cutover.EC2)
		w.ecsSleepsWhileEC2Serves()
	})
}

// ecsSleepsWhileEC2Serves: neither the waker nor the reaper touches the EC2 rule, and ECS costs nothing.
func (w *world) ecsSleepsWhileEC2Serves() {
	w.t.Helper()
	patterns, stream := w.ec2Patterns(), w.visitors()
	time.Sleep(10 * time.Minute)
	w.expect(policy.PhaseAsleep)
	if status, err := w.Status(w.t.Context(), w.member()); err != nil || status.Traffic.Side != cutover.EC2 {
		w.t.Errorf("traffic %+v, error %v", status.Traffic, err)
	}
	stream.leave(w.t, cutover.EC2, cutover.EC2)
	if got := w.ec2Patterns(); got != patterns || !strings.HasPrefix(got, "/* /.catnap/ec2/since/9466848") {
		w.t.Errorf("the EC2 rule was %s and is %s", patterns, got)
	}
}

func TestMoveToWhereItIs(t *testing.T) {
	bubble(t, sandbox.Options{EC2: sandbox.DemoEC2(), NoScheduler: true}, func(t *testing.T, w *world) {
		outcome, err := w.Move(t.Context(), w.member(), toEC2)
		want := "goes to EC2 already (since 2000-01-01T00:00:00Z"
		if err != nil || outcome.Changed || !strings.Contains(outcome.Message, want) {
			t.Errorf("outcome %+v, error %v", outcome, err)
		}
		if w.writes() > 0 {
			t.Errorf("%d writes", w.writes())
		}
	})
}

func TestMoveWithoutAnEC2Side(t *testing.T) {
	bubble(t, sandbox.Options{NoScheduler: true}, func(t *testing.T, w *world) {
		_, err := w.Move(t.Context(), w.member(), back)
		if _, ok := errors.AsType[*cutover.NoSideError](err); !ok {
			t.Errorf("error %v", err)
		}
	})
}

// TestMoveToSickEC2: is refused with what the load balancer says of the instances, unless nobody is to look.
func TestMoveToSickEC2(t *testing.T) {
	app := &ec2App{}
	bubble(t, sandbox.Options{EC2: app, NoScheduler: true}, func(t *testing.T, w *world) {
		if _, err := w.Move(t.Context(), w.member(), toECS); err != nil {
			t.Fatal(err)
		}
		app.set(true)
		time.Sleep(20 * time.Second)
		_, err := w.Move(t.Context(), w.member(), back)
		want := "rollback service: refused: EC2 could not answer: i-0123456789abcdef0 is unhealthy (Health checks failed " +
			"with these codes: [500])"
		if _, ok := errors.AsType[*operator.UnreadyError](err); !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v", err)
		}
		if got := w.ec2Patterns(); strings.Contains(got, "/*") {
			t.Errorf("switched to %s", got)
		}
		unchecked := back
		unchecked.Unchecked = true
		if outcome, err := w.Move(t.Context(), w.member(), unchecked); err != nil || !outcome.Changed {
			t.Errorf("unchecked: outcome %+v, error %v", outcome, err)
		}
		if got := w.ec2Patterns(); !strings.HasPrefix(got, "/* ") {
			t.Errorf("not switched: %s", got)
		}
	})
}

// TestMoveUncheckedToECS: when EC2 is lost, visitors meet the waiting page at once instead of errors.
func TestMoveUncheckedToECS(t *testing.T) {
	bubble(t, sandbox.Options{EC2: sandbox.DemoEC2(), NoScheduler: true}, func(t *testing.T, w *world) {
		began, order := time.Now(), toECS
		order.Unchecked = true
		if _, err := w.Move(t.Context(), w.member(), order); err != nil || time.Since(began) > time.Second {
			t.Errorf("error %v after %s", err, time.Since(began))
		}
		time.Sleep(3 * time.Second)
		if status, body := w.get(); status != http.StatusOK || strings.Contains(body, "on EC2") {
			t.Errorf("a client got %d %s; it is held until ECS answers", status, body)
		}
	})
}

func TestMoveToFrozenECSIsRefused(t *testing.T) {
	bubble(t, sandbox.Options{EC2: sandbox.DemoEC2(), NoScheduler: true}, func(t *testing.T, w *world) {
		w.SSM.Set("/catnap/freeze", `{"until": "2001-01-01T00:00:00Z"}`)
		_, err := w.Move(t.Context(), w.member(), toECS)
		refused, ok := errors.AsType[*operator.RefusedError](err)
		if !ok || refused.Reason != policy.ReasonFrozen || w.writes() > 0 {
			t.Errorf("error %v, %d writes", err, w.writes())
		}
	})
}

// losing is a switch at whose moment the other side is lost.
type losing struct {
	*cutover.Switch
	lose func()
	once sync.Once
}

func (l *losing) To(ctx context.Context, svc settings.Service, to cutover.Side) error {
	l.once.Do(l.lose)
	return l.Switch.To(ctx, svc, to)
}

// TestMoveIsUndone: when the other side is lost at the moment of the switch, the traffic goes back.
func TestMoveIsUndone(t *testing.T) {
	app := &ec2App{}
	bubble(t, sandbox.Options{EC2: app, NoScheduler: true}, func(t *testing.T, w *world) {
		if _, err := w.Move(t.Context(), w.member(), toECS); err != nil {
			t.Fatal(err)
		}
		w.attend(asItIs, func(s *cutover.Switch) sides {
			return &losing{Switch: s, lose: func() {
				app.set(true)
				time.Sleep(20 * time.Second)
			}}
		})
		_, err := w.Move(t.Context(), w.member(), toEC2)
		want := "EC2 lost its last healthy target at the moment of the switch, so the traffic is back at ECS"
		if _, ok := errors.AsType[*operator.UnreadyError](err); !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v", err)
		}
		if got := w.ec2Patterns(); strings.Contains(got, "/*") {
			t.Errorf("the rule is %s", got)
		}
	})
}

// contested is a switch that somebody else takes back.
type contested struct{ *cutover.Switch }

func (c contested) To(ctx context.Context, svc settings.Service, to cutover.Side) error {
	if err := c.Switch.To(ctx, svc, to); err != nil {
		return err
	}
	return c.Switch.To(ctx, svc, to.Other())
}

func TestMoveIsContested(t *testing.T) {
	bubble(t, sandbox.Options{EC2: sandbox.DemoEC2(), NoScheduler: true}, func(t *testing.T, w *world) {
		if _, err := w.Move(t.Context(), w.member(), toECS); err != nil {
			t.Fatal(err)
		}
		w.attend(asItIs, func(s *cutover.Switch) sides { return contested{s} })
		_, err := w.Move(t.Context(), w.member(), toEC2)
		if err == nil || !strings.Contains(err.Error(), "somebody else moved the traffic back") {
			t.Errorf("error %v", err)
		}
	})
}

func TestMoveAsksFirst(t *testing.T) {
	bubble(t, sandbox.Options{EC2: sandbox.DemoEC2(), NoScheduler: true}, func(t *testing.T, w *world) {
		declined := errors.New("declined")
		var question string
		w.Ask = func(q string) error {
			question = q
			return declined
		}
		order := toECS
		order.Unchecked = true
		_, err := w.Move(t.Context(), w.member(), order)
		want := "Move the traffic of service from EC2 (since 2000-01-01T00:00:00Z, 5s ago) to ECS WITHOUT LOOKING"
		if !errors.Is(err, declined) || w.writes() > 0 || !strings.HasPrefix(question, want) {
			t.Errorf("error %v, %d writes, asked %q", err, w.writes(), question)
		}
	})
}
