package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/catnap-dev/catnap/internal/report"
)

// orderFlags say until when an order holds, and why.
type orderFlags struct {
	Until  string `placeholder:"TIME" xor:"until" help:"Until when, an RFC 3339 time like 2026-01-31T18:00:00Z."`
	For    string `placeholder:"DURATION" xor:"until" help:"For how long: 8h, 90m, 2d."`
	Reason string `required:"" placeholder:"TEXT" help:"Why, for whoever wonders later. Visitors never see it."`
}

// longestReason leaves room in a parameter, which holds 4 KB.
const longestReason = 500

// order reads the flags. The zero value means that no time was given.
func (f *orderFlags) order() (order pinOrder, err error) {
	switch {
	case strings.TrimSpace(f.Reason) == "" || len(f.Reason) > longestReason:
		err = fmt.Errorf("read --reason: must have 1 to %d characters", longestReason)
	case f.Until != "":
		order.until, err = parseTime(f.Until)
	case f.For != "":
		order.length, err = parseLength(f.For)
	}
	return order, err
}

type freezeCmd struct {
	awsFlags
	dryRunFlag
	yesFlag
	orderFlags
	servicesArg
}

// Help explains what the flags do not.
func (*freezeCmd) Help() string {
	return "Nothing is woken until then, whoever asks, and what runs is put to sleep in the safe order within two " +
		"minutes:\n\n" +
		"  catnap freeze --for 2d --reason \"the bill\"\n\n" +
		"  catnap freeze web --until 2026-01-31T18:00:00Z --reason \"a loop\"\n\n" +
		"Visitors are told that it is paused, and until when. A freeze is never shortened: catnap thaw ends it."
}

var errNoEnd = errors.New("read flags: --until or --for must be given: a freeze has an end")

// Run freezes one service, or all.
func (c *freezeCmd) Run(ctx context.Context, term *terminal) error {
	order, err := c.order()
	if err == nil && order == (pinOrder{}) {
		err = errNoEnd
	}
	if err != nil {
		return &usageError{err}
	}
	ctx, cancel := c.within(ctx)
	defer cancel()
	s, until, err := c.openUntil(ctx, term, c.DryRun, order)
	if err != nil {
		return err
	}
	s.Operator.Ask = term.ask(ctx, c.Yes)
	outcome, err := s.freeze(ctx, c.Service, until, c.Reason)
	if err != nil {
		return err
	}
	return s.print(outcome, outcome.Text)
}

// openUntil connects, and tells when an order ends, by AWS's time.
func (f *awsFlags) openUntil(
	ctx context.Context, term *terminal, dryRun bool, order pinOrder,
) (*session, time.Time, error) {
	s, err := f.open(ctx, term, dryRun)
	if err != nil {
		return nil, time.Time{}, err
	}
	until, err := order.end(s.Now())
	if err != nil {
		return nil, time.Time{}, &usageError{err}
	}
	return s, until, nil
}

func (s *session) freeze(ctx context.Context, service string, until time.Time, reason string) (report.Outcome, error) {
	if service != "" {
		member, err := s.Fleet.Pick(service)
		if err != nil {
			return report.Outcome{}, err
		}
		return s.Operator.Freeze(ctx, member, until, reason)
	}
	if err := s.someService(); err != nil {
		return report.Outcome{}, err
	}
	return s.Operator.FreezeAll(ctx, s.Fleet.Stores, until, reason)
}

// someService is an error when there is no service at all. One with bad settings is one: it may run.
func (s *session) someService() error {
	if len(s.Fleet.Stores) > 0 {
		return nil
	}
	_, err := s.Fleet.Pick("")
	return err
}
