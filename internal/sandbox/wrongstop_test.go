package sandbox_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
	"github.com/catnap-dev/catnap/internal/sandbox/network"
)

// TestNoWrongStop draws visits, delays and faults at random and holds the whole of catnap to what must hold whatever
// happens: nobody meets an error that catnap has caused, no task goes away under a request, nothing is stopped that
// somebody has just used, and when the faults end all is as it should be within two passes of the reaper.
//
// Lives are drawn by number, so that a failure can be looked at again with -life. It does not always come again: which
// of two calls made at the same time is first is the Go scheduler's choice, as it is AWS's. For a long search there is
// make soak.
func TestNoWrongStop(t *testing.T) {
	t.Parallel()
	lives := *livesFlag
	if underRace {
		lives /= 6
	}
	drawn := rapid.Custom(drawLife)
	for n := *lifeFlag; n < *lifeFlag+lives; n++ {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			l := drawn.Example(n)
			synctest.Test(t, func(t *testing.T) {
				t.Helper()
				if err := l.live(t); err != nil {
					t.Errorf("%v\n%s", err, strings.Join(l.journal, "\n"))
				}
			})
		})
	}
}

var (
	livesFlag = flag.Int("lives", 60, "how many lives TestNoWrongStop draws; a sixth of it with the race detector")
	lifeFlag  = flag.Int("life", 0, "the number of the first of them")
)

// life is one drawn course of events.
type life struct {
	options sandbox.Options
	visits  []visit
	faulty  float64 // share of calls that go wrong
	dying   float64 // share of calls before which the function dies

	mu      sync.Mutex
	random  *rand.Rand
	calm    bool // no more faults
	deaths  int
	served  time.Time // when the application last answered
	excused time.Time // when a request was last let through without a word in the rule, because AWS took none
	journal []string
}

type visit struct {
	after  time.Duration
	kind   string
	crowd  int
	lasts  time.Duration // how long the application takes
	browse bool
}

func drawLife(r *rapid.T) *life {
	seconds := func(label string, most int) time.Duration {
		return time.Duration(rapid.IntRange(0, most*1000).Draw(r, label)) * time.Millisecond
	}
	l := &life{
		faulty: rapid.SampledFrom([]float64{0, 0, 0.02, 0.1}).Draw(r, "faulty"),
		dying:  rapid.SampledFrom([]float64{0, 0, 0.02}).Draw(r, "dying"),
	}
	seed := rapid.Uint64().Draw(r, "seed")
	l.random = rand.New(rand.NewPCG(seed, 7))
	base := seconds("lag", 200)
	l.options = sandbox.Options{
		TaskStart: time.Second + seconds("task start", 30), Latency: seconds("latency", 1) / 2, Stale: seconds("stale", 3),
		Spread: seconds("spread", 15), Jitter: seconds("jitter", 20) + time.Millisecond, Seed: seed,
		Lag: func(_ string, minute time.Time) time.Duration {
			return base + time.Duration(minute.Unix()/60*7919%40)*time.Second
		},
		Faults: &awsapi.Faults{Hook: l.fault},
	}
	for range rapid.IntRange(1, 6).Draw(r, "visits") {
		pause := time.Duration(rapid.SampledFrom([]int{0, 1, 40, 150, 240, 300}).Draw(r, "after")) * time.Second
		l.visits = append(l.visits, visit{
			after:  pause + seconds("more", 70),
			browse: rapid.Bool().Draw(r, "browse"), kind: rapid.SampledFrom([]string{"GET", "POST"}).Draw(r, "method"),
			crowd: rapid.IntRange(1, 3).Draw(r, "crowd"), lasts: seconds("lasts", 8),
		})
	}
	return l
}

// fault decides what becomes of a call.
func (l *life) fault(context.Context, string, int) awsapi.Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.calm {
		return awsapi.Fault{}
	}
	if l.random.Float64() < l.dying {
		l.deaths++
		return awsapi.Fault{Kind: awsapi.FaultDie}
	}
	if l.random.Float64() >= l.faulty {
		return awsapi.Fault{}
	}
	kinds := []awsapi.FaultKind{
		awsapi.FaultFail, awsapi.FaultThrottle, awsapi.FaultLost, awsapi.FaultRepeat, awsapi.FaultNone,
	}
	delay := time.Duration(l.random.IntN(3000)) * time.Millisecond
	return awsapi.Fault{Kind: kinds[l.random.IntN(len(kinds))], Delay: delay}
}

func (l *life) live(t *testing.T) (err error) {
	t.Helper()
	o := l.options
	memory := &network.Memory{}
	o.Network, o.Listen = memory, "alb:80"
	o.App = sandbox.Handler{Network: memory, Serve: http.HandlerFunc(l.application)}
	o.Log = slog.New(slog.NewTextHandler(lines{l}, nil))
	start(t, o, func(w *world) {
		watching, stop := context.WithCancel(w.t.Context())
		watched := make(chan error, 1)
		go func() { watched <- l.watch(watching, w) }()
		err = errors.Join(l.visitAll(w), l.converges(w))
		stop()
		err = errors.Join(err, <-watched)
	})
	return err
}

