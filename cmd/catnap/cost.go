package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"golang.org/x/term"

	"github.com/catnap-dev/catnap/internal/console"
	"github.com/catnap-dev/catnap/internal/costguard"
	"github.com/catnap-dev/catnap/internal/meter"
	"github.com/catnap-dev/catnap/internal/settings"
	"github.com/catnap-dev/catnap/internal/statement"
	"github.com/catnap-dev/catnap/internal/topic"
)

type costCmd struct {
	awsFlags
	HTML string `name:"html" placeholder:"FILE" help:"Write the report with charts into this file, too; it needs nothing beside it."`
}

// Help explains what the flags do not.
func (*costCmd) Help() string {
	return "Reads the two meters as the cost guard does: the bill, which is hours late, and the task-minutes, which are " +
		"minutes late. Tells what the month has cost so far, what it will cost, what the services would have cost had they " +
		"never slept, and when they were awake. Changes nothing, and needs no budget. Amounts are estimates."
}

// Run prints what the month costs.
func (c *costCmd) Run(ctx context.Context, t *terminal) error {
	ctx, cancel := c.within(ctx)
	defer cancel()
	s, err := c.open(ctx, t, false)
	if err != nil {
		return err
	}
	store, err := s.onlyStore()
	if err != nil {
		return err
	}
	look, unread := s.guard(store).Look(ctx)
	if look == nil {
		return unread
	}
	bill := statement.New(*look)
	if err := writeHTML(c.HTML, bill); err != nil {
		return errors.Join(err, unread)
	}
	text := func(time.Time, *time.Location) string { return bill.Text(screenOf(t.stdout)) }
	return errors.Join(s.print(bill, text), unread)
}

// onlyStore is the one prefix that there is. A budget is about one: which of several is meant must be said.
func (s *session) onlyStore() (*settings.Store, error) {
	if err := s.someService(); err != nil {
		return nil, err
	}
	if len(s.Fleet.Stores) == 1 {
		return s.Fleet.Stores[0], nil
	}
	var prefixes []string
	for _, store := range s.Fleet.Stores {
		prefixes = append(prefixes, store.Prefix)
	}
	return nil, &usageError{fmt.Errorf("find the budget: there are services at each of %s: say which by --prefix",
		strings.Join(prefixes, ", "))}
}

// guard is the cost guard's own code, run here.
func (s *session) guard(store *settings.Store) *costguard.Guard {
	g := costguard.New(store, meter.NewReader(s.billing(), s.CloudWatch, s.ECS),
		topic.NewPublisher(sns.NewFromConfig(s.Config)), s.Now, slog.New(slog.DiscardHandler))
	g.Region, g.Name = s.Config.Region, store.Prefix
	return g
}

// billing is CloudWatch in the one Region that has the bill.
func (s *session) billing() *cloudwatch.Client {
	return cloudwatch.NewFromConfig(s.Config, func(o *cloudwatch.Options) { o.Region = meter.BillingRegion })
}

// writeHTML writes the report, if a file is named.
func writeHTML(name string, bill statement.Statement) error {
	if name == "" {
		return nil
	}
	file, err := os.Create(name) //nolint:gosec // G304: the user's own file
	if err != nil {
		return &usageError{fmt.Errorf("write the report: %w", err)}
	}
	return errors.Join(bill.HTML(file), file.Close())
}

// screenOf is the terminal's width, or COLUMNS, and whether it is to have colours.
func screenOf(out any) statement.Screen {
	screen := statement.Screen{}
	if file, ok := out.(*os.File); ok {
		screen.Colour = console.Colourful(file, os.Getenv)
		if width, _, err := term.GetSize(int(file.Fd())); err == nil {
			screen.Width = width
		}
	}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		screen.Width = n
	}
	return screen
}
