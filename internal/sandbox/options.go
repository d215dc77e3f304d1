package sandbox

import (
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/price"
	"github.com/catnap-dev/catnap/internal/sandbox/awsapi"
	"github.com/catnap-dev/catnap/internal/sandbox/billing"
	"github.com/catnap-dev/catnap/internal/sandbox/ecs"
	"github.com/catnap-dev/catnap/internal/sandbox/network"
	"github.com/catnap-dev/catnap/internal/settings"
)

// Options are what a sandbox may be told. The zero value is a sandbox in real time on loopback sockets.
type Options struct {
	Clock   clock.Clock
	Network network.Network // nil means TCP
	Listen  string          // of the load balancer; empty means 127.0.0.1 and a free port
	App     ecs.App         // nil means the demo application
	Log     *slog.Logger    // nil drops everything

	// EC2 is the same application on an EC2 instance, beside ECS and with the traffic at first; nil means that there is
	// none. It is checked at the demo application's health path.
	EC2 http.Handler

	HealthPath    string // of the target group's health check; empty means the demo application's
	HealthMatcher string // the codes that it takes for healthy; empty means 200

	TaskStart time.Duration // of a task, to RUNNING; zero means 20 s
	MetricLag time.Duration // of CloudWatch; zero means that metrics are there at once
	Latency   time.Duration // of each AWS call
	Spread    time.Duration // of a rule change
	Stale     time.Duration // age of ECS reads, at the most
	Jitter    time.Duration // of the scheduler, at the most

	// Lag overrides MetricLag by metric and minute; nil means MetricLag for all.
	Lag func(metric string, minute time.Time) time.Duration
	// Document is the service's settings as JSON, without the names of what the sandbox deploys; empty means the
	// defaults.
	Document []byte
	// Settings changes the service's settings before they are stored; nil leaves them.
	Settings func(*settings.Service)
	// Plan decides the fate of the n-th task; nil means that all go well.
	Plan func(n int) ecs.Plan
	// Faults are injected into AWS calls; nil injects none.
	Faults *awsapi.Faults
	// AWSListen is where the sandbox's AWS is to be reached by SDKs and the AWS CLI; empty means nowhere, unless the
	// functions are processes, which reach it on a free port.
	AWSListen string
	// Binaries is a folder with NAME/bootstrap of each function: they run as processes, in real time. Empty means that
	// the functions run in this process.
	Binaries string
	// Output takes what processes write; nil drops it.
	Output io.Writer
	// Template is deployed in place of the sandbox's own deployment, and its functions are held to their roles; nil means
	// the sandbox's own.
	Template *Template
	// WakerConcurrency is the waker's reserved concurrency; zero means an account's share, 1000.
	WakerConcurrency int
	// Budget is what a month may cost, in USD; zero means that there is no budget.
	Budget float64
	// Bill is how the account is billed, beside what runs here: Rates are left to the price list.
	Bill billing.Options
	// Task is the size of a task, for its price; the zero value means a quarter of a vCPU with 512 MiB. There is no Spot.
	Task price.Task
	// GuardAfter is the time to the cost guard's first run, from which its hours count; zero means that it runs at once.
	GuardAfter time.Duration
	// NoScheduler leaves out the schedules: the caller of Reap has the reaper, that of Guard the cost guard.
	NoScheduler bool
	Seed        uint64
}

func (o Options) withDefaults() Options {
	if o.Network == nil {
		o.Network = &network.TCP{}
	}
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if o.App == nil {
		o.App = Demo(o.Network, o.Clock)
	}
	if o.HealthPath == "" {
		o.HealthPath = healthPath
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Lag == nil {
		o.Lag = func(string, time.Time) time.Duration { return o.MetricLag }
	}
	return o
}
