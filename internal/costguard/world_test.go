package costguard_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/catnap-dev/catnap/internal/budget"
	"github.com/catnap-dev/catnap/internal/costguard"
	"github.com/catnap-dev/catnap/internal/settings"
)

// noon is the 20th of a month of 30 days.
var noon = time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)

var december = time.Date(2026, time.December, 1, 0, 0, 0, 0, time.UTC)

// newAWS has one service, web, that runs two hours a day, and a budget of 25 USD of which spent is spent.
func newAWS(spent float64) *aws {
	b := settings.DefaultBudget()
	b.Limit, b.Topic = 25, "arn:aws:sns:eu-west-3:123456789012:catnap"
	a := &aws{
		budget: b, found: true, services: []settings.Service{{Name: "web", WakeCount: 1}},
		freezes: map[string]settings.Freeze{}, buckets: map[string][]budget.Bucket{"web": usage(2)},
	}
	a.charges = []budget.Point{
		{At: noon.Add(-30 * time.Hour), USD: spent - 1}, {At: noon.Add(-6 * time.Hour), USD: spent},
	}
	return a
}

// usage is so many hours a day, from eight o'clock.
func usage(hours int) (list []budget.Bucket) {
	for at := noon.AddDate(0, 0, -34); at.Before(noon); at = at.Add(time.Hour) {
		b := budget.Bucket{Start: at, Length: time.Hour}
		if at.Hour() >= 8 && at.Hour() < 8+hours {
			b.TaskMinutes, b.AwakeMinutes = 60, 60
		}
		list = append(list, b)
	}
	return list
}

// run is one run of a new instance of the function.
func run(t *testing.T, a *aws, log *bytes.Buffer) (costguard.Report, error) {
	t.Helper()
	return runAt(t, a, noon, `{}`, log)
}

func runAt(t *testing.T, a *aws, now time.Time, event string, log *bytes.Buffer) (costguard.Report, error) {
	t.Helper()
	a.calls = nil
	if log == nil {
		log = &bytes.Buffer{}
	}
	g := costguard.New(a, a, a, func() time.Time { return now }, slog.New(slog.NewJSONHandler(log, nil)))
	g.Region = "eu-west-3"
	return g.Handle(t.Context(), json.RawMessage(event))
}

// mustRun is one that must go well.
func mustRun(t *testing.T, a *aws) costguard.Report {
	t.Helper()
	report, err := run(t, a, nil)
	if err != nil {
		t.Errorf("run: %v", err)
	}
	return report
}

// keys are those of the messages that were sent, by their subjects.
func (a *aws) keys() string {
	var keys []string
	for _, subject := range a.sent {
		keys = append(keys, strings.TrimPrefix(subject, "catnap /catnap: "))
	}
	return strings.Join(keys, " ")
}

// written counts the writes of the last run.
func (a *aws) written() (n int) {
	for _, call := range a.calls {
		if strings.HasPrefix(call, "Put") || call == "Publish" {
			n++
		}
	}
	return n
}