type lines struct{ l *life }

func (w lines) Write(p []byte) (int, error) {
	w.l.mu.Lock()
	defer w.l.mu.Unlock()
	if strings.Contains(string(p), "handed over while armed") {
		w.l.excused = time.Now()
	}
	w.l.journal = append(w.l.journal, time.Now().Format("15:04:05.000 ")+strings.TrimSpace(string(p)))
	return len(p), nil
}

// application answers after the time that the visitor asks for. A health check asks for none.
func (l *life) application(w http.ResponseWriter, r *http.Request) {
	lasts, err := time.ParseDuration(r.Header.Get("Lasts"))
	if err == nil {
		time.Sleep(lasts)
		l.mu.Lock()
		l.served = time.Now()
		l.mu.Unlock()
	}
	fmt.Fprintln(w, "application")
}

// watch looks for a stop of what was in use: the desired count at zero, and not back within the protocol's second look,
// less than 240 s after the application last answered.
func (l *life) watch(ctx context.Context, w *world) error {
	for stopped := time.Duration(0); w.Clock.Wait(ctx, time.Second) == nil; {
		seen, err := w.Observe(ctx)
		if err != nil {
			return nil //nolint:nilerr // the sandbox has ended
		}
		if seen.Desired > 0 {
			stopped = 0
			continue
		}
		l.mu.Lock()
		quiet := time.Since(l.served) - stopped
		used := !l.served.IsZero() && l.served.Sub(l.excused) > time.Minute
		l.mu.Unlock()
		if stopped += time.Second; used && stopped == 20*time.Second && quiet > 0 && quiet < 220*time.Second {
			return fmt.Errorf("%s: stopped %s after the application answered", time.Now().Format(time.TimeOnly), quiet)
		}
	}
	return nil
}

func (l *life) visitAll(w *world) error {
	var group sync.WaitGroup
	var errs []error
	w.pass(time.Second)
	for _, v := range l.visits {
		w.pass(v.after)
		for range v.crowd {
			group.Go(func() {
				if err := l.visit(w, v); err != nil {
					l.mu.Lock()
					errs = append(errs, err)
					l.mu.Unlock()
				}
			})
		}
	}
	group.Wait()
	return errors.Join(errs...)
}

func (l *life) visit(w *world, v visit) error {
	headers := []string{"Lasts", v.lasts.String()}
	if v.browse && v.kind == http.MethodGet {
		headers = append(headers, "Sec-Fetch-Mode", "navigate", "Accept", "text/html")
	}
	began := time.Now()
	a, err := w.try(v.kind, "/", "", headers...)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.journal = append(l.journal, fmt.Sprintf("%s visit of %s: %d after %s %.80q", time.Now().Format("15:04:05.000"),
		began.Format("15:04:05"), a.status, a.took, a.body))
	if l.allowed(a, v) {
		return nil
	}
	return fmt.Errorf("%s: a visitor of %s got %d (%s) %.200q", time.Now().Format(time.TimeOnly),
		began.Format(time.TimeOnly), a.status, a.header.Get("Server"), a.body)
}

// allowed tells whether an answer may be: the application's, the page for a browser's navigation, the end of a held
// request's patience, or the load balancer's 502 for a function that died.
func (l *life) allowed(a answer, v visit) bool {
	switch {
	case a.status == http.StatusOK && a.body == "application\n", a.status == http.StatusTemporaryRedirect:
		return true
	case a.isPage():
		return v.browse
	case a.status == http.StatusServiceUnavailable && strings.Contains(a.body, "Still starting"):
		return a.took > 50*time.Second
	default:
		return a.status == http.StatusBadGateway && l.deaths > 0 && a.header.Get("Server") == "awselb/2.0"
	}
}

// converges lets the faults end and looks at what is left after two passes, after a quiet while, and at a last visit.
func (l *life) converges(w *world) error {
	l.mu.Lock()
	l.calm = true
	l.mu.Unlock()
	w.pass(150 * time.Second)
	if seen := w.observe(); !seen.Rule.Armed && (seen.Desired == 0 || seen.Healthy == 0) || seen.Rule.Mark.Since.IsZero() {
		return fmt.Errorf("%s: not healed after two passes: %+v", time.Now().Format(time.TimeOnly), seen)
	}
	w.pass(20 * time.Minute)
	if phase := w.phase(); phase != policy.PhaseAsleep {
		return fmt.Errorf("%s: %s after 20 quiet minutes: %+v", time.Now().Format(time.TimeOnly), phase, w.observe())
	}
	if a := w.get("/", "Lasts", "0s"); a.status != http.StatusOK {
		return fmt.Errorf("the last visitor got %d %q", a.status, a.body)
	}
	return nil
}
