package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"time"

	"github.com/catnap-dev/catnap/internal/account"
	"github.com/catnap-dev/catnap/internal/cutover"
	"github.com/catnap-dev/catnap/internal/dryrun"
	"github.com/catnap-dev/catnap/internal/ecsctl"
	"github.com/catnap-dev/catnap/internal/evidence"
	"github.com/catnap-dev/catnap/internal/operator"
	"github.com/catnap-dev/catnap/internal/settings"
	"github.com/catnap-dev/catnap/internal/traffic"
)

// accessFlags are those of every command that has to do with AWS.
type accessFlags struct {
	EndpointURL string `name:"endpoint-url" group:"aws" placeholder:"URL" help:"Call AWS there, a sandbox for instance. Default: AWS_ENDPOINT_URL, or AWS's own addresses."`
	Region      string `group:"aws" placeholder:"NAME" help:"Default: AWS_REGION, or the profile's."`
	Profile     string `group:"aws" placeholder:"NAME" help:"Of AWS's configuration files. Default: AWS_PROFILE."`
}

// awsFlags are those of every command that calls AWS.
type awsFlags struct {
	accessFlags
	Prefix  string        `group:"aws" default:"/catnap" env:"CATNAP_PREFIX" placeholder:"PATH" help:"Where catnap's SSM parameters begin. Services are found below it, and one level lower."`
	Timeout time.Duration `placeholder:"DURATION" help:"How long the whole command may take. Default: as long as its steps need."`
	outputFlag
}

// outputFlag is of every command that prints a document.
type outputFlag struct {
	Output string `short:"o" default:"text" enum:"text,json" help:"Form of the output: text or json."`
}

// dryRunFlag is of every command that changes something.
type dryRunFlag struct {
	DryRun bool `help:"Make no call that writes, and show each with its parameters."`
}

// yesFlag is of every command that asks before it stops or moves something.
type yesFlag struct {
	Yes bool `short:"y" help:"Ask nothing."`
}

// serviceArg is of every command about one service.
type serviceArg struct {
	Service string `arg:"" optional:"" help:"The service's name in catnap's settings. Not needed when there is only one."`
}

// servicesArg is that of a command about one service or all.
type servicesArg struct {
	Service string `arg:"" optional:"" help:"The service's name in catnap's settings. Default: all services."`
}

var prefixes = regexp.MustCompile(`^(/[a-zA-Z0-9_.-]+)+$`)

// Validate is called by kong after parsing.
func (f *awsFlags) Validate() error {
	switch {
	case !prefixes.MatchString(f.root()):
		return fmt.Errorf("--prefix %q must be a path like \"/catnap\"", f.Prefix)
	case f.Timeout < 0:
		return fmt.Errorf("--timeout %s must be over 0s", f.Timeout)
	}
	return nil
}

// root is where the parameters begin. An empty variable is none, as it is to the functions.
func (f *awsFlags) root() string { return cmp.Or(f.Prefix, "/catnap") }

// session is one command's work with AWS.
type session struct {
	*account.Account
	Fleet    settings.Fleet
	Control  *ecsctl.Controller
	Operator *operator.Operator

	term *terminal
	json bool
}

// within ends the context with --timeout.
func (f *awsFlags) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if f.Timeout == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, f.Timeout)
}

// open connects to AWS and finds the services. In a dry run the calls that write are shown and not made.
func (f *awsFlags) open(ctx context.Context, term *terminal, dryRun bool) (*session, error) {
	if !dryRun {
		return f.connect(ctx, term, nil)
	}
	show := func(c dryrun.Call) { showCall(term.stdout, f.Output == outputJSON, c) }
	s, err := f.connect(ctx, term, dryrun.New(show))
	if err == nil {
		s.Operator.Pretend = true
	}
	return s, err
}

// pick is open for a command about one service, whose name may be empty if there is only one.
func (f *awsFlags) pick(
	ctx context.Context, term *terminal, service string, dryRun bool,
) (*session, settings.Member, error) {
	s, err := f.open(ctx, term, dryRun)
	if err != nil {
		return nil, settings.Member{}, err
	}
	member, err := s.Fleet.Pick(service)
	return s, member, err
}

func (f *awsFlags) connect(ctx context.Context, term *terminal, dry *dryrun.Recorder) (*session, error) {
	options := account.Options{EndpointURL: f.EndpointURL, Region: f.Region, Profile: f.Profile, Now: time.Now}
	if dry != nil {
		options.Front = dry.Attach
	}
	a, err := account.Open(ctx, options)
	if err != nil {
		return nil, &usageError{err}
	}
	fleet, err := settings.Discover(ctx, a.SSM, f.root(), a.Now)
	if err != nil {
		return nil, err
	}
	return f.session(term, a, fleet), nil
}

func (f *awsFlags) session(term *terminal, a *account.Account, fleet settings.Fleet) *session {
	control := ecsctl.New(a.ECS, a.ELB, a.Now)
	gatherer := evidence.New(traffic.NewReader(a.CloudWatch), control, a.Now)
	o := operator.New(control, gatherer, cutover.New(a.ELB, a.Now), a.Now)
	o.Say = func(line string) { fmt.Fprintln(term.stderr, line) }
	return &session{Account: a, Fleet: fleet, Control: control, Operator: o, term: term, json: f.Output == outputJSON}
}

const outputJSON = "json"

// print writes a document: as JSON, or as the text that it has for people.
func (s *session) print(document any, text func(now time.Time, zone *time.Location) string) error {
	if s.json {
		return printJSON(s.term.stdout, document)
	}
	fmt.Fprint(s.term.stdout, text(s.Now(), time.Local))
	return nil
}

func printJSON(out io.Writer, document any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	if err := e.Encode(document); err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	return nil
}

// showCall writes a call that a dry run does not make.
func showCall(out io.Writer, asJSON bool, c dryrun.Call) {
	if asJSON {
		_ = printJSON(out, map[string]dryrun.Call{"not_made": c}) // what is in it came from JSON
		return
	}
	parameters, _ := json.MarshalIndent(c.Parameters, "  ", "  ") // likewise
	fmt.Fprintf(out, "not made: %s %s\n  %s\n", c.Service, c.Operation, parameters)
}
