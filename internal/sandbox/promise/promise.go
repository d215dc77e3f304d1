// Package promise holds a deployment that runs in a sandbox to what catnap promises, in the product's own words: it
// starts at zero, a request wakes it, the page gives way to the application, quiet puts it back to zero. And it makes
// the functions do everything that they can do, so that what their roles allow can be compared with what they need.
//
// It has no tests of its own but those of the deployments; whoever deploys catnap in another way can use it, too. It
// does not look into the functions: it sends requests, waits, and looks at AWS.
package promise

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/catnap-dev/catnap/internal/policy"
	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/sandbox/network"
)

// InMemory returns the options of a sandbox without sockets, as a testing/synctest bubble needs it.
func InMemory(o sandbox.Options) sandbox.Options {
	o.Network = &network.Memory{}
	o.Listen = "alb:80"
	return o
}

// AsDocumented returns options with the delays of the command line's defaults.
func AsDocumented() sandbox.Options {
	return sandbox.Options{
		MetricLag: time.Minute, Latency: 20 * time.Millisecond, Spread: 2 * time.Second, Stale: time.Second,
		Jitter: 5 * time.Second, Seed: 1,
	}
}

// Run runs a sandbox for as long as use takes, and ends it.
func Run(ctx context.Context, o sandbox.Options, use func(ctx context.Context, box *sandbox.Sandbox) error) error {
	box, err := sandbox.New(ctx, o)
	if err != nil {
		return err
	}
	inside, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- box.Run(inside) }()
	used := use(ctx, box)
	stop()
	if err := <-ended; err != nil && used == nil {
		return err
	}
	return used
}

// Terms are what differs between deployments.
type Terms struct {
	Idle time.Duration // after which quiet puts it to sleep; zero means 5 min
	// Slack is what may be late. In real time, ten times as fast, a machine that is busy elsewhere loses seconds. Zero
	// means a second.
	Slack time.Duration
	// Settle is how long the service may run at first: a new one that CloudFormation makes has a task. Zero means 10 s.
	Settle time.Duration
	Host   string // of the requests; empty means the load balancer's address
}

func (t Terms) filled() Terms {
	defaultTo(&t.Idle, 5*time.Minute)
	defaultTo(&t.Slack, time.Second)
	defaultTo(&t.Settle, 10*time.Second)
	return t
}

func defaultTo(field *time.Duration, value time.Duration) {
	if *field == 0 {
		*field = value
	}
}

// Keep returns what is not as promised; a role that does not allow what its function did is, too, even if nobody
// noticed. The demo application must run in the sandbox.
func Keep(ctx context.Context, box *sandbox.Sandbox, terms Terms) error {
	t := terms.filled()
	v := newVisitor(ctx, box, t.Host)
	defer v.leave()
	for _, step := range []struct {
		name string
		keep func(Terms) error
	}{
		{"it starts at zero", v.startsAtZero},
		{"a request wakes it", v.aRequestWakesIt},
		{"the page gives way to the application", v.thePageGivesWay},
		{"quiet puts it back to zero", v.quietPutsItBack},
		{"a late visitor finds it", v.aLateVisitorFindsIt},
	} {
		if err := step.keep(t); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	if denied := box.Access().Denied(); len(denied) > 0 {
		return fmt.Errorf("roles deny %s", denied)
	}
	return nil
}

func (v *visitor) startsAtZero(t Terms) error {
	v.pass(t.Settle)
	seen := v.observe()
	if phase := seen.Phase(v.box.Clock.Now()); v.err == nil && (seen.Desired != 0 || phase != policy.PhaseAsleep) {
		return fmt.Errorf("the desired count is %d, the phase %s", seen.Desired, phase)
	}
	return v.err
}

func (v *visitor) aRequestWakesIt(Terms) error {
	if page := v.browse("/docs?chapter=2"); !page.isPage() {
		return v.or("a browser got %s, not the waiting page", page)
	}
	held := v.get("/api/echo?a=1")
	if held.status != http.StatusOK || !strings.Contains(held.body, `"uri":"/api/echo?a=1"`) {
		return v.or("curl got %s, not the application's own answer", held)
	}
	return v.err
}

func (v *visitor) thePageGivesWay(t Terms) error {
	a := v.browse("/docs?chapter=2")
	if a.status != http.StatusOK || !strings.Contains(a.body, "The application is awake") {
		return v.or("the browser got %s, not the application", a)
	}
	return v.until(policy.PhaseAwake, 10*time.Second+t.Slack)
}

func (v *visitor) quietPutsItBack(t Terms) error {
	v.pass(t.Idle - time.Minute)
	if seen := v.observe(); v.err == nil && seen.Desired != 1 {
		return fmt.Errorf("it is stopped within %s of a request", t.Idle-time.Minute)
	}
	return v.until(policy.PhaseAsleep, 70*time.Second+t.Slack)
}

func (v *visitor) aLateVisitorFindsIt(t Terms) error {
	v.pass(time.Minute)
	if a := v.get("/api/echo"); a.status != http.StatusOK {
		return v.or("the second wake answered %s", a)
	}
	v.pass(t.Idle - t.Slack)
	if a := v.browse("/"); a.status != http.StatusOK {
		return v.or("%s after the wake a browser got %s, not the application", t.Idle-t.Slack, a)
	}
	return v.err
}
