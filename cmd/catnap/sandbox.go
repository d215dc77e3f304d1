package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/catnap-dev/catnap/internal/clock"
	"github.com/catnap-dev/catnap/internal/console"
	"github.com/catnap-dev/catnap/internal/sandbox"
	"github.com/catnap-dev/catnap/internal/settings"
)

type sandboxCmd struct {
	Listen     string        `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Address of the load balancer."`
	Speed      float64       `default:"1" help:"How many times as fast as the wall the sandbox's time runs."`
	TaskStart  time.Duration `default:"20s" help:"Time a task takes to RUNNING."`
	MetricLag  time.Duration `default:"60s" help:"How late CloudWatch's metrics are."`
	IdleAfter  time.Duration `placeholder:"DURATION" help:"Quiet for this long: the service is put to sleep. Default: 5m, or what the settings say."`
	Settings   string        `type:"path" placeholder:"FILE" help:"Settings of the service, as SSM keeps them, in JSON: who wakes it, how its page looks. Without the names of resources."`
	HealthPath string        `placeholder:"PATH" help:"Path of the target group's health check. Default: / for a command, where any answer below 500 is healthy, and /api/health for the demo."`
	AWSListen  string        `name:"aws-listen" placeholder:"HOST:PORT" help:"Address at which AWS SDKs and the AWS CLI call the sandbox: set AWS_ENDPOINT_URL to it."`
	EC2        bool          `name:"ec2" help:"Run the application on an EC2 instance as well, which has the traffic at first: to rehearse catnap cutover."`
	Functions  string        `default:"in-process" enum:"in-process,process" help:"Run the functions in-process, or as processes: the built binaries, as Lambda runs them (${enum})."`
	Binaries   string        `default:"dist/host" type:"path" placeholder:"DIR" help:"Where the binaries are: DIR/waker/bootstrap, and those of reaper and costguard. make build-host puts them into dist/host."`
	budgetFlags
	LogFormat string   `default:"text" enum:"text,json" help:"Form of the event lines: text or json."`
	Command   []string `arg:"" optional:"" passthrough:"partial" name:"command" help:"After --: the application to run in the tasks. It must serve HTTP on the port in PORT. Default: a built-in demo."`
}

// Help explains what the flags do not.
func (*sandboxCmd) Help() string {
	return "Prints \"ready http://...\" when it serves, then a line an event. Ends on SIGINT and SIGTERM."
}

// Limits of the flags: beyond these the sandbox would not show what AWS does.
const (
	maxSpeed     = 100
	maxTaskStart = 15 * time.Minute
	maxMetricLag = 15 * time.Minute
)

// Validate is called by kong after parsing.
func (c *sandboxCmd) Validate() error {
	switch {
	case c.Speed <= 0 || c.Speed > maxSpeed:
		return fmt.Errorf("--speed %v must be over 0 and at most %d", c.Speed, maxSpeed)
	case c.TaskStart <= 0 || c.TaskStart > maxTaskStart:
		return fmt.Errorf("--task-start %s must be over 0s and at most %s", c.TaskStart, maxTaskStart)
	case c.MetricLag < 0 || c.MetricLag > maxMetricLag:
		return fmt.Errorf("--metric-lag %s must be 0s to %s", c.MetricLag, maxMetricLag)
	case c.IdleAfter != 0 && (c.IdleAfter < 2*time.Minute || c.IdleAfter > 12*time.Hour):
		return fmt.Errorf("--idle-after %s must be 2m to 12h", c.IdleAfter)
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("--listen %q must be HOST:PORT", c.Listen)
	}
	if _, _, err := net.SplitHostPort(c.AWSListen); c.AWSListen != "" && err != nil {
		return fmt.Errorf("--aws-listen %q must be HOST:PORT", c.AWSListen)
	}
	if err := c.checkBudget(); err != nil {
		return err
	}
	if c.Functions == processes && c.Speed != 1 {
		return fmt.Errorf("--speed %v must be 1 with --functions process: processes have the wall's clock", c.Speed)
	}
	return nil
}

const processes = "process"

// Run runs the sandbox until ctx ends.
func (c *sandboxCmd) Run(ctx context.Context, term *terminal) error {
	clk := clock.New(time.Now(), c.Speed)
	log := slog.New(console.New(term.stdout, clk, c.form(term.stdout)))
	options, err := c.options(clk, log, term.stderr)
	if err != nil {
		return &usageError{err}
	}
	box, err := sandbox.New(ctx, options)
	if err != nil {
		return &usageError{err}
	}
	if url := box.AWSURL(); url != "" {
		fmt.Fprintln(term.stdout, "aws", url)
	}
	fmt.Fprintln(term.stdout, "ready", box.URL())
	c.tellBudget(log, options)
	return box.Run(ctx)
}

func (c *sandboxCmd) form(out io.Writer) console.Form {
	switch {
	case c.LogFormat == "json":
		return console.JSON
	case console.Colourful(out, os.Getenv):
		return console.Colour
	default:
		return console.Plain
	}
}

func (c *sandboxCmd) options(clk clock.Clock, log *slog.Logger, taskOutput io.Writer) (sandbox.Options, error) {
	options := sandbox.Options{
		Clock: clk, Listen: c.Listen, Log: log, HealthPath: c.HealthPath,
		TaskStart: c.TaskStart, MetricLag: c.MetricLag, AWSListen: c.AWSListen, Output: taskOutput,
		Latency: 20 * time.Millisecond, Spread: 2 * time.Second, Stale: time.Second, Jitter: 5 * time.Second,
	}
	if c.EC2 {
		options.EC2 = sandbox.DemoEC2()
	}
	c.setBudget(&options)
	if err := c.readSettings(&options); err != nil {
		return options, err
	}
	if err := c.findBinaries(&options); err != nil {
		return options, err
	}
	if len(c.Command) > 0 && c.Command[0] == "--" {
		c.Command = c.Command[1:]
	}
	if len(c.Command) == 0 {
		return options, nil
	}
	path, err := exec.LookPath(c.Command[0])
	if err != nil {
		return options, fmt.Errorf("find command %q: %w", c.Command[0], err)
	}
	if options.HealthPath == "" {
		options.HealthPath, options.HealthMatcher = "/", "200-499"
	}
	options.App = sandbox.Command{Args: append([]string{path}, c.Command[1:]...), Output: taskOutput, Clock: clk}
	return options, nil
}

// findBinaries looks before the sandbox starts: a function that is not there would be a 502 for every visitor.
func (c *sandboxCmd) findBinaries(options *sandbox.Options) error {
	if c.Functions != processes {
		return nil
	}
	for _, name := range []string{"waker", "reaper", "costguard"} {
		file := filepath.Join(c.Binaries, name, "bootstrap")
		if _, err := os.Stat(file); err != nil {
			return fmt.Errorf("find the built %s: %w (make build-host builds it)", name, err)
		}
	}
	options.Binaries = c.Binaries
	return nil
}

// readSettings takes the file, and the flag before the file.
func (c *sandboxCmd) readSettings(options *sandbox.Options) (err error) {
	if c.Settings != "" {
		if options.Document, err = os.ReadFile(c.Settings); err != nil {
			return fmt.Errorf("read settings: %w", err)
		}
	}
	if c.IdleAfter != 0 {
		options.Settings = func(s *settings.Service) {
			s.IdleAfter = settings.Duration(c.IdleAfter)
			s.DrowsyAfter = max(s.IdleAfter/2, settings.Duration(time.Minute))
		}
	}
	return nil
}
