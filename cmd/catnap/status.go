package main

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/catnap-dev/catnap/internal/report"
)

type statusCmd struct {
	awsFlags
	servicesArg
}

// Help explains what the flags do not.
func (*statusCmd) Help() string {
	return "Wakes nothing. JSON is one document for a service that is named, and a list of them otherwise."
}

// atOnce is how many services are looked at at a time: ECS allows 20 reads a second to the account.
const atOnce = 4

// Run prints how one service is, or all.
func (c *statusCmd) Run(ctx context.Context, term *terminal) error {
	ctx, cancel := c.within(ctx)
	defer cancel()
	s, err := c.open(ctx, term, false)
	if err != nil {
		return err
	}
	if c.Service != "" {
		return s.statusOf(ctx, c.Service)
	}
	return s.statusOfAll(ctx)
}

func (s *session) statusOf(ctx context.Context, name string) error {
	member, err := s.Fleet.Pick(name)
	if err != nil {
		return err
	}
	status, err := s.Operator.Status(ctx, member)
	if err != nil {
		return err
	}
	return s.print(status, status.Text)
}

// statusOfAll shows the services that it can, and returns what is wrong with the others.
func (s *session) statusOfAll(ctx context.Context) error {
	if _, err := s.Fleet.Pick(""); len(s.Fleet.Members) == 0 {
		return err
	}
	all, failed := s.statuses(ctx)
	text := func(now time.Time, zone *time.Location) string {
		if len(all) == 1 {
			return all[0].Text(now, zone)
		}
		return report.Table(all, now)
	}
	return errors.Join(s.print(all, text), failed, s.Fleet.Err())
}

func (s *session) statuses(ctx context.Context) (all []report.Status, failed error) {
	looked, errs := make([]report.Status, len(s.Fleet.Members)), make([]error, len(s.Fleet.Members))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, member := range s.Fleet.Members {
		group.Go(func() error {
			looked[i], errs[i] = s.Operator.Status(ctx, member)
			return nil
		})
	}
	_ = group.Wait() // each has its own error
	all = []report.Status{}
	for i, err := range errs {
		if err == nil {
			all = append(all, looked[i])
		}
	}
	return all, errors.Join(errs...)
}
