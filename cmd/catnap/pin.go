package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

type pinCmd struct {
	awsFlags
	dryRunFlag
	Args []string `arg:"" name:"service-and-time" help:"[SERVICE] and how long: 8h, 90m, 2d, or \"until\" and an RFC 3339 time."`
}

// Help explains what the flags do not.
func (*pinCmd) Help() string {
	return "Keeps a service awake, and wakes it if it sleeps:\n\n" +
		"  catnap pin 8h\n\n" +
		"  catnap pin web 2d12h\n\n" +
		"  catnap pin web until 2026-01-31T18:00:00+01:00\n\n" +
		"The pin stands in an SSM parameter of its own, beside the service's settings, which are left as they are. If both " +
		"have one, the later counts."
}

// Run pins a service.
func (c *pinCmd) Run(ctx context.Context, term *terminal) error {
	order, err := parsePin(c.Args)
	if err != nil {
		return &usageError{err}
	}
	ctx, cancel := c.within(ctx)
	defer cancel()
	s, member, err := c.pick(ctx, term, order.service, c.DryRun)
	if err != nil {
		return err
	}
	until, err := order.end(s.Now())
	if err != nil {
		return &usageError{err}
	}
	outcome, err := s.Operator.Pin(ctx, member, until)
	if err != nil {
		return err
	}
	return s.print(outcome, outcome.Text)
}

type unpinCmd struct {
	awsFlags
	dryRunFlag
	serviceArg
}

// Run takes a pin away.
func (c *unpinCmd) Run(ctx context.Context, term *terminal) error {
	ctx, cancel := c.within(ctx)
	defer cancel()
	s, member, err := c.pick(ctx, term, c.Service, c.DryRun)
	if err != nil {
		return err
	}
	outcome, err := s.Operator.Unpin(ctx, member)
	if err != nil {
		return err
	}
	return s.print(outcome, outcome.Text)
}

// pinOrder is how long an order is to hold: for a time, or until one.
type pinOrder struct {
	service string // empty: the only one
	length  time.Duration
	until   time.Time
}

var errPinWords = errors.New("read arguments: must be [SERVICE] and a duration like 8h or 2d, or [SERVICE], " +
	"\"until\" and a time")

// parsePin reads [SERVICE] FOR, or [SERVICE] until TIME.
func parsePin(args []string) (order pinOrder, err error) {
	last := len(args) - 1
	if last < 0 {
		return pinOrder{}, errPinWords
	}
	if last > 0 && args[last-1] == "until" {
		if order.until, err = parseTime(args[last]); err != nil {
			return pinOrder{}, err
		}
		last--
	} else if order.length, err = parseLength(args[last]); err != nil {
		return pinOrder{}, err
	}
	switch last {
	case 0:
		return order, nil
	case 1:
		order.service = args[0]
		return order, nil
	default:
		return pinOrder{}, errPinWords
	}
}

func parseTime(text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("read time %q: must be an RFC 3339 time like \"2026-01-31T18:00:00Z\"", text)
	}
	return t, nil
}

const day = 24 * time.Hour

// longest keeps a slip of the hand from a year's bill.
const longest = 366 * day

// parseLength reads what time.ParseDuration reads, and whole days before it: "2d", "2d12h".
func parseLength(text string) (time.Duration, error) {
	refused := fmt.Errorf("read duration %q: must be like 8h, 90m, 2d or 2d12h", text)
	days, rest, hasDays := strings.Cut(text, "d")
	if !hasDays {
		days, rest = "0", text
	}
	n, err := strconv.Atoi(days)
	if err != nil || n < 0 || n > int(longest/day) {
		return 0, refused
	}
	length := time.Duration(n) * day
	if rest != "" {
		more, err := time.ParseDuration(rest)
		if err != nil || more < 0 {
			return 0, refused
		}
		length += more
	}
	if length <= 0 {
		return 0, refused
	}
	return length, nil
}

// end is when the order ends.
func (p pinOrder) end(now time.Time) (time.Time, error) {
	until := p.until
	if until.IsZero() {
		until = now.Add(p.length)
	}
	switch {
	case !until.After(now):
		return time.Time{}, fmt.Errorf("read time %q: is over, must be in the future", until.Format(time.RFC3339))
	case until.After(now.Add(longest)):
		return time.Time{}, fmt.Errorf("read time %q: must be within a year", until.Format(time.RFC3339))
	default:
		return until, nil
	}
}
